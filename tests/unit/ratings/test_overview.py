"""What officers see: nothing under five, no share under thirty, and no part by which a hidden one could be worked out."""

from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.counting import ZERO, Counts
from miniapp.ratings.figures import Change, Standing
from miniapp.ratings.overview import levels_scale, parts, whole
from miniapp.ratings.scales import scales

LEVEL = "answer.overall."


def tally(satisfied: int, dissatisfied: int = 0, **more: int) -> Counts:
    counted = satisfied + dissatisfied
    numbers = {"counted": counted, "channel.dossier": counted, LEVEL + "satisfied": satisfied}
    numbers[LEVEL + "dissatisfied"] = dissatisfied
    numbers |= {name.replace("_", ".", 1): often for name, often in more.items()}
    return Counts({name: often for name, often in numbers.items() if often})


def test_under_five_nothing_of_a_group_is_there():
    found = whole(tally(3, 1, invited=8, reason_time=1))
    assert found.part.satisfied.standing is Standing.HIDDEN
    assert (found.part.counted, found.part.satisfied.share, found.part.response.share) == (None, None, None)
    assert not found.levels and not found.reasons


def test_who_was_invited_and_who_answered_make_the_response_rate():
    found = whole(tally(6, 2, invited=16)).part.response
    assert (found.share, dict(found.inputs)) == (5000, {"answered": 8, "invited": 16})
    assert whole(tally(8, invited=7)).part.response.standing is Standing.UNKNOWN


def test_from_five_on_there_is_a_number_of_ballots_and_from_thirty_on_a_share():
    few, many = whole(tally(4, 1)), whole(tally(29, 1))
    assert (few.part.counted, few.part.satisfied.share, few.levels) == (5, None, {})
    assert whole(tally(29)).part.satisfied.share is None
    assert (many.part.counted, many.part.satisfied.share) == (30, 9667)
    assert many.levels == {"satisfied": 29, "dissatisfied": 1}


def test_a_reason_that_few_gave_is_named_without_its_number_and_the_most_frequent_comes_first():
    found = whole(tally(30, 20, reason_time=4, reason_attitude=12, reason_unclear_guidance=5))
    assert list(found.reasons.items()) == [("attitude", 12), ("unclear_guidance", 5), ("time", None)]


def test_what_is_set_apart_is_counted_apart_with_its_reasons_however_little_it_is():
    found = whole(tally(2, apart=3, doubt_burst=2, doubt_one_device=2))
    assert (found.part.apart, dict(found.doubts)) == (3, {"burst": 2, "one_device": 2})
    assert parts({"a": tally(2, apart=3)}, {})[0].apart == 3


def test_a_rise_is_told_only_when_the_intervals_do_not_meet():
    assert whole(tally(95, 5), tally(60, 40)).part.change is Change.UP
    assert whole(tally(60, 40), tally(95, 5)).part.change is Change.DOWN
    assert whole(tally(80, 20), tally(78, 22)).part.change is Change.NOT_SHOWN
    assert whole(tally(95, 5), tally(20, 5)).part.change is Change.NOT_COMPARABLE
    assert whole(tally(95, 5)).part.change is Change.NOT_COMPARABLE


def test_the_part_with_most_ballots_comes_first_and_a_small_one_hides_another():
    found = parts({"big": tally(300), "mid": tally(40), "small": tally(3), "none": ZERO}, {})
    assert [(part.node, part.counted) for part in found] == [
        ("big", 300),
        ("mid", None),
        ("none", None),
        ("small", None),
    ]


def test_a_part_that_was_hidden_before_is_not_compared():
    before = {"a": tally(50), "b": tally(2), "c": tally(40)}
    now = {"a": tally(50), "b": tally(60), "c": tally(60)}
    hidden = {part.node for part in parts(before, {}) if part.counted is None}
    assert "b" in hidden
    assert len(hidden) == 2
    for part in parts(now, before):
        is_hidden = part.node in hidden
        assert (part.change is Change.NOT_COMPARABLE) is is_hidden
        assert (part.before.standing is Standing.HIDDEN) is is_hidden


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_whoever_knows_the_whole_and_what_is_shown_cannot_work_a_small_part_out(sizes: list[int]):
    found = parts({f"n{at}": tally(size) for at, size in enumerate(sizes)}, {})
    hidden = [size for at, size in enumerate(sizes) if _counted(found, f"n{at}") is None]
    assert all(size >= 5 for at, size in enumerate(sizes) if _counted(found, f"n{at}") is not None)
    is_small = any(0 < size < 5 for size in hidden)
    # Of what is hidden together everybody knows the sum. Two parts of at least five leave each of them open.
    assert not is_small or sum(sizes) < 5 or (sum(hidden) >= 5 and sum(size > 0 for size in hidden) >= 2)


def test_the_scale_of_levels_has_every_option_of_the_scales_that_people_answer():
    known = {option.code: option.counts_as_satisfied for option in levels_scale().options}
    for code in ("three", "four", "five"):
        assert {each.code: each.counts_as_satisfied for each in scales()[code].options}.items() <= known.items()


def test_ballots_that_name_no_part_are_a_part_like_any_other():
    found = parts({"": tally(3), "a": tally(50), "b": tally(30)}, {})
    assert [(part.node, part.counted) for part in found] == [("a", 50), ("", None), ("b", None)]
    assert parts({"": tally(40)}, {})[0].counted == 40


def _counted(found, node: str) -> int | None:
    return next(part.counted for part in found if part.node == node)
