"""What a file is, told from its bytes, and its rows as text: what is no table is refused before any parser sees it."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest

from miniapp.core.chunks import LONGEST_CELL
from miniapp.core.errors import Invalid
from miniapp.core.reading import MOST_ROWS, read_rows
from tests.support import nasty, nasty_files
from tests.support.nasty import Nasty

REFUSED = [given for given in nasty_files.ALL if given.refused]


def rows(body: bytes, longest_cell: int = LONGEST_CELL) -> list[list[str]]:
    return [row for chunk in read_rows(io.BytesIO(body), longest_cell=longest_cell) for row in chunk.rows]


class _Streamed(io.RawIOBase):
    """Bytes that are made while they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(taken)
        return taken


@pytest.mark.parametrize(("rows", "refused"), [(MOST_ROWS, False), (MOST_ROWS + 1, True)])
def test_two_million_rows_are_taken_and_one_more_is_refused(rows: int, refused: bool) -> None:
    stream = cast(BinaryIO, _Streamed(nasty.many_rows(b"sbd,toan,ngu_van,ngoai_ngu\n", rows)))

    if refused:
        with pytest.raises(Invalid, match="too_many_rows") as refusal:
            sum(map(len, read_rows(stream)))
        assert refusal.value.facts == {"most": MOST_ROWS}
    else:
        assert sum(map(len, read_rows(stream))) == rows + 1


@pytest.mark.parametrize("given", REFUSED, ids=str)
def test_what_is_no_table_is_refused_by_what_it_is(given: Nasty) -> None:
    with pytest.raises(Invalid) as refusal:
        rows(given.body())
    assert refusal.value.code == given.refused
    if given.place and given.place[0]:
        assert refusal.value.facts["row"] == given.place[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_told_from_the_bytes(encoding: str, delimiter: str) -> None:
    body = delimiter.join(["Mã", "Tên"]) + "\r\n" + delimiter.join(["1", "Đăng ký"]) + "\r\n"
    assert rows(body.encode(encoding)) == [["Mã", "Tên"], ["1", "Đăng ký"]]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_lines_inside_quoted_cells_do_not_say_what_separates_columns(delimiter: str) -> None:
    other = {",": ";", ";": ","}[delimiter]
    cell = "\n".join(f"- Dòng {place}{other}" for place in range(15))
    assert rows(f'Mã{delimiter}Tên\n"1"{delimiter}"{cell}"\n'.encode()) == [["Mã", "Tên"], ["1", cell]]


def test_a_workbook_s_formula_is_read_as_it_is_written_and_every_sheet_has_its_title() -> None:
    body = nasty.book([["a", "=1+1"]], [["b"]])()
    chunks = list(read_rows(io.BytesIO(body)))
    assert [(chunk.title, chunk.sheet, chunk.rows) for chunk in chunks] == [
        ("Sheet1", "", [["a", "=1+1"]]),
        ("Sheet2", "Sheet2", [["b"]]),
    ]


def test_who_reads_says_how_long_a_cell_of_a_workbook_may_be() -> None:
    body = nasty.book([["x" * (LONGEST_CELL + 1)]])()
    with pytest.raises(Invalid, match="cell_too_long"):
        rows(body)
    assert len(rows(body, LONGEST_CELL + 1)[0][0]) == LONGEST_CELL + 1
