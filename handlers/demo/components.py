"""The developers' page: every component in every state, in three frames. For whoever writes pages, and the tests.

Registered only where the simulator is the configured chat. Shows made-up things only; will NOT read any store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Response

from handlers import answers, context
from handlers.charts import Band, Chart
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem
from handlers.frame import Frame, Look, Place, SignedIn
from handlers.where import Place as Door
from miniapp.core.files import UploadForm
from miniapp.core.workdays import Hours

components = pages("demo_components", door=anyone, url_prefix="/demo/components")

# Shaped like a real subject: a hump right of the middle, a thin tail on both sides.
COUNTS = (
    0,
    1,
    2,
    4,
    7,
    12,
    20,
    31,
    45,
    66,
    90,
    120,
    155,
    190,
    230,
    262,
    290,
    310,
    318,
    305,
    280,
    240,
    190,
    150,
    96,
    40,
    8,
)
PLACE = 21


@dataclass(frozen=True, slots=True)
class Sample:
    """What the developers' page shows."""

    sheet: str
    chart: Chart
    mine: str
    at: datetime
    seconds: int
    problems: tuple[FieldProblem, ...]
    upload: UploadForm
    place: Door


def sample(sheet: str) -> Sample:
    """The made-up things, the same at every call."""
    bands = tuple(Band(at * 100, at * 100 + 100, 1000 + at * 20_863) for at in range(10))
    chart = Chart.of(COUNTS, bands)
    return Sample(
        sheet=sheet,
        chart=chart,
        mine=chart.mark(COUNTS[PLACE], PLACE),
        at=datetime(2026, 7, 16, 1, 0, tzinfo=UTC),
        seconds=2 * 3600 + 5 * 60,
        problems=(
            FieldProblem("number", "candidate_number_shape", {"example": "02001234"}),
            FieldProblem("born", "date_shape"),
            FieldProblem("", "form_expired"),
        ),
        upload=UploadForm("/demo/components/upload", {"key": "sample", "policy": "sample"}),
        place=Door("8 Le Loi", "/demo/components", Hours(), "1022"),
    )


def frame(sheet: str) -> Frame:
    """The frame of a made-up department with somebody at the desk."""
    own = context.frame(f"demo/{sheet}.html", back="/demo/components" if sheet == "chat" else "")
    name = context.words().part(context.language(), "demo/sample.html", "agency_name")
    short = context.words().part(context.language(), "demo/sample.html", "agency_short")
    officer = context.words().part(context.language(), "demo/sample.html", "officer_name")
    look = Look(str(name.unescape()), str(short.unescape()), "/demo/components", "1022", site="https://example.gov.vn/")
    home = "/demo/components"
    navigation = tuple(
        Place(code, f"{home}#{code}", code == "scores") for code in ("today", "scores", "people", "audit")
    )
    return replace(
        own,
        style=context.parts().assets.style(sheet),
        agency=look,
        navigation=navigation if sheet == "console" else (),
        signed_in=SignedIn(str(officer), ("approver",), home, home, "sample") if sheet == "console" else None,
    )


@components.get("")
@components.get("/<any(chat, console, plain):sheet>")
def show(sheet: str = "chat") -> Response:
    """One frame with what belongs in it."""
    return answers.show(f"demo/{sheet}.html", sample(sheet), frame=frame(sheet))
