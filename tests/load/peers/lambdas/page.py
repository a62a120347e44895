"""Our template, headers and page object as a function of one result, for the peers' functions. It reads no store.

What a page says around a result (exam, statistics, headers) stands in `facts.pickle` beside this file, so that a peer
pays nothing for what another design would have to read."""

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from handlers.slips import Slips
from handlers.words import build_environment
from miniapp.exam_scores.blocks import Result

TEMPLATE = "citizen/exam_scores/slip.html"
FACTS: dict[str, Any] = pickle.loads((Path(__file__).parent / "facts.pickle").read_bytes())
SUBJECTS: tuple[str, ...] = FACTS["exam"].subjects
HEADERS: list[tuple[str, str]] = FACTS["headers"]

_words = build_environment()
_slips = Slips(_words)
TEMPLATE_MADE = _words.template("vi", TEMPLATE)
_build = SimpleNamespace(statistics=FACTS["statistics"])


def objects(result: Result) -> tuple[Any, Any]:
    """The page object and its frame."""
    base = FACTS["base"]
    found: Any = SimpleNamespace(exam=FACTS["exam"], pointer=FACTS["pointer"], build=_build, result=result)
    frame = FACTS["frame"]
    path = f"{base}/{result.number}"
    languages = (
        replace(frame.languages[0], address=path),
        replace(frame.languages[1], address=f"{path}?lang=en"),
    )
    return _slips.make(found, "vi", FACTS["now"], base, f"{base}/pho-diem"), replace(frame, languages=languages)


def page(result: Result) -> tuple[str, list[tuple[str, str]]]:
    """Text and headers."""
    made, frame = objects(result)
    return TEMPLATE_MADE.render(page=made, frame=frame), HEADERS
