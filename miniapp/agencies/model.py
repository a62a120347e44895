"""An agency: a tenant of ours, with its place in the tree, its names over time, its open services and its look.

For every service, since keys and pages begin with an agency. The id never changes and is what rows carry; the address
is what stands in links and may change with a name. No code here asks what day it is: the asker brings the day."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum

from miniapp.agencies.accents import is_colour, judged
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.identifiers import IDENTIFIER

ADDRESS_MAX = 72
NAME_MAX = 200
SHORT_MAX = 60
SITE_MAX = 200
STREET_MAX = 200
HOTLINE = "1022"  # the public line of every province, where an agency names none of its own
SUCCESSORS_MAX = 12
_ADDRESS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_HOTLINE = re.compile(r"\+?[0-9]{3,15}\Z")
_SITE = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{2,5})?(?:/[A-Za-z0-9._~/?#@!$&()*+,;=:%-]*)?\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")

_NUMBER_MARKS = str.maketrans("", "", " .-()\u00a0")

# Where our own pages are (surface.md): an agency there would hide them.
RESERVED = frozenset(
    [
        *("hooks", "api", "egov", "open311", "canh-bao", "console", "toi", "hs", "demo", "assets", "healthz", "readyz"),
        *("static", "favicon.ico", "robots.txt", "kiem-tra-giay-hen"),
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
    DESCRIBE = "describe"
    COLOUR = "colour"
    CREST = "crest"


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
    street: str = ""  # where people come to, as on an envelope
    identifier: str = ""  # the electronic one (`H56.14`), with which codes of dossiers begin
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

    def require(self, service: Service) -> None:
        """NotFound `service_closed`, with whom to call, unless citizens may use the service here."""
        if service not in self.services:
            raise NotFound("service_closed", service=service.value, hotline=self.hotline or HOTLINE)

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

    def described(self, said: "Description") -> "Agency":
        """The same agency as its own admin describes it; checked field by field, since a form names the wrong one."""
        return self._moved(Move.DESCRIBE, **asdict(said.checked()))

    def coloured(self, accent: str) -> "Agency":
        """The same agency in another colour, or in the house's when empty; `accent_unreadable` offers the nearest."""
        if accent and not is_colour(accent):
            raise Invalid("accent_shape", field="accent")
        if accent and not judged(accent).is_allowed:
            found = judged(accent)
            raise Invalid("accent_unreadable", field="accent", ratio=found.ratio, nearest=found.nearest)
        return self._moved(Move.COLOUR, accent=accent.lower())

    def crested(self, crest: str) -> "Agency":
        """The same agency under another logo, or none."""
        return self._moved(Move.CREST, crest=crest)

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
class Description:
    """What an agency's admin may say of it."""

    name: str
    name_en: str
    short: str
    hotline: str
    site: str
    street: str = ""
    identifier: str = ""

    @classmethod
    def of(cls, agency: Agency) -> "Description":
        """What stands now."""
        return cls(**{spec.name: getattr(agency, spec.name) for spec in fields(cls)})

    def checked(self) -> "Description":
        """The same, its number and identifier as they are kept; Invalid names the first field that is wrong."""
        for name, most in (("name", NAME_MAX), ("name_en", NAME_MAX)):
            if not 0 < len(getattr(self, name)) <= most:
                raise Invalid("agency_name_shape", field=name, most=most)
        if len(self.short) > SHORT_MAX:
            raise Invalid("agency_short_shape", field="short", most=SHORT_MAX)
        hotline = self.hotline.translate(_NUMBER_MARKS)
        if hotline and not _HOTLINE.match(hotline):
            raise Invalid("agency_hotline_shape", field="hotline")
        if self.site and (len(self.site) > SITE_MAX or not _SITE.match(self.site)):
            raise Invalid("agency_site_shape", field="site")
        if len(self.street) > STREET_MAX:
            raise Invalid("agency_street_shape", field="street", most=STREET_MAX)
        identifier = self.identifier.replace(" ", "").upper()
        if identifier and not IDENTIFIER.match(identifier):
            raise Invalid("agency_identifier_shape", field="identifier")
        return replace(self, hotline=hotline, identifier=identifier)

    def merged(self, was: "Description", now: "Description") -> "Description":
        """What was typed over `was`, where the agency meanwhile became `now`: what nobody typed follows `now`."""
        mine = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        kept = {name: getattr(now, name) if text == getattr(was, name) else text for name, text in mine.items()}
        return Description(**kept)

    def differences(self, other: "Description") -> list[str]:
        """The names of the fields in which two differ."""
        return [spec.name for spec in fields(self) if getattr(self, spec.name) != getattr(other, spec.name)]


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
