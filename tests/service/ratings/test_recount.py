"""A recount of many ballots: counts that are written from them, and a fold over all of them once more, differ by nothing.

The ballots come from a generated source behind the store's own interface (decision 20), so the engine holds the counts alone."""

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import pytest

from miniapp.ratings.ballots import read
from miniapp.ratings.model import Ballot, Doubt, Place
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import RollingUp, days_between
from miniapp.ratings.scales import sheets
from miniapp.ratings.store import BallotStore
from tests.support.cloud import Cloud
from tests.support.rating_town import AT_COUNTER, WARD, RatingTown

MONTH = tuple(days_between("2026-11-01", "2026-11-30"))
LEVELS = ("very_satisfied", "satisfied", "neutral", "dissatisfied")


class Generated(BallotStore):
    """So many ballots on each day, the same whenever they are asked for."""

    def __init__(self, each_day: int) -> None:
        self._each_day = each_day
        self._said = [read(sheets()["counter"], {"overall": level}) for level in LEVELS]

    def ballots(self, agency: str, day: str) -> Iterator[Ballot]:
        for number in range(self._each_day):
            mixed = crc32(f"{day}{number}".encode())
            place = Place(agency, f"unit-{mixed % 20}", f"1.{mixed % 97:06}", f"off_{mixed % 60}")
            made = Ballot(f"b{number}", replace(AT_COUNTER, place=place), day, self._said[mixed % len(LEVELS)])
            yield made.set_apart((Doubt.BURST,)) if mixed % 50 == 0 else made

    def invited(self, agency: str, day: str) -> Iterator[Place]:
        return iter(())


@pytest.mark.parametrize("many", [3_000, pytest.param(100_000, marks=pytest.mark.sweep)], ids=["some", "all"])
def test_a_recount_of_many_ballots_differs_by_nothing_and_finds_the_one_that_is_missing(cloud: Cloud, many: int):
    town = RatingTown(cloud)
    each_day = -(-many // len(MONTH))
    rolling_up = RollingUp(Generated(each_day), town.counts, town.clock)
    for day in MONTH:
        rolling_up.count(WARD, day)
    whole = town.counts.read(WARD, ["2026-11"], By.WHOLE)[WARD]
    assert whole.counted + whole.apart == each_day * len(MONTH) >= many
    assert whole.apart > 0
    assert list(rolling_up.differences(WARD, MONTH)) == []
    fewer = RollingUp(Generated(each_day - 1), town.counts, town.clock)
    days = {one.period for one in fewer.differences(WARD, MONTH[:1]) if one.by is By.WHOLE and len(one.period) > 7}
    assert days == {MONTH[0]}
