"""A dossier's code as people type it → the codes that it may be, likeliest first. For look-ups by code.

Case, accents, full-width letters, blanks, dots and hyphens of any kind are forgiven; so are O for 0 and I or l for 1
where only a figure can stand. The check character may be missing, glued on or wrong. Without its dots a code can be
cut in more than one way: then all ways are told, and whoever knows which dossiers there are takes the first that is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate

from miniapp.core.errors import Invalid
from miniapp.core.folding import fold
from miniapp.core.identifiers import IDENTIFIER
from miniapp.dossiers.check_character import ALPHABET
from miniapp.dossiers.codes import EXAMPLE, SEQUENCE_SIZES, DossierCode, date_of

TYPED_MOST = 120
READINGS_MOST = 6
_DAY_SIZE = 6
_FIGURES = str.maketrans("OIL", "011")
_OLD_SIZE = 10  # three, two, two figures, a letter, two figures
_MOST_PARTS = 3  # below an identifier's own letter and two figures
_PART_SIZES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Reading:
    """One code that was perhaps meant, and the check character that was typed with it, if any."""

    code: DossierCode
    check: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the check character is right; None where there is none."""
        return self.check == self.code.check if self.check else None

    @property
    def apart(self) -> frozenset[int]:
        """Before which letters and figures a dot, a hyphen or the blank of the check character stands."""
        parts = [*self.code.agency.split("."), self.code.day, self.code.sequence, self.check]
        ends = accumulate(len(part) for part in parts)
        return frozenset(ends) - {len(self.code.letters + self.check)}


@dataclass(frozen=True, slots=True)
class Letters:
    """What was typed as upper-case letters and figures, and before which of them something else stood."""

    text: str
    breaks: frozenset[int]


def read(typed: str, known: Collection[str] = ()) -> tuple[Reading, ...]:
    """What was perhaps meant, likeliest first, at least one; `known` are identifiers of agencies to think of first."""
    letters = letters_of(typed)
    if not letters.text:
        raise Invalid("dossier_code_empty", example=EXAMPLE)
    found = readings(letters, known)
    if not found:
        raise Invalid("dossier_code_shape", example=EXAMPLE)
    return found


def letters_of(typed: str) -> Letters:
    """The letters and figures of a text; of one that is far too long, none that make a code."""
    kept, breaks = "", set()
    for character in fold(typed[:TYPED_MOST]).upper():
        if character in ALPHABET:
            kept += character
        else:
            breaks.add(len(kept))
    inner = breaks - {0, len(kept)}
    return Letters(kept, frozenset(inner if len(inner) < len(kept) - 1 else ()))  # a blank everywhere says nothing


def readings(letters: Letters, known: Collection[str] = ()) -> tuple[Reading, ...]:
    """As `read`, of what was taken apart already; none where it can be no code."""
    found = sorted(dict.fromkeys(_readings(letters.text)), key=lambda one: _unlikely(one, letters.breaks, known))
    if found and letters.breaks == found[0].apart:
        found = [one for one in found if letters.breaks == one.apart]  # every dot and hyphen was typed
    return tuple(found[:READINGS_MOST])


def _readings(text: str) -> Iterator[Reading]:
    for body, check in ((text, ""), (text[:-1], text[-1])):
        for size in SEQUENCE_SIZES:
            sequence = _figures(body[-size:])
            day = _figures(body[-size - _DAY_SIZE : -size])
            if len(sequence) == size and date_of(day) is not None:
                for agency in _identifiers(body[: -size - _DAY_SIZE]):
                    yield Reading(DossierCode(agency, day, sequence), check)


def _identifiers(text: str) -> Iterator[str]:
    """Every identifier that these letters and figures are without their dots."""
    if len(text) == _OLD_SIZE:
        wanted = f"{_figures(text[:3])}.{_figures(text[3:5])}.{_figures(text[5:7])}.{text[7:8]}{_figures(text[8:])}"
        if IDENTIFIER.match(wanted):
            yield wanted
    head, rest = text[:1] + _figures(text[1:3]), _figures(text[3:])
    if len(rest) == len(text[3:]):
        for parts in _cut(rest, _MOST_PARTS):
            wanted = ".".join([head, *parts])
            if IDENTIFIER.match(wanted):
                yield wanted


def _cut(figures: str, most: int) -> Iterator[tuple[str, ...]]:
    if not figures:
        yield ()
    elif most:
        for size in _PART_SIZES:
            if size <= len(figures):
                yield from ((figures[:size], *others) for others in _cut(figures[size:], most - 1))


def _figures(text: str) -> str:
    """The figures that were meant; empty where something else is among them."""
    meant = text.translate(_FIGURES)
    return meant if meant.isdecimal() else ""


def _unlikely(reading: Reading, breaks: frozenset[int], known: Collection[str]) -> tuple[int, ...]:
    sequence = reading.code.sequence
    padded = len(sequence) > SEQUENCE_SIZES[0] and sequence.startswith("0")  # no desk pads to five
    wrong = len(breaks ^ reading.apart)
    return (reading.code.agency not in known, padded, wrong, reading.holds is False, len(sequence))
