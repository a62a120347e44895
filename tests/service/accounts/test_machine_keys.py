"""Keys of other systems: shown once, kept as a digest, good for what and as long as they were made for."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from miniapp.accounts.access import Operator
from miniapp.accounts.machine_key import Scope, Standing
from miniapp.accounts.machine_keys import KEYS_MOST, MachineKeys, Made
from miniapp.core.errors import Invalid, Problem, Refused
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.dossier_town import OTHER, WARD, DossierTown
from tests.support.faults import CountedCalls

BOTH = frozenset(Scope)
HOME = "192.0.2.7"


@dataclass
class Locks:
    """A ward's keys, and the town around."""

    town: DossierTown

    @property
    def keys(self) -> MachineKeys:
        return self.town.services.accounts.machine_keys

    def made(self, agency: str = WARD, scopes: frozenset[Scope] = BOTH, days: int = 30) -> Made:
        return self.keys.make(agency, "Một cửa", scopes, date(2026, 11, 20) + timedelta(days=days), by=Operator())

    def refusal(self, token: str, scope: Scope = Scope.READ_DOSSIERS, address: str = HOME) -> str:
        try:
            self.keys.admit(token, scope, address=address)
        except Problem as problem:
            return problem.code
        return ""


@pytest.fixture
def locks(cloud: Cloud) -> Locks:
    return Locks(DossierTown(cloud))


def test_a_key_lets_in_for_its_agency_and_what_it_was_made_for(locks: Locks):
    made = locks.made(scopes=frozenset({Scope.READ_DOSSIERS}))
    admitted = locks.keys.admit(made.token.reveal, Scope.READ_DOSSIERS, address=HOME)
    assert (admitted.id, admitted.agency) == (made.key.id, WARD)
    assert locks.refusal(made.token.reveal, Scope.WRITE_DOSSIERS) == "machine_key_not_for_this"


def test_the_secret_is_kept_nowhere(locks: Locks, cloud: Cloud):
    made = locks.made()
    kept = str(
        [cloud.admin("dynamodb").scan(TableName=cloud.settings.resource(name)) for name in ("accounts", "audit")]
    )
    assert made.token.reveal.rpartition(".")[2] not in kept
    assert made.key.digest in kept


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: token.replace(WARD, OTHER),
        lambda token: token.replace("mct.", "xyz."),
        lambda token: "",
        lambda token: "...",
        lambda token: "a" * 5_000,
        lambda token: token + "." + token,
    ],
)
def test_what_is_no_key_of_this_agency_opens_nothing(locks: Locks, spoil):  # type: ignore[no-untyped-def]
    assert locks.refusal(spoil(locks.made().token.reveal)) == "machine_key_refused"


def test_a_key_ends_with_its_last_day_and_at_once_when_it_is_revoked(locks: Locks):
    made, other = locks.made(days=1), locks.made(days=1)
    locks.keys.revoke(WARD, other.key.id, by=Operator())
    locks.keys.revoke(WARD, other.key.id, by=Operator())
    assert (locks.refusal(made.token.reveal), locks.refusal(other.token.reveal)) == ("", "machine_key_refused")
    locks.town.clock.pass_by(hours=38)  # 23:00 of its last day
    assert locks.refusal(made.token.reveal) == ""
    locks.town.clock.pass_by(hours=1)
    assert locks.refusal(made.token.reveal) == "machine_key_ended"
    assert {one.standing(locks.town.clock.now()) for one in locks.keys.of(WARD)} == {Standing.ENDED, Standing.REVOKED}
    assert locks.town.told() == ["machine_key_made", "machine_key_made", "machine_key_revoked"]


def test_whoever_guesses_waits_and_whoever_holds_a_key_never_does(locks: Locks):
    token = locks.made().token.reveal
    codes = [locks.refusal(token[:-4] + f"{place:04}") for place in range(40)]
    assert codes[:20] == ["machine_key_refused"] * 20
    assert set(codes[21:]) == {"too_many_tries"}
    assert locks.refusal(token) == ""
    assert locks.refusal(token[:-4] + "0000", address="192.0.2.8") == "machine_key_refused"


def test_the_day_of_its_last_use_is_noted_once_a_day(locks: Locks):
    made = locks.made()
    locks.refusal(made.token.reveal)
    with CountedCalls(locks.town.services.aws) as calls:
        locks.refusal(made.token.reveal)
    assert [call for call in calls.calls if call != "GetItem"] == []
    assert locks.keys.find(WARD, made.key.id).used_on == "2026-11-20"


@pytest.mark.parametrize(
    ("name", "scopes", "day", "field"),
    [
        ("", BOTH, date(2026, 12, 1), "name"),
        ("a" * 81, BOTH, date(2026, 12, 1), "name"),
        ("a", frozenset(), date(2026, 12, 1), "scopes"),
        ("a", BOTH, None, "last_day"),
        ("a", BOTH, date(2026, 11, 19), "last_day"),
        ("a", BOTH, date(2027, 11, 22), "last_day"),
    ],
)
def test_a_key_that_would_be_too_wide_is_not_made(
    locks: Locks, name: str, scopes: frozenset[Scope], day: date | None, field: str
):
    with pytest.raises(Invalid) as refused:
        locks.keys.make(WARD, name, scopes, day, by=Operator())
    assert refused.value.facts["field"] == field
    assert locks.keys.of(WARD) == []


def test_an_agency_has_only_so_many(locks: Locks):
    for _ in range(KEYS_MOST):
        locks.made()
    with pytest.raises(Invalid, match="machine_keys_most"):
        locks.made()


def test_only_an_admin_of_the_agency_with_the_code_of_the_phone_makes_one(locks: Locks):
    accounts, clock = locks.town.services.accounts, locks.town.clock
    desk = officers.officer(accounts, clock, "can@phuong.gov.vn", WARD, "officer")
    admin = officers.officer(accounts, clock, "quan@phuong.gov.vn", WARD, "agency_admin")
    for person, agency, code in ((desk, WARD, "permission_missing"), (admin, OTHER, "permission_missing")):
        standing = accounts.sessions.officer(person.come_in().token).standing  # type: ignore[union-attr]
        with pytest.raises(Refused, match=code):
            locks.keys.make(agency, "Một cửa", BOTH, date(2026, 12, 1), by=standing)
    standing = accounts.sessions.officer(admin.come_in().token).standing  # type: ignore[union-attr]
    assert locks.keys.make(WARD, "Một cửa", BOTH, date(2026, 12, 1), by=standing).key.made_by == admin.id
    clock.pass_by(minutes=6)
    with pytest.raises(Refused, match="second_factor_needed"):
        locks.keys.make(WARD, "Một cửa", BOTH, date(2026, 12, 1), by=standing)
