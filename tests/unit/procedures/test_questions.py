"""Which questions and conditions a procedure may have: few, in order, and none that nobody could ever meet."""

import gzip
import json
from dataclasses import replace

import pytest

from miniapp.core.errors import Invalid
from miniapp.core.plain import from_plain, to_plain
from miniapp.procedures.book import Book, packed
from miniapp.procedures.importing import ALL, TOLD
from miniapp.procedures.layers import Overlay, merged, overlay_of, values
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way, checked
from miniapp.procedures.questions import QUESTIONS_MOST, Choice, Condition, Question

YES, NO = Choice("co", "Có"), Choice("khong", "Không")
ABROAD = Choice("nuocngoai", "Ở nước ngoài", "Việc này làm ở cơ quan đại diện.", "Điều 7 Luật Hộ tịch")
WHERE = Question("noisinh", "Bé sinh ở đâu?", (Choice("vien", "Ở bệnh viện"), Choice("nha", "Ở nhà"), ABROAD))
SEEN = Question("lamchung", "Có người làm chứng không?", (YES, NO), (Condition("noisinh", ("nha",)),))
WITNESS = Paper("Văn bản của người làm chứng", 1, when=(Condition("lamchung", ("co",)),))
BIRTH = Procedure("1.001193", "Đăng ký khai sinh", papers=(Paper("Tờ khai", 1), WITNESS), questions=(WHERE, SEEN))

OLD_LINE = (
    '{"changes":{"channels":[{"fees":[{"amount":8000,"currency":"VND","exemptions":[],"unit":"bản","valid_from":"",'
    '"valid_to":"","words":"8.000 đồng/bản"}],"limit":{"amount":0,"count":"unstated","words":"Ngay trong ngày"},'
    '"note":"","way":"desk"}],"name":"Bản sao trích lục hộ tịch","papers":[{"case":"","copies":0,"forms":[],'
    '"name":"Tờ khai theo mẫu","originals":1}]},"code":"2.000635","effective":"2026-07-01","seen":{}}\n'
)


def refused(**changes):
    with pytest.raises(Invalid) as problem:
        checked(replace(BIRTH, **changes))
    return problem.value.code, problem.value.facts["field"]


def test_questions_and_conditions_come_back_from_what_is_stored():
    assert checked(BIRTH) is BIRTH
    assert from_plain(Procedure, to_plain(BIRTH)) == BIRTH
    (overlay,) = Book(packed([overlay_of(BIRTH, "2026-07-01")])).find(BIRTH.code)
    assert merged(BIRTH.code, [("nation", overlay)]).procedure == BIRTH


def test_a_book_from_before_there_were_questions_reads_as_it_did_and_is_written_alike():
    old = Overlay(**json.loads(OLD_LINE))
    shown = merged("2.000635", [("nation", old)]).procedure
    assert (shown.questions, [paper.when for paper in shown.papers]) == ((), [()])
    assert (shown.papers[0].name, shown.channels[0].fees[0].amount) == ("Tờ khai theo mẫu", 8_000)
    _, line = gzip.decompress(packed([overlay_of(shown, "2026-07-01")])).decode().splitlines(keepends=True)
    assert line == OLD_LINE


def test_there_are_six_questions_at_most():
    many = tuple(Question(f"cau{place}", "Có không?", (YES, NO)) for place in range(QUESTIONS_MOST + 1))
    assert checked(replace(BIRTH, questions=many[1:], papers=())).questions == many[1:]
    assert refused(questions=many, papers=()) == ("questions_too_many", "questions")


@pytest.mark.parametrize(
    "question",
    [
        replace(SEEN, id="noisinh"),
        replace(SEEN, id="Làm chứng"),
        replace(SEEN, id=""),
        replace(SEEN, id="c" * 21),
        replace(SEEN, ask=""),
        replace(SEEN, choices=(YES,)),
        replace(SEEN, choices=()),
        replace(SEEN, choices=(YES, YES)),
        replace(SEEN, choices=(YES, replace(NO, id="không"))),
        replace(SEEN, choices=(YES, replace(NO, words=""))),
        replace(SEEN, choices=(YES, replace(NO, refuses="Không làm ở đây."))),
        replace(SEEN, choices=(YES, replace(NO, article="Điều 7"))),
        replace(SEEN, choices=(ABROAD, replace(ABROAD, id="khac"))),
        replace(SEEN, choices=tuple(Choice(f"c{place}", "Có") for place in range(10))),
    ],
)
def test_a_question_that_can_not_be_asked_is_refused(question):
    assert refused(questions=(WHERE, question), papers=()) == ("question_shape", "questions")


@pytest.mark.parametrize(
    "when",
    [
        (Condition("khongco", ("co",)),),
        (Condition("lamchung", ("khongco",)),),
        (Condition("lamchung", ("co",)), Condition("noisinh", ("nha", "khongco"))),
    ],
)
def test_a_condition_speaks_of_a_question_and_choices_that_are_there(when):
    assert refused(papers=(replace(WITNESS, when=when),)) == ("condition_unknown", "papers")
    fee = Channel(Way.DESK, fees=(FeeLine(0, when=when),))
    assert refused(channels=(fee,)) == ("condition_unknown", "papers")


def test_a_question_may_depend_on_earlier_ones_only():
    assert refused(questions=(SEEN, WHERE)) == ("condition_unknown", "questions")
    itself = replace(SEEN, when=(Condition("lamchung", ("co",)),))
    assert refused(questions=(WHERE, itself)) == ("condition_unknown", "questions")


@pytest.mark.parametrize(
    "when",
    [
        (Condition("noisinh", ()),),
        (Condition("noisinh", ("vien",)), Condition("noisinh", ("nha",))),
        (Condition("noisinh", ("vien",)), Condition("lamchung", ("co",))),  # asked of those born at home alone
        (Condition("noisinh", ("nuocngoai",)),),  # who says so is told that this is not the place
    ],
)
def test_what_nobody_could_ever_need_is_refused(when):
    assert refused(papers=(replace(WITNESS, when=when),)) == ("condition_impossible", "papers")
    third = Question("them", "Còn gì không?", (YES, NO), when)
    assert refused(questions=(WHERE, SEEN, third)) == ("condition_impossible", "questions")


def test_an_import_from_the_portal_leaves_questions_as_our_officers_wrote_them():
    assert "questions" in ALL
    assert all("questions" not in told for told in TOLD.values())


def test_a_layer_above_that_has_no_conditions_is_not_said_again():
    plain = replace(BIRTH, papers=(Paper("Tờ khai", 1),), questions=())
    nation = overlay_of(plain, "2026-07-01")
    inherited = values([("nation", nation)])[0]
    assert overlay_of(plain, "2026-08-01", inherited) is None
    own = overlay_of(replace(BIRTH, papers=(*plain.papers, WITNESS)), "2026-08-01", inherited)
    assert own.changes.keys() == {"papers", "questions"}
