"""Rating a dossier and a visit: one ballot for a token, whoever sends it how often; edited for a week; nothing leads back."""

import json
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from handlers.wiring import Services
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused
from miniapp.core.sealing import Sealer
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.store import DossierStore
from miniapp.ratings.casting import OFFICERS, Came, Casting, Given
from miniapp.ratings.fact_store import FactStore
from miniapp.ratings.model import Ballot, Channel, Place
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import days_between
from miniapp.ratings.tokens import VisitCodes
from tests.support.cloud import Cloud
from tests.support.dossier_acts import finished, handed_over, stopped, taken_up, withdrawn
from tests.support.dossier_town import WARD, DossierTown
from tests.support.faults import CountedCalls, Killed, LostReplies

DAY, LAST = "2026-11-20", "2026-11-27"
PHONE = Came("browser", "203.0.113.7")
GOOD, BAD = Given({"overall": "very_satisfied"}), Given({"overall": "dissatisfied"}, ("time", "attitude"), "Chờ lâu")


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def done(town: DossierTown, key: str = "key-1") -> Dossier:
    return town.moved(town.moved(town.taken(key=key), taken_up), finished)


def token(town: DossierTown, dossier: Dossier) -> str:
    found = town.services.casting.link(WARD, str(dossier.code))
    assert found
    return found


def counts(town: DossierTown) -> dict[str, int]:
    town.services.rolling_up.run()
    assert list(town.services.rolling_up.differences(WARD, days_between("2026-11-01", "2026-12-31"))) == []
    held = town.services.rating_counts.read(WARD, ["2026-11"], By.WHOLE)
    return dict(held[WARD].numbers) if held else {}


def test_whoever_handed_a_dossier_in_is_invited_once_its_result_is_ready(town: DossierTown):
    taken = town.moved(town.taken(), taken_up)
    assert town.services.casting.link(WARD, str(taken.code)) == ""
    ended = town.moved(taken, finished)
    asked = town.services.casting.asked(WARD, token(town, ended))
    assert asked.held.invitation.place == Place(WARD, "Công chức tư pháp", "1.001193", "off_desk")
    assert (asked.held.invitation.channel, asked.ballot, asked.is_open) == (Channel.DOSSIER, None, True)
    assert asked.until == "2026-12-20"
    before = token(town, ended)
    assert token(town, town.moved(ended, handed_over)) == before
    assert counts(town) == {"invited": 1, "computed.1.2": 1}  # in time, by the dossier's clock


@pytest.mark.parametrize("act", [withdrawn, stopped])
def test_nobody_is_invited_to_rate_what_ended_without_a_result(town: DossierTown, act: Callable[..., Any]):
    ended = town.moved(town.moved(town.taken(), taken_up), act)
    assert town.services.casting.link(WARD, str(ended.code)) == ""


def test_a_dossier_is_rated_once_and_the_dossier_keeps_no_more_than_that(town: DossierTown):
    ended, store = done(town), DossierStore()
    before = store.find(WARD, str(ended.code))
    assert not store.is_rated(WARD, str(ended.code))
    cast = town.services.casting.cast(WARD, token(town, ended), GOOD, PHONE)
    assert (cast.cast_on, cast.version, cast.said.option("overall")) == (DAY, 1, "very_satisfied")
    assert store.is_rated(WARD, str(ended.code))
    assert store.find(WARD, str(ended.code)) == before
    assert "rated" not in " ".join(town.told())
    assert counts(town)["counted"] == 1


def test_the_rows_of_a_rating_lead_to_no_dossier_and_those_of_a_dossier_to_no_rating(town: DossierTown):
    ended = done(town)
    secret = token(town, ended)
    cast = town.services.casting.cast(WARD, secret, BAD, PHONE)
    admin, name = town.services.aws.dynamodb, town.services.settings.resource
    kept = {
        short: [
            json.dumps(row, ensure_ascii=False)
            for row in admin.scan(TableName=name(short), ConsistentRead=True)["Items"]
        ]
        for short in ("ratings", "rating_facts", "dossiers", "audit")
    }
    code = str(ended.code)
    assert [row for rows in kept.values() for row in rows if secret in row] == []
    assert [row for rows in kept.values() for row in rows if cast.id in row and code in row] == []
    assert [row for row in (*kept["dossiers"], *kept["audit"]) if cast.id in row] == []
    assert [row for row in kept["rating_facts"] if PHONE.device in row or PHONE.address in row or code in row] == []
    ballots = [row for row in kept["ratings"] if "Chờ lâu" in row]
    assert ballots and not [row for row in ballots if "T09" in row or "T02" in row or "09:0" in row]


def test_a_rating_is_edited_for_seven_days_and_the_same_answers_change_nothing(town: DossierTown):
    mine = token(town, done(town))
    cast = town.services.casting.cast
    first = cast(WARD, mine, GOOD, PHONE)
    assert cast(WARD, mine, GOOD, PHONE) == first
    town.clock.pass_by(days=7)
    second = cast(WARD, mine, BAD, PHONE)
    assert (second.id, second.cast_on, second.version) == (first.id, DAY, 2)
    assert town.services.casting.asked(WARD, mine).until == LAST
    held = counts(town)
    assert (held["counted"], held["answer.overall.dissatisfied"], held["reason.time"]) == (1, 1, 1)
    town.clock.pass_by(days=1)
    assert not town.services.casting.asked(WARD, mine).is_open
    with pytest.raises(Refused, match="rating_closed"):
        cast(WARD, mine, GOOD, PHONE)
    assert cast(WARD, mine, BAD, PHONE) == second


def test_an_invitation_ends_after_thirty_days(town: DossierTown):
    mine = token(town, done(town))
    town.clock.pass_by(days=31)
    assert not town.services.casting.asked(WARD, mine).is_open
    with pytest.raises(Refused, match="rating_over"):
        town.services.casting.cast(WARD, mine, GOOD, PHONE)
    assert counts(town) == {"invited": 1, "computed.1.2": 1}  # in time, by the dossier's clock


def test_what_is_filled_in_wrongly_is_told_and_writes_nothing(town: DossierTown):
    mine = token(town, done(town))
    for given, code in (
        (Given({}), "rating_answer_needed"),
        (Given({"overall": "superb"}), "rating_option_unknown"),
        (Given({"overall": "satisfied"}, ("time",)), "rating_reasons_unasked"),
        (Given({"overall": "satisfied"}, words="a" * 1001), "rating_words_long"),
    ):
        with pytest.raises(Invalid, match=code):
            town.services.casting.cast(WARD, mine, given, PHONE)
    assert town.services.casting.asked(WARD, mine).ballot is None


def test_a_token_that_nobody_gave_out_asks_nothing(town: DossierTown):
    done(town)
    for unknown in ("x", "a" * 22, "a" * 4_000):
        with pytest.raises(NotFound, match="rating_token_unknown"):
            town.services.casting.asked(WARD, unknown)


def test_another_key_finds_what_was_rated_under_the_key_of_before(town: DossierTown):
    ended = done(town)
    first = town.services.casting.cast(WARD, token(town, ended), GOOD, PHONE)
    turned = _with_keys(town.services, "another" * 8, town.services.settings.session_key)
    mine = turned.link(WARD, str(ended.code))
    edited = turned.cast(WARD, mine, BAD, PHONE)
    assert (edited.id, edited.version) == (first.id, 2)
    fresh = done(town, "key-2")
    assert turned.cast(WARD, turned.link(WARD, str(fresh.code)), GOOD, PHONE).version == 1
    assert counts(town)["counted"] == 2


def _with_keys(services: Services, *keys: str) -> Casting:
    sealer = Sealer(*keys)
    return Casting(services.ballots, FactStore(), DossierStore().rated, sealer, services.ids, services.clock)


def test_a_counter_s_code_gives_one_token_to_whoever_comes_first(town: DossierTown):
    casting, place = town.services.casting, Place(WARD, "quay-1")
    code = VisitCodes(town.services.sealer).shown(f"{WARD}/quay-1", town.clock.now())
    mine = casting.visited(place, "quay-1", code)
    with pytest.raises(Conflict, match="rating_visit_used"):
        casting.visited(place, "quay-1", code)
    with pytest.raises(Refused, match="rating_visit_unknown"):
        casting.visited(Place(WARD, "quay-2"), "quay-2", code)
    town.clock.pass_by(seconds=20)
    other = VisitCodes(town.services.sealer).shown(f"{WARD}/quay-1", town.clock.now())
    assert other != code
    town.clock.pass_by(seconds=120)
    with pytest.raises(Refused, match="rating_visit_unknown"):
        casting.visited(place, "quay-1", other)
    assert casting.cast(WARD, mine, BAD, PHONE).invitation.channel is Channel.COUNTER
    town.clock.pass_by(days=2)
    assert casting.asked(WARD, mine).is_open  # a ballot is there, so it can be edited
    assert counts(town)["channel.counter"] == 1


def test_what_doubts_are_looked_for_by_is_kept_for_thirty_days_in_a_table_of_its_own(town: DossierTown):
    cast = town.services.casting.cast
    one = cast(WARD, token(town, done(town)), GOOD, PHONE)
    two = cast(WARD, token(town, done(town, "key-2")), GOOD, Came(PHONE.device, "198.51.100.1", is_officers=True))
    facts = {fact.ballot: fact for fact in FactStore().of(WARD, DAY)}
    assert set(facts) == {one.id, two.id}
    assert facts[two.id].device == f"{OFFICERS}{facts[one.id].device}"
    assert facts[one.id].address != facts[two.id].address
    rows = town.services.aws.dynamodb.scan(TableName=town.services.settings.resource("rating_facts"))["Items"]
    days = {(int(row["expires"]["N"]) - town.clock.now().timestamp()) // 86_400 for row in rows}
    assert days == {30}


def _sent_by_many(town: DossierTown, mine: str, sent: list[Given]) -> list[Ballot | Problem]:
    found: list[Ballot | Problem] = []

    def send(given: Given) -> None:
        try:
            found.append(town.services.casting.cast(WARD, mine, given, PHONE))
        except Problem as problem:
            found.append(problem)

    threads = [Thread(target=send, args=(given,)) for given in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_however_many_send_one_token_at_once_there_is_one_ballot(town: DossierTown):
    ended = done(town)
    mine = token(town, ended)
    with LostReplies(town.services.aws, share=0.2, seed=3):
        found = _sent_by_many(town, mine, [GOOD, BAD] * 6)
    held = town.services.casting.asked(WARD, mine).ballot
    assert held is not None
    assert {one.id for one in found if isinstance(one, Ballot)} == {held.id}
    assert [one.id for one in town.services.ballots.ballots(WARD, DAY)] == [held.id]
    assert counts(town)["counted"] == 1


def test_whoever_dies_while_rating_finds_one_ballot_or_none_and_rates_on(town: DossierTown):
    mine = token(town, done(town, "measured"))
    with CountedCalls(town.services.aws) as counted:
        town.services.casting.cast(WARD, mine, GOOD, PHONE)
    rated = 1
    for at in range(len(counted.calls)):
        for after in (False, True):
            mine = token(town, done(town, f"{at}{after}"))
            with CountedCalls(town.services.aws, at, after), suppress(Killed):
                town.services.casting.cast(WARD, mine, BAD, PHONE)
            town.services.casting.cast(WARD, mine, BAD, PHONE)
            rated += 1
    assert counts(town)["counted"] == rated > 3
