"""Bars of a code are read back by a reader that knows nothing of how they are drawn; what has no bars is refused."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import code39
from tests.support.scanner import TABLE, scanned

LETTERS = "".join(sorted(set(TABLE.values()) - {"*"}))
CODES = ["H56.14-240823-0001", "000.17.22.H56-210531-0001", "000.00.06.G01-231027-123456"]


def drawn(text: str) -> list[bool]:
    """The picture's middle line, module by module."""
    svg = unquote(code39.picture(text).removeprefix("data:image/svg+xml,"))
    width, _ = code39.size(text)
    dark = [False] * width
    for at, wide in re.findall(r"M(\d+) 0h(\d+)v40h-\2z", svg):
        dark[int(at) : int(at) + int(wide)] = [True] * int(wide)
    return dark


@pytest.mark.parametrize("code", CODES)
def test_a_dossier_s_code_is_read_back(code: str):
    assert scanned(drawn(code)) == code


@given(st.text(LETTERS, min_size=1, max_size=50))
def test_any_text_of_its_letters_is_read_back(text: str):
    assert scanned(drawn(text)) == text
    assert scanned(drawn(text)[::-1]) == ""  # the asterisks tell which end is the first


@pytest.mark.parametrize("text", ["h56", "Ă", "A*B", "A/B"])
def test_a_letter_without_bars_is_refused(text: str):
    with pytest.raises(ValueError, match="no bars"):
        code39.picture(text)


def test_a_reader_needs_its_quiet_ground():
    dark = drawn(CODES[0])
    assert scanned(dark[6:]) == scanned(dark[:-6]) == ""
