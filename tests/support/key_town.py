"""Two wards with identifiers and a catalogue, and keys of their own systems. For tests of the API of dossiers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from miniapp.accounts.access import Operator
from miniapp.accounts.machine_key import Scope
from miniapp.agencies.model import Description
from tests.support.cloud import Cloud
from tests.support.procedure_town import SHUT, WARD, ProcedureTown, demo_procedures

DOSSIERS = "/api/v1/dossiers"
IDENTIFIERS = {WARD: "H56.14", SHUT: "H56.15"}
WHO = {"name": "Nguyễn Thị Lan", "identity": "001099123456", "phone": "0912345678", "subject": 1}
CODE = "000.17.22.H56-261119-0007"


@dataclass
class KeyTown:
    """The town of procedures in which two wards' systems have keys."""

    cloud: Cloud

    def __post_init__(self) -> None:
        self.town = ProcedureTown(self.cloud)
        self.town.take(*demo_procedures())
        self.services, self.clock, self.app = self.town.services, self.town.clock, self.town.app
        for id, identifier in IDENTIFIERS.items():
            held = self.services.agencies.now(id)
            said = replace(Description.of(held), identifier=identifier)
            self.services.agencies.describe(id, held.version, said, "operator")
        self.today = self.clock.now().date()
        self.key, self.other = self.made(WARD), self.made(SHUT)

    def made(self, agency: str, *scopes: Scope, days: int = 30) -> str:
        """A key's token."""
        keys, last = self.services.accounts.machine_keys, self.today + timedelta(days=days)
        return keys.make(agency, "Một cửa", frozenset(scopes or Scope), last, by=Operator()).token.reveal

    def record(self, **more: Any) -> dict[str, Any]:
        """The body of a dossier that was received a day ago."""
        received = self.clock.now() - timedelta(days=1)
        due = received + timedelta(days=4)
        held = {"procedure": "1.001193", "applicant": WHO, "status": 2}
        return {**held, "received": received.isoformat(), "due": due.isoformat(), **more}

    def ask(self, method: str, path: str = "", key: str | None = None, once: str = "", **more: Any) -> TestResponse:
        """One request of a system, with its key."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        headers |= {"Idempotency-Key": once} if once else {}
        return self.app.test_client().open(DOSSIERS + path, method=method, headers=headers, **more)

    def create(self, once: str = "a", key: str | None = None, **more: Any) -> TestResponse:
        """A new dossier."""
        return self.ask("POST", key=key, once=once, json=self.record(**more))

    def move(self, code: str, seen: int, once: str = "m", key: str | None = None, **more: Any) -> TestResponse:
        """A move of a dossier."""
        return self.ask("POST", f"/{code}/moves", key=key, once=once, json={"seen": seen, **more})
