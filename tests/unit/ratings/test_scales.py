"""Scales and sheets are data, in order, and what counts as satisfied is a flag."""

import pytest

from miniapp.ratings.scales import Option, Scale, scales, sheets


@pytest.mark.parametrize(
    ("code", "options", "satisfied"),
    [
        ("three", ["very_satisfied", "satisfied", "dissatisfied"], {"very_satisfied", "satisfied"}),
        ("four", ["very_satisfied", "satisfied", "neutral", "dissatisfied"], {"very_satisfied", "satisfied"}),
        (
            "five",
            ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"],
            {"very_satisfied", "satisfied"},
        ),
    ],
)
def test_a_scale_goes_from_the_best_down_and_says_what_counts(code: str, options: list[str], satisfied: set[str]):
    scale = scales()[code]
    assert [option.code for option in scale.options] == options
    assert [option.value for option in scale.options] == list(range(len(options), 0, -1))
    assert {option.code for option in scale.options if option.counts_as_satisfied} == satisfied
    assert {option.code for option in scale.options if option.asks_reasons} == {
        option for option in options if "dissatisfied" in option
    }


def test_an_agency_may_count_the_neutral_as_satisfied():
    scale = scales()["four"].counting_as_satisfied("very_satisfied", "satisfied", "neutral")
    assert [option.counts_as_satisfied for option in scale.options] == [True, True, True, False]
    assert not scales()["four"].options[2].counts_as_satisfied


@pytest.mark.parametrize("values", [(1, 2), (2, 2)])
def test_a_scale_out_of_order_is_none(values: tuple[int, int]):
    with pytest.raises(ValueError, match="from the best down"):
        Scale("x", tuple(Option(f"o{at}", value, False, False) for at, value in enumerate(values)))


def test_a_scale_names_each_option_once():
    with pytest.raises(ValueError, match="each once"):
        Scale("x", (Option("o", 2, False, False), Option("o", 1, False, False)))


def test_every_sheet_asks_for_the_whole_and_only_that_must_be_answered():
    for sheet in sheets().values():
        assert [criterion.code for criterion in sheet.criteria if criterion.required] == ["overall"]
        assert len({criterion.code for criterion in sheet.criteria}) == len(sheet.criteria)


def test_ballots_tell_just_the_indices_that_the_decree_takes_from_them():
    assert {criterion.index for criterion in sheets()["dossier"].criteria if criterion.index} == {3, 4, 6}
    for criterion in sheets()["dossier"].criteria:
        if criterion.index:
            assert [option.value for option in criterion.scale.options] == [2, 1, 0]


def test_the_dissatisfied_are_asked_for_six_reasons():
    assert sheets()["dossier"].reasons == ("time", "attitude", "unclear_guidance", "many_trips", "extra_fee", "other")
