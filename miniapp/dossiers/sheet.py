"""From a table of another system to records of dossiers, row by row: each is a record, or what is wrong with it and where.

For imports. Columns are found by their headings, in any order; what a heading means stands in `sheet_words`. It asks
nobody what is there already, and keeps nothing that somebody typed beside a problem: a row that slipped sideways would
put a name into a list of problems."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from miniapp.core.cells import plain
from miniapp.core.chunks import Chunk
from miniapp.core.errors import Invalid, NotFound, Problem, both
from miniapp.core.folding import clean, folded_key
from miniapp.dossiers import sheet_cells
from miniapp.dossiers.applying import applicant
from miniapp.dossiers.check_character import check_character
from miniapp.dossiers.codes import EXAMPLE, DossierCode
from miniapp.dossiers.parts import PAPERS_MOST, Applicant, Channel, Subject, Wanted
from miniapp.dossiers.reported import Record, Report
from miniapp.dossiers.sheet_words import sheet_words
from miniapp.dossiers.states import Status

ROWS_MOST = 5_000
HEADING_WITHIN = 20  # titles and the agency's name may stand above
NEEDED = ("code", "procedure", "name", "status")
NUMBERS = ("identity", "phone")
Known = Callable[[str], tuple[str, str]]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row: where, as a code, and the facts of its sentence. Nothing of who asked."""

    row: int
    column: str
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row: a record, or troubles."""

    number: int
    record: Record | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Heading:
    """Where the columns are, and what the file calls them."""

    places: dict[str, int]
    names: dict[str, str]
    unknown: tuple[str, ...]
    width: int


def read_sheet(chunks: Iterable[Chunk], procedure: Known) -> tuple[Heading, list[Row]]:
    """All rows of a table; `procedure` gives the national code and the name of a code, or raises.

    Invalid `dossier_import_no_heading`, `dossier_import_column_missing`, `dossier_import_column_twice`,
    `dossier_import_no_rows`, `dossier_import_too_many_rows`; and what the readers of files raise."""
    heading: Heading | None = None
    rows: list[Row] = []
    firsts: dict[str, int] = {}
    for number, cells in _lines(chunks):
        if heading is None:
            heading = _heading(cells)
            if heading is None and number >= HEADING_WITHIN:
                break
        elif any(cell.strip() for cell in cells):
            if len(rows) >= ROWS_MOST:
                raise Invalid("dossier_import_too_many_rows", most=ROWS_MOST)
            rows.append(_row(number, cells, heading, procedure, firsts))
    if heading is None:
        raise Invalid("dossier_import_no_heading")
    if not rows:
        raise Invalid("dossier_import_no_rows")
    return heading, rows


def troubles_of(row: int, problem: Problem) -> tuple[Trouble, ...]:
    """What a problem says of a row."""
    found = []
    for one in problem.every:
        facts = {name: fact for name, fact in one.facts.items() if name != "field" and isinstance(fact, str | int)}
        found.append(Trouble(row, str(one.facts.get("field", "")), one.code, facts))
    return tuple(found)


def _lines(chunks: Iterable[Chunk]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers; of a workbook, those of its first sheet that holds something."""
    title: str | None = None
    for chunk in chunks:
        if title is None:
            title = chunk.title
        if chunk.title == title:
            yield from enumerate(chunk.rows, chunk.first)


def _heading(cells: list[str]) -> Heading | None:
    words = sheet_words()
    known = [(place, words.columns.get(folded_key(cell), "")) for place, cell in enumerate(cells)]
    found = [(place, column) for place, column in known if column]
    places = {column: place for place, column in reversed(found)}
    if "code" not in places and len(places) < len(NEEDED):
        return None
    for column in NEEDED:
        if column not in places:
            raise Invalid("dossier_import_column_missing", column=words.shown[column])
    if not places.keys() & set(NUMBERS):
        raise Invalid("dossier_import_column_missing", column=words.shown["identity"])
    if len(found) != len(places):
        twice = next(column for column in places if [one for _, one in found].count(column) > 1)
        raise Invalid("dossier_import_column_twice", column=words.shown[twice])
    unknown = [
        clean(cells[place])
        for place, column in known
        if not column and cells[place].strip() and folded_key(cells[place]) not in words.ignored
    ]
    return Heading(
        places, {column: clean(cells[place]) for column, place in places.items()}, tuple(unknown), len(cells)
    )


def _row(number: int, cells: list[str], heading: Heading, procedure: Known, firsts: dict[str, int]) -> Row:
    held = {
        column: plain(cells[place]).strip() if place < len(cells) else "" for column, place in heading.places.items()
    }
    try:
        for column, text in held.items():
            if text.startswith("="):
                raise Invalid("dossier_import_formula", field=column)
        if any(cell.strip() for cell in cells[heading.width :]):  # a cell was cut in two
            raise Invalid("dossier_import_row_width", field="")
        record = _record(held, procedure)
        first = firsts.setdefault(str(record.code), number)
        if first != number:
            raise Invalid("dossier_import_code_repeated", field="code", first=first)
    except (Invalid, NotFound) as problem:
        return Row(number, None, troubles_of(number, problem))
    return Row(number, record)


def _record(held: dict[str, str], procedure: Known) -> Record:
    (code, (number, name)), (asks, (report, channel)) = both(
        lambda: both(lambda: _code(held), lambda: _procedure(held, procedure)),
        lambda: both(
            lambda: _applicant(held),
            lambda: both(lambda: _report(held), lambda: Channel(_number(held, "channel", Channel.DESK))),
        ),
    )
    return Record(number, name, asks, report, channel, code)


def _code(held: dict[str, str]) -> DossierCode:
    """The code, kept as it is; a check character beside it must be its own."""
    text, _, check = clean(held["code"]).upper().replace("]", "").partition("[")
    if not text.strip():
        raise Invalid("dossier_import_cell_empty", field="code")
    try:
        code = DossierCode.of(text.strip())
    except Invalid:
        raise Invalid("dossier_code_shape", field="code", example=EXAMPLE) from None
    if check.strip() and check.strip() != check_character(code.letters):
        raise Invalid("dossier_import_check", field="code")
    return code


def _procedure(held: dict[str, str], known: Known) -> tuple[str, str]:
    text = clean(held["procedure"])
    if not text:
        raise Invalid("dossier_import_cell_empty", field="procedure")
    try:
        return known(text)
    except (Invalid, NotFound):
        raise Invalid("dossier_procedure_unknown", field="procedure", procedure=text[:20]) from None


def _applicant(held: dict[str, str]) -> Applicant:
    identity, phone = both(
        lambda: sheet_cells.figures(held.get("identity", ""), "identity"),
        lambda: sheet_cells.figures(held.get("phone", ""), "phone"),
    )
    return applicant(held["name"], identity, phone, Subject(_number(held, "subject", Subject.CITIZEN)))


def _report(held: dict[str, str]) -> Report:
    if not held["status"]:
        raise Invalid("dossier_import_cell_empty", field="status")
    (status, (received, due)), ((finished, since), (deadline, amount)) = both(
        lambda: both(
            lambda: Status(sheet_cells.number_of(held["status"], "status")),
            lambda: both(lambda: _moment(held, "received"), lambda: _moment(held, "due", is_end=True)),
        ),
        lambda: both(
            lambda: both(lambda: _moment(held, "finished"), lambda: _moment(held, "since")),
            lambda: both(lambda: _moment(held, "deadline", is_end=True), lambda: _amount(held)),
        ),
    )
    papers = [clean(paper) for paper in held.get("papers", "").replace("\n", ";").split(";")]
    return Report(
        status=status,
        received=received,
        due=due,
        finished=finished,
        since=since,
        post=clean(held.get("post", "")),
        article=clean(held.get("article", "")),
        words=clean(held.get("words", "")),
        papers=tuple(Wanted(paper) for paper in papers if paper)[: PAPERS_MOST + 1],
        deadline=deadline,
        amount=amount,
        returned_by=Channel(_number(held, "returned_by", Channel.DESK)),
    )


def _moment(held: dict[str, str], column: str, is_end: bool = False) -> datetime | None:
    text = held.get(column, "")
    return sheet_cells.moment(text, column, is_end=is_end) if text else None


def _number(held: dict[str, str], column: str, otherwise: int) -> int:
    text = held.get(column, "")
    return sheet_cells.number_of(text, column) if text else otherwise


def _amount(held: dict[str, str]) -> int:
    text = held.get("amount", "")
    return sheet_cells.amount(text, "amount") if text else 0
