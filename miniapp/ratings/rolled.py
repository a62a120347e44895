"""What ballots add up to, by period and by what they are about. For roll-ups, their store, and whoever reads them.

Periods are texts that say themselves how long they are: `2026-07-16`, `2026-07`, `2026-Q3`, `2026`. A breakdown is counts by
key. Packed, a breakdown is a table of numbers, small enough that one row holds all procedures of a province. Pure."""

import json
import zlib
from collections.abc import Iterable, Mapping
from enum import StrEnum

from miniapp.ratings.counting import Counts, effect, merged
from miniapp.ratings.model import Ballot, Invited, Place, State
from miniapp.ratings.periods import MONTHS

FORMAT = 1
APART = "/"  # between the unit and the procedure of a leaf
PRESSED = 9


class By(StrEnum):
    """How counts of one period are told apart."""

    WHOLE = "whole"  # one key, the agency's id
    TIME = "time"  # days of a month, months of a quarter or year
    UNIT = "unit"
    PROCEDURE = "procedure"
    OFFICER = "officer"
    LEAF = "leaf"  # unit and procedure together, counted ballots alone: what published tables are made of


Breakdown = Mapping[str, Counts]
Rolled = Mapping[By, Breakdown]


def rolled(ballots: Iterable[Ballot], invited: Iterable[Invited], day: str) -> dict[By, dict[str, Counts]]:
    """Everything that lies on a day of one agency, counted by each breakdown."""
    found: dict[By, dict[str, dict[str, int]]] = {by: {} for by in By}
    for ballot in ballots:
        _add(found, ballot.place, day, effect(ballot).numbers)
        if ballot.state is State.COUNTED:
            leaf = found[By.LEAF].setdefault(leaf_of(ballot.place), {})
            leaf["counted"] = leaf.get("counted", 0) + 1
    for one in invited:
        computed = {f"computed.{index}.{points}": 1 for index, points in one.points.items()}
        _add(found, one.place, day, {"invited": 1, **computed})
    return {by: {key: Counts(numbers) for key, numbers in held.items()} for by, held in found.items()}


def leaf_of(place: Place) -> str:
    """The key of a unit's procedure."""
    return f"{place.unit}{APART}{place.procedure}"


def added(parts: Mapping[str, Rolled]) -> dict[By, dict[str, Counts]]:
    """Counts of periods that have no day in common, together; over time, by these periods."""
    found = {by: merged(*(part.get(by, {}) for part in parts.values())) for by in By}
    whole = {period: merged(part.get(By.WHOLE, {})) for period, part in parts.items()}
    found[By.TIME] = {period: counts for period, held in whole.items() for counts in held.values()}
    return found


def month_of(day: str) -> str:
    """The month of a day."""
    return day[:7]


def quarter_of(month: str) -> str:
    """The quarter of a month."""
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // MONTHS + 1}"


def year_of(period: str) -> str:
    """The year of any period."""
    return period[:4]


def months_of(period: str) -> list[str]:
    """The months of a quarter or year, in order."""
    first, last = (1, 12) if "-" not in period else (MONTHS * int(period[-1]) - 2, MONTHS * int(period[-1]))
    return [f"{period[:4]}-{month:02}" for month in range(first, last + 1)]


def packed(held: Breakdown) -> bytes:
    """A breakdown as bytes: names once, then a line of numbers for each key. Equal ones are equal bytes."""
    names = sorted({name for counts in held.values() for name in counts.numbers})
    lines = [[key, *(held[key].numbers.get(name, 0) for name in names)] for key in sorted(held) if held[key]]
    made = json.dumps({"v": FORMAT, "names": names, "lines": lines}, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(made.encode(), PRESSED)


def unpacked(body: bytes) -> dict[str, Counts]:
    """What `packed` packed."""
    held = json.loads(zlib.decompress(body))
    names = held["names"]
    return {
        key: Counts({name: number for name, number in zip(names, numbers, strict=True) if number})
        for key, *numbers in held["lines"]
    }


def _add(found: dict[By, dict[str, dict[str, int]]], place: Place, day: str, numbers: Mapping[str, int]) -> None:
    keys = {
        By.WHOLE: place.agency,
        By.TIME: day,
        By.UNIT: place.unit,
        By.PROCEDURE: place.procedure,
        By.OFFICER: place.officer,
    }
    for by, key in keys.items():
        held = found[by].setdefault(key, {})
        for name, number in numbers.items():
            held[name] = held.get(name, 0) + number
