"""Counts derived from ballots: a group, and the same whatever the order, the split and the repetitions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.counting import ZERO, Counts, Ledger, difference, effect, merged, recount
from miniapp.ratings.model import Ballot, Doubt, Invitation, Place, Said
from miniapp.ratings.scales import scales
from tests.unit.ratings.made import DAY, INVITATION, SHEET, ballot, doubts, places, said, statements

counts = st.dictionaries(st.sampled_from(["counted", "apart", "reason.time"]), st.integers(-9, 9)).map(
    lambda held: Counts({name: number for name, number in held.items() if number})
)


@st.composite
def lives(draw: st.DrawFn) -> list[Ballot]:
    """Every version of one ballot, in its order."""
    place = draw(places)
    invitation = Invitation("dossier", INVITATION.channel, place)
    held = [Ballot(draw(st.uuids()).hex, invitation, draw(st.sampled_from([DAY, "2026-07-15"])), draw(statements))]
    for step in draw(st.lists(statements | doubts | st.none(), max_size=4)):
        last = held[-1]
        if isinstance(step, Said):
            after = last.edited(step, last.cast_on)
        elif step is not None:
            after = last.set_apart(step)
        else:
            after = last.cleared() if last.doubts else last
        held += [after] if after != last else []
    return held


def by_day_and_unit(place: Place, day: str) -> tuple[str, str, str]:
    return day, place.agency, place.unit


def test_a_counted_ballot_adds_its_answers_and_its_way():
    found = effect(ballot(said=said("satisfied", contacts="one")))
    assert found.numbers == {
        "counted": 1,
        "channel.dossier": 1,
        "answer.overall.satisfied": 1,
        "answer.contacts.one": 1,
    }
    assert found.by_channel("dossier") == 1


def test_a_ballot_set_apart_is_counted_apart_and_under_every_reason():
    found = effect(ballot().set_apart((Doubt.BURST, Doubt.ONE_DEVICE)))
    assert (found.counted, found.apart, found.doubts()) == (0, 1, {"burst": 1, "one_device": 1})
    assert found.option("overall", "satisfied") == 0


def test_reasons_are_counted_by_code():
    first, second = (ballot(said=Said(said("dissatisfied").answers, why)) for why in (("time",), ("time", "other")))
    assert (effect(first) + effect(second)).reasons() == {"time": 2, "other": 1}


def test_who_counts_as_satisfied_is_a_flag_of_the_scale():
    levels = ("very_satisfied", "satisfied", "neutral", "dissatisfied")
    total = sum((effect(ballot(overall=level)) for level in levels), ZERO)
    four = scales()["four"]
    assert total.satisfied(four) == 2
    assert total.satisfied(four.counting_as_satisfied("very_satisfied", "satisfied", "neutral")) == 3


def test_an_index_of_the_decree_is_the_mean_of_what_was_answered():
    [contacts] = [criterion for criterion in SHEET.criteria if criterion.index == 3]
    given_ = [said("satisfied", contacts=each) for each in ("none", "none", "more")] + [said("satisfied")]
    total = sum((effect(ballot(said=each)) for each in given_), ZERO)
    assert total.points(contacts) == Fraction(4, 3)
    assert ZERO.points(contacts) is None


@given(counts, counts, counts)
def test_counts_are_a_group(one: Counts, two: Counts, three: Counts):
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + ZERO == one
    assert one - one == ZERO and not one - one
    assert (one + two) - two == one
    assert all((one + two).numbers.values())


@given(st.lists(lives(), max_size=6))
def test_adding_and_taking_back_step_by_step_is_a_recount(held: list[list[Ballot]]):
    stepped = ZERO
    for versions in held:
        for before, after in zip([None, *versions], versions, strict=False):
            stepped += difference(before, after)
    newest = [versions[-1] for versions in held]
    assert stepped == recount(newest, lambda place, day: "all").get("all", ZERO)
    for last in newest:
        stepped += difference(last, None)
    assert stepped == ZERO


@given(st.lists(lives(), max_size=6), st.randoms(use_true_random=False), st.data())
def test_any_order_any_split_and_any_repetition_count_the_same(held: list[list[Ballot]], random, data: st.DataObject):
    news = [version for versions in held for version in versions]
    repeated = news + data.draw(st.lists(st.sampled_from(news), max_size=9)) if news else []
    random.shuffle(repeated)
    at = data.draw(st.integers(0, len(repeated)))
    left, right = Ledger().hearing(*repeated[:at]), Ledger().hearing(*repeated[at:])
    expected = recount([versions[-1] for versions in held], by_day_and_unit)
    assert Ledger().hearing(*repeated).counts(by_day_and_unit) == expected
    assert left.merged(right).counts(by_day_and_unit) == expected
    assert right.merged(left).merged(left).counts(by_day_and_unit) == expected


@given(st.lists(lives(), max_size=6), st.integers(0, 6))
def test_parts_without_a_ballot_in_common_add_up_and_roll_up(held: list[list[Ballot]], at: int):
    newest = [versions[-1] for versions in held]
    parts = merged(recount(newest[:at], by_day_and_unit), recount(newest[at:], by_day_and_unit))
    assert parts == recount(newest, by_day_and_unit)
    rolled: dict[str, Counts] = {}
    for (_, agency, _), each in parts.items():
        rolled[agency] = rolled.get(agency, ZERO) + each
    assert rolled == recount(newest, lambda place, day: place.agency)


def test_what_is_taken_back_leaves_no_empty_key():
    assert merged({"a": effect(ballot())}, {"a": ZERO - effect(ballot())}) == {}
