"""Code 39 (ISO/IEC 16388): a text as bars that a desk's scanner reads. For receipts, which carry a dossier's code so.

A letter is nine lines, bars and spaces by turns, two of five bars and one of four spaces wide: ten patterns of bars times
four places of the wide space. Each stands for itself, so there is no check character; asterisks begin and end. Which
scanner reads small bars is not known, so they are whole modules, wide ones three of them, on a light ground of their own."""

from urllib.parse import quote

WIDE = 3
QUIET = 10  # modules left and right, as the standard asks
HEIGHT = 40
_KEPT = "/:=.-"  # of the picture, in its address
_BARS = ("10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010", "00110")
# The rows of the standard's table, each by the place of its wide space.
_ROWS = {"0100": "1234567890", "0010": "ABCDEFGHIJ", "0001": "KLMNOPQRST", "1000": "UVWXYZ-. *"}
_PATTERNS = {letter: (bars, spaces) for spaces, row in _ROWS.items() for bars, letter in zip(_BARS, row, strict=True)}


def lines(text: str) -> list[int]:
    """The widths of bars and spaces by turns, in modules, a bar first; ValueError for a letter that has no pattern."""
    widths: list[int] = []
    for letter in f"*{text}*":
        if letter not in _PATTERNS or (letter == "*" and "*" in text):
            raise ValueError(f"no bars for {letter!r}")
        bars, spaces = _PATTERNS[letter]
        pattern = "".join(bar + space for bar, space in zip(bars, spaces + "0", strict=True))
        widths += [WIDE if wide == "1" else 1 for wide in pattern]  # the tenth line is the space between two letters
    return widths[:-1]


def size(text: str) -> tuple[int, int]:
    """How many modules wide its picture is, and how many high."""
    return sum(lines(text)) + 2 * QUIET, HEIGHT


def picture(text: str) -> str:
    """The bars as an SVG picture in a data: address."""
    width, height = size(text)
    path, at = [], QUIET
    for place, wide in enumerate(lines(text)):
        if place % 2 == 0:
            path.append(f"M{at} 0h{wide}v{height}h-{wide}z")
        at += wide
    drawn = f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path d="{"".join(path)}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return f"data:image/svg+xml,{quote(f'{svg}{drawn}</svg>', safe=_KEPT)}"
