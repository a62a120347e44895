"""Text of other systems made clean, and read without its accents. For the importers of this slice.

`bare` keeps every letter's place, so that a pattern in plain letters finds where to cut the text that has accents."""

import re
import unicodedata
from functools import cache

from miniapp.core.folding import clean

_NULL = re.compile(r"(?:khong co thong tin)?[.\s]*")  # what the portal prints for an empty cell
_NOTHING = re.compile(r"(?:khong(?: co| co thong tin| quy dinh)?)?[.\s]*")
_SPACES = re.compile(r"[ \t\u00a0]+")
_PLAIN = re.compile(r"[\x20-\x7e\u00c0-\u024f\u1e00-\u1eff\u2010-\u201d]*")


def bare(text: str) -> str:
    """The letters without their marks, each at its place; case stays."""
    return text.translate(_marks())


@cache
def _marks() -> dict[int, str]:
    """Every Latin letter with marks → the letter."""
    letters = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x1F00)}
    letters |= {0x110: "D", 0x111: "d"}  # crossed, which Unicode does not take apart
    return {code: letter for code, letter in letters.items() if letter.isascii() and letter.isalpha()}


def lines(text: str) -> str:
    """NFC, no invisible or private characters, single blanks, lines without edges, none empty."""
    kept = (line(one) for one in text.splitlines())
    return "\n".join(one for one in kept if one)


def line(text: str) -> str:
    """The same, as one line."""
    composed = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return composed if _PLAIN.fullmatch(composed) else clean(composed)


def is_strange(text: str) -> bool:
    """Whether it holds characters that no font but one knows, or that nobody sees."""
    return any(unicodedata.category(one) in ("Cf", "Co", "Cs", "Cn") for one in set(text))


def said(text: str) -> str:
    """The text, unless it is how an empty cell is printed."""
    return "" if _NULL.fullmatch(bare(text).lower()) else text


def is_nothing(text: str) -> bool:
    """Whether it only says that there is nothing to say."""
    return _NOTHING.fullmatch(bare(text).lower()) is not None
