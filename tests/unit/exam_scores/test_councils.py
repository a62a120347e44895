"""The councils of national exams by year: the codes that data of those years carry, with names, and never a local exam's."""

import csv
from collections.abc import Mapping
from itertools import pairwise

import pytest

from miniapp.core.folding import folded_words
from miniapp.exam_scores.councils import council_names, councils_of, known_years
from tests.support import real_scores
from tests.support.real_data import real

LISTS = ((2019, "moet_exam_province_codes_2017_2025.csv"), (2026, "nhanaz_province_codes_2026.csv"))


def published(name: str) -> dict[str, str]:
    """Code → name in plain letters, as somebody else has published them."""
    with real(f"education/{name}").open(encoding="utf-8-sig") as file:
        _, *rows = csv.reader(file)
    return {row[0]: plain(row[1]) for row in rows}


def plain(name: str) -> str:
    words = folded_words(name)
    for before in ("thanh pho ", "tinh ", "tp "):
        words = words.removeprefix(before)
    return words


@pytest.mark.parametrize(("year", "name"), LISTS)
def test_codes_and_names_are_those_that_others_publish(year: int, name: str) -> None:
    assert {code: plain(told) for code, told in councils_of(year).items()} == published(name)


@pytest.mark.parametrize("year", [2017, 2019, 2020, 2022, 2026])
def test_every_council_of_a_real_year_is_in_its_list(year: int) -> None:
    assert set(real_scores.facts()["thpt"][f"thpt_{year}"]["rows_by_prefix"]) <= set(councils_of(year))


@pytest.mark.parametrize(("year", "known"), [(2016, 0), (2017, 63), (2025, 63), (2026, 34), (2031, 34)])
def test_years_before_the_lists_know_none_and_the_last_list_goes_on(year: int, known: int) -> None:
    assert len(councils_of(year)) == known


def test_the_armys_own_council_is_named_and_missed_by_nobody() -> None:
    assert "65" not in councils_of(2024)
    assert council_names(2024, [*councils_of(2024), "65"])["65"] == "Bộ Quốc phòng"


@pytest.mark.parametrize(
    "expected", [[], ["39"], ["01", "02", "03"], [f"{place:02d}" for place in range(1, 41)], ["A"]]
)
def test_a_local_exams_codes_are_given_no_names(expected: list[str]) -> None:
    assert council_names(2019, expected) == {}
    assert council_names(2026, expected) == {}


def test_a_national_exam_that_leaves_one_council_out_still_names_them() -> None:
    expected = [code for code in councils_of(2026) if code != "79"]
    names: Mapping[str, str] = council_names(2026, expected)
    assert (names["79"], names["40"]) == ("TP. Hồ Chí Minh", "Nghệ An")


def test_no_two_lists_are_about_one_year() -> None:
    spans = [(each.first, each.last) for each in known_years()]
    assert spans == sorted(spans)
    assert all(last is not None and last < then for (_, last), (then, _) in pairwise(spans))
