"""A look at an answer before it is sent: is it a copy of an earlier one, does it name a date, does it name the matter?

For whoever answers a comment, a petition or a report. It finds signs of a general answer and refuses nothing: whoever
answers may be right. Codes only; words stand in templates. Pure: the answer and the earlier ones in, weaknesses out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from miniapp.core.folding import fold, folded_words
from miniapp.ratings.bounds import QUALITY, Quality

LEAP_YEAR = 2024  # a day without a year may be any day of any year
_FIGURES = re.compile(r"\d+")
_WITH_YEAR = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SPOKEN = re.compile(r"\bngay (\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))?\b")
_SHORT = re.compile(r"\b(?:ngay|truoc|sang|chieu|hom)\s+(\d{1,2})[/-](\d{1,2})(?![/\d-])")


class Weakness(StrEnum):
    """What a reader would miss."""

    COPIED = "copied"
    NO_DATE = "no_date"
    MATTER_UNNAMED = "matter_unnamed"


@dataclass(frozen=True, slots=True)
class Weak:
    """One weakness. Of a copy: the earlier answer's place in what was given, and how much is the same, in hundredths."""

    weakness: Weakness
    earlier: int | None = None
    same: int | None = None


def weaknesses(
    answer: str, matter: Iterable[str], earlier: Sequence[str] = (), limits: Quality = QUALITY
) -> list[Weak]:
    """What to tell whoever is about to send this. `matter`: names by which a reader would know it (its code, its place,
    its procedure); `earlier`: answers that this officer sent of late."""
    found = []
    same, place = max(((copied(answer, each, limits), -at) for at, each in enumerate(earlier)), default=(0, 0))
    if same >= limits.copied_from:
        found.append(Weak(Weakness.COPIED, -place, same))
    if not names_a_date(answer):
        found.append(Weak(Weakness.NO_DATE))
    if not any(is_named(name, answer, limits) for name in matter):
        found.append(Weak(Weakness.MATTER_UNNAMED))
    return found


def copied(answer: str, earlier: str, limits: Quality = QUALITY) -> int:
    """How much of an answer stands in an earlier one: shared groups of words, in hundredths, rounded down.

    Folded, with every figure alike: another date or number in the same sentences is still the same answer."""
    mine = _shingles(answer, limits.shingle)
    return 100 * len(mine & _shingles(earlier, limits.shingle)) // len(mine) if mine else 0


def names_a_date(answer: str) -> bool:
    """Whether a day of the calendar is named, in one of the ways in which people write one."""
    text, spoken = fold(answer), folded_words(answer)
    days = [(day, month, year) for day, month, year in _WITH_YEAR.findall(text)]
    days += [(day, month, year) for year, month, day in _ISO.findall(text)]
    days += _SPOKEN.findall(spoken)
    days += [(day, month, "") for day, month in _SHORT.findall(text)]
    return any(_is_day(int(day), int(month), int(year or LEAP_YEAR)) for day, month, year in days)


def is_named(name: str, answer: str, limits: Quality = QUALITY) -> bool:
    """Whether an answer names something: all of a short name, or some words in a row of a long one."""
    words, text = folded_words(name).split(), f" {folded_words(answer)} "
    size = min(limits.name_words, len(words))
    runs = (" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
    return bool(words) and any(f" {run} " in text for run in runs)


def _shingles(text: str, size: int) -> frozenset[tuple[str, ...]]:
    words = _FIGURES.sub("0", folded_words(text)).split()
    size = min(size, len(words))
    return frozenset(tuple(words[at : at + size]) for at in range(len(words) - size + 1)) if words else frozenset()


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
