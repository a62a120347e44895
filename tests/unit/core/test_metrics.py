"""Figures as CloudWatch reads them out of the log: one line of JSON each, under the names that alarms look at."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from miniapp.core import metrics
from miniapp.core.queues import RESERVE, per_record


@dataclass(frozen=True)
class Told:
    queue: ClassVar[str] = "told"
    exam: str
    v: int = 1


class Lines:
    """What was told."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    metrics.start("house")
    handler = logging.getLogger("motcua.metrics").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield Lines(stream)
    metrics.start("house")


class Context:
    def __init__(self, *seconds: float) -> None:
        self._seconds = list(seconds)

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds.pop(0) * 1000)


def batch(*bodies: str, tries: int = 1) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(tries), "SentTimestamp": "1000000"}
    attributes["ApproximateFirstReceiveTimestamp"] = "1042500"
    return {
        "Records": [{"messageId": f"m{i}", "body": body, "attributes": attributes} for i, body in enumerate(bodies)]
    }


def test_a_line_is_what_the_embedded_metric_format_asks_for(lines: Lines) -> None:
    metrics.put({"schedule": "erase_old"}, Heartbeat=1)

    (line,) = lines.all
    head = line.pop("_aws")
    assert line == {"stage": "house", "schedule": "erase_old", "Heartbeat": 1}
    assert isinstance(head["Timestamp"], int)
    assert head["CloudWatchMetrics"] == [
        {
            "Namespace": "MotCua",
            "Dimensions": [["stage", "schedule"]],
            "Metrics": [{"Name": "Heartbeat", "Unit": "Count"}],
        }
    ]


def test_a_batch_tells_what_was_done_what_failed_and_how_long_it_waited(lines: Lines) -> None:
    per_record(Told, lambda note: None)(batch('{"exam": "a"}', "poison", '{"exam": "b"}'), None)

    (line,) = lines.all
    told = {name: value for name, value in line.items() if name != "_aws"}
    assert told == {
        "stage": "house",
        "queue": "told",
        "NotesDone": 2,
        "NotesFailed": 1,
        "NotesDead": 0,
        "NoteAge": 42.5,
    }
    units = {one["Name"]: one["Unit"] for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert units["NoteAge"] == "Seconds"


def test_the_last_try_of_a_poisoned_note_is_told_as_dead(lines: Lines) -> None:
    per_record(Told, lambda note: None)(batch("poison", '{"exam": "a"}', tries=5), None)

    assert [line["NotesDead"] for line in lines.all] == [1]


def test_an_empty_batch_tells_nothing(lines: Lines) -> None:
    assert per_record(Told, lambda note: None)({"Records": []}, None) == {"batchItemFailures": []}
    assert lines.all == []


def test_records_that_the_time_may_not_last_for_are_given_back_unread(lines: Lines) -> None:
    seen: list[str] = []
    entry = per_record(Told, lambda note: seen.append(note.exam))

    failed = entry(batch('{"exam": "a"}', '{"exam": "b"}', '{"exam": "c"}'), Context(RESERVE + 1, RESERVE - 1))

    assert seen == ["a", "b"]
    assert failed == {"batchItemFailures": [{"itemIdentifier": "m2"}]}


def test_the_first_record_is_always_begun_so_that_every_start_gets_somewhere(lines: Lines) -> None:
    seen: list[str] = []

    per_record(Told, lambda note: seen.append(note.exam))(batch('{"exam": "a"}'), Context(0.1))

    assert seen == ["a"]
