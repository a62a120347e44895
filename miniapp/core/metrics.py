"""Figures for CloudWatch, as log lines that it reads by itself (embedded metric format). For whoever counts or measures.

One line per event, never a call: a figure costs what a log line costs. Names and dimensions here are those that the
alarms of `infra/stack.yaml` look at. A dimension is a name of ours (a queue, a job, a code), never an agency or a person:
each new value is a metric of its own, and is paid for."""

import json
import logging
import sys
from typing import Any

NAMESPACE = "MotCua"
UNITS = {"NoteAge": "Seconds", "OldestStuck": "Seconds"}
_logger = logging.getLogger("motcua.metrics")
_logger.propagate = False
_logger.addHandler(logging.NullHandler())
_stage: list[str] = []


def start(stage: str) -> None:
    """Write figures of this stage to standard error, between the log's lines; of none, nothing. Called once at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    _logger.handlers[:] = [handler]
    _logger.setLevel("INFO")
    _stage[:] = [stage] if stage else []


def put(dimensions: dict[str, str], **figures: float) -> None:
    """Tell figures: `put({"queue": "messages"}, NotesFailed=1)`."""
    if _stage and figures:
        _logger.info("", extra={"dimensions": {"stage": _stage[0], **dimensions}, "figures": figures})


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        held: Any = record
        told = [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in held.figures]
        about = {"Namespace": NAMESPACE, "Dimensions": [list(held.dimensions)], "Metrics": told}
        head = {"_aws": {"Timestamp": int(record.created * 1000), "CloudWatchMetrics": [about]}}
        return json.dumps({**head, **held.dimensions, **held.figures})
