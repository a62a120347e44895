"""The limit: a handler that renders the same slip from page objects that are finished. No store, no framework."""

import pickle
from functools import cache
from pathlib import Path
from typing import Any

from page import FACTS, HEADERS, TEMPLATE_MADE, objects

from miniapp.exam_scores.blocks import Result

FINISHED: dict[str, tuple[Any, Any]] = {}


def finished(path: str) -> tuple[Any, Any]:
    """The page object of an address; made when it is first asked for."""
    if path not in FINISHED:
        number = path.rpartition("/")[2]
        FINISHED[path] = objects(FACTS["first"] if number == FACTS["first"].number else _others()[number])
    return FINISHED[path]


@cache
def _others() -> dict[str, Result]:
    """More results than the one of a first slip, for many warm ones."""
    held: dict[str, Result] = pickle.loads((Path(__file__).parent / "results.pickle").read_bytes())
    return held


def render(event: dict[str, Any], context: Any) -> bytes:
    """The finished page object rendered, with nothing around it."""
    page, frame = finished(event["rawPath"])
    return TEMPLATE_MADE.render(page=page, frame=frame).encode()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The least that a function does."""
    body = render(event, context)
    headers = {name.lower(): value for name, value in HEADERS}
    headers["content-length"] = str(len(body))
    return {"statusCode": 200, "headers": headers, "body": body.decode(), "isBase64Encoded": False}
