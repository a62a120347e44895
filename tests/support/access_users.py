"""Every kind of user that the access matrix knows, and what each of them may read. For the walk in `access`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flask.testing import FlaskClient

from handlers import forms
from handlers.context import NAMES
from miniapp.accounts.access import Operator, Role
from miniapp.accounts.machine_key import Scope
from miniapp.accounts.model import Kind
from miniapp.core.tables import transact
from miniapp.dossiers.opening import Reason
from tests.support import officers
from tests.support.access_town import ABOVE, ANOTHERS, KEEPERS, LINK, MINE, OWN, PARENTS, AccessTown, Secret

EVERYBODY, CITIZENS, SIGNED_IN, KEY = "everybody", "citizen", "signed in", "key "
# Whoever has one of these addresses was given it: a receipt's link, the sheet of a rating.
BY_LINK = ("/hs/<token>", "/<agency>/danh-gia/<token>")
OF_A_DOSSIER = ("applicant", "identity", "phone", "paper")


@dataclass
class User:
    """Somebody with a browser or a key. `roles` by agency; `is_officer` as long as the session is alive."""

    name: str
    client: FlaskClient
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    citizen: str = ""
    is_officer: bool = False
    scopes: frozenset[str] = frozenset()
    key: str = ""

    def belongs(self, audience: str, agency: str) -> bool:
        """Whether the table's words mean this user, at an agency."""
        if audience == EVERYBODY:
            return True
        if audience == CITIZENS:
            return bool(self.citizen)
        if audience == SIGNED_IN:
            return self.is_officer
        if audience.startswith(KEY):
            return audience.removeprefix(KEY) in self.scopes
        return bool(self.roles.get(agency, frozenset()) & set(audience.split()))

    def may_read(self, secret: Secret, rule: str) -> bool:
        """Whether a secret is theirs to read, at an address."""
        if LINK in secret.readers and rule.startswith(BY_LINK):
            return True
        if self.citizen and self.citizen in secret.readers:
            return rule.startswith("/toi")
        if Scope.READ_DOSSIERS in self.scopes and secret.agency == OWN and secret.kind in OF_A_DOSSIER:
            return rule.startswith("/api/v1/dossiers")
        above = secret.above & self.roles.get(PARENTS[secret.agency], frozenset())
        below = (secret.below & held for agency, held in self.roles.items() if PARENTS[agency] == secret.agency)
        return bool(secret.readers & self.roles.get(secret.agency, frozenset()) or above or any(below))

    @property
    def home(self) -> str:
        """The agency that is theirs, or with which they have something to do."""
        kept = (agency for agency, who in KEEPERS.items() if who == self.citizen)
        return next(iter(self.roles), "") or next(kept, OWN)

    def token(self, town: AccessTown) -> str:
        """A good token for this user's forms."""
        cookies = "; ".join(f"{one.key}={one.value}" for one in self.client._cookies.values())
        with town.app.test_request_context("/", headers={"Cookie": cookies}):
            return forms.fresh_token()


def users(town: AccessTown) -> list[User]:
    """Every kind of user; a day has passed since the first of them was known."""
    keys = list(_keys(town))
    town.clock.pass_by(days=1)
    gone, away = (_officer(town, name, OWN, *Role) for name in ("who signed out", "whose roles were taken away"))
    gone.client.post("/console/sign-out", data={"form_token": gone.token(town)})
    gone.is_officer, gone.roles = False, {}
    town.services.accounts.people.give_roles(OWN, _id_of(town, away), [], by=Operator())
    away.roles = {}
    return [
        User("nobody", town.app.test_client()),
        _citizen(town, "a citizen", MINE),
        _citizen(town, "another citizen", ANOTHERS),
        *(_officer(town, f"{role.value} of the agency", OWN, role.value) for role in Role),
        _officer(town, "an officer of the agency above with every role", ABOVE, *Role),
        gone,
        away,
        *keys,
    ]


def _officer(town: AccessTown, name: str, agency: str, *roles: str) -> User:
    """An officer with a session of this moment, who has said today why the dossier in hand is opened."""
    accounts = town.services.accounts
    login = f"{name.replace(' ', '-')}@x.vn".lower()
    desk = officers.officer(accounts, town.clock, login, agency, *roles)
    dossier = town.services.dossier_office.find(agency, town.values[agency]["dossier"])
    town.services.dossier_openings.state(dossier, desk.id, Reason.HELPING)
    found = accounts.people.by_login(desk.login, Operator())
    opened = accounts.sessions.opened(Kind.OFFICER, found.id, found)
    transact(*opened.writes)
    return User(name, _browser(town, "officer", opened.token), {agency: frozenset(roles)}, is_officer=True)


def _citizen(town: AccessTown, name: str, subject: str) -> User:
    opened = town.services.accounts.sessions.opened(Kind.CITIZEN, subject)
    transact(*opened.writes)
    return User(name, _browser(town, "citizen", opened.token), citizen=subject)


def _browser(town: AccessTown, kind: str, token: str) -> FlaskClient:
    client = town.app.test_client()
    client.set_cookie(NAMES[town.services.settings.secure_cookies][kind], token)
    return client


def _keys(town: AccessTown) -> Iterator[User]:
    """A key for each scope, one that ends today, one that was revoked."""
    keys, today = town.services.accounts.machine_keys, town.clock.now().date()
    for scope in Scope:
        made = keys.make(OWN, str(scope), frozenset({scope}), today + timedelta(days=30), by=Operator())
        yield User(f"a key for {scope}", town.app.test_client(), scopes=frozenset({scope}), key=made.token.reveal)
    for name in ("a key that ended", "a key that was revoked"):
        made = keys.make(OWN, name, frozenset(Scope), today, by=Operator())
        if name.endswith("revoked"):
            keys.revoke(OWN, made.key.id, by=Operator())
        yield User(name, town.app.test_client(), key=made.token.reveal)


def _id_of(town: AccessTown, user: User) -> str:
    cookie = next(iter(user.client._cookies.values())).value
    found = town.services.accounts.sessions.officer(cookie)
    assert found is not None
    return found.id
