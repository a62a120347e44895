"""Every kind of user at every address of the app, for an agency of their own and for others: who came in, what they read,
what was written meanwhile.

What should be is a table of words (`access.txt`): audience, then addresses. It is not worked out from the doors, so a door
that is left open, or shut, is a difference. An address that nobody put in the table is a difference too."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from tests.support.access_town import AGENCIES, BESIDE, KEEPERS, OWN, AccessTown, Secret
from tests.support.access_users import User
from tests.support.walking import UNKNOWN, rules

TABLE = Path(__file__).with_name("access.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READS = {"GetItem", "BatchGetItem", "Query", "Scan", "GetObject", "HeadObject", "ListObjectsV2"}
# Rows that a refusal may leave: budgets, which form was sent already, how often a wrong key was shown.
COUNTED, GUESSES = ("limits", "once"), '"guess#'
LEAVING = ("/console/sign-out", "/toi/ra")  # whoever leaves has left, whatever is sent along
SIGN_IN = "/console/sign-in"
REFUSED, NOT_THERE = (401, 403), 404
# What a variable is called in `AccessTown.values`, where addresses below a prefix mean something else by the same name.
MEANT = (
    ("/console/<agency>/lich-lam-viec", "day", "calendar_day"),
    ("/console/<agency>/danh-gia/de-rieng", "day", "rated_on"),
    ("/console/<agency>/ho-so/xem-lai", "dossier", "looked_at_again"),
    ("/console/<agency>/officers/asked", "officer", "asked"),
    ("/console/<agency>/thu-tuc", "code", "procedure"),
    ("/<agency>/thu-tuc", "code", "procedure"),
    ("/api/v1/procedures", "code", "procedure"),
    ("/api/v1/dossiers", "code", "dossier"),
    ("/<agency>/danh-gia/<token>", "token", "sheet_of_rating"),
    ("/<agency>/danh-gia/quay", "counter", "any_counter"),
    ("/<agency>/diem-thi", "number", "candidate"),
    ("/hs", "token", "link"),
)
FIXED = {"act": "disable", "service": "procedures", "deed": "dung", "number": "1", "section": "giay-to"}
FIXED |= {"kind": "bo-sung", "purpose": "dossier_news", "version": "1", "period": "2026-q2", "name": "du-lieu.json"}
FIXED |= {"candidate": "02000001", "any_counter": "quay-1"}
# What an address is asked besides, to show what it has.
ASKED = {
    "/api/v1/dossiers": "?shelf=running",
    "/api/v1/procedures": "?q=khai%20sinh",
    "/console/<agency>/ho-so/nhieu": "?viec=finish&ma={dossier}",
    "/console/<agency>/thu-tuc/<code>": "?ngay=2027-01-01",
    "/console/<agency>/thu-tuc/<code>/huy-hen": "?ngay=2027-01-01",
}
# What a form says that would be taken if it came from somebody who may.
TYPED = {
    "reason": "remark",
    "words": "zq",
    "name": "Quay zq",
    "seen": "1",
    "article": "1",
    "understood": "1",
    "text": "zq",
}
# Pages that say nothing of what they name: where the bucket sends whoever sent a file.
SAYS_NOTHING = "/da-nhan"
# Letting go of what one does not keep is done already, and says so.
DONE_ALREADY = {"/toi/ho-so/<mark>/bo": 303, "/toi/ho-so/<mark>/thoi-bao": 303}
# Where an agency decides for the one below it.
FOR_THOSE_BELOW = "/console/<agency>/officers/asked/<of>/<officer>"


@dataclass(frozen=True)
class Asked:
    """One request, and whether its user is among those for whom the address is."""

    user: str
    method: str
    rule: str
    agency: str  # in whose data the address leads
    is_for_them: bool
    is_anothers: bool  # names what is not theirs, by way of an agency or a door that is

    def __str__(self) -> str:
        return f"{self.user}: {self.method} {self.rule} of {self.agency}{' by way of their own' * self.is_anothers}"


@dataclass
class Told:
    """What came of all requests."""

    answers: dict[Asked, int] = field(default_factory=dict)
    shut_out: list[str] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    seen: set[Secret] = field(default_factory=set)


def table() -> dict[str, str]:
    """For whom each address is: `GET /console/` → the words of its audience."""
    found: dict[str, str] = {}
    audience = ""
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("["):
            audience = line.strip("[]")
        elif line and not line.startswith("#"):
            assert line not in found, f"{line} stands twice"
            found[line] = audience
    return found


def addresses(town: AccessTown) -> list[tuple[Rule, str]]:
    """Every address of the app with every method."""
    return list(rules(town.app, *METHODS))


def rows(town: AccessTown) -> dict[str, list[Mapping[str, Any]]]:
    """Everything that is kept, by table, without what a refusal may leave."""
    dynamodb, found = town.cloud.admin("dynamodb"), {}
    for name in town.cloud.stack.tables:
        if not name.endswith(COUNTED):
            pages = dynamodb.get_paginator("scan").paginate(TableName=name)
            kept = (row for page in pages for row in page["Items"] if GUESSES.strip('"') not in str(row["pk"]))
            found[name] = sorted(kept, key=str)
    return found


class Walking:
    """Sends the requests, one user after the other. `whole`: of every other agency, and not of one by turns."""

    def __init__(self, town: AccessTown, whole: bool) -> None:
        self.town, self.told = town, Told()
        self._whole, self._table = whole, table()
        self._wrote: list[str] = []
        self._number = 0
        aws = town.services.aws
        for client in (aws.dynamodb, aws.s3, aws.sqs):
            client.meta.events.register("before-call", self._hear)

    def go(self, user: User, turn: int, for_them: bool) -> None:
        """Every address with every method that is, or is not, for a user."""
        for place, (rule, method) in enumerate(addresses(self.town)):
            audience = self._table.get(f"{method} {rule.rule}")
            if audience is not None and rule.rule not in LEAVING:
                for agency, way in self._ways(user, rule, place + turn):
                    if user.belongs(audience, way) == for_them:
                        self._ask(user, rule, method, agency, way, for_them)

    def _ways(self, user: User, rule: Rule, turn: int) -> Iterator[tuple[str, str]]:
        """In whose data an address leads, and whose name stands in it."""
        home = user.home
        others = [agency for agency in AGENCIES if agency != home]
        chosen = others if self._whole else [others[turn % len(others)]]
        yield home, home
        if rule.arguments:
            yield from ((agency, agency) for agency in chosen)
        if self._names_more(rule):
            yield from ((agency, home) for agency in chosen)

    def _names_more(self, rule: Rule) -> bool:
        """Whether an address names something of an agency besides the agency itself."""
        here, there = (self._values(rule, agency, OWN) for agency in (OWN, BESIDE))
        return "agency" in rule.arguments and here != there and not rule.rule.endswith(SAYS_NOTHING)

    def _values(self, rule: Rule, agency: str, way: str) -> dict[str, str]:
        found = {}
        for variable in rule.arguments:
            meant = next(
                (name for below, of, name in MEANT if of == variable and rule.rule.startswith(below)), variable
            )
            converter = rule._converters[variable]
            if isinstance(converter, AnyConverter):
                found[variable] = sorted(converter.items)[0]
            else:
                found[variable] = self.town.values[agency].get(meant, FIXED.get(meant, UNKNOWN))
        return {**found, "agency": way} if "agency" in found else found

    def _ask(self, user: User, rule: Rule, method: str, agency: str, way: str, for_them: bool) -> None:
        kept_by_another = for_them and "mark" in rule.arguments and KEEPERS.get(agency) != user.citizen
        asked = Asked(user.name, method, rule.rule, agency, for_them, agency != way or kept_by_another)
        built = rule.build(self._values(rule, agency, way))
        assert built is not None, rule
        address = built[1] + (ASKED.get(rule.rule, "").format(**self.town.values[agency]) if method == "GET" else "")
        self._note(user, asked, self._sent(user, method, address, with_token=not for_them or asked.is_anothers))

    def _sent(self, user: User, method: str, address: str, with_token: bool) -> TestResponse:
        """One request from a network address of its own. A form that is to be refused is one of ours, well filled in."""
        self._number += 1
        more: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": f"10.{self._number >> 8}.{self._number & 255}.1"}}
        if user.key:
            more["headers"] = {"Authorization": f"Bearer {user.key}"}
        if method != "GET":
            more["data"] = {**TYPED, "form_token": user.token(self.town)} if with_token else {}
        self._wrote.clear()
        return user.client.open(address, method=method, **more)

    def _note(self, user: User, asked: Asked, answer: TestResponse) -> None:
        told, status = self.told, answer.status_code
        told.answers[asked] = status
        is_sent_to_sign_in = answer.headers.get("Location", "").partition("?")[0] == SIGN_IN
        was_refused = status in REFUSED or (is_sent_to_sign_in and not asked.rule.startswith(SIGN_IN))
        line = f"{asked}: {status}"
        if asked.is_anothers:
            is_harmless = status in (NOT_THERE, DONE_ALREADY.get(asked.rule))
            if not (was_refused or is_harmless or self._is_for_those_below(user, asked)):
                told.let_in.append(line)
        elif asked.is_for_them and was_refused:
            told.shut_out.append(line)
        elif not (asked.is_for_them or was_refused or (status == NOT_THERE and "<token>" in asked.rule)):
            told.let_in.append(line)
        if self._wrote and (asked.is_anothers or not asked.is_for_them):
            told.written.append(f"{line}: {' '.join(sorted(set(self._wrote)))}")
        text = text_of(answer)
        for secret in self.town.secrets:
            if secret.text in text:
                if user.may_read(secret, asked.rule):
                    told.seen.add(secret)
                else:
                    told.leaks.append(f"{line}: {secret.kind} of {secret.agency}")

    def _is_for_those_below(self, user: User, asked: Asked) -> bool:
        return asked.rule.startswith(FOR_THOSE_BELOW) and self.town.is_above(user.home, asked.agency)

    def _hear(self, model: Any, params: Any, **_: Any) -> None:
        body = str(params.get("body", ""))
        is_counted = GUESSES in body or any(f'-{name}"' in body for name in COUNTED)
        if model.name not in READS and not is_counted:
            self._wrote.append(model.name)


def text_of(answer: TestResponse) -> str:
    """Everything that somebody reads in an answer: its text, its headers, what a workbook has in its sheets."""
    body = answer.get_data()
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode(errors="replace") + unquote(str(answer.headers))
