"""The demo's everyday procedures: whole, in our own words, under codes that the national portal has."""

import json
import re
from functools import cache

import pytest

from infra.local.demo import PROCEDURES
from miniapp.core.time_limits import Count
from miniapp.procedures.importing import Read, read_file
from miniapp.procedures.model import Procedure
from miniapp.procedures.rules import DATA
from tests.support.procedures import paths, read_2026

MOST_ASKED = (
    *("1.001193", "1.000894", "1.000656", "1.004873", "2.000635", "1.001022", "1.004837", "1.004859", "1.004222"),
    *("1.004194", "1.014061", "1.014062", "1.014063", "1.001612", "3.000348", "3.000347", "1.013978", "1.013833"),
    *("1.001456", "3.000333"),
)
CODE = re.compile(r"\d\.\d{6}")


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


def test_nothing_is_said_to_be_verified_that_no_officer_looked_over():
    assert [one.code for one in seed().procedures if one.verified_on] == []


def test_no_sum_is_asked_that_the_portal_does_not_state_for_that_procedure():
    published = {one.code: stated(one) for one, _ in read_2026() if one}
    asked = [
        (one.code, fee.amount)
        for one in seed().procedures
        for channel in one.channels
        for fee in channel.fees
        if fee.amount is not None
    ]
    assert len(asked) > 100
    assert [(code, amount) for code, amount in asked if not is_stated(amount, *published[code])] == []


def stated(one: Procedure) -> tuple[set[int | None], str]:
    """The sums of a record, and all that it says about fees in words."""
    fees = [fee for channel in one.channels for fee in channel.fees]
    return {fee.amount for fee in fees}, " ".join(fee.words for fee in fees)


def is_stated(amount: int, sums: set[int | None], words: str) -> bool:
    """Whether a sum is one of the record's, or stands in its words; what is free is called so there."""
    return amount in sums or (f"{amount:,}".replace(",", ".") if amount else "Miễn phí") in words


def test_every_life_event_leads_to_procedures_of_the_demo():
    held = {one.code for one in seed().procedures}
    events = json.loads((DATA / "life_events.json").read_text("utf-8"))
    assert [event for event, codes in events.items() if not held & set(codes)] == []


def test_each_code_is_one_of_the_national_portal_s():
    known = {one.code for one, _ in read_2026() if one}
    assert {one.code for one in seed().procedures} - known == set()


def test_no_sentence_is_the_portal_s():
    published = {text for one, _ in read_2026() if one for text in (*one.steps, *(paper.name for paper in one.papers))}
    ours = {text for one in seed().procedures for text in (*one.steps, *one.mistakes)}
    assert {text for text in ours if len(text) > 30} & published == set()


def test_no_longer_name_of_a_paper_is_the_portal_s():
    published = {paper.name for one, _ in read_2026() if one for paper in one.papers}
    ours = {paper.name for one in seed().procedures if one.questions for paper in one.papers}
    assert {text for text in ours if len(text) > 30} & published == set()


@pytest.mark.parametrize("code", MOST_ASKED)
def test_what_people_need_most_asks_three_to_six_questions_that_all_lead_somewhere(code):
    (procedure,) = [one for one in seed().procedures if one.code == code]
    assert 3 <= len(procedure.questions) <= 6
    lists = set()
    for _, found in paths(procedure):
        if found.refusal:
            assert found.refusal.choice.refuses and found.refusal.choice.article
        else:
            assert found.papers
            assert any(fees.lines for fees in found.fees)
            lists.add(tuple(one.what.name for one in found.papers))
    assert len(lists) > 1
    assert {name for names in lists for name in names} == {paper.name for paper in procedure.papers}


def test_where_a_refusal_sends_people_there_is_a_procedure():
    known = {one.code: one.name for one in seed().procedures}
    sent = [
        (one.code, code)
        for one in seed().procedures
        for question in one.questions
        for choice in question.choices
        for code in CODE.findall(choice.article)
    ]
    assert len({code for _, code in sent}) >= 5
    assert [(at, code) for at, code in sent if code not in known] == []
