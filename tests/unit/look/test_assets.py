"""The style, the script and the icons: sizes, digests, contrast of every pair."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.assets import PREFIX, Assets, minified_css, minified_js
from handlers.words import TEMPLATES
from miniapp.agencies.accents import (
    DARK_GROUNDS,
    DEFAULT_ACCENT,
    LIGHT_GROUNDS,
    contrast,
    is_colour,
    readable_accent,
    readable_accent_in_the_dark,
)

ASSETS = Assets.of(TEMPLATES / "assets")
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TEXT_ON = {
    "ground": ("text", "quiet", "info", "success", "warning", "danger"),
    "soft": ("text", "quiet"),
    "info-soft": ("text", "quiet", "info"),
    "success-soft": ("text", "quiet", "success"),
    "warning-soft": ("text", "quiet", "warning"),
    "danger-soft": ("text", "quiet", "danger"),
}
LINES_ON = {"ground": ("edge", "bar", "success", "danger"), "soft": ("edge",)}


def tokens(dark: bool) -> dict[str, str]:
    """The colours of app.css as they hold in one mode."""
    css = ASSETS.sheets["app.css"]
    blocks = re.findall(r":root\{([^}]*)\}", css)
    chosen = blocks[1] if dark else blocks[0]
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", chosen))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(dark: bool) -> None:
    held = tokens(dark)
    for pairs, enough in ((TEXT_ON, 4.5), (LINES_ON, 3.0)):
        for ground, inks in pairs.items():
            for ink in inks:
                assert contrast(held[ink], held[ground]) >= enough, (ink, ground)


def test_both_modes_name_the_same_colours_and_the_accents_grounds_are_theirs() -> None:
    light, dark = tokens(False), tokens(True)
    assert light.keys() == dark.keys()
    assert [contrast(light["ground"], LIGHT_GROUNDS[0]), light["soft"]] == [1.0, LIGHT_GROUNDS[1]]
    assert (dark["ground"], dark["soft"]) == DARK_GROUNDS


def test_every_colour_is_a_token() -> None:
    for name, css in ASSETS.sheets.items():
        outside = re.sub(r":root\{[^}]*\}", "", css)
        assert not re.findall(r"#[0-9a-f]{3,6}\b|rgba?\(", outside), name


@given(COLOURS)
def test_any_colour_becomes_a_readable_accent(colour: str) -> None:
    light, dark = readable_accent(colour), readable_accent_in_the_dark(colour)
    assert all(contrast(light, ground) >= 4.5 for ground in LIGHT_GROUNDS)
    assert all(contrast(dark, ground) >= 4.5 for ground in DARK_GROUNDS)
    assert readable_accent(light) == light
    assert readable_accent_in_the_dark(dark) == dark


def test_a_readable_colour_stays_and_what_is_no_colour_becomes_the_default() -> None:
    assert readable_accent("#A00000") == "#a00000"
    for text in ("", "red", "#12", "url(x)", "#0000000", "};body{display:none", "#١٢٣"):
        assert not is_colour(text)
        assert readable_accent(text) == readable_accent(DEFAULT_ACCENT)


@given(COLOURS, COLOURS)
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0
    assert contrast("#fff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize(("frame", "most"), [("chat", 3_200), ("plain", 3_200), ("console", 4_500)])
def test_the_style_leaves_room_for_the_page(frame: str, most: int) -> None:
    assert len(gzip.compress(ASSETS.style(frame).css.encode(), 6)) <= most


def test_the_script_and_the_icons_are_small() -> None:
    for name, most in (("app.js", 4_000), ("icons.svg", 2_000)):
        found = ASSETS.find(ASSETS.address(name).removeprefix(PREFIX))
        assert found is not None
        assert len(gzip.compress(found.body, 6)) <= most


def test_the_digest_is_of_the_style_as_it_stands_in_the_page() -> None:
    style = ASSETS.style("chat", "#ffcc00")
    assert style.digest == "sha256-" + b64encode(hashlib.sha256(style.css.encode()).digest()).decode()
    assert "</" not in style.css
    assert style is ASSETS.style("chat", "#ffcc00")
    assert style.digest != ASSETS.style("chat").digest


def test_an_accent_can_break_out_of_nothing() -> None:
    assert ASSETS.style("chat", "red}body{display:none").css == ASSETS.style("chat", "nonsense").css


def test_unknown_names_are_found_nowhere() -> None:
    for name in ("app.js", "", "../app.css", "app.0000000000.js"):
        assert ASSETS.find(name) is None
    with pytest.raises(KeyError):
        ASSETS.address("nothing.js")


def test_every_icon_that_a_template_names_is_in_the_sprite_and_none_is_idle() -> None:
    root = ElementTree.fromstring((TEMPLATES / "assets" / "icons.svg").read_bytes())
    drawn = {symbol.get("id") for symbol in root}
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    named = {(name, path.name) for path, text in texts.items() for name in re.findall(r'\bicon\("([\w-]+)"\)', text)}
    assert {name for name, _ in named} <= drawn, [pair for pair in named if pair[0] not in drawn]
    everything = "".join(texts.values())
    assert {name for name in drawn if f'"{name}"' not in everything} <= IDLE


# Drawn for pages that are still to come; a page that uses one takes it from here.
IDLE = {"check", "home", "shield", "lock", "chart", "print", "plus", "trash", "download", "clock", "down", "history"}


def test_nothing_moves_but_a_press_and_the_sheet_of_the_chat_and_nothing_for_whoever_wants_less_of_it() -> None:
    moving = {
        name: re.findall(r"(?<![\w-])(?:transition|animation):([^;}]*)", css) for name, css in ASSETS.sheets.items()
    }
    assert {name: found for name, found in moving.items() if found} == {
        "app.css": ["transform .12s", "none!important", "none!important"],
        "simulator.css": ["rise .2s ease-out"],
    }
    for frame in ("chat", "plain", "console", "simulator"):
        still = "@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}"
        assert still in ASSETS.style(frame).css, frame


def test_where_the_keyboard_stands_is_a_ring_of_three_pixels_in_the_accent() -> None:
    for frame in ("chat", "plain", "console"):
        assert ":focus{outline:3px solid var(--accent);outline-offset:2px}" in ASSETS.style(frame).css, frame


def test_minifying_keeps_meaning() -> None:
    assert minified_css("/* a */ a > b , c { margin: 0 calc(1px + 2px) ; }\n") == "a>b,c{margin:0 calc(1px + 2px)}"
    assert (
        minified_css("@media (min-width: 1px) and (x){a:focus b{c:d}}")
        == "@media (min-width:1px) and (x){a:focus b{c:d}}"
    )
    assert minified_js("// why\n  const a = 1; // end\n\n") == "const a = 1; // end\n"


def test_the_base_sheet_keeps_away_from_what_old_webviews_lack() -> None:
    css = ASSETS.sheets["app.css"]
    for name in (r":has\(", r"\bgap:", r"\bdvh\b", r"aspect-ratio", r"inset:", r":is\(", r"@layer", r"color-mix"):
        assert not re.search(name, css), name


def test_what_a_build_brings_along_is_sent_as_it_came_under_a_hashed_name(tmp_path: Path) -> None:
    for name in ("app.css", "icons.svg"):
        (tmp_path / name).write_text("")
    without = Assets.of(tmp_path)
    assert (without.vendored("chart.js"), without.find("chart.js")) == ("", None)
    (tmp_path / "vendor").mkdir()
    body = b"/*! a licence */\n  // kept\n  let text = `two\n  lines`;\n"
    (tmp_path / "vendor" / "chart.js").write_bytes(body)
    (tmp_path / "vendor" / "chart.part").write_bytes(b"half")
    held = Assets.of(tmp_path)
    found = held.find(held.vendored("chart.js").removeprefix(PREFIX))
    assert found is not None
    assert found.body == body
    assert hashlib.sha256(body).hexdigest()[:10] in found.name
    assert [name for name in held.files if "part" in name] == []


def test_the_chart_library_is_there_once_the_machine_is_set_up() -> None:
    found = ASSETS.find(ASSETS.vendored("chart.js").removeprefix(PREFIX))
    assert found is not None
    pinned = json.loads((TEMPLATES.parent / "package-lock.json").read_text())["packages"]["node_modules/chart.js"]
    assert f"Chart.js v{pinned['version']}".encode() in found.body[:200]
