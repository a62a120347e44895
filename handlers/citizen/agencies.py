"""Two public pages: the directory `/` (search and tree) and the home of an agency `/{agency}/`.

For anybody. They change nothing. A merged agency's home answers 410 with the way to its successors, since its services
have ended and another's must not pass for them; an address from before a rename leads on for good (301)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, redirect, request

from handlers import answers, context
from handlers.citizen.notices import NOTICES, Notice
from handlers.doors import anyone, pages
from miniapp.agencies.asking import LONGEST
from miniapp.agencies.directory import SHOWN, Answer, Match
from miniapp.agencies.model import Agency, Child, Kind, Service
from miniapp.agencies.places import Listed
from miniapp.core.clock import local_day
from miniapp.core.errors import Invalid, NotFound, Problem, Unavailable

agencies = pages("citizen_agencies", door=anyone)

# Kinds that have others below them; a department has its schools.
PARENTS = frozenset({Kind.PROVINCE, Kind.COMMUNE})
WITH_SCHOOLS = frozenset({"gddt"})


@dataclass(frozen=True)
class Row:
    """One agency in a list; `match` says why a search found it."""

    name: str
    address: str
    kind: str
    match: Match | None = None


@dataclass(frozen=True)
class DirectoryPage:
    """What the directory shows: an answer to a question, or a place in the tree."""

    query: str
    most: int
    answer: Answer | None = None
    problem: Problem | None = None
    rows: Sequence[Row] = ()
    others: Sequence[Row] = ()
    node: Row | None = None
    below: Sequence[Row] = ()
    total: int = 0
    shown: int = SHOWN
    later: str = ""
    starts: bool = False


@dataclass(frozen=True)
class HomePage:
    """What an agency's home shows."""

    name: str
    short: str
    kind: str
    notices: Sequence[Notice]
    services: Sequence[tuple[str, str]]
    search: str
    above: Row | None
    below: str


@dataclass(frozen=True)
class MergedPage:
    """What stands where an agency was."""

    name: str
    last_day: str
    successors: Sequence[Row]


@agencies.get("/")
def directory() -> Response:
    """The directory."""
    query = request.args.get("q", "")
    node = request.args.get("thuoc", "")
    if query.strip():
        return _searched(query)
    if node:
        return _below(node)
    return answers.show("citizen/agencies/directory.html", _tree("", None), index=True)


@agencies.get("/<agency>/")
def home(agency: str) -> Response:
    """An agency's home."""
    held = context.agency()
    if held.address != agency:
        return redirect(f"/{held.address}/{context.suffix()}", 301)  # type: ignore[return-value]
    services = context.services()
    if held.successors and held.is_closed(local_day(services.clock.now())):
        rows = [_row(successor) for successor in services.agencies.successors(held)]
        page = MergedPage(_name(held), held.valid_to, rows)
        return answers.show("citizen/agencies/merged.html", page, status=410)
    return answers.show("citizen/agencies/home.html", _home(held), index=True)


def _home(held: Agency) -> HomePage:
    above = context.services().agencies.find(held.parent)
    has_below = held.kind in PARENTS or held.sector in WITH_SCHOOLS
    base = f"/{held.address}"
    return HomePage(
        _name(held),
        held.short or _name(held),
        held.kind.value,
        [notice for notices in NOTICES for notice in notices(held)],
        [(service.value, base) for service in Service if service in held.services],
        f"{base}/thu-tuc" if Service.PROCEDURES in held.services else "/",
        _row(above) if above else None,
        _address("/", thuoc=held.id) if has_below and held.kind is not Kind.MINISTRY else "",
    )


def _searched(query: str) -> Response:
    """An answer; 422 for what is no question any more, 503 while there is nothing to search in."""
    try:
        answer = context.services().directory.search(query)
    except (Invalid, Unavailable) as problem:
        status = 422 if isinstance(problem, Invalid) else 503
        page = DirectoryPage(query[:LONGEST], LONGEST, problem=problem)
        return answers.show("citizen/agencies/directory.html", page, status=status, back=_address("/"), wrong=True)
    page = DirectoryPage(
        query,
        LONGEST,
        answer,
        rows=[_found(match) for match in answer.matches],
        others=[_found(match) for match in answer.others],
        total=answer.total,
    )
    return answers.show("citizen/agencies/directory.html", page, back=_address("/"))


def _below(node: str) -> Response:
    held = context.services().agencies.find(node)
    if held is None:
        raise NotFound("agency_unknown")
    back = _address("/", thuoc=held.parent) if held.parent else _address("/")
    return answers.show("citizen/agencies/directory.html", _tree(held.id, _row(held)), back=back, index=True)


def _tree(parent: str, node: Row | None) -> DirectoryPage:
    page = context.services().agencies.page(parent, request.args.get("sau", ""))
    later = _address("/", thuoc=parent, sau=page.cursor) if page.cursor else ""
    # Whoever opens a province or a commune looks for what is below it first; of the others there is only a home.
    rows = [_row(child, below=not parent and child.kind in PARENTS) for child in page.children]
    return DirectoryPage("", LONGEST, node=node, below=rows, total=page.total, later=later, starts=not parent)


def _found(match: Match) -> Row:
    return Row(_name(match.agency), f"/{match.agency.address}/{context.suffix()}", match.agency.kind.value, match)


def _row(agency: Agency | Child, below: bool = False) -> Row:
    address = _address("/", thuoc=agency.id) if below else f"/{agency.address}/{context.suffix()}"
    return Row(_name(agency), address, agency.kind.value)


def _name(agency: Agency | Child | Listed) -> str:
    return agency.name_en if context.language() == "en" else agency.name


def _address(path: str, **given: str) -> str:
    """An address of ours that keeps the language."""
    kept = {name: value for name, value in given.items() if value}
    if context.language() == "en":
        kept["lang"] = "en"
    return f"{path}?{urlencode(kept)}" if kept else path
