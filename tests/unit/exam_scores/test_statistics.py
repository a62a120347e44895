"""Counting an edition, against counting by hand."""

import json
import zlib
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.counting import PREFIXES_MOST, count
from miniapp.exam_scores.statistics import Figures, Statistics

SUBJECTS = ("toan", "van", "nn", "li", "hoa")
COMBINATIONS = (
    Combination("A00", ("toan", "li", "hoa")),
    Combination("D01", ("toan", "van", "nn"), 1),
    Combination("D06", ("toan", "van", "nn"), 6),
)
STATES = {0xFFFF: "not_taken", 0xFFFE: "absent", 0xFFFD: "exempt", 0xFFFC: "suspended", 0xFFFB: "cancelled"}

codes = st.one_of(st.integers(0, 1000), st.sampled_from(list(STATES)))
rows = st.dictionaries(
    st.text("0123", min_size=3, max_size=6),
    st.tuples(st.tuples(*[codes] * len(SUBJECTS)), st.integers(0, 7)),
    max_size=40,
)


def counted(held: dict[str, tuple[tuple[int, ...], int]], languages: bool) -> Statistics:
    extras = ("outcome", "language") if languages else ("outcome",)
    shape = Shape(6, SUBJECTS, extras)
    records = sorted(
        shape.struct.pack(shape.key(number), *scores, 1, *([language] if languages else []), 0)
        for number, (scores, language) in held.items()
    )
    return count(records, shape, COMBINATIONS, 2)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(rows, st.booleans())
def test_everything_is_what_counting_by_hand_gives(
    held: dict[str, tuple[tuple[int, ...], int]], languages: bool
) -> None:
    found = counted(held, languages)

    assert found.population == len(held)
    for place, subject in enumerate(SUBJECTS):
        scores = sorted(row[place] for row, _ in held.values() if row[place] <= 1000)
        mine = found.subjects[subject]
        assert sorted(score for score, times in mine.counts.items() for _ in range(times)) == scores
        assert mine.median == (scores[(len(scores) - 1) // 2] if scores else 0)
        if scores:
            assert abs(Fraction(sum(scores), len(scores)) - mine.mean) <= Fraction(1, 2)
        for score in (0, 100, 500, 1000, 1001):
            below = sum(one < score for one in scores)
            assert mine.share_below(score) == (100 * below // len(scores) if scores else 0)
            assert mine.at_most(score) == sum(one <= score for one in scores)
        states = [row[place] for row, _ in held.values() if row[place] > 1000]
        assert found.states[subject] == {STATES[code]: states.count(code) for code in set(states)}
    for item in COMBINATIONS:
        places = [SUBJECTS.index(subject) for subject in item.subjects]
        totals = sorted(
            sum(row[place] for place in places)
            for row, language in held.values()
            if all(row[place] <= 1000 for place in places) and (not languages or item.language in (0, language))
        )
        mine = found.combinations[item.code]
        assert sorted(total for total, times in mine.counts.items() for _ in range(times)) == totals
    for prefix, group in found.prefixes.items():
        members = [row for number, (row, _) in held.items() if number.startswith(prefix)]
        assert group[""][0] == len(members)
        for place, subject in enumerate(SUBJECTS):
            scores = sorted(row[place] for row in members if row[place] <= 1000)
            median = scores[(len(scores) - 1) // 2] if scores else 0
            low = sum(score <= 100 for score in scores)
            assert group[subject] == (len(scores), sum(scores), median, scores.count(1000), low)
            assert group[subject].mean == (int(Fraction(sum(scores), len(scores)) + Fraction(1, 2)) if scores else None)
    assert sum(group[""][0] for group in found.prefixes.values()) == len(held)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(rows)
def test_what_is_kept_is_what_was_counted(held: dict[str, tuple[tuple[int, ...], int]]) -> None:
    found = counted(held, True)

    assert Statistics.unpacked(found.packed()) == found


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.sampled_from([25, 50, 100]))
def test_steps_hold_everybody_once(scores: list[int], width: int) -> None:
    held = {f"{place:06d}": ((score, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF), 0) for place, score in enumerate(scores)}
    steps = counted(held, False).subjects["toan"].bins(width, 1000)

    assert sum(steps) == len(scores)
    assert len(steps) == 1000 // width
    for place, step in enumerate(steps):
        assert step == sum(min(score // width, len(steps) - 1) == place for score in scores)


def numbered(numbers: list[str]) -> list[bytes]:
    """Records of five subjects, everybody with the same scores."""
    shape = Shape(8, SUBJECTS)
    return sorted(shape.struct.pack(shape.key(number), 100, 200, 300, 400, 1000, 0) for number in numbers)


def test_beyond_the_bound_prefixes_are_counted_together_and_the_expected_ones_named() -> None:
    numbers = [f"{place // 2:05d}{place % 2:03d}" for place in range(2 * PREFIXES_MOST + 6)]
    last = f"{PREFIXES_MOST + 2:05d}"
    told: list[int] = []

    found = count(
        numbered(numbers), Shape(8, SUBJECTS), COMBINATIONS, 5, told.append, expected=("00000", last, "99999")
    )

    assert found.uncounted == 3
    assert len(found.prefixes) == PREFIXES_MOST + 1
    assert (found.prefixes["00000"][""].candidates, found.prefixes["00000"]["li"].mean) == (2, 400)
    assert found.prefixes[last] == {"": Figures(2, 0)}
    assert "99999" not in found.prefixes
    assert found.population == found.subjects["toan"].population == len(numbers) == told[-1]
    assert found.combinations["A00"].counts == {1500: len(numbers)}
    assert Statistics.unpacked(found.packed()) == found


def test_a_prefix_longer_than_the_numbers_is_the_number() -> None:
    found = count(numbered(["02000001", "02000002"]), Shape(8, SUBJECTS), COMBINATIONS, 16)

    assert list(found.prefixes) == ["02000001", "02000002"]
    assert found.prefixes["02000001"][""].candidates == 1


def test_at_the_bound_every_prefix_is_counted() -> None:
    found = count(numbered([f"{place:08d}" for place in range(PREFIXES_MOST)]), Shape(8, SUBJECTS), COMBINATIONS, 8)

    assert (found.uncounted, len(found.prefixes)) == (0, PREFIXES_MOST)


OLD = {
    "population": 12,
    "subjects": {"toan": [[500, 12]]},
    "combinations": {},
    "prefixes": {"02": {"": [12, 0], "toan": [12, 6_000]}},
    "states": {"toan": {}},
}


def test_what_the_release_before_kept_is_still_read_and_says_nothing_of_what_it_lacks() -> None:
    found = Statistics.unpacked(zlib.compress(json.dumps(OLD).encode()))

    held = found.prefixes["02"]["toan"]
    assert (held.candidates, held.mean) == (12, 500)
    assert (held.median, held.top, held.low) == (None, None, None)
    assert found.uncounted == 0


def test_the_release_before_reads_what_is_kept_now() -> None:
    found = count(numbered(["02000001"]), Shape(8, SUBJECTS), COMBINATIONS, 2)

    held = json.loads(zlib.decompress(found.packed()))

    assert held.keys() >= OLD.keys()
    assert {code: tuple(pair[:2]) for code, pair in held["prefixes"]["02"].items()}["li"] == (1, 400)
    assert all(isinstance(part, int) for pair in held["prefixes"]["02"].values() for part in pair[:2])
