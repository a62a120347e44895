"""Decision 766: six groups of 100 points, classes, and formulas that are printed as they are calculated."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.decision766 import decision
from miniapp.ratings.formulas import Formula, shipped

ALL = {name for group in decision().groups for name in group.formula.inputs}
BEST = {name: 0 if name == "dissatisfied" else 10 for name in ALL}


def read(formula: Formula) -> str:
    return " ".join(token.text for token in formula.tokens())


def test_the_groups_have_the_weights_of_the_decision():
    assert [(group.code, group.most) for group in decision().groups] == [
        ("transparency", 18),
        ("progress", 20),
        ("online_services", 12),
        ("online_payment", 10),
        ("satisfaction", 18),
        ("digitisation", 22),
    ]


def test_who_does_everything_has_a_hundred_points():
    total = decision().total(decision().scored(BEST))
    assert (total.points, total.most, total.grade, total.missing) == (100, 100, "excellent", ())


def test_the_satisfied_are_those_who_do_not_say_that_they_are_not():
    [group] = [each for each in decision().scored({"counted": 40, "dissatisfied": 10}) if each.points is not None]
    assert (group.group.code, group.points) == ("satisfaction", Fraction(27, 2))
    assert group.inputs == {"counted": 40, "dissatisfied": 10}


def test_without_its_inputs_a_group_has_no_points_and_the_whole_no_class():
    total = decision().total(decision().scored({"on_time": 10, "resolved": 10}))
    assert (total.points, total.most, total.grade) == (20, 20, "")
    assert "satisfaction" in total.missing and "progress" not in total.missing


def test_of_nothing_there_is_no_share():
    scored = {each.group.code: each.points for each in decision().scored(dict.fromkeys(ALL, 0))}
    assert set(scored.values()) == {None}


def test_a_part_of_more_than_its_whole_is_no_figure():
    with pytest.raises(ValueError, match="more than its whole"):
        decision().scored({"on_time": 11, "resolved": 10})


@pytest.mark.parametrize(
    ("points", "grade"),
    [(100, "excellent"), (90, "excellent"), (80, "good"), (70, "fair"), (50, "average"), (49, "weak"), (0, "weak")],
)
def test_exactly_on_a_limit_is_the_class_above_which_no_source_says(points: int, grade: str):
    assert decision().grades.of(Fraction(points)) == grade
    assert not decision().inclusive_is_sourced


def test_the_other_side_of_a_limit_is_one_word_in_the_data():
    held = {"limits": [[90, "excellent"]], "lowest": "good", "inclusive": False}
    grades = type(decision().grades).read(held)
    assert [grades.of(Fraction(points)) for points in (90, 91)] == ["good", "excellent"]


def test_limits_in_another_order_are_refused():
    with pytest.raises(ValueError, match="from the best"):
        type(decision().grades).read({"limits": [[5, "b"], [9, "a"]], "lowest": "c", "inclusive": True})


def test_every_formula_says_that_it_is_ours():
    assert [group.code for group in decision().groups if group.formula.sourced] == []


def test_a_formula_reads_as_people_write_it():
    assert read(shipped()["d766_satisfaction"]) == "18 * ( counted - dissatisfied ) / counted"
    assert read(shipped()["satisfied_share"]) == "100 * satisfied / counted"


trees = st.recursive(
    st.integers(0, 9) | st.sampled_from(["part", "whole"]),
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner).map(list),
    max_leaves=8,
)


@given(trees, st.integers(0, 9), st.integers(0, 9))
def test_what_is_printed_is_what_is_calculated(tree: object, part: int, whole: int):
    formula = Formula("any", tree, False)
    names = {"part": part, "whole": whole}
    written = " ".join(
        token.text if token.kind in ("sign", "bracket") else f"Fraction({names.get(token.text, token.text)})"
        for token in formula.tokens()
    )
    try:
        expected = eval(written, {"Fraction": Fraction})
    except ZeroDivisionError:
        expected = None
    assert formula.value(names) == expected
