"""The inbox of an agency's dossiers: what waits for whom, what is due first first, and a box that takes a code as typed.

For who handles dossiers and who decides about them. A list never says who asks. Figures are shown where one short read
tells them; beyond that it is “more than so many”. Receiving is in `dossiers_receive`, one dossier in `dossiers_one`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context
from handlers.console.agency import english
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem
from miniapp.accounts.access import Permission
from miniapp.core.errors import Invalid, NotFound
from miniapp.core.folding import clean
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.lists import Keep, Line, Page, Shelf
from miniapp.dossiers.nearby import did_you_mean, one_slip_away
from miniapp.dossiers.states import PAUSING, RUNNING
from miniapp.dossiers.typed import TYPED_MOST, read

PREFIX = "/console/<agency>/ho-so"
dossiers = pages("console_dossiers", officers(may="dossiers.read"), PREFIX, "console")

LINES, COUNTED = 30, 100
NEAR_MOST = 12  # codes shown for “did you mean”
PROCEDURE_MOST = 30  # letters
FIRST_YEAR = 2000
NOTHING: Mapping[str, str] = {}
FOR_MANY: Mapping[Shelf, Sequence[str]] = {  # what can be done with many of a shelf at once
    Shelf.RUNNING: ("take_up", "hand_on", "assign", "finish"),
    Shelf.READY: ("return",),
}
DUE = {"hom-nay": "today", "qua-han": "late"}


@dataclass(frozen=True)
class Count:
    """How many there are; with `is_more`, more than that."""

    figure: int
    is_more: bool


@dataclass(frozen=True)
class Tab:
    """A shelf, or a part of one, and how much lies on it."""

    name: str
    address: str
    is_current: bool
    count: Count | None = None


@dataclass(frozen=True)
class Shown:
    """A line of the inbox, with who has it on the desk; nobody once it is finished."""

    line: Line
    address: str
    post: str
    officer: str
    is_late: bool
    is_today: bool


@dataclass(frozen=True)
class Asked:
    """What of a shelf is asked for."""

    shelf: Shelf
    due: str  # today, late, or empty
    is_mine: bool
    procedure: str
    month: str
    after: str

    @property
    def due_word(self) -> str:
        """What is due, as an address says it."""
        return next((word for word, name in DUE.items() if name == self.due), "")

    @property
    def is_part(self) -> bool:
        """Whether anything narrows the shelf."""
        return bool(self.due or self.is_mine or self.procedure)

    def address(self, after: str = "") -> str:
        """The page that shows this, from a cursor on."""
        mine = "1" if self.is_mine else ""
        month = self.month if self.shelf is Shelf.ENDED else ""
        given = {
            "ke": self.shelf.value,
            "loc": self.due_word,
            "cua-toi": mine,
            "thu-tuc": self.procedure,
            "thang": month,
        }
        return base(asked={name: text for name, text in {**given, "sau": after}.items() if text})


@dataclass(frozen=True)
class InboxPage:
    """The inbox. `lacks_identifier`: nothing can be received before an admin of the agency sets it."""

    query: str
    most: int
    problem: FieldProblem | None
    near: Sequence[tuple[str, str]]
    shelves: Sequence[Tab]
    parts: Sequence[Tab]
    asked: Asked
    whole: str
    lines: Sequence[Shown]
    later: str
    first: str
    months: tuple[str, str]
    lacks_identifier: bool
    set_identifier: str
    receive: str
    bring: str
    many: str
    deeds: Sequence[str]
    batches: str
    hand_out: str
    action: str


@dossiers.get("")
def show(agency: str) -> Response:
    """What lies on a shelf, or what was looked for by its code."""
    query = clean(request.args.get("q", ""))[:TYPED_MOST]
    if not query:
        return _page("", None, ())
    try:
        found, near = _looked_up(query)
        if found is not None:
            return answers.see(base(f"/{found}"))
    except Invalid as problem:
        return _page(query, FieldProblem("q", problem.code, problem.facts), ())
    unknown = None if near else FieldProblem("q", "dossier_unknown")
    return _page(query, unknown, [(code.printed, base(f"/{code}")) for code in near])


def base(below: str = "", language: bool = True, asked: Mapping[str, str] = NOTHING) -> str:
    """An address of these pages."""
    kept = {**asked, "lang": "en"} if language and english() else asked
    query = f"?{urlencode(kept)}" if kept else ""
    return f"/console/{context.agency().address}/ho-so{below}{query}"


def may(permission: Permission) -> bool:
    """Whether who looks holds a permission here."""
    return context.officer().standing.may(permission, context.agency().id)


def names_of(officers: set[str]) -> dict[str, str]:
    """What officers are called, as far as they are somebody of ours."""
    found = context.services().accounts.people.names(officers - {""})
    return {id: name.reveal for id, name in found.items()}


def _looked_up(query: str) -> tuple[DossierCode | None, list[DossierCode]]:
    """The dossier with this code; or those whose codes are one slip of the finger away."""
    known = {context.agency().identifier} - {""}
    readings = read(query, known)
    for reading in readings:
        if reading.holds is not False and _is_here(reading.code):
            return reading.code, []
    told = [*(reading.code for reading in readings), *did_you_mean(query, known)]
    return None, _here([*told, *(code for identifier in known for code in one_slip_away(query, identifier))])


def _here(near: Sequence[DossierCode]) -> list[DossierCode]:
    """Those that are dossiers of this agency, whose officers may know which there are."""
    there = context.services().dossier_office.find_many(
        context.agency().id, [str(code) for code in dict.fromkeys(near)]
    )
    return [there[str(code)].code for code in dict.fromkeys(near) if str(code) in there][:NEAR_MOST]


def _is_here(code: DossierCode) -> bool:
    try:
        context.services().dossier_office.find(context.agency().id, str(code))
    except NotFound:
        return False
    return True


def _page(query: str, problem: FieldProblem | None, near: Sequence[tuple[str, str]]) -> Response:
    now = context.services().clock.now().astimezone(LOCAL)
    asked = asked_now(now)
    held = context.services().agencies.now(context.agency().id)
    found = lines_of(asked, now)
    names = names_of({line.officer for line in found.lines})
    page = InboxPage(
        query=query,
        most=TYPED_MOST,
        problem=problem,
        near=near,
        shelves=_shelves(asked),
        parts=_parts(asked, now),
        asked=asked,
        whole=replace(asked, due="", is_mine=False, procedure="").address(),
        lines=[_shown(line, names.get(line.officer, ""), now) for line in found.lines],
        later=asked.address(found.cursor) if found.cursor else "",
        first=asked.address() if asked.after else "",
        months=_months(asked),
        lacks_identifier=not held.identifier,
        set_identifier=f"/console/{held.address}/co-quan/thong-tin{context.suffix()}" if may("agency.manage") else "",
        receive=base("/tiep-nhan") if held.identifier and may("dossiers.manage") else "",
        bring=base("/nap") if held.identifier and may("dossiers.manage") else "",
        many=base("/nhieu", language=False),
        deeds=FOR_MANY.get(asked.shelf, ()) if may("dossiers.manage") else (),
        batches=base("/cac-luot"),
        hand_out=f"/console/{held.address}/tep-xuat{context.suffix()}",
        action=base(language=False),
    )
    return answers.show("console/dossiers/inbox.html", page, status=422 if problem else 200, wrong=bool(problem))


def asked_now(now: datetime) -> Asked:
    """What this request asks for."""
    args = request.args
    shelf = args.get("ke", "")
    month = args.get("thang", "")
    return Asked(
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.RUNNING,
        due=DUE.get(args.get("loc", ""), "") if shelf in ("", Shelf.RUNNING) else "",
        is_mine=args.get("cua-toi") == "1",
        procedure=clean(args.get("thu-tuc", ""))[:PROCEDURE_MOST],
        month=month if _is_month(month) else f"{now:%Y-%m}",
        after=args.get("sau", ""),
    )


def _is_month(text: str) -> bool:
    try:
        return len(text) == len("2026-11") and date.fromisoformat(f"{text}-01").year >= FIRST_YEAR
    except ValueError:
        return False


def lines_of(asked: Asked, now: datetime, most: int = LINES) -> Page:
    """What lies there, one page of it."""
    office, held = context.services().dossier_office, context.agency().id
    keep = _keep(asked)
    if asked.shelf is Shelf.ENDED:
        return office.ended(held, asked.month, after=asked.after, most=most, keep=keep)
    since, until = span(asked.due, now)
    return office.shelf(held, asked.shelf, due_from=since, due_before=until, after=asked.after, most=most, keep=keep)


def _keep(asked: Asked) -> Keep | None:
    me = context.officer().id
    if not asked.is_mine and not asked.procedure:
        return None
    return lambda line: (not asked.is_mine or line.officer == me) and line.procedure.startswith(asked.procedure)


def span(due: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when to before when what is asked for is due."""
    if due == "late":
        return None, now
    if due == "today":
        return now, now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return None, None


def _shelves(asked: Asked) -> list[Tab]:
    office, held = context.services().dossier_office, context.agency().id
    found = []
    for shelf in Shelf:
        ended = shelf is Shelf.ENDED
        count = None if ended else counted(office.count(held, shelf, most=COUNTED))
        address = replace(asked, shelf=shelf, due="", after="").address()
        found.append(Tab(shelf.value, address, shelf is asked.shelf, count))
    return found


def _parts(asked: Asked, now: datetime) -> list[Tab]:
    """What narrows a shelf: what is due, what is mine. Of what is mine no figure is cheap."""
    office, held = context.services().dossier_office, context.agency().id
    found = []
    for due in DUE.values() if asked.shelf is Shelf.RUNNING else ():
        since, until = span(due, now)
        count = counted(office.count(held, Shelf.RUNNING, due_from=since, due_before=until, most=COUNTED))
        is_on = asked.due == due
        found.append(Tab(due, replace(asked, due="" if is_on else due, after="").address(), is_on, count))
    mine = replace(asked, is_mine=not asked.is_mine, after="").address()
    return [*found, Tab("mine", mine, asked.is_mine)]


def counted(found: int) -> Count:
    return Count(min(found, COUNTED), found > COUNTED)


def _months(asked: Asked) -> tuple[str, str]:
    """The months before and after the one that is shown."""
    if asked.shelf is not Shelf.ENDED:
        return "", ""
    year, month = int(asked.month[:4]), int(asked.month[5:])
    around = [(year, month - 1) if month > 1 else (year - 1, 12), (year, month + 1) if month < 12 else (year + 1, 1)]
    before, after = (replace(asked, month=f"{y:04}-{m:02}", after="").address() for y, m in around)
    return before, after


def _shown(line: Line, officer: str, now: datetime) -> Shown:
    due = line.due if line.status in RUNNING else None
    is_late = due is not None and due < now
    is_today = due is not None and not is_late and due.astimezone(LOCAL).date() == now.date()
    is_at_work = line.status in RUNNING | PAUSING
    return Shown(
        line=line,
        address=base(f"/{line.code}"),
        post=line.post if is_at_work else "",
        officer=officer if is_at_work else "",
        is_late=is_late,
        is_today=is_today,
    )
