"""A candidate's totals, against adding up by hand."""

from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.statistics import Distribution, Statistics
from miniapp.exam_scores.totals import SETS_MOST, Totals
from tests.support.exams import exam

COMBINATIONS = (
    Combination("D06", ("toan", "van", "nn"), 6),
    Combination("A00", ("toan", "li", "hoa")),
    Combination("D01", ("toan", "van", "nn"), 1),
    Combination("C01", ("van", "toan", "li")),
)
SUBJECTS = ("toan", "van", "nn", "li", "hoa")
ABSENT, NOT_TAKEN = 0xFFFE, 0xFFFF
EXAM = exam(subjects=SUBJECTS, combination_set="", combinations=COMBINATIONS)
COUNTED = {
    "A00": Distribution({0: 3, 1500: 5, 1505: 4, 3000: 2}),
    "D01": Distribution({2000: 9}),  # too few to be shown
    "C01": Distribution({1000: 6, 2000: 6}),
}
STATISTICS = Statistics(24, {}, COUNTED, {}, {})

codes = st.one_of(st.integers(0, 1000), st.sampled_from([ABSENT, NOT_TAKEN]))
results = st.builds(
    lambda scores, spoken: Result("1", dict(zip(SUBJECTS, scores, strict=True)), {"language": spoken}),
    st.tuples(*[codes] * len(SUBJECTS)),
    st.integers(0, 7),
)


def by_hand(result: Result) -> list[tuple[int, str, int | None, int, int]]:
    """Best first, equals by code: total, code, share, population, the language that it would need."""
    found = []
    for item in COMBINATIONS:
        taken = [result.scores[subject] for subject in item.subjects]
        if any(code in (ABSENT, NOT_TAKEN) for code in taken) or (
            item.language and result.language and item.language != result.language
        ):
            continue
        counts = COUNTED[item.code].counts if item.code in COUNTED else {}
        many = sum(counts.values())
        below = sum(times for one, times in counts.items() if one < sum(taken))
        share = 100 * below // many if many >= 10 else None
        needs = item.language if not result.language else 0
        found.append((sum(taken), item.code, share, many if many >= 10 else 0, needs))
    return sorted(found, key=lambda one: (-one[0], one[1]))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(results, min_size=1, max_size=5))
def test_totals_are_what_adding_up_by_hand_gives(candidates: list[Result]) -> None:
    totals = Totals(EXAM, STATISTICS)
    for result in candidates * 2:
        found = [
            (one.total, one.group.combination.code, one.share, one.group.population, one.group.language)
            for one in totals.of(result)
        ]
        assert found == by_hand(result)


def test_a_group_is_one_object_however_many_sets_of_subjects_it_is_met_in() -> None:
    totals = Totals(EXAM, STATISTICS)
    scores = dict.fromkeys(SUBJECTS, 500)
    first = totals.of(Result("1", scores, {}))
    second = totals.of(Result("2", {**scores, "hoa": ABSENT}, {}))
    held = {id(one.group) for one in first}
    assert second and all(id(one.group) in held for one in second)


def test_sets_of_subjects_are_remembered_up_to_a_bound() -> None:
    subjects = tuple(f"s{place}" for place in range(12))
    totals = Totals(EXAM, STATISTICS)
    for mask in range(1 << 12):
        taken = {name: 500 if mask >> place & 1 else ABSENT for place, name in enumerate(subjects)}
        assert totals.of(Result("1", taken, {})) == []
    assert len(totals._sets) == SETS_MOST
    assert totals.of(Result("1", dict.fromkeys(SUBJECTS, 500), {}))
