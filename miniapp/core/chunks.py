"""What readers of tables hand on: some rows at a time, with their place in the file. For files in.

The bounds here hold for every kind of file."""

from collections.abc import Sequence
from functools import cached_property

CHUNK_ROWS = 8_192
LONGEST_LINE = 64 * 1024
LONGEST_CELL = 2_000
MOST_COLUMNS = 60


class Chunk:
    """Rows that follow each other, or (where a reader found them all equally wide) their columns.

    `first` is the row's number as people count (the header of a plain file is 1); `sheet` names a workbook's later
    sheets and `title` each of them; `ragged` says that empty cells at a row's end are left out, as workbooks do."""

    def __init__(
        self,
        first: int,
        rows: list[list[str]] | None = None,
        columns: Sequence[Sequence[str]] = (),
        sheet: str = "",
        ragged: bool = False,
        title: str = "",
    ) -> None:
        self.first = first
        self.columns = columns
        self.sheet = sheet
        self.ragged = ragged
        self.title = title
        if rows is not None:
            self.rows = rows

    @cached_property
    def rows(self) -> list[list[str]]:
        """The rows, made from the columns when somebody wants to look at them."""
        return list(map(list, zip(*self.columns, strict=True)))

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else len(self.rows)

    def after(self, place: int) -> "Chunk":
        """The rows below the one at `place`."""
        first = self.first + place + 1
        if self.columns:
            below = [column[place + 1 :] for column in self.columns]
            return Chunk(first, None, below, self.sheet, self.ragged, self.title)
        return Chunk(first, self.rows[place + 1 :], (), self.sheet, self.ragged, self.title)
