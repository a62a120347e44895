"""An agency's accent colour, made readable: for the agencies' service (what an admin may choose) and the style sheet.

Pure arithmetic after WCAG 2.2's relative luminance. Will NOT judge taste: a colour that is too pale is darkened in its
own hue, and what is no colour becomes the default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_ACCENT = "#005fdb"  # after zmp-ui's blue, which on the soft ground fails
LIGHT_GROUNDS = ("#ffffff", "#f4f6f8")  # ground and soft ground of templates/assets/app.css
DARK_GROUNDS = ("#12161c", "#1b2129")
ENOUGH = 4.5
# Light text on black seems dimmer than the formula says: more than enough is kinder to eyes at night.
ENOUGH_IN_THE_DARK = 6.0
STEPS = 40
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})")


@dataclass(frozen=True)
class Judgement:
    """How well a colour reads on our light grounds at its worst, in hundredths (452 is 4,52 : 1), and what to take."""

    colour: str
    ratio: int
    nearest: str

    @property
    def is_allowed(self) -> bool:
        """Whether it may be chosen as it is (WCAG 2.2 AA, text)."""
        return self.colour == self.nearest


def judged(colour: str) -> Judgement:
    """A colour as text on every light ground and as ground under white text; rounded down, so 4,499 is never 4,50."""
    colour = colour.lower()
    return Judgement(
        colour, int(min(contrast(colour, ground) for ground in LIGHT_GROUNDS) * 100), readable_accent(colour)
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_colour(text: str) -> bool:
    """Whether this is a colour as we keep it: #rgb or #rrggbb."""
    return COLOUR.fullmatch(text.lower()) is not None


def readable_accent(colour: str) -> str:
    """The colour as text on our light grounds and as ground under white text, darkened until it can be read."""
    return _moved(colour, "#000000", LIGHT_GROUNDS, ENOUGH)


def readable_accent_in_the_dark(colour: str) -> str:
    """The same hue for dark mode: text on our dark grounds and ground under dark text, lightened until it reads."""
    return _moved(colour, "#ffffff", DARK_GROUNDS, ENOUGH_IN_THE_DARK)


def _moved(colour: str, towards: str, grounds: tuple[str, ...], enough: float) -> str:
    start = _parts(colour if is_colour(colour) else DEFAULT_ACCENT)
    end = _parts(towards)
    for step in range(STEPS + 1):
        mixed = (round(a + (b - a) * step / STEPS) for a, b in zip(start, end, strict=True))
        text = "#{:02x}{:02x}{:02x}".format(*mixed)
        if all(contrast(text, ground) >= enough for ground in grounds):
            return text
    raise AssertionError("black on white is readable")  # pragma: no cover


def _parts(colour: str) -> tuple[int, int, int]:
    digits = colour.lower().lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
