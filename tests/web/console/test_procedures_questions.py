"""Officers keep the questions of a procedure's personal checklist: as text, seen in words and on a phone before it counts."""

import pytest

from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import Office
from tests.web.console.test_procedures import (
    AGENCY,
    BASE,
    BIRTH,
    CODE,
    EDIT,
    ONE,
    above,
    own,
    previewed,
    saved,
    shown,
    trail,
    typed,
)

QUESTIONS = """Mã câu hỏi: ai
Câu hỏi: Ai đi khai sinh?
Mã lựa chọn: cha
Lựa chọn: Cha hoặc mẹ
Mã lựa chọn: khac
Lựa chọn: Người khác
Mã lựa chọn: la
Lựa chọn: Người lạ
Không áp dụng vì: Người lạ không khai được.
Căn cứ hoặc nơi khác: Luật Hộ tịch

Mã câu hỏi: giay
Câu hỏi: Có giấy ủy quyền không?
Hỏi khi: ai = khac
Mã lựa chọn: co
Lựa chọn: Có
Mã lựa chọn: khong
Lựa chọn: Không"""
SHORT = "Mã câu hỏi: n{}\nCâu hỏi: Có?\nMã lựa chọn: a\nLựa chọn: A\nMã lựa chọn: b\nLựa chọn: B"
PAPERS = """Tờ khai
Bản chính: 1

Giấy ủy quyền
Bản chính: 1
Cần khi: ai = khac; giay = co"""


@pytest.fixture(autouse=True)
def nation(office: Office) -> None:
    above(office, BIRTH)


def rules(page: Page) -> str:
    heading = page.soup.find(id="rules")
    return " ".join(" ".join(part.get_text(" ") for part in heading.find_next_siblings(["ol", "dl"])).split())


def test_the_preview_says_the_rules_in_words_and_asks_as_citizens_are_asked(office: Office, visitor: Visitor):
    page = previewed(visitor, questions=QUESTIONS, papers=PAPERS)
    told = rules(page)
    assert "Có giấy ủy quyền không? Chỉ hỏi khi đã trả lời: Ai đi khai sinh? Người khác" in told
    assert "Dừng lại: Người lạ không khai được. Luật Hộ tịch" in told
    assert "Tờ khai Cho mọi trường hợp" in told
    needed = "Giấy ủy quyền Khi người dân trả lời: Ai đi khai sinh? Người khác ; và Có giấy ủy quyền không? Có"
    assert needed in told
    _, phone = page.soup.find_all("iframe")
    assert phone["sandbox"] == ["allow-same-origin"]
    assert "Ai đi khai sinh?" in phone["srcdoc"] and "<script" not in phone["srcdoc"]
    assert "Có giấy ủy quyền không?" not in phone["srcdoc"], "not before it was led there"
    assert own(office) == {} and trail(office) == []


def test_what_was_saved_is_asked_at_the_citizens_page_and_stands_in_versions(office: Office, visitor: Visitor):
    saved(visitor, questions=QUESTIONS, papers=PAPERS)
    assert [one.id for one in shown(office).questions] == ["ai", "giay"]
    assert set(own(office)) == {"questions", "papers"}
    assert "Giấy ủy quyền Khi người dân trả lời" in rules(visitor.get(ONE))
    first = visitor.get(f"{BASE}/lich-su/1").text
    assert "Câu hỏi" in first and "Mã lựa chọn: khac" in first
    assert visitor.get(EDIT).soup.find(id="f-questions").get_text().strip() == QUESTIONS
    assert visitor.get(f"{EDIT}?lang=en").soup.find(id="f-questions")


def test_questions_begin_on_a_day_to_come_and_are_given_back_like_any_field(office: Office, visitor: Visitor):
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    saved(visitor, **day, questions=QUESTIONS, papers=PAPERS)
    assert (len(shown(office).questions), len(shown(office, "2026-08-01").questions)) == (0, 2)
    saved(visitor, questions=QUESTIONS, papers=PAPERS)
    saved(visitor, **{"above-questions": "1", "above-papers": "1"})
    assert own(office) == {} and shown(office).questions == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"questions": "Mã câu hỏi: ai\nCâu hỏi: Ai đi?"}, "từ 2 đến 9 lựa chọn"),
        ({"questions": "Mã câu hỏi: ai"}, "Một câu hỏi còn thiếu dòng"),
        ({"questions": QUESTIONS.replace("ai = khac", "ai khac")}, "Điều kiện chưa đúng"),
        ({"questions": QUESTIONS.replace("ai = khac", "giay = co")}, "không có, hoặc đứng sau"),
        ({"questions": QUESTIONS, "papers": PAPERS.replace("ai = khac", "ai = cha")}, "không bao giờ xảy ra"),
        ({"papers": PAPERS}, "không có, hoặc đứng sau"),
        ({"questions": "\n\n".join(SHORT.format(number) for number in range(7))}, "nhiều nhất 6 câu hỏi"),
    ],
)
def test_a_rule_that_can_not_hold_is_named_and_changes_nothing(
    office: Office, visitor: Visitor, fields: dict[str, str], words: str
):
    page = previewed(visitor, 422, **fields)
    assert words in page.text and page.soup.find(id="problems")
    for name, text in fields.items():
        assert page.soup.find(id=f"f-{name}").get_text().strip() == text.strip()
    assert own(office) == {}


def test_what_no_answer_touches_is_previewed_without_questions(office: Office, visitor: Visitor):
    saved(visitor, questions=QUESTIONS, papers=PAPERS)
    page = previewed(visitor, address="Số 1")
    assert len(page.soup.find_all("iframe")) == 1 and page.soup.find(id="rules") is None


def test_hostile_words_of_a_question_are_words(office: Office, visitor: Visitor):
    page = previewed(visitor, questions=QUESTIONS.replace("Cha hoặc mẹ", "<img src=x onerror=alert(1)>"), papers=PAPERS)
    assert "<img src=x" not in page.html
    assert all("<img src=x" not in frame["srcdoc"] for frame in page.soup.find_all("iframe"))
    visitor.post(EDIT, 303, **typed(page, act="save"))
    assert "<img src=x" not in visitor.get(ONE).html


def test_the_book_above_stays_as_it_was(office: Office, visitor: Visitor):
    saved(visitor, questions=QUESTIONS, papers=PAPERS)
    state = office.services.procedure_desk.state(AGENCY, CODE)
    assert (state.above["questions"], [one["name"] for one in state.above["papers"]]) == (
        [],
        ["Tờ khai", "Giấy chứng sinh"],
    )
