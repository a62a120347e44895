"""The rules of the personal checklist said whole, for officers: who is asked what, for which answers something applies."""

from miniapp.procedures.explaining import Needs, explained
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way
from miniapp.procedures.questions import Choice, Condition, Question
from tests.support.procedure_town import demo_procedures

WHO = Question("ai", "Ai đi nộp?", (Choice("cha", "Cha"), Choice("me", "Mẹ"), Choice("khac", "Người khác")))
LETTER = Question(
    "giay", "Có giấy ủy quyền không?", (Choice("co", "Có"), Choice("khong", "Không")), (Condition("ai", ("khac",)),)
)
ASKED = Procedure(
    "1.001193",
    "Đăng ký khai sinh",
    questions=(WHO, LETTER),
    papers=(
        Paper("Tờ khai"),
        Paper("Căn cước", when=(Condition("ai", ("me", "cha")),)),
        Paper("Giấy ủy quyền", when=(Condition("ai", ("khac",)), Condition("giay", ("co",)))),
        Paper("Giấy lạ", when=(Condition("la", ("x",)),)),
    ),
    channels=(Channel(Way.DESK, fees=(FeeLine(8_000, when=(Condition("giay", ("khong",)),)),)),),
)


def said(needs: Needs) -> list[tuple[str, list[str]]]:
    return [(one.question.ask, [choice.words for choice in one.choices]) for one in needs]


def test_each_paper_and_fee_says_for_which_answers_it_is():
    rules = explained(ASKED)
    assert [said(needs) for _, needs in rules.questions] == [[], [("Ai đi nộp?", ["Người khác"])]]
    assert [(paper.name, said(needs)) for paper, needs in rules.papers[:3]] == [
        ("Tờ khai", []),
        ("Căn cước", [("Ai đi nộp?", ["Cha", "Mẹ"])]),
        ("Giấy ủy quyền", [("Ai đi nộp?", ["Người khác"]), ("Có giấy ủy quyền không?", ["Có"])]),
    ]
    assert [(way, fee.amount, said(needs)) for way, fee, needs in rules.fees] == [
        (Way.DESK, 8_000, [("Có giấy ủy quyền không?", ["Không"])])
    ]


def test_a_condition_on_what_is_not_asked_here_counts_for_nothing_as_for_citizens():
    assert said(explained(ASKED).papers[3][1]) == []


def test_every_condition_of_the_demo_is_said():
    for one in demo_procedures():
        rules = explained(one)
        assert [len(needs) for _, needs in rules.papers] == [len(paper.when) for paper in one.papers], one.code
        assert all(need.choices for _, needs in rules.papers for need in needs)
