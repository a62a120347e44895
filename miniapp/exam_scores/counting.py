"""Counting an edition's records, once, while it is laid.

For the import. Records come sorted by number and are counted prefix by prefix, since a prefix has statistics of its own;
beyond a bound of prefixes the rest is counted together, so that no choice of a prefix's length makes an import that
can't end. Pure: records in, numbers out."""

import struct
import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, islice
from operator import add

from miniapp.exam_scores.blocks import EXTRAS, Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.scores import LOWEST_STATE, STATE_NAMES
from miniapp.exam_scores.statistics import LOW, Distribution, Figures, Statistics

PREFIXES_MOST = 1_000  # counted one by one: more than provinces, councils or schools of a province
TOGETHER = 65_536  # records of further prefixes at a time

_IS_STATE = bytes(code >= LOWEST_STATE >> 8 for code in range(256))


def count(
    records: Sequence[bytes],
    shape: Shape,
    combinations: Sequence[Combination],
    prefix_length: int,
    tell: Callable[[int], None] = lambda done: None,
    scale: int = 1000,
    expected: Sequence[str] = (),
) -> Statistics:
    """Count records sorted by number; `tell` hears how many are done.

    Of prefixes beyond the bound only those that are `expected` are named, with how many candidates they have."""
    counting = _Counting(shape, combinations)
    prefixes: dict[str, dict[str, Figures]] = {}
    length = min(prefix_length, shape.width)
    groups = groupby(records, lambda record: record[:length])
    done = 0
    for prefix, group in islice(groups, PREFIXES_MOST):
        members = list(group)
        prefixes[prefix.rstrip(b"\0").decode()] = _figures(counting.add(members), len(members), scale)
        done += len(members)
        tell(done)
    uncounted = sum(1 for _ in groups)
    for start in range(done, len(records), TOGETHER):
        counting.add(records[start : start + TOGETHER])
        tell(min(start + TOGETHER, len(records)))
    if uncounted:
        missing = [prefix for prefix in expected if prefix not in prefixes]
        prefixes |= {prefix: {"": Figures(held, 0)} for prefix in missing if (held := _members(records, prefix))}
    return Statistics(
        len(records),
        {subject: Distribution(_scores(counter)) for subject, counter in counting.subjects.items()},
        {code: Distribution(dict(counter)) for code, counter in counting.totals.items()},
        prefixes,
        {subject: _states(counter) for subject, counter in counting.subjects.items()},
        uncounted,
    )


class _Counting:
    """Codes by subject, states among them, and totals by combination."""

    def __init__(self, shape: Shape, combinations: Sequence[Combination]) -> None:
        self._shape = shape
        self._combinations = combinations
        self._spoken = any(item.language for item in combinations) and "language" in shape.extras
        self.subjects: dict[str, Counter[int]] = {subject: Counter() for subject in shape.subjects}
        self.totals: dict[str, Counter[int]] = {item.code: Counter() for item in combinations}

    def add(self, members: Sequence[bytes]) -> dict[str, Counter[int]]:
        """Count some records; their codes by subject."""
        mine: dict[str, Counter[int]] = {subject: Counter() for subject in self.subjects}
        for (taken, language), alike in _alike(members, self._shape, self._spoken).items():
            columns = _columns(alike, self._shape)
            for subject, counter in mine.items():
                counter.update(columns[subject])
            self._add_totals(columns, _usable(self._combinations, taken, language))
        for subject, counter in mine.items():
            self.subjects[subject].update(counter)
        return mine

    def _add_totals(self, columns: Mapping[str, Sequence[int]], combinations: Sequence[Combination]) -> None:
        """Add three columns at a time, all of them scores."""
        for item in combinations:
            first, second, third = (columns[subject] for subject in item.subjects)
            self.totals[item.code].update(map(add, map(add, first, second), third))


def _columns(members: Sequence[bytes], shape: Shape) -> dict[str, Sequence[int]]:
    """The scores' codes, by subject, two bytes each: whole years pass through here."""
    start, wide = shape.width, len(shape.subjects)
    codes = array("H", b"".join([record[start : start + 2 * wide] for record in members]))
    if sys.byteorder == "little":
        codes.byteswap()
    return {subject: codes[place::wide] for place, subject in enumerate(shape.subjects)}


def _alike(
    members: Sequence[bytes], shape: Shape, spoken: bool
) -> Mapping[tuple[frozenset[str], int | None], list[bytes]]:
    """Members by which subjects they have a score of and, if `spoken`, by language (else None): few groups in any exam.

    The high byte of a code says whether it is a state."""
    start, end = shape.width, shape.width + 2 * len(shape.subjects)
    place = end + _offset(shape, "language") if spoken else end
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for record in members:
        found[record[start:end:2].translate(_IS_STATE) + record[place : place + spoken]].append(record)
    wide = len(shape.subjects)
    return {
        (
            frozenset(subject for subject, state in zip(shape.subjects, key[:wide], strict=True) if not state),
            key[wide] if spoken else None,
        ): alike
        for key, alike in found.items()
    }


def _offset(shape: Shape, name: str) -> int:
    """Where an extra begins, counted from the first extra."""
    before = shape.extras[: shape.extras.index(name)]
    return struct.calcsize(">" + "".join(EXTRAS[extra] for extra in before))


def _usable(combinations: Sequence[Combination], taken: frozenset[str], language: int | None) -> list[Combination]:
    """Combinations whose three subjects have scores, in their language (all, where a file has no languages)."""
    return [
        item
        for item in combinations
        if taken.issuperset(item.subjects) and (not item.language or language in (None, item.language))
    ]


def _figures(mine: Mapping[str, Counter[int]], members: int, scale: int) -> dict[str, Figures]:
    """A group's figures by subject, and under "" how many it has."""
    found = {"": Figures(members, 0)}
    for subject, counter in mine.items():
        held = Distribution(_scores(counter))
        total = sum(score * times for score, times in held.counts.items())
        found[subject] = Figures(held.population, total, held.median, held.counts.get(scale, 0), held.at_most(LOW))
    return found


def _members(records: Sequence[bytes], prefix: str) -> int:
    """How many records begin with a prefix."""
    start = bisect_left(records, prefix.encode())
    return bisect_left(records, prefix.encode() + b"\xff", start) - start


def _scores(counter: Mapping[int, int]) -> dict[int, int]:
    return {code: times for code, times in counter.items() if code < LOWEST_STATE}


def _states(counter: Mapping[int, int]) -> dict[str, int]:
    return {STATE_NAMES[code]: times for code, times in sorted(counter.items()) if code in STATE_NAMES}
