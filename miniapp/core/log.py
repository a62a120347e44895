"""Log lines as JSON, one event each. For everyone: an event's name and facts, never a sentence, never personal data.

Values that are not plain facts (numbers, short texts, true/false) are written by their type's name only, so that an
object with a person inside can't slip through (F59); line breaks are escaped by JSON itself."""

import json
import logging
import sys
from datetime import UTC
from datetime import datetime as _datetime
from typing import Any

LONGEST = 200
_logger = logging.getLogger("motcua")


def start(level: str = "INFO") -> None:
    """Write our lines to standard error; called once at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    _logger.handlers[:] = [handler]
    _logger.setLevel(level)
    _logger.propagate = False


def info(event: str, **facts: Any) -> None:
    """Something happened as it should."""
    _logger.info(event, extra={"facts": facts})


def warning(event: str, **facts: Any) -> None:
    """Something a person may want to look at."""
    _logger.warning(event, extra={"facts": facts})


def error(event: str, failure: BaseException | None = None, **facts: Any) -> None:
    """Something a person must look at; `failure` adds where it happened, never what was in it."""
    if failure is not None:
        facts = {**facts, "failure": type(failure).__name__, "where": _place(failure)}
    _logger.error(event, extra={"facts": facts})


def as_line(record: logging.LogRecord) -> str:
    """A record as the log writes it."""
    return _Line().format(record)


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        for name, value in getattr(record, "facts", {}).items():
            line[name] = _plain(value)
        return json.dumps(line, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value[:20]]
    return f"<{type(value).__name__}>"


def _place(failure: BaseException) -> str:
    trace = failure.__traceback__
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-6:]))
