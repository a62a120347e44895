"""A long list is kept whole, read from any place, and says how many lines it dropped beyond its bound."""

import io
from typing import BinaryIO

import pytest

from miniapp.exam_scores.lists import PART, Line, Lines, kept


class Counted(io.BytesIO):
    """A stream that gives a few bytes at a time, as a network does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, 1000))


def opened(lines: Lines, **facts: object) -> BinaryIO:
    return Counted(lines.packed(facts).read())


def filled(count: int, most: int = 1_000_000) -> Lines:
    lines = Lines(most)
    lines.extend(["leading_zero_lost", row, "sbd", f"Đ{row}"] for row in range(count))
    return lines


@pytest.mark.parametrize("count", [0, 1, PART - 1, PART, PART + 1, 2 * PART + 7])
def test_every_line_comes_back_from_any_place_on(count: int) -> None:
    lines = filled(count)
    assert [line[1] for line in lines] == list(range(count))
    body = opened(lines, codes=["x"]).read(-1)
    held = kept(lambda: Counted(body))

    assert (held.total, held.kept, held.facts) == (count, count, {"codes": ["x"]})
    for start in {0, 1, count - 1, count, count + 5, PART, PART + 1} - {-1}:
        assert [line[1] for line in held.lines(start)] == list(range(start, count))


def test_lines_beyond_the_bound_are_counted_and_said() -> None:
    lines = filled(50, most=30)
    body = lines.packed().read()
    held = kept(lambda: io.BytesIO(body))

    assert (lines.total, lines.kept, held.total, held.kept) == (50, 30, 50, 30)
    assert [line[1] for line in held.lines()] == list(range(30))


def test_a_list_that_is_not_there_is_empty() -> None:
    held = kept(lambda: None)
    found: list[Line] = list(held.lines())
    assert (held.total, held.kept, found) == (0, 0, [])


def test_a_list_that_ends_early_is_not_taken_for_whole() -> None:
    body = filled(10).packed().read()
    held = kept(lambda: io.BytesIO(body[:-3]))
    with pytest.raises(ValueError, match="ends early"):
        list(held.lines())


def test_a_list_of_millions_is_kept_in_little_memory() -> None:
    import tracemalloc

    tracemalloc.start()
    lines = filled(10 * PART)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert lines.kept == 10 * PART
    assert most < 24 * 1024 * 1024
