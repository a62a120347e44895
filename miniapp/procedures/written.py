"""One field of a procedure as text that officers type, and read again: the words and cells of our form as sheets.

For the desk. A list is a block of lines for each item, with an empty line between two; a line begins with the heading of
its column (`sheet_words`), a further line of the same cell is indented. What is read again is what was written."""

from collections.abc import Iterator, Mapping
from typing import Any

from miniapp.core.plain import from_plain, to_plain
from miniapp.procedures import sheet_words
from miniapp.procedures.layers import spare
from miniapp.procedures.model import Procedure
from miniapp.procedures.sheet_cells import Column, Unread
from miniapp.procedures.sheet_form import BARE, MAIN, Sheet, form
from miniapp.procedures.wording import lines

INDENT = "  "
# What an item is that lacks what it can't be without.
LACKING = {"channels": "way_unknown", "papers": "paper_shape", "questions": "question_lacks"}


class Unwritten(Exception):
    """A text that does not say what its field asks for: the code of the problem, and the words in question."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def written(name: str, value: Any) -> str:
    """A field's plain value as text."""
    sheet = form().get(name)
    if sheet is None:
        return _main(name).cell({name: value})
    if _is_bare(sheet):
        return "\n\n".join(value)
    kept = to_plain(_with(name, value))[name]
    return "\n\n".join("\n".join(_block(sheet, item)) for item in kept)


def read(name: str, text: str) -> Any:
    """The plain value that a text says; raises Unwritten."""
    sheet = form().get(name)
    blocks = [block for block in _blocks(text) if any(line.strip() for line in block)]
    if sheet is None:
        return _put(_main(name), lines(text)) if lines(text) else to_plain(Procedure("", ""))[name]
    if _is_bare(sheet):
        return [lines("\n".join(block)) for block in blocks]
    held = [_item(sheet, block) for block in blocks]
    try:
        return spare(to_plain(_with(name, held)))[name]
    except TypeError:
        raise Unwritten(LACKING.get(name, "item_name_needed")) from None


def headings(name: str) -> list[str]:
    """The words that lines of a field begin with, with those to choose from; none where an item is only text."""
    sheet = form().get(name)
    if sheet is None or _is_bare(sheet):
        return []
    return [
        sheet_words.heading(name, key) + (f" ({' / '.join(column.choices)})" if column.choices else "")
        for key, column in sheet.headed()
    ]


def label(name: str) -> str:
    """What a field is called in our form."""
    return sheet_words.title(name) if name in form() else sheet_words.heading(MAIN, name)


def _main(name: str) -> Column:
    return next(column for column in form()[MAIN].columns if column.key == name)


def _is_bare(sheet: Sheet) -> bool:
    return sheet.columns[0].key == BARE


def _with(name: str, value: Any) -> Procedure:
    return from_plain(Procedure, {"code": "", "name": "", name: value})


def _block(sheet: Sheet, item: Mapping[str, Any]) -> Iterator[str]:
    for column in sheet.columns:
        cell = column.cell(item)
        if cell:
            yield _line(sheet, column.key, cell)
    for one in item[sheet.within] if sheet.within else ():
        for place, column in enumerate(sheet.more):
            cell = column.cell(one)
            if cell or not place:  # the first heading says that another one begins
                yield _line(sheet, f"{sheet.within}.{column.key}", cell)


def _line(sheet: Sheet, key: str, cell: str) -> str:
    said = cell.replace("\n", f"\n{INDENT}")
    return f"{sheet_words.heading(sheet.field, key)}: {said}".rstrip()


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines between empty ones."""
    block: list[str] = []
    for line in text.splitlines():
        if line.strip():
            block.append(line)
        else:
            yield block
            block = []
    yield block


def _cells(sheet: Sheet, block: list[str]) -> list[tuple[str, str]]:
    """The columns that a block names with what it says of each; what has no heading goes on, or is the first column."""
    cells: list[tuple[str, list[str]]] = []
    for line in block:
        key, said = ("", line) if line[0].isspace() else _headed(sheet, line)
        if key:
            cells.append((key, [said]))
        elif cells:
            cells[-1][1].append(line)
        else:
            cells.append((sheet.columns[0].key, [line]))
    return [(key, lines("\n".join(said))) for key, said in cells]


def _headed(sheet: Sheet, line: str) -> tuple[str, str]:
    heading, colon, said = line.partition(":")
    of, key = sheet_words.columns_by_heading().get(sheet_words.key(heading), ("", "")) if colon else ("", "")
    return (key, said) if of == sheet.field else ("", line)


def _item(sheet: Sheet, block: list[str]) -> dict[str, Any]:
    own = {column.key: column for column in sheet.columns}
    more = {f"{sheet.within}.{column.key}": column for column in sheet.more}
    item: dict[str, Any] = {}
    within: list[dict[str, Any]] = []
    told: set[str] = set()
    for key, cell in _cells(sheet, block):
        if key in told and key in own:
            raise Unwritten("line_repeated", f"{sheet_words.heading(sheet.field, key)}: {cell}")
        if key in more and (not within or key in told or key == next(iter(more))):
            within.append({})
            told -= more.keys()
        told.add(key)
        if cell:
            column = own.get(key) or more[key]
            (item if key in own else within[-1]).update(_put(column, cell, within[-1] if key in more else item))
    if sheet.within:
        item[sheet.within] = within
    return item


def _put(column: Column, cell: str, item: dict[str, Any] | None = None) -> Any:
    """The plain item with what a cell says; without an item, the value alone."""
    held = {} if item is None else item
    try:
        column.put(cell, held)
    except Unread as problem:
        raise Unwritten(str(problem), cell) from None
    return held[column.key] if item is None else held
