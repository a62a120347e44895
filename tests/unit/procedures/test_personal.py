"""From answers to papers: every way of answering ends, what applies says why, what does not says why not."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from miniapp.core.errors import Invalid
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way, checked
from miniapp.procedures.personal import checklist, is_personal
from miniapp.procedures.questions import Choice, Condition, Question
from tests.support.procedures import DAY, paths
from tests.unit.procedures.test_questions import ABROAD, BIRTH, NO, SEEN, WHERE, WITNESS, YES

FORM, CERTIFICATE = Paper("Tờ khai", 1), Paper("Giấy chứng sinh", 1, when=(Condition("noisinh", ("vien",)),))
PROMISE = Paper("Giấy cam đoan về việc sinh", 1, when=(Condition("lamchung", ("khong",)),))
FREE = FeeLine(0, words="Miễn phí", when=(Condition("noisinh", ("vien",)),))
LATE = FeeLine(None, words="Theo nghị quyết", when=(Condition("noisinh", ("nha",)),))
OVER = FeeLine(5_000, valid_to="2025-12-31")
BORN = replace(
    BIRTH, papers=(FORM, CERTIFICATE, WITNESS, PROMISE), channels=(Channel(Way.DESK, fees=(FREE, LATE, OVER)),)
)


def told(**answers):
    return checklist(BORN, answers, DAY)


def names(found):
    return [one.what.name for one in found.papers]


def test_a_question_comes_when_earlier_answers_call_for_it():
    assert [one.question.id for one in told().asked] == ["noisinh"]
    assert told().next is WHERE
    assert told(noisinh="nha").next is SEEN
    assert told(noisinh="vien").next is None
    assert [one.question.id for one in told(noisinh="vien", lamchung="co").asked] == ["noisinh"]


def test_what_applies_says_for_which_answer_and_keeps_its_order():
    found = told(noisinh="nha", lamchung="khong")
    assert names(found) == ["Tờ khai", "Giấy cam đoan về việc sinh"]
    assert [[one.choice.words for one in each.why] for each in found.papers] == [[], ["Không"]]
    assert [[one.question for one in each.why] for each in found.papers] == [[], [SEEN]]


def test_what_is_left_out_says_by_which_answer_even_where_a_question_was_never_asked():
    found = told(noisinh="vien")
    assert [(one.paper.name, one.why.choice.id) for one in found.left_out] == [
        (WITNESS.name, "vien"),
        (PROMISE.name, "vien"),
    ]


def test_a_paper_that_waits_for_an_answer_is_in_no_list():
    found = told(noisinh="nha")
    assert names(found) == ["Tờ khai"]
    assert [one.paper for one in found.left_out] == [CERTIFICATE]


def test_fees_follow_the_answers_and_the_day():
    assert [[line.what for line in fees.lines] for fees in told(noisinh="nha", lamchung="co").fees] == [[LATE]]
    assert [[line.what for line in fees.lines] for fees in told(noisinh="vien").fees] == [[FREE]]
    before = checklist(BORN, {"noisinh": "vien"}, "2025-12-31")
    assert [line.what for line in before.fees[0].lines] == [FREE, OVER]


def test_whoever_the_procedure_is_not_for_is_told_why_and_nothing_else():
    found = told(noisinh="nuocngoai", lamchung="co")
    assert found.refusal and (found.refusal.question, found.refusal.choice) == (WHERE, ABROAD)
    assert (found.papers, found.left_out, found.fees, found.open) == ((), (), (), ())


def test_answers_that_nobody_can_give_count_as_none():
    for answers in ({"noisinh": "x"}, {"x": "vien"}, {"lamchung": "co"}, {"noisinh": ""}, {"noisinh": "VIEN"}):
        assert told(**answers) == told()
    assert told(noisinh="nha", lamchung="<b>", more="x") == told(noisinh="nha")


def test_a_condition_of_a_question_that_a_layer_took_away_holds():
    assert names(checklist(replace(BORN, questions=()), {}, DAY)) == [paper.name for paper in BORN.papers]
    fewer = replace(WHERE, choices=(WHERE.choices[1], ABROAD))
    found = checklist(replace(BORN, questions=(fewer, SEEN)), {"noisinh": "nha", "lamchung": "co"}, DAY)
    assert names(found) == ["Tờ khai", "Giấy chứng sinh", WITNESS.name]


def test_questions_that_decide_nothing_make_no_checklist():
    idle = replace(BORN, papers=(FORM,), channels=(), questions=(Question("hoi", "Có không?", (YES, NO)),))
    assert not is_personal(idle)
    assert not is_personal(replace(BORN, questions=()))
    assert is_personal(BORN)
    assert is_personal(replace(idle, questions=(WHERE,)))
    assert is_personal(replace(idle, questions=(WHERE,), channels=(Channel(Way.DESK, fees=(FREE,)),)))


def conditions(questions):
    if not questions:
        return st.just(())
    some = st.sampled_from(questions).flatmap(
        lambda question: st.lists(
            st.sampled_from([one.id for one in question.choices]), min_size=1, max_size=2, unique=True
        ).map(lambda ids: Condition(question.id, tuple(ids)))
    )
    return st.lists(some, max_size=2).map(tuple)


@st.composite
def procedures(draw):
    questions = []
    for place in range(draw(st.integers(1, 4))):
        size = draw(st.integers(2, 3))
        choices = [Choice(f"c{one}", f"Chọn {one}") for one in range(size)]
        if draw(st.integers(0, 4)) == 0:
            choices[-1] = replace(choices[-1], refuses="Không ở đây.", article="Điều 1")
        questions.append(Question(f"q{place}", "Hỏi?", tuple(choices), draw(conditions(questions))))
    papers = [Paper(f"Giấy {place}", when=draw(conditions(questions))) for place in range(draw(st.integers(1, 5)))]
    made = Procedure("1.000001", "Thủ tục", papers=tuple(papers), questions=tuple(questions))
    try:
        return checked(made)
    except Invalid:
        assume(False)


@given(procedures())
def test_every_way_of_answering_ends_with_each_paper_in_one_list_once_and_in_order(made):
    order = [paper.name for paper in made.papers]
    for _, found in paths(made):
        if found.refusal:
            assert (found.papers, found.left_out) == ((), ())
            continue
        needed, left = names(found), [one.paper.name for one in found.left_out]
        assert sorted(needed + left, key=order.index) == order
        assert needed == sorted(needed, key=order.index)
        assert {paper.name for paper in made.papers if not paper.when} <= set(needed)
        for each in found.papers:
            assert {one.question.id for one in each.why} == {one.question for one in each.what.when}


@given(procedures())
def test_every_paper_that_may_be_kept_is_needed_by_somebody(made):
    seen = {name for _, found in paths(made) for name in names(found)}
    assert seen == {paper.name for paper in made.papers}


@given(procedures(), st.dictionaries(st.text(max_size=4) | st.sampled_from(["q0", "q1"]), st.text(max_size=4)))
def test_answers_beside_the_questions_change_nothing(made, strange):
    for answers, found in paths(made):
        assert checklist(made, {**strange, **answers}, DAY).papers == found.papers
