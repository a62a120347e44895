"""The decree's forms: what ballots fill in, what stays open, and that no class is given for a part."""

from fractions import Fraction

from miniapp.ratings.counting import Counts
from miniapp.ratings.report61 import OF_OFFICERS, asked, filled

OPEN = {1: Fraction(2), 2: Fraction(2), 5: Fraction(2), 7: Fraction(2), 8: Fraction(2), 9: Fraction(0)}


def counts(counted: int, **answers: int) -> Counts:
    told = {f"answer.{name.replace('__', '.')}": often for name, often in answers.items()}
    return Counts({"counted": counted, **told})


def test_ballots_tell_three_indices_and_the_others_stay_open():
    assert sorted(asked()) == [3, 4, 6]
    form = filled("a", counts(40, contacts__none=30, contacts__one=10, offices__none=40, publicity__not_found=40))
    points = {each.index.number: each.points for each in form.entries}
    assert points == {1: None, 2: None, 3: Fraction(7, 4), 4: 2, 5: None, 6: 0, 7: None, 8: None, 9: None}
    assert (form.total.points, form.total.most, form.total.grade) == (Fraction(15, 4), 6, "")
    assert form.entries[2].share == Fraction(175, 2)


def test_from_five_answers_on_their_number_is_told_and_from_thirty_on_their_points():
    def third(answers: int):
        return filled("a", counts(answers, contacts__none=answers)).entries[2]

    assert [third(answers).answers for answers in (4, 5, 29, 30)] == [None, 5, 29, 30]
    assert [third(answers).points for answers in (4, 5, 29, 30)] == [None, None, None, 2]


def test_of_fewer_than_five_ballots_not_even_their_number_is_told():
    assert filled("a", counts(4)).ballots is None
    assert filled("a", counts(5)).ballots == 5


def test_an_officers_form_has_the_six_indices_that_are_about_a_person():
    form = filled("o", counts(0), OF_OFFICERS)
    assert [each.index.number for each in form.entries] == [1, 2, 3, 4, 6, 7]
    assert form.standard == 12


def test_fifteen_points_of_eighteen_are_excellent_and_a_little_less_is_good():
    full = {"offices__none": 300, "publicity__posted_and_online": 300}
    exact = filled("a", counts(300, contacts__one=300, **full), known=OPEN)
    less = filled("a", counts(300, contacts__one=299, contacts__more=1, **full), known=OPEN)
    assert (exact.total.points, exact.total.grade) == (15, "excellent")
    assert (less.total.hundredths, less.total.grade) == (1499, "good")
