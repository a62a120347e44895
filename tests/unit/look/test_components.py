"""Every component: one macro of the file's name, shown on the developers' page; charts are drawn to scale."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.charts import HEIGHT, Band, Chart, bar
from handlers.words import TEMPLATES, build_environment

WORDS = build_environment()
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))
# Words of the console's frame, not a component.
NOT_MACROS = {"places"}


@pytest.mark.parametrize("name", [name for name in COMPONENTS if name not in NOT_MACROS])
def test_a_component_is_a_macro_of_its_files_name_shown_to_developers(name: str) -> None:
    assert callable(getattr(WORDS.template("vi", f"components/{name}.html").module, name))
    shown = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "demo").glob("*.html"))
    assert re.search(rf"\b{name}\(", shown), name


def test_no_template_has_inline_style_or_event_attributes() -> None:
    for path in TEMPLATES.rglob("*.html"):
        found = re.findall(r"<[^>]*\s(?:style|on\w+)=", path.read_text(encoding="utf-8"))
        assert not found, (path, found)


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_bars_stay_inside_the_picture_and_whoever_is_there_is_seen(counts: list[int]) -> None:
    chart = Chart.of(counts, ())
    bars = re.findall(r"M(\d+) (\d+)v-(\d+)h(\d+)v(\d+)z", chart.path)
    assert len(bars) == sum(1 for count in counts if count)
    for x, y, up, wide, down in bars:
        assert int(x) + int(wide) <= chart.width
        assert int(y) == HEIGHT
        assert 1 <= int(up) == int(down) <= HEIGHT


def test_ones_own_bar_covers_the_bar_of_all() -> None:
    chart = Chart.of([1, 5, 10], [Band(0, 100, 16)])
    assert chart.mark(5, 1) in chart.path
    assert bar(0, 1, 10) == ""
    assert chart.mark(0, 0) == ""


def test_an_empty_distribution_is_an_empty_picture() -> None:
    chart = Chart.of([], ())
    assert (chart.path, chart.width) == ("", 1)
    html = WORDS.part("vi", "components/distribution.html", "distribution", chart, "Môn <i>")
    assert "<i>" not in html
    assert "&lt;i&gt;" in html
