"""The pages of errors as they are rendered: one h1, the sentence, whom to call; correct markup in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from handlers.frame import Frame, Language, Look
from handlers.words import build_environment
from tests.support.markup import assert_markup, collect_html

WORDS = build_environment()
KINDS = {
    "not_found": "page_unknown",
    "refused": "permission_missing",
    "conflict": "lease_lost",
    "invalid": "request_malformed",
    "busy": "store_unavailable",
    "sorry": "unforeseen",
    "too_large": "body_too_large",
}
FACTS = {"body_too_large": {"sent": 70_000, "most": 65_536}}
LOOK = Look("Sở <Giáo dục> & Đào tạo", "Sở GD&ĐT", "/so-gddt/", "1022", site="https://example.gov.vn/?a=1&b=2")


@dataclass(frozen=True)
class ErrorPage:
    """What the handlers hand to an error page."""

    code: str
    sentence: str
    reference: str
    status: int = 500


def rendered(kind: str, language: str, agency: Look | None = LOOK, reference: str = "7Q3K9XWM") -> str:
    """The html of one error page."""
    frame = Frame(
        style=WORDS.assets.style("plain"),
        agency=agency,
        languages=(Language("vi", "/x", language == "vi"), Language("en", "/x?lang=en", language == "en")),
    )
    sentence = WORDS.sentence(language, KINDS[kind], FACTS.get(KINDS[kind], {}))
    page = ErrorPage(KINDS[kind], sentence, reference)
    return WORDS.page(language, f"errors/{kind}.html", page=page, frame=frame)


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_page_says_what_happened_what_to_do_and_whom_to_call(kind: str, language: str) -> None:
    soup = BeautifulSoup(rendered(kind, language), "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == language
    assert len(soup.find_all("h1")) == 1
    assert soup.title is not None
    assert "Sở GD&ĐT" in soup.title.text
    assert WORDS.sentence(language, KINDS[kind], FACTS.get(KINDS[kind], {})) in soup.text
    assert soup.select_one('a[href="tel:1022"]') is not None
    assert "7Q3K9XWM" in soup.text
    # From what was too large the way leads back, to what was typed; a link would lead to an empty form.
    assert (soup.select_one("main .actions a") is None) == (kind == "too_large")


def test_the_directory_has_error_pages_too_and_says_no_reference_that_it_lacks() -> None:
    html = rendered("not_found", "vi", agency=None, reference="")
    assert "Mã sự việc" not in html
    assert 'href="/"' in html
    assert "tel:1022" in html


def test_error_pages_are_correct_markup(tmp_path: Path) -> None:
    for kind in KINDS:
        for language in WORDS.languages:
            collect_html(f"{kind}-{language}", rendered(kind, language), tmp_path)
            collect_html(f"{kind}-{language}-nobody", rendered(kind, language, None, ""), tmp_path)
    assert_markup(tmp_path)
