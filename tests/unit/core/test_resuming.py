"""Work of the clock that goes on where somebody left it: one piece that always fails keeps no other from its end."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from miniapp.core.errors import NotFound
from miniapp.core.resuming import Enough, in_turn, never, resumed

WHEN = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
UNDER_WAY = [("a", "1"), ("a", "2"), ("b", "3")]


@dataclass
class Worked:
    """What was worked on."""

    ended: datetime | None


class Pieces:
    """Work that fails with what it is told, stands still where it is told, and otherwise comes to its end."""

    def __init__(self, still: str = "", **failing: Exception) -> None:
        self.seen: list[str] = []
        self._still = still
        self._failing = {name.removeprefix("of_"): failure for name, failure in failing.items()}

    def work(self, agency: str, id: str, enough: Enough) -> Worked:
        self.seen.append(id)
        if id in self._failing:
            raise self._failing[id]
        return Worked(None if id == self._still else WHEN)


def test_each_is_worked_on_and_those_at_their_end_are_counted():
    pieces = Pieces(still="2")
    assert resumed(UNDER_WAY, pieces.work, never) == 2
    assert pieces.seen == ["1", "2", "3"]


def test_nothing_is_begun_once_it_is_enough():
    pieces, turns = Pieces(), iter([False, True])
    assert resumed(UNDER_WAY, pieces.work, lambda: next(turns)) == 1
    assert pieces.seen == ["1"]


def test_what_fails_keeps_no_other_from_its_end_and_the_first_failure_is_told_when_all_had_their_turn(
    caplog: pytest.LogCaptureFixture,
):
    pieces = Pieces(of_1=NotFound("file_gone"), of_3=ValueError("a person's name"))
    with caplog.at_level(logging.ERROR, "motcua"), pytest.raises(NotFound, match="file_gone"):
        resumed(UNDER_WAY, pieces.work, never)
    assert pieces.seen == ["1", "2", "3"]
    told = [(line.getMessage(), line.facts) for line in caplog.records]
    assert [(event, facts["agency"], facts["what"], facts["failure"]) for event, facts in told] == [
        ("work_failed", "a", "1", "NotFound"),
        ("work_failed", "b", "3", "ValueError"),
    ]
    assert "name" not in str(told)


def test_a_failure_is_told_also_where_it_was_enough_behind_it():
    pieces, turns = Pieces(of_1=NotFound("file_gone")), iter([False, True])
    with pytest.raises(NotFound, match="file_gone"):
        in_turn(UNDER_WAY, lambda agency, id: pieces.work(agency, id, never).ended is not None, lambda: next(turns))
    assert pieces.seen == ["1"]


def test_a_process_that_ends_goes_on_with_nothing():
    seen = []

    def work(agency: str, id: str) -> bool:
        seen.append(id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_turn(UNDER_WAY, work, never)
    assert seen == ["1"]
