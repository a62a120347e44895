"""An agency: a tenant of ours, with its place in the tree, its names over time, its open services and its look.

For every service, since keys and pages begin with an agency. The id never changes and is what rows carry; the address
is what stands in links and may change with a name. No code here asks what day it is: the asker brings the day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from miniapp.core.errors import Conflict, Invalid

ADDRESS_MAX = 72
NAME_MAX = 200
SUCCESSORS_MAX = 12
_ADDRESS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")

# Where our own pages are (surface.md): an agency there would hide them.
RESERVED = frozenset(
    [
        *("hooks", "api", "egov", "open311", "canh-bao", "console", "toi", "hs", "demo", "assets", "healthz", "readyz"),
        *("static", "favicon.ico", "robots.txt"),
    ]
)


class Kind(StrEnum):
    """What sort of agency; pages choose words and order by it."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DEPARTMENT = "department"
    COMMUNE = "commune"
    SCHOOL = "school"
    POLICE = "police"


class Service(StrEnum):
    """What an agency can open to citizens, in the order of its home page."""

    EXAM_SCORES = "exam_scores"
    ADMISSIONS = "admissions"
    DOSSIERS = "dossiers"
    PROCEDURES = "procedures"
    REPORTS = "reports"
    NEWS = "news"
    ALERTS = "alerts"
    QUALITY = "quality"


class State(StrEnum):
    """Whether an agency still works."""

    OPEN = "open"
    MERGED = "merged"


class Move(StrEnum):
    """What may be done to an agency."""

    OPEN_SERVICE = "open_service"
    CLOSE_SERVICE = "close_service"
    RENAME = "rename"
    MERGE = "merge"


MOVES: Mapping[State, frozenset[Move]] = {
    State.OPEN: frozenset(Move),
    State.MERGED: frozenset(),
}


@dataclass(frozen=True)
class Agency:
    """One agency. Days are local, as `2025-07-01`; `valid_to` is the last day, empty while there is none."""

    id: str
    address: str
    kind: Kind
    name: str
    name_en: str
    parent: str = ""
    short: str = ""
    sector: str = ""  # what a department or school is for: `gddt`, `thpt`; empty for a people's committee
    code: str = ""  # the General Statistics Office's unit code, with its zeros
    valid_from: str = ""
    valid_to: str = ""
    successors: tuple[str, ...] = ()
    hotline: str = ""
    site: str = ""
    services: frozenset[Service] = field(default=frozenset())
    accent: str = ""
    crest: str = ""  # address of its picture; pages draw a plain one where empty
    version: int = 0

    def __post_init__(self) -> None:
        check_address(self.id)
        check_address(self.address)
        if not 0 < len(self.name) <= NAME_MAX or not 0 < len(self.name_en) <= NAME_MAX:
            raise Invalid("agency_name_shape", most=NAME_MAX)
        if any(day and not _DAY.match(day) for day in (self.valid_from, self.valid_to)):
            raise Invalid("agency_day_shape")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise Invalid("agency_days_reversed")
        if self.site and not self.site.startswith("https://"):
            raise Invalid("agency_site_shape")

    @property
    def state(self) -> State:
        """An agency with successors has been merged, whenever its last day is."""
        return State.MERGED if self.successors else State.OPEN

    def is_closed(self, today: str) -> bool:
        """Whether its last day has passed."""
        return bool(self.valid_to) and self.valid_to < today

    def may(self, move: Move) -> bool:
        """Whether the table of moves allows this one."""
        return move in MOVES[self.state]

    def opened(self, service: Service) -> "Agency":
        """The same agency with a service open; opening an open one changes nothing."""
        return self._moved(Move.OPEN_SERVICE, services=self.services | {service})

    def closed(self, service: Service) -> "Agency":
        """The same agency with a service closed."""
        return self._moved(Move.CLOSE_SERVICE, services=self.services - {service})

    def renamed(self, name: str, name_en: str, short: str, address: str) -> "Agency":
        """The same agency under another name; its old address keeps leading to it (the store sees to that)."""
        return self._moved(Move.RENAME, name=name, name_en=name_en, short=short, address=address)

    def merged_into(self, successors: tuple[str, ...], last_day: str) -> "Agency":
        """The same agency after its merger: its services end and its page leads to the successors."""
        if not 0 < len(successors) <= SUCCESSORS_MAX or self.id in successors:
            raise Invalid("agency_successors", most=SUCCESSORS_MAX)
        if not last_day:
            raise Invalid("agency_day_shape")
        return self._moved(Move.MERGE, successors=successors, valid_to=last_day, services=frozenset())

    def _moved(self, move: Move, **changes: object) -> "Agency":
        if not self.may(move):
            raise Conflict("agency_merged", agency=self.id)
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Child:
    """What the tree shows of an agency below another."""

    id: str
    address: str
    kind: Kind
    name: str
    name_en: str


def check_address(address: str) -> str:
    """The address itself, if an agency may stand there: short, lower case, hyphens, not one of our own."""
    if not is_address(address):
        raise Invalid("agency_address_shape", most=ADDRESS_MAX)
    if address in RESERVED:
        raise Invalid("agency_address_reserved", address=address)
    return address


def is_address(text: str) -> bool:
    """Whether this has the shape of an address, so that hostile paths never reach the store."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.match(text) is not None
