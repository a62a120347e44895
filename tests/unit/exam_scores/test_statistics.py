"""Counting an edition, against counting by hand."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.statistics import Statistics, count

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
            scores = [row[place] for row in members if row[place] <= 1000]
            assert group[subject] == (len(scores), sum(scores))
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
