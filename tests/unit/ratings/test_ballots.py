"""Ballots: one per token, seven days, versions, set apart and never lost; what a form may say and what it may not."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from miniapp.core.errors import Conflict, Invalid, Problem, Refused
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.sealing import Sealer
from miniapp.ratings.ballots import rated, read
from miniapp.ratings.bounds import EDITABLE_DAYS, VERSIONS_MOST, WORDS_MOST
from miniapp.ratings.counting import Counts, difference, recount
from miniapp.ratings.model import Answer, Ballot, Channel, Doubt, Place, Said, State
from miniapp.ratings.scales import sheets
from miniapp.ratings.tokens import ballot_ids
from tests.unit.ratings.made import DAY, INVITATION, PLACE, SHEET, ballot, doubts, said, statements


@pytest.mark.parametrize(
    ("answers", "reasons", "words", "code", "field"),
    [
        ({}, [], "", "rating_answer_needed", "overall"),
        ({"overall": ""}, [], "", "rating_answer_needed", "overall"),
        ({"overall": "very_dissatisfied"}, [], "", "rating_option_unknown", "overall"),
        ({"overall": "satisfied", "contacts": "two"}, [], "", "rating_option_unknown", "contacts"),
        ({"overall": "satisfied", "total_time": "none"}, [], "", "rating_criterion_unknown", "total_time"),
        ({"overall": "dissatisfied"}, ["weather"], "", "rating_reason_unknown", "reasons"),
        ({"overall": "neutral"}, ["time"], "", "rating_reasons_unasked", "reasons"),
        ({"overall": "satisfied"}, [], "a" * (WORDS_MOST + 1), "rating_words_long", "words"),
    ],
)
def test_what_a_sheet_does_not_allow_is_named_with_its_field(
    answers: dict[str, str], reasons: list[str], words: str, code: str, field: str
):
    with pytest.raises(Invalid) as refused:
        read(SHEET, answers, reasons, words)
    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


def test_an_answer_left_open_is_no_answer():
    assert read(SHEET, {"overall": "neutral", "contacts": ""}) == Said((Answer("overall", "neutral"),))


def test_reasons_come_once_each_in_the_order_of_the_sheet():
    taken = read(SHEET, {"overall": "dissatisfied"}, ["other", "time", "other"])
    assert taken.reasons == ("time", "other")


def test_a_dissatisfied_answer_anywhere_may_give_reasons():
    assert read(SHEET, {"overall": "satisfied", "convenience": "dissatisfied"}, ["time"]).reasons == ("time",)


def test_words_are_cleaned_before_they_are_measured():
    taken = read(SHEET, {"overall": "satisfied"}, words=" cho\u0300\u200b lâu \n" + " " * WORDS_MOST)
    assert taken.words == "chò lâu"
    assert len(read(SHEET, {"overall": "satisfied"}, words="a" * WORDS_MOST).words) == WORDS_MOST


def test_words_are_not_in_what_is_printed():
    assert "Nam" not in repr(ballot(said=replace(said(), words="anh Nam")))


def test_each_sheet_is_held_to_its_own_scale():
    assert read(sheets()["counter_five"], {"overall": "very_dissatisfied"}, ["time"]).reasons == ("time",)
    with pytest.raises(Invalid):
        read(sheets()["dossier_three"], {"overall": "neutral"})


def test_a_ballot_knows_what_it_is_about_and_neither_dossier_nor_person_nor_hour():
    names = {spec.name for kind in (Ballot, type(INVITATION), Place, Said) for spec in fields(kind)}
    assert {"agency", "unit", "procedure", "officer"} <= names
    assert not [name for name in names if any(word in name for word in ("dossier", "person", "phone", "token", "_at"))]
    assert Ballot("b", INVITATION, DAY, said()).cast_on == DAY


def test_the_first_time_a_token_is_used_makes_a_ballot_and_the_second_changes_it():
    first = rated(None, "b1", INVITATION, said("satisfied"), DAY)
    second = rated(first, "b1", INVITATION, said("dissatisfied"), "2026-07-20")
    assert (first.version, second.version, second.cast_on) == (1, 2, DAY)
    assert [(each.version, each.until, each.answers) for each in second.history] == [
        (1, "2026-07-20", first.said.answers)
    ]


def test_an_edit_never_moves_a_ballot_elsewhere():
    other = replace(INVITATION, channel=Channel.COUNTER, place=Place("other"))
    assert rated(ballot(), "b1", other, said("neutral"), DAY).place == PLACE


def test_a_ballot_is_edited_under_its_own_id_only():
    with pytest.raises(ValueError, match="its own token"):
        rated(ballot("b1"), "b2", INVITATION, said(), DAY)


@pytest.mark.parametrize("day", ["2026-07-16", "2026-07-23"])
def test_a_ballot_can_be_changed_up_to_the_seventh_day(day: str):
    assert ballot().edited(said("neutral"), day).said.option("overall") == "neutral"


def test_on_the_eighth_day_a_ballot_stands_and_says_so():
    with pytest.raises(Refused) as refused:
        ballot().edited(said("neutral"), "2026-07-24")
    assert (refused.value.code, refused.value.facts) == ("rating_closed", {"days": 7})


def test_the_same_answers_again_are_no_edit_even_when_it_is_too_late():
    assert ballot().edited(said(), "2027-01-01") == ballot()


def test_a_ballot_is_sent_twenty_times_at_most():
    held = ballot()
    for turn in range(VERSIONS_MOST - 1):
        held = held.edited(said(["neutral", "satisfied"][turn % 2]), DAY)
    with pytest.raises(Refused) as refused:
        held.edited(said("dissatisfied"), DAY)
    assert (refused.value.code, held.version) == ("rating_edits_used", VERSIONS_MOST)


def test_the_words_of_before_are_gone_after_an_edit():
    held = ballot(said=replace(said(), words="anh Nam")).edited(said(), DAY)
    assert "Nam" not in json.dumps(to_plain(held), ensure_ascii=False)


def test_a_ballot_is_set_apart_with_its_reasons_and_further_ones_are_added():
    apart = ballot().set_apart((Doubt.ONE_DEVICE,)).set_apart((Doubt.BURST, Doubt.ONE_DEVICE))
    assert (apart.state, apart.doubts, apart.version) == (State.APART, (Doubt.BURST, Doubt.ONE_DEVICE), 3)
    assert apart.set_apart((Doubt.BURST,)) == apart


def test_nothing_is_set_apart_without_a_reason():
    with pytest.raises(Invalid) as refused:
        ballot().set_apart(())
    assert refused.value.code == "rating_doubt_needed"


def test_what_was_looked_at_counts_again_and_only_once():
    cleared = ballot().set_apart((Doubt.BURST,)).cleared()
    assert (cleared.state, cleared.doubts, cleared.version) == (State.COUNTED, (), 3)
    with pytest.raises(Conflict) as refused:
        cleared.cleared()
    assert refused.value.code == "rating_not_apart"


def test_a_ballot_set_apart_can_still_be_changed_by_its_holder_and_stays_apart():
    changed = ballot().set_apart((Doubt.BURST,)).edited(said("neutral"), DAY)
    assert (changed.state, changed.said.option("overall")) == (State.APART, "neutral")


@given(statements, doubts)
def test_a_ballot_is_kept_and_read_back_whole(statement: Said, why: tuple[Doubt, ...]):
    held = ballot(said=statement).edited(said("neutral"), DAY).set_apart(why)
    assert from_plain(Ballot, json.loads(json.dumps(to_plain(held)))) == held


def everything(place: Place, day: str) -> str:
    return "all"


class Ballots(RuleBasedStateMachine):
    """People with tokens, an officer who sets apart and clears, days that pass; counts kept by differences only."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.sealer = Sealer("key")
        self.rows: dict[str, Ballot] = {}
        self.counts = Counts()
        self.today = date.fromisoformat(DAY)
        self.made = 0
        self.expected: dict[str, tuple[str, date, set[Doubt]]] = {}  # id → last option, day of the first, doubts

    def keep(self, id: str, after: Ballot) -> None:
        before = self.rows.get(id)
        assert before is None or after == before or after.version == before.version + 1
        self.counts += difference(before, after)
        self.rows[id] = after

    @rule(target=tokens)
    def invite(self) -> str:
        self.made += 1
        return f"token-{self.made}"

    @rule(token=tokens, option=st.sampled_from(["very_satisfied", "satisfied", "neutral", "dissatisfied"]))
    def rate(self, token: str, option: str) -> None:
        [id] = ballot_ids(self.sealer, token)
        held, day = self.rows.get(id), self.today.isoformat()
        last, first, why = self.expected.get(id, (option, self.today, set()))
        is_late = self.today > first + timedelta(EDITABLE_DAYS) and option != last
        is_used = held is not None and len(held.history) + 1 >= VERSIONS_MOST and option != last
        try:
            self.keep(id, rated(held, id, INVITATION, said(option), day))
        except Refused as refused:
            assert refused.code == ("rating_closed" if is_late else "rating_edits_used")
            assert is_late or is_used
        else:
            assert not is_late and not is_used
            self.expected[id] = (option, first, why)

    @rule(token=tokens, why=doubts)
    def set_apart(self, token: str, why: tuple[Doubt, ...]) -> None:
        [id] = ballot_ids(self.sealer, token)
        if id in self.rows:
            self.keep(id, self.rows[id].set_apart(why))
            self.expected[id][2].update(why)

    @rule(token=tokens)
    def clear(self, token: str) -> None:
        [id] = ballot_ids(self.sealer, token)
        if id in self.rows and self.expected[id][2]:
            self.keep(id, self.rows[id].cleared())
            self.expected[id][2].clear()
        elif id in self.rows:
            with pytest.raises(Problem):
                self.rows[id].cleared()

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days)

    @invariant()
    def one_ballot_per_token_is_counted_once_or_counted_apart(self) -> None:
        assert self.rows.keys() == self.expected.keys()
        assert self.counts.counted + self.counts.apart == len(self.rows)
        assert self.counts.apart == sum(bool(why) for _, _, why in self.expected.values())
        for option in ("very_satisfied", "satisfied", "neutral", "dissatisfied"):
            assert self.counts.option("overall", option) == sum(
                last == option and not why for last, _, why in self.expected.values()
            )

    @invariant()
    def what_was_counted_by_differences_is_what_a_recount_finds(self) -> None:
        found: Mapping[str, Any] = recount(self.rows.values(), everything)
        assert self.counts == found.get("all", Counts())

    @invariant()
    def a_history_tells_every_answer_that_once_counted_in_its_order(self) -> None:
        for held in self.rows.values():
            versions = [before.version for before in held.history]
            assert versions == sorted(set(versions)) and all(version < held.version for version in versions)


TestBallots = Ballots.TestCase
TestBallots.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
