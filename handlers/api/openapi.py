"""The description of the public API (OpenAPI 3.1) at `/api/openapi.json`: one hand-written document beside this file.

For programmers and their tools. What is not in it does not exist; tests hold the views to it and it to the views. The
officers' part has no description here."""

from functools import cache
from pathlib import Path

from flask import Response

from handlers import answers
from handlers.api import reading
from handlers.doors import anyone, pages

openapi = pages("api_openapi", door=anyone, url_prefix="/api", audience="json")
openapi.before_request(reading.parameters)

DOCUMENT = Path(__file__).with_suffix(".json")
AN_HOUR = "public, max-age=3600"


@openapi.get("/openapi.json")
def document() -> Response:
    """The document as it stands."""
    return answers.plain(_document(), 200, "application/json", edge=AN_HOUR)


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
