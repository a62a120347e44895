"""What happens is told as a line of the log without a person, and counted from such lines."""

import io
import json
import logging

import pytest

from miniapp.core import log
from miniapp.core.happenings import Counted, Kind, counts

SEARCHED = Kind("searched", {"outcome": frozenset({"found", "nothing"})})


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The log as a process writes it."""
    held, logger = io.StringIO(), logging.getLogger("motcua")
    before = (logger.handlers[:], logger.level, logger.propagate)
    monkeypatch.setattr("sys.stderr", held)
    log.start()
    yield held
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def test_what_was_told_is_counted_by_day_agency_and_fact(lines: io.StringIO):
    for outcome in ("found", "nothing", "nothing"):
        SEARCHED.tell("xa-a", outcome=outcome)
    SEARCHED.tell("xa-b", outcome="found")
    told = lines.getvalue().splitlines()
    found = counts(told, [SEARCHED])
    assert {(one.agency, one.facts): times for one, times in found.items()} == {
        ("xa-a", ("found",)): 1,
        ("xa-a", ("nothing",)): 2,
        ("xa-b", ("found",)): 1,
    }
    assert set(json.loads(told[0])) == {"at", "level", "event", "kind", "agency", "outcome"}


def test_a_line_belongs_to_its_day_in_vietnam():
    line = {"at": "2026-07-15T17:00:00.000+00:00", "event": "happened", "kind": "searched", "agency": "x"}
    (found,) = counts([json.dumps({**line, "outcome": "found"})], [SEARCHED])
    assert found == Counted("2026-07-16", "x", "searched", ("found",))


@pytest.mark.parametrize("facts", [{}, {"outcome": "0912345678"}, {"outcome": "found", "question": "làm căn cước"}])
def test_a_fact_that_was_not_declared_is_not_told(lines: io.StringIO, facts: dict[str, str]):
    with pytest.raises(ValueError):
        SEARCHED.tell("xa-a", **facts)
    assert lines.getvalue() == ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "START RequestId: 1",
        "[1]",
        '{"event": "sent", "kind": "searched", "agency": "x", "outcome": "found"}',
        '{"event": "happened", "kind": "other", "agency": "x", "outcome": "found"}',
        '{"event": "happened", "kind": "searched", "agency": "x", "outcome": "who"}',
        '{"event": "happened", "kind": "searched", "agency": "x", "outcome": ["found"]}',
        '{"event": "happened", "kind": "searched", "agency": "x"}',
    ],
)
def test_other_lines_are_passed_over(line: str):
    assert not counts([line], [SEARCHED])
