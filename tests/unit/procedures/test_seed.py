"""The demo's everyday procedures: whole, in our own words, under codes that the national portal has."""

from functools import cache

import pytest

from infra.local.demo import PROCEDURES
from miniapp.procedures.importing import Read, read_file
from miniapp.procedures.model import Count
from tests.support.procedures import read_2026


@cache
def seed() -> Read:
    with PROCEDURES.open("rb") as body:
        return read_file(body, lambda: (), lambda stage, done, total: None)


def test_all_are_read_without_a_problem():
    assert (seed().shape, seed().findings) == ("own", ())
    assert len(seed().procedures) >= 80


@pytest.mark.parametrize(
    "name", ["field", "levels", "agency", "steps", "channels", "papers", "mistakes", "owner", "portal"]
)
def test_each_says_what_people_ask_for(name):
    assert [one.code for one in seed().procedures if not getattr(one, name)] == []


def test_each_way_has_a_fee_and_a_time_limit_in_figures_or_words():
    for one in seed().procedures:
        for channel in one.channels:
            assert channel.fees, one.code
            assert channel.limit.words, one.code
            assert channel.limit.amount or channel.limit.count is Count.UNSTATED, one.code


def test_each_code_is_one_of_the_national_portal_s():
    known = {one.code for one, _ in read_2026() if one}
    assert {one.code for one in seed().procedures} - known == set()


def test_no_sentence_is_the_portal_s():
    published = {text for one, _ in read_2026() if one for text in (*one.steps, *(paper.name for paper in one.papers))}
    ours = {text for one in seed().procedures for text in (*one.steps, *one.mistakes)}
    assert {text for text in ours if len(text) > 30} & published == set()
