"""`flask ratings recount`: counts are those of their rows, or every number that is not is named."""

import json
from typing import Any

import pytest
from click.testing import Result

from handlers.app import create_app
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.ratings.ballots import read
from miniapp.ratings.counting import Counts
from miniapp.ratings.model import Ballot
from miniapp.ratings.rolled import By
from miniapp.ratings.scales import sheets
from tests.support.cloud import Cloud
from tests.support.rating_town import AT_COUNTER, DAY, WARD, RatingTown


class Line:
    """The command line over a ward with three ballots."""

    def __init__(self, cloud: Cloud) -> None:
        self.town = RatingTown(cloud)
        AgencyStore().add([Agency(WARD, "hoa-mai", Kind.COMMUNE, "Phường Hoa Mai", "Hoa Mai ward")])
        said = read(sheets()["counter"], {"overall": "satisfied"})
        self.town.cast(*(Ballot(f"b{at}", AT_COUNTER, DAY, said) for at in range(3)))
        self.town.rolling_up.run()
        self.runner = create_app(cloud.settings, self.town.services).test_cli_runner()

    def run(self, *words: str) -> Result:
        return self.runner.invoke(args=["ratings", "recount", *words])

    def told(self, *words: str) -> Any:
        return json.loads(self.run("--json", *words).output)


@pytest.fixture
def line(cloud: Cloud) -> Line:
    return Line(cloud)


def test_counts_that_are_those_of_their_rows_differ_by_nothing(line: Line) -> None:
    said = line.run("--agency", WARD)
    assert (said.exit_code, said.output) == (0, "2026: 3 counted, 0 set apart; differences: 0\n")
    told = line.told("--agency", WARD, "--of", "2026-11")
    assert (told["agency"], told["of"], told["counts"]["counted"], told["differences"]) == (WARD, "2026-11", 3, [])


def test_every_number_that_differs_is_named_until_it_is_mended(line: Line) -> None:
    held, counts = line.town.counts.whole(WARD, ["2026-11"])["2026-11"]
    line.town.counts.write(WARD, "2026-11", held, {**counts, By.OFFICER: {"off_desk": Counts({"counted": 7})}})
    said = line.run("--agency", WARD, "--of", "2026-11")
    assert said.exit_code == 1
    assert "2026-11    officer    off_desk" in said.output
    assert "differences: 1" in said.output
    [told] = line.told("--agency", WARD, "--of", "2026-11")["differences"]
    assert (told["period"], told["by"], told["key"]) == ("2026-11", "officer", "off_desk")
    assert told["stored_less_rows"]["counted"] == 4
    assert line.run("--agency", WARD, "--of", "2026-11", "--mend").exit_code == 0
    assert line.run("--agency", WARD, "--of", "2026-11").exit_code == 0


def test_what_is_not_counted_yet_is_a_difference(line: Line) -> None:
    said = read(sheets()["counter"], {"overall": "dissatisfied"})
    line.town.cast(Ballot("late", AT_COUNTER, DAY, said))
    assert line.run("--agency", WARD, "--of", "2026-11").exit_code == 1
    line.town.rolling_up.run()
    assert line.run("--agency", WARD, "--of", "2026-11").exit_code == 0


@pytest.mark.parametrize("wrong", ["2026-13", "2026-Q5", "x", "2026-11-20"])
def test_a_period_that_is_none_is_told(line: Line, wrong: str) -> None:
    said = line.run("--agency", WARD, "--of", wrong)
    assert said.exit_code == 2
    assert "say 2026, 2026-Q4 or 2026-11" in said.output
