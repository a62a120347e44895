"""Formula and benchmark of an exam that is out: proposed by one officer, in force once another approves with the phone."""

import pytest

from miniapp.exam_scores.model import Formula
from tests.support.score_desk import ScoreDesk, send
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

FORMULA = Formula((("toan", 2), ("van", 1)), floor=0)
TYPED = {"weight-toan": "2", "weight-van": "1", "floor": "0", "benchmark": "24,5"}
WHY = {"reason": "correction", "decision": "15/QĐ-SGDĐT"}
SLIP = f"/{AGENCY}/diem-thi/thpt-2019/02000001"


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    publisher, approver = office.desk("lan@angiang.gov.vn", "publisher"), office.desk("minh@angiang.gov.vn", "approver")
    made = ScoreDesk(office.services, AGENCY, publisher, approver)
    made.add(formula=FORMULA, benchmark=2000)
    made.released()
    return made


def proposed(office: Office, desk: ScoreDesk) -> Visitor:
    lan = office.at_desk(desk.uploader)
    page = lan.get(f"{desk.base}/quy-tac")
    send(lan, page, f"{desk.base}/quy-tac", **TYPED, **WHY)
    return lan


def slip(office: Office) -> str:
    office.clock.pass_by(seconds=10)
    return office.visitor().get(SLIP).text


def test_the_form_of_an_exam_that_is_out_changes_neither_formula_nor_benchmark(office: Office, desk: ScoreDesk) -> None:
    lan = office.at_desk(desk.uploader)
    page = lan.get(f"{desk.base}/sua")
    assert page.soup.find(attrs={"name": "benchmark"}) is None
    assert page.soup.find(attrs={"name": "weight-toan"}) is None
    assert page.soup.find("a", href=f"{desk.base}/quy-tac")

    held = {str(item["name"]): str(item.get("value", "")) for item in page.soup.select("input[name], textarea[name]")}
    lan.post(f"{desk.base}/sua", **{**held, **TYPED, "title": "T"})

    now = desk.now()
    assert (now.title, now.formula, now.benchmark) == ("T", FORMULA, 2000)


def test_a_proposal_changes_no_slip_until_another_officer_approves_it_with_the_phone(
    office: Office, desk: ScoreDesk
) -> None:
    before = slip(office)
    lan = proposed(office, desk)
    assert slip(office) == before

    assert "Người đề nghị không thể tự duyệt" in lan.get(f"{desk.base}/quy-tac/duyet").text
    minh = office.at_desk(desk.approver)
    overview = minh.get(desk.base)
    assert "Xem đề nghị" in overview.text
    page = minh.get(f"{desk.base}/quy-tac/duyet")
    assert "24,50" in page.text and "20,00" in page.text and "15/QĐ-SGDĐT" in page.text
    approved = send(minh, page, f"{desk.base}/quy-tac/duyet", understood="1", code=desk.approver.code())

    assert desk.now().benchmark == 2450
    after = slip(office)
    assert "15/QĐ-SGDĐT" in after and "15/QĐ-SGDĐT" not in before
    assert approved.answer.headers["Location"].startswith(desk.base)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"understood": "1"}, "second_factor_needed"),
        ({"understood": "1", "code": "000000"}, "code_refused"),
        ({"code": "000000"}, "not_understood"),
    ],
)
def test_no_approval_without_the_phone_and_without_having_understood(
    office: Office, desk: ScoreDesk, fields: dict[str, str], code: str
) -> None:
    proposed(office, desk)
    minh = office.at_desk(desk.approver)
    office.clock.pass_by(minutes=6)

    page = send(minh, minh.get(f"{desk.base}/quy-tac/duyet"), f"{desk.base}/quy-tac/duyet", 422, **fields)

    assert sentence(office, code) in page.text
    assert desk.now().benchmark == 2000


def test_who_proposed_is_refused_even_as_an_approver(office: Office, desk: ScoreDesk) -> None:
    both = office.desk("ha@angiang.gov.vn", "publisher", "approver")
    ha = office.at_desk(both)
    send(ha, ha.get(f"{desk.base}/quy-tac"), f"{desk.base}/quy-tac", **TYPED, **WHY)
    token = ha.get(f"{desk.base}/quy-tac/duyet").token()

    page = ha.post(
        f"{desk.base}/quy-tac/duyet",
        422,
        form_token=token,
        understood="1",
        version=str(desk.now().version),
        code=both.code(),
    )

    assert "Người đề nghị không thể tự duyệt" in page.text
    assert desk.now().benchmark == 2000


def test_a_publisher_cannot_approve_and_an_approver_cannot_propose(office: Office, desk: ScoreDesk) -> None:
    proposed(office, desk)
    lan, minh = office.at_desk(office.desk("nga@angiang.gov.vn", "publisher")), office.at_desk(desk.approver)

    lan.post(f"{desk.base}/quy-tac/duyet", 403, understood="1", version=str(desk.now().version))
    lan.post(f"{desk.base}/quy-tac/bo", 403, version=str(desk.now().version))
    minh.get(f"{desk.base}/quy-tac", 403)
    minh.post(f"{desk.base}/quy-tac", 403, **TYPED, **WHY)
    assert desk.now().benchmark == 2000


def test_a_proposal_is_declined_by_one_who_could_approve_it(office: Office, desk: ScoreDesk) -> None:
    proposed(office, desk)
    minh = office.at_desk(desk.approver)

    send(minh, minh.get(f"{desk.base}/quy-tac/duyet"), f"{desk.base}/quy-tac/bo")

    assert desk.now().proposed is None
    assert "Không còn đề nghị" in minh.get(f"{desk.base}/quy-tac/duyet", 409).text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({**TYPED, "reason": "correction", "decision": ""}, "decision_missing"),
        ({**TYPED, "decision": "15/QĐ", "reason": "release"}, "required"),
        ({**WHY, "weight-toan": "2", "weight-van": "1", "floor": "0", "benchmark": "20"}, "rules_unchanged"),
        ({**WHY, **TYPED, "benchmark": "lots"}, "figure_shape"),
        ({**WHY, **TYPED, "weight-toan": "99"}, "whole_shape"),
        ({**WHY, "floor": "1"}, "weights_missing"),
        ({**WHY, **TYPED, "version": "0"}, "exam_changed_meanwhile"),
    ],
)
def test_a_wrong_proposal_keeps_what_was_typed(
    office: Office, desk: ScoreDesk, fields: dict[str, str], code: str
) -> None:
    lan = office.at_desk(desk.uploader)

    page: Page = send(lan, lan.get(f"{desk.base}/quy-tac"), f"{desk.base}/quy-tac", 422, **fields)

    assert sentence(office, code, low=1, high=10) in page.text
    assert desk.now().proposed is None
    assert page.value("decision") == fields.get("decision", "")
    assert page.value("benchmark") == fields.get("benchmark", "")


def test_what_is_approved_is_what_was_shown(office: Office, desk: ScoreDesk) -> None:
    desk.services.exam_office.withdraw(desk.now(), desk.approver.id, "wrong file")
    edition = desk.checked()
    minh = office.at_desk(desk.approver)
    address = desk.at(edition, "duyet")
    page = minh.get(address)
    assert "20,00" in page.text
    desk.services.exam_office.change_exam(desk.now(), desk.uploader.id, title="T")

    again = send(minh, page, address, 422, mode="now", understood="1", code=desk.approver.code())

    assert sentence(office, "exam_changed_meanwhile") in again.text


def sentence(office: Office, code: str, **facts: object) -> str:
    words = office.app.extensions["motcua"].words
    return str(words.sentence("vi", code, facts))
