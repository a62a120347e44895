"""Procedures as files at the desk: handed out, filled in, reported on before anything is taken in, and then taken in once."""

import io
import json
import lzma
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from miniapp.procedures.importing import read_file
from miniapp.procedures.model import Procedure
from miniapp.procedures.publishing import in_silence
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office
from tests.web.console.test_procedures import BASE, BIRTH, CODE, above, edited, own, trail, typed

FILES, TAKE = f"{BASE}/tep", f"{BASE}/tep/nap"
CSV = "Mã thủ tục,Tên thủ tục,Địa chỉ tiếp nhận\n1.001193,Đăng ký khai sinh,{address}\n"


@pytest.fixture(autouse=True)
def nation(office: Office) -> None:
    above(office, BIRTH, Procedure("1.000894", "Đăng ký kết hôn"))


def sent(visitor: Visitor, body: str | bytes, status: int = 200, name: str = "thu-tuc.csv", more: str = "") -> Page:
    data = body.encode() if isinstance(body, str) else body
    token = visitor.get(FILES).token()
    return visitor.post(FILES + more, status, form_token=token, file=FileStorage(io.BytesIO(data), name))


def downloaded(visitor: Visitor, path: str) -> tuple[Procedure, ...]:
    answer = visitor.client.get(FILES + path)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return read_file(io.BytesIO(answer.get_data()), lambda: (), in_silence).procedures


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_what_the_agency_shows_or_only_its_own_is_handed_out(office: Office, visitor: Visitor, kind: str):
    edited(office, address="Số 1")
    assert [one.code for one in downloaded(visitor, f"{kind}?phan=1")] == ["1.000894", CODE]
    (mine,) = downloaded(visitor, f"{kind}?rieng=1")
    assert (mine.code, mine.address, mine.papers) == (CODE, "Số 1", BIRTH.papers)
    for path in ("?phan=2", "?phan=0", "?phan=x", "?phan=99999", "?rieng=2", "?rieng=0", "?rieng=x"):
        visitor.get(f"{FILES}{kind}{path}", 404)
    assert "Mã thủ tục" in visitor.get(f"{FILES}.csv").html


def test_what_was_handed_out_changes_nothing_when_it_comes_back(office: Office, visitor: Visitor):
    edited(office, address="Số 1")
    body = visitor.client.get(f"{FILES}.xlsx?phan=1").get_data()
    page = sent(visitor, body, name="a.xlsx")
    assert "Tệp không làm thay đổi thủ tục nào" in page.text
    assert page.soup.find("form", action=TAKE) is None


def test_a_filled_form_is_reported_on_first_and_then_taken_in_once(office: Office, visitor: Visitor):
    page = sent(visitor, CSV.format(address="Số 5"))
    assert "Riêng: Địa chỉ tiếp nhận" in page.text and own(office) == {} and trail(office) == []
    form = typed(page)
    for _ in range(2):
        answer = visitor.post(TAKE, **form)
    assert "Nạp từ tệp: sheets thu-tuc.csv" in visitor.follow(answer).text
    assert own(office) == {"address": "Số 5"}
    assert trail(office) == ["sheets thu-tuc.csv"]


def test_a_file_may_hold_from_a_day_to_come(office: Office, visitor: Visitor):
    form = typed(sent(visitor, CSV.format(address="Số 5")))
    late = visitor.post(TAKE, 422, **{**form, "effective-year": "2019"})
    assert late.soup.find(id="f-effective-problem") and late.value("effective-year") == "2019"
    assert trail(office) == []
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    visitor.post(TAKE, **{**typed(late), **day})
    desk = office.services.procedure_desk
    assert desk.state(AGENCY, CODE).procedure.address == BIRTH.address
    assert desk.state(AGENCY, CODE, "2026-08-01").procedure.address == "Số 5"


def test_a_procedure_that_begins_on_a_day_to_come_is_looked_at_edited_and_called_off_before(
    office: Office, visitor: Visitor
):
    body = "Mã thủ tục,Tên thủ tục\n1.999001,Cấp thẻ tham quan phố cổ\n"
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    visitor.post(TAKE, **typed(sent(visitor, body), **day))
    one = f"{BASE}/1.999001"
    assert "sẽ đổi từ 01/08/2026" in visitor.get(BASE).text
    assert "Cấp thẻ tham quan phố cổ" in visitor.get(f"{BASE}/lich-su/1").text
    page = visitor.get(one)
    assert (page.h1, "Nội dung áp dụng từ 00:00 ngày 01/08/2026" in page.text) == ("Cấp thẻ tham quan phố cổ", True)
    form = visitor.get(f"{one}/sua")
    assert form.value("effective-month") == "08"
    early = visitor.post(
        f"{one}/sua", 422, **typed(form, address="Số 1", **{**day, "effective-day": "20", "effective-month": "7"})
    )
    assert "chưa có trước ngày 01/08/2026" in early.text and early.soup.find(id="f-address").get_text() == "Số 1"
    asked = visitor.get(f"{one}/huy-hen?ngay=2026-08-01")
    assert "Cấp thẻ tham quan phố cổ" in asked.text
    answer = visitor.post(f"{one}/huy-hen", **typed(asked, understood="1"))
    assert answer.answer.headers["Location"] == BASE
    visitor.get(one, 404)


def test_problems_are_named_by_record_and_row_before_anything_is_taken_in(office: Office, visitor: Visitor):
    page = sent(
        visitor,
        "Mã thủ tục,Tên thủ tục,Ngày rà soát\n1.001193,Đăng ký khai sinh,31/02/2026\n1.000894,Đăng ký kết hôn,01/07/2026\n",
    )
    cells = [cell.get_text(" ", strip=True) for cell in page.soup.select("tbody tr")[0].find_all(["th", "td"])]
    assert cells[0] == CODE and "2" in cells[1] and cells[2:4] == ["Ngày rà soát", "31/02/2026"]
    assert "Ngày chưa đúng" in cells[4] and "Lỗi" in cells[4]
    assert "Không nạp được vì có lỗi 1" in page.text
    visitor.post(TAKE, **typed(page))
    assert own(office) == {}
    assert office.services.procedure_desk.state(AGENCY, "1.000894").procedure.verified_on == "2026-07-01"


def test_who_was_faster_is_not_overwritten(office: Office, visitor: Visitor):
    form = typed(sent(visitor, CSV.format(address="Số 5")))
    edited(office, address="Số 1")
    page = visitor.post(TAKE, 409, **form)
    assert "Người khác vừa lưu" in page.text and own(office) == {"address": "Số 1"}
    visitor.post(TAKE, **typed(page))
    assert own(office) == {"address": "Số 5"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 400,
        b"PK\x03\x04 no book",
        b"a,b\n1,2\n",
        b"{}",
        b"[1]",
        lzma.compress(CSV.encode()),
        json.dumps([{"ma_thu_tuc": CODE, "ten_thu_tuc": "x"}]).encode(),
        b"x" * (3 * 1024 * 1024 + 1),
    ],
    ids=["empty", "zeros", "broken book", "no codes", "object", "numbers", "packed", "portal's", "too large"],
)
def test_a_file_that_can_t_be_taken_is_refused_with_what_to_do(office: Office, visitor: Visitor, body: bytes):
    page = sent(visitor, body, 422)
    assert page.soup.find(id="f-file-problem")
    assert trail(office) == []


def test_a_rule_that_can_t_be_met_is_said_in_words(visitor: Visitor):
    body = json.dumps([{"code": CODE, "name": "Đăng ký khai sinh", "questions": [{"id": "A B", "ask": "?"}]}])
    assert "Bản ghi này có chỗ chưa đúng" in sent(visitor, body, name="a.json").text


def test_what_was_not_sent_by_the_report_is_refused(visitor: Visitor):
    form = typed(sent(visitor, CSV.format(address="Số 5")))
    assert visitor.post(TAKE, 422, **{**form, "file": "%%%"}).soup.find(id="f-file-problem")
    visitor.post(TAKE, 409, **{**form, "seen": ""})
    visitor.post(TAKE, 422, **{**form, "form_token": "x"})


def test_who_only_reads_may_download_and_nobody_from_elsewhere_may(office: Office, visitor: Visitor):
    reader = office.at_desk(office.desk("doc@x.vn", "auditor"))
    assert reader.get(FILES).soup.find("input", type="file") is None
    reader.get(f"{FILES}.csv")
    foreign = office.at_desk(office.desk("khac@x.vn", "agency_admin", agency=OTHER))
    for path in ("/tep", "/tep.csv", "/tep.xlsx"):
        foreign.get(BASE + path, 403)
    for stranger in (reader, foreign):
        for path in (FILES, TAKE):
            stranger.post(path, 403)


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, visitor: Visitor, tmp_path: Path):
    for language in ("", "?lang=en"):
        collect_html(f"files{language}", visitor.get(FILES + language).html, tmp_path)
        collect_html(f"refused{language}", sent(visitor, b"x", 422, more=language).html, tmp_path)
        bad = "Mã thủ tục,Tên thủ tục,Ngày rà soát\n1.001193,Khai sinh,x\n1.000894,Kết hôn,01/07/2026\n"
        collect_html(f"report{language}", sent(visitor, bad, more=language).html, tmp_path)
    assert_markup(tmp_path)
