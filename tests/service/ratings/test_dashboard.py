"""What a dashboard of a busy agency costs: a million ballots in a year, read in one call for at most forty read units."""

import random

import pytest

from miniapp.ratings.counting import Counts
from miniapp.ratings.rolled import By, Rolled, added, months_of, packed, quarter_of
from miniapp.ratings.scales import sheets
from tests.support.billed import Billed
from tests.support.cloud import Cloud
from tests.support.rating_town import WARD, RatingTown

A_YEAR = 1_000_000
KEYS = {By.UNIT: 60, By.PROCEDURE: 300, By.OFFICER: 400}
ROW_MOST = 400 * 1024
SEEN = (By.WHOLE, By.TIME, By.UNIT, By.PROCEDURE, By.OFFICER)


def month(name: str, ballots: int, chance: random.Random) -> Rolled:
    """A month as busy agencies have them: every key rated, every answer given."""
    days = [f"{name}-{day:02}" for day in range(1, 29)]
    told = {
        By.WHOLE: {WARD: numbers(ballots, chance)},
        By.TIME: {day: numbers(ballots // 28, chance) for day in days},
        By.LEAF: {f"{u}/1.{p:06}": Counts({"counted": chance.randint(1, 90)}) for u in range(60) for p in range(60)},
    }
    for by, many in KEYS.items():
        told[by] = {f"acc_{by.value}_{key:016x}": numbers(ballots // many, chance) for key in range(many)}
    return told


def numbers(ballots: int, chance: random.Random) -> Counts:
    """What so many ballots add up to, of every name that there is."""
    sheet = sheets()["dossier"]
    names = [f"answer.{each.code}.{option.code}" for each in sheet.criteria for option in each.scale.options]
    names += [f"reason.{reason}" for reason in sheet.reasons]
    names += ["apart", "doubt.burst", "doubt.one_device", "doubt.one_address", "channel.dossier", "channel.counter"]
    spread = {name: chance.randint(ballots // 9, ballots // 2) + 1 for name in names}
    return Counts({**spread, "counted": ballots, "invited": 2 * ballots})


@pytest.fixture(scope="module")
def told() -> dict[str, Rolled]:
    """Two years of months."""
    chance = random.Random(31)
    names = [*months_of("2025"), *months_of("2026")]
    return {name: month(name, A_YEAR // 12, chance) for name in names}


def loaded(town: RatingTown, told: dict[str, Rolled]) -> None:
    for name, held in told.items():
        town.counts.write(WARD, name, {}, held)
    for period in ("2025", "2026", *(f"2026-Q{number}" for number in range(1, 5))):
        town.counts.write(WARD, period, {}, added({name: told[name] for name in months_of(period)}))


def test_a_year_of_a_million_ballots_and_the_year_before_cost_one_call_and_at_most_forty_units(
    cloud: Cloud, told: dict[str, Rolled]
):
    town = RatingTown(cloud)
    loaded(town, told)
    for periods in (("2026", "2025"), ("2026-Q3", "2026-Q2"), ("2026-09", "2026-08")):
        with Billed(town.services.aws) as billed:
            found = town.counts.several(WARD, [(period, by) for period in periods for by in SEEN])
        assert billed.calls == ["BatchGetItem"]
        assert billed.units <= 40
        assert len(found[periods[0], By.OFFICER]) == KEYS[By.OFFICER]
    with Billed(town.services.aws) as billed:  # nine months of one breakdown, against those of the year before
        nine = town.counts.read(WARD, ["2026-Q1", "2026-Q2", "2026-Q3"], By.PROCEDURE)
    assert billed.calls == ["BatchGetItem"]
    assert billed.units <= 40
    whole = town.counts.read(WARD, months_of("2026-Q1") + months_of("2026-Q2") + months_of("2026-Q3"), By.PROCEDURE)
    assert nine == whole
    assert {quarter_of(name) for name in months_of("2026")} == {f"2026-Q{number}" for number in range(1, 5)}


def test_no_row_of_the_busiest_agency_is_near_what_a_row_may_hold(told: dict[str, Rolled]):
    year = added({name: told[name] for name in months_of("2026")})
    assert {by: len(packed(held)) for by, held in year.items() if len(packed(held)) > ROW_MOST // 4} == {}
    ten_times = {f"acc_{key:020x}": numbers(A_YEAR // 4_000, random.Random(key)) for key in range(4_000)}
    assert len(packed(ten_times)) < ROW_MOST
