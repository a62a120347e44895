"""What happens is told as a line of the log without a person, and counted from such lines."""

import io
import json
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core import log
from miniapp.core.happenings import TIMES, Counted, Kind, Often, counts
from tests.support.happened import heard

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


def test_a_line_may_stand_for_several_times_but_for_no_nonsense(lines: io.StringIO):
    SEARCHED.tell("xa-a", 7, outcome="found")
    SEARCHED.tell("xa-a", outcome="found")
    told = lines.getvalue().splitlines()
    assert [json.loads(line).get(TIMES) for line in told] == [7, None]
    (found,) = counts(told, [SEARCHED]).values()
    assert found == 8
    line = json.loads(told[0])
    for wrong in (0, -1, 1_001, True, "7", 1.5, None):
        assert not counts([json.dumps({**line, TIMES: wrong})], [SEARCHED])


NOW = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)
MOMENTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90)), max_size=300)


@given(MOMENTS)
def test_of_what_happens_often_no_more_waits_than_a_part_of_what_was_told_and_none_is_told_twice(moments):
    told: Counter[str] = Counter()
    often = Often(SEARCHED, outcome="found")
    happened: Counter[str] = Counter()
    before, now, last = Counter[str](), NOW, {}
    with heard() as held:
        lines = held.lines
        for agency, seconds in moments:
            now += timedelta(seconds=seconds / 10)
            often.again(agency, now)
            happened[agency] += 1
            told = Counter()
            for one, times in counts(lines, [SEARCHED]).items():
                told[one.agency] += times
            waiting = happened[agency] - told[agency]
            assert 0 <= waiting <= told[agency] / Often.PART and waiting < Often.WAITING_MOST
            if told[agency] > before[agency]:
                last[agency] = now
            assert waiting == 0 or now - last[agency] < Often.WAITS
            before = told


def test_a_million_times_are_told_by_few_lines_and_nearly_all_of_them():
    often = Often(SEARCHED, outcome="found")
    with heard() as held:
        lines = held.lines
        for at in range(10_000):
            often.again("xa-a", NOW + timedelta(milliseconds=at))
        (told,) = counts(lines, [SEARCHED]).values()
        assert 10_000 - told < Often.WAITING_MOST and len(lines) < 500
        often.again("xa-a", NOW + timedelta(hours=1))
        (told,) = counts(lines, [SEARCHED]).values()
        assert told == 10_001


def test_a_process_of_a_thousand_agencies_remembers_no_more_and_loses_none():
    often = Often(SEARCHED, outcome="found")
    with heard() as held:
        lines = held.lines
        for at in range(3_000):
            often.again(f"xa-{at % 1_500}", NOW)
        assert sum(counts(lines, [SEARCHED]).values()) == 3_000


def test_many_threads_lose_none():
    often = Often(SEARCHED, outcome="found")
    with heard() as held:
        lines = held.lines
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda at: often.again("xa-a", NOW), range(4_000)))
        often.again("xa-a", NOW + timedelta(hours=1))
        assert sum(counts(lines, [SEARCHED]).values()) == 4_001
