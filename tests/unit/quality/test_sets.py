"""Nobody who has every file of an agency works a group of fewer than ten out: attacked with exact linear programming."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.downloads import as_csv
from miniapp.quality.files import Issue, files_of
from miniapp.quality.model import Measured
from miniapp.quality.sets import Told, of_quarter, of_year, tens
from miniapp.ratings.counting import ZERO, Counts
from tests.support.quality_attack import Leaf, narrow, sums

LEAST = 10
AXES = ("outcome", "procedure", "unit")
sizes = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 12), st.integers(10, 60))
WIDE = tuple(product(("early", "late", "refused:a", "refused:b"), ("1", "2"), ("u", "v")))
SMALL = tuple(product(("early", "late", "refused:a"), ("1", "2"), ("u",)))


def tables(leaves: tuple[Leaf, ...]) -> st.SearchStrategy[dict[Leaf, int]]:
    return st.lists(sizes, min_size=len(leaves), max_size=len(leaves)).map(
        lambda counts: {leaf: count for leaf, count in zip(leaves, counts, strict=True) if count}
    )


def quarter(ended: Mapping[Leaf, int], before: int = 0, after: int = 0, late: int = 0) -> Told:
    return of_quarter(Measured(ended, before, after, late), {}, ZERO, 0)


def files(told: Told) -> Mapping[str, bytes]:
    return files_of(Issue("a", "2026-Q1", datetime(2026, 4, 8, tzinfo=UTC), told), as_csv)


def test_what_is_shown_without_cover_would_be_found_by_this_attacker():
    counts = {("early", "1", "u"): 30, ("late", "1", "u"): 4}
    known = [(list(counts), 34), ([("early", "1", "u")], 30)]
    assert narrow(known, counts, list(counts), 0, LEAST)[("late", "1", "u")] == (4, 0.0)


@settings(max_examples=40, deadline=None)
@given(tables(WIDE))
def test_no_small_group_of_a_quarter_is_worked_out_from_its_files(counts: dict[Leaf, int]):
    known = sums(files(quarter(counts)), "dossiers", AXES, WIDE)
    assert narrow(known, counts, WIDE, 0, LEAST) == {} if known else sum(counts.values()) < LEAST


@settings(max_examples=15, deadline=None)
@given(st.lists(tables(SMALL), min_size=4, max_size=4))
def test_nor_from_four_quarters_and_their_year(quarters: list[dict[Leaf, int]]):
    told = [quarter(counts) for counts in quarters]
    known, counts = [], {}
    for at, (each, held) in enumerate(zip(told, quarters, strict=True)):
        known += [([(str(at), *leaf) for leaf in mine], n) for mine, n in sums(files(each), "dossiers", AXES, SMALL)]
        counts |= {(str(at), *leaf): count for leaf, count in held.items()}
    listed = [one for one in sums(files(of_year(told)), "dossiers", AXES, SMALL) if one[1]]
    known += [([(str(at), *leaf) for at in range(4) for leaf in mine], count) for mine, count in listed]
    if known:
        everywhere = [(str(at), *leaf) for at in range(4) for leaf in SMALL]
        silent = {str(at) for at, each in enumerate(told) if each.dossiers.silent}
        found = narrow(known, counts, everywhere, 1, LEAST)
        assert {cell for cell in found if cell[0] not in silent} == set()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 9), st.integers(0, 9))
def test_how_many_wait_is_known_to_within_ten_and_no_closer(before: int, after: int, late: int, more: int, less: int):
    """Every number of the same ten gives the same figures, so none of them can be told from another."""
    ended = {("late", "1", "u"): 40}
    late = min(late, after)
    shown = quarter(ended, before, after, late)
    assert shown == quarter(ended, tens(before) + less, tens(after) + more, tens(late) + less)
    assert shown.came is not None and abs(shown.came - max(40 + after - before, 0)) < LEAST


def test_of_a_quarter_with_fewer_than_ten_ends_nothing_is_said_of_dossiers():
    shown = quarter({("late", "1", "u"): 9}, 50, 80, 20)
    assert (shown.dossiers.silent, shown.came, shown.open, shown.late_open) == (True, None, None, None)


def ballots(dossier: int, counter: int, invited: int, satisfied: int) -> Told:
    numbers = {"counted": dossier + counter, "channel.dossier": dossier, "channel.counter": counter, "invited": invited}
    leaves = {"u/1": Counts({"counted": dossier}), "k/": Counts({"counted": counter})}
    return of_quarter(Measured({}, 0, 0, 0), leaves, Counts(numbers), satisfied)


@pytest.mark.parametrize(
    ("dossier", "counter", "invited", "is_told"),
    [
        (20, 0, 40, True),
        (20, 0, 29, False),  # nine did not rate
        (20, 0, 20, True),
        (20, 9, 40, False),  # nine of the counter
        (20, 10, 40, True),
        (9, 30, 40, False),
        (20, 0, 19, False),  # an answer to an invitation of before
        (0, 0, 40, False),
    ],
)
def test_the_response_rate_is_told_where_none_of_its_sides_is_a_small_group(
    dossier: int, counter: int, invited: int, is_told: bool
):
    assert (ballots(dossier, counter, invited, 0).response is not None) == is_told


@pytest.mark.parametrize(("satisfied", "is_told"), [(30, True), (21, False), (20, True), (9, False), (0, True)])
def test_so_is_how_many_are_satisfied(satisfied: int, is_told: bool):
    assert (ballots(30, 0, 60, satisfied).satisfied is not None) == is_told


PLACES = tuple(product(("1", "2", "-"), ("u", "v")))


@settings(max_examples=40, deadline=None)
@given(tables(PLACES), st.integers(0, 80))
def test_the_response_rate_gives_no_procedure_away(counts: dict[Leaf, int], more: int):
    counter = sum(count for leaf, count in counts.items() if leaf[0] == "-")
    rated = sum(counts.values())
    numbers = {"counted": rated, "channel.dossier": rated - counter, "invited": rated - counter + more}
    leaves = {f"{unit}/{'' if each == '-' else each}": Counts({"counted": n}) for (each, unit), n in counts.items()}
    told = of_quarter(Measured({}, 0, 0, 0), leaves, Counts(numbers), 0)
    known = sums(files(told), "ratings", ("procedure", "unit"), PLACES)
    if told.response:
        known.append(([leaf for leaf in PLACES if leaf[0] != "-"], told.response.part))
    if known:
        assert narrow(known, counts, PLACES, 9, LEAST) == {}
