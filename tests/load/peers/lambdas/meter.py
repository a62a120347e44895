"""Stands before a function's own entry in the benchmark: the same for all, it counts CPU where the entry is called.

METER_HANDLER names the entry; with METER_LATE=1 it is imported with the first event instead of the start. An event with
`meter` holds many events: the entry is called for each, and what comes back is the CPU of this process. Nothing else is
between the entry and its caller. `call` names another callable, `look` a value to tell, `count` asks for store calls."""

import hashlib
import importlib
import os
import time
from typing import Any

_sent: list[str] = []


def _found(name: str) -> Any:
    """`package.module:some.attributes`."""
    module, _, attributes = name.partition(":")
    value: Any = importlib.import_module(module)
    for attribute in attributes.split("."):
        value = getattr(value, attribute)
    return value


HANDLER = os.environ["METER_HANDLER"]
_entry = None if os.environ.get("METER_LATE") == "1" else _found(HANDLER)


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry."""
    global _entry
    if _entry is None:
        _entry = _found(HANDLER)
    if "meter" not in event:
        return _entry(event, context)
    if event.get("count"):
        client = _found(event["count"])
        client.meta.events.register("before-send", _note, unique_id="meter")
    call = _found(event["call"]) if event.get("call") else _entry
    replies = []
    began, clock = time.process_time_ns(), time.perf_counter_ns()
    for one in event["meter"]:
        replies.append(call(one, context))
    spent, took = time.process_time_ns() - began, time.perf_counter_ns() - clock
    return {
        "cpu": spent,
        "wall": took,
        "statuses": sorted({reply["statusCode"] for reply in replies if isinstance(reply, dict)}),
        "bodies": hashlib.sha256("".join(_text(reply) for reply in replies).encode()).hexdigest(),
        "looked": {name: _found(name) for name in event.get("look", ())},
        "sent": len(_sent),
    }


def _note(**told: Any) -> None:
    _sent.append(str(told.get("event_name")))


def _text(reply: Any) -> str:
    return reply["body"] if isinstance(reply, dict) else reply.decode()
