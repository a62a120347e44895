"""Officers keep their agency's part of the catalogue: found, edited with a preview, dated, compared with what is above."""

from pathlib import Path

import pytest

from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.model import Channel, FeeLine, Form, Paper, Procedure, Result, Way
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/thu-tuc"
CODE = "1.001193"
ONE, EDIT = f"{BASE}/{CODE}", f"{BASE}/{CODE}/sua"
BIRTH = Procedure(
    CODE,
    "Đăng ký khai sinh",
    address="Bộ phận một cửa cấp xã",
    steps=("Bước 1: nộp hồ sơ", "Bước 2: nhận kết quả"),
    papers=(Paper("Tờ khai", 1, forms=(Form("Mẫu 01", "https://example.vn/01"),)), Paper("Giấy chứng sinh", 1)),
    channels=(
        Channel(Way.DESK, TimeLimit(Count.WORKING_DAYS, 480), (FeeLine(8_000, unit="bản"),)),
        Channel(Way.ONLINE, TimeLimit(Count.WORKING_DAYS, 1_440)),
    ),
    results=(Result("Giấy khai sinh"),),
)
PATHS = ("", f"/{CODE}", f"/{CODE}/sua", "/lich-su", "/lich-su/1", "/khac-cap-tren")
POSTS = (f"/{CODE}/sua", f"/{CODE}/da-kiem-tra", f"/khac-cap-tren/{CODE}")


@pytest.fixture(autouse=True)
def nation(office: Office) -> None:
    above(office, BIRTH, Procedure("1.000894", "Đăng ký kết hôn"))


def above(office: Office, *procedures: Procedure) -> None:
    office.services.procedure_office.take(NATION, procedures, by="operator", source="test")
    office.clock.pass_by(seconds=6)


def typed(page: Page, **more: str) -> dict[str, str]:
    """The last form of a page as it stands, with some fields typed over."""
    form = page.soup.find_all("form", method="post", action=lambda to: bool(to) and "/thu-tuc/" in to)[-1]
    inputs = [
        one for one in form.find_all("input") if one.get("type") not in ("radio", "checkbox") or one.has_attr("checked")
    ]
    fields = {str(one["name"]): str(one.get("value", "")) for one in inputs}
    fields |= {str(one["name"]): one.get_text() for one in form.find_all("textarea")}
    return {**fields, **more}


def previewed(visitor: Visitor, status: int = 200, **fields: str) -> Page:
    return visitor.post(EDIT, status, **typed(visitor.get(EDIT), **fields))


def saved(visitor: Visitor, **fields: str) -> Page:
    return visitor.post(EDIT, 303, **typed(previewed(visitor, **fields), act="save"))


def edited(office: Office, **fields: str) -> None:
    """What somebody else saves."""
    mark = office.services.procedure_desk.state(AGENCY, CODE).mark
    office.services.procedure_office.edit(AGENCY, CODE, fields, by="operator", expected=mark)


def shown(office: Office, day: str = "") -> Procedure:
    return office.services.procedure_desk.state(AGENCY, CODE, day).procedure


def own(office: Office) -> dict[str, object]:
    return dict(office.services.procedure_desk.state(AGENCY, CODE).own)


def trail(office: Office) -> list[str]:
    entries = office.services.audit.page(AGENCY).entries
    return [str(one.facts["source"]) for one in entries if one.event == "procedures_changed"]


# --- who


def test_who_only_reads_sees_all_and_changes_nothing(office: Office, visitor: Visitor):
    saved(visitor, address="Số 1 Lê Lợi")
    for role in ("publisher", "approver", "auditor"):
        reader = office.at_desk(office.desk(f"{role}@x.vn", role))
        for path in PATHS:
            page = reader.get(BASE + path, 403 if path.endswith("sua") else 200)
            assert not page.soup.find_all("form", method="post", action=lambda to: bool(to) and "/thu-tuc/" in to)
        for path in POSTS:
            reader.post(BASE + path, 403)
    assert BASE in reader.get("/console/").html
    assert trail(office) == ["desk"]


def test_another_agency_s_officer_and_a_stranger_stay_outside(office: Office):
    foreign = office.at_desk(office.desk("khac@x.vn", "agency_admin", "officer", agency=OTHER))
    for path in PATHS:
        foreign.get(BASE + path, 403)
        assert "sign-in" in office.visitor().get(BASE + path, 303).answer.headers["Location"]
    for path in POSTS:
        foreign.post(BASE + path, 403)
        office.visitor().post(BASE + path, 401)


def test_an_officer_at_the_counter_may_change(office: Office):
    visitor = office.at_desk(office.desk("quay@x.vn", "officer"))
    saved(visitor, owner="Trưởng bộ phận một cửa")
    assert own(office) == {"owner": "Trưởng bộ phận một cửa"}


# --- the list


def test_the_list_finds_by_words_and_by_code_and_shows_what_is_the_agency_s_own(office: Office, visitor: Visitor):
    assert "Cơ quan chưa có nội dung riêng." in visitor.get(BASE).text
    for query in ("khai sinh", CODE):
        found = visitor.get(f"{BASE}?q={query}")
        assert found.soup.find("a", href=ONE), query
    assert "Không tìm thấy thủ tục nào." in visitor.get(f"{BASE}?q=qwxyz").text
    saved(visitor, address="Số 1 Lê Lợi")
    page = visitor.get(BASE)
    assert "Riêng: Địa chỉ tiếp nhận" in page.text and "1 thủ tục thay đổi" in page.text
    assert "Chưa kiểm tra trong 180 ngày" in page.text
    assert "Own: Địa chỉ tiếp nhận" in visitor.get(f"{BASE}?lang=en").text


def test_what_is_to_be_checked_says_when_somebody_last_did_or_that_nobody_has(office: Office, visitor: Visitor):
    saved(visitor, address="Số 1 Lê Lợi")
    assert "chưa ai kiểm tra" in visitor.get(BASE).text
    assert "Chưa có cán bộ nào kiểm tra nội dung này" in visitor.get(ONE).text
    visitor.post(f"{ONE}/da-kiem-tra", **typed(visitor.get(ONE)))
    office.clock.pass_by(days=200)
    visitor = office.at_desk(office.desk("sau@x.vn", "officer"))
    assert "kiểm tra lần cuối 16/07/2026" in visitor.get(BASE).text
    assert "Kiểm tra lần cuối ngày 16/07/2026, đã quá 180 ngày" in visitor.get(ONE).text


def test_one_press_says_that_it_was_verified_today(office: Office, visitor: Visitor):
    visitor.post(f"{ONE}/da-kiem-tra", **typed(visitor.get(ONE)))
    assert shown(office).verified_on == "2026-07-16"
    assert trail(office) == ["verified"]
    assert "Đã kiểm tra hôm nay" not in visitor.get(ONE).text
    assert "Chưa kiểm tra trong 180 ngày" not in visitor.get(BASE).text


def test_who_verified_what_changed_meanwhile_is_told(office: Office, visitor: Visitor):
    before = typed(visitor.get(ONE))
    saved(visitor, address="Số 1 Lê Lợi")
    page = visitor.post(f"{ONE}/da-kiem-tra", 409, **before)
    assert "Người khác vừa lưu" in page.text and "Số 1 Lê Lợi" in page.text
    assert shown(office).verified_on == ""


# --- one procedure


def test_each_field_says_whose_it_is(office: Office):
    store = AgencyStore()
    store.add(
        [
            Agency("tinh-a", "tinh-a", Kind.PROVINCE, "Ủy ban nhân dân tỉnh A", "Province A"),
            Agency("xa-b", "xa-b", Kind.COMMUNE, "Ủy ban nhân dân xã B", "Commune B", parent="tinh-a"),
        ]
    )
    desk = office.services.procedure_desk
    for layer, fields in (("tinh-a", {"owner": "Phòng Tư pháp"}), ("xa-b", {"address": "Nhà văn hóa"})):
        mark = desk.state(layer, CODE).mark
        office.services.procedure_office.edit(layer, CODE, fields, by="operator", expected=mark)
        office.clock.pass_by(seconds=6)
    page = office.at_desk(office.desk("xa@x.vn", "officer", agency="xa-b")).get(f"/console/xa-b/thu-tuc/{CODE}")
    rows = {
        row.dt.get_text(" ", strip=True): row.get_text(" ", strip=True) for row in page.soup.select("main dl > div")
    }
    assert "Địa chỉ tiếp nhận Riêng của cơ quan" in rows
    assert "Bộ phận một cửa cấp xã" in rows["Địa chỉ tiếp nhận Riêng của cơ quan"], "what stands above"
    assert "Bộ phận phụ trách Ủy ban nhân dân tỉnh A" in rows
    assert "Các bước Cả nước" in rows


@pytest.mark.parametrize("code", ["9.999999", "abc", "1.001193.000.00.00.H21", "%3Cscript%3E", "1.001193%00"])
def test_what_is_no_procedure_is_not_found(visitor: Visitor, code: str):
    for path in (f"{BASE}/{code}", f"{BASE}/{code}/sua"):
        visitor.get(path, 404)


# --- editing


def test_the_preview_is_the_citizens_page_and_keeps_nothing(office: Office, visitor: Visitor):
    channels = "Hình thức nộp: Trực tiếp\nThời hạn: 3 ngày làm việc\nPhí: 12.000\nĐơn vị tính: bản"
    page = previewed(visitor, channels=channels, mistakes="Thiếu chữ ký\n\nẢnh mờ")
    frame = page.soup.find("iframe")
    assert frame and frame["sandbox"] == ["allow-same-origin"]
    inside = str(frame["srcdoc"])
    for words in ("12.000 đ / bản", "3 ngày làm việc", "Thiếu chữ ký", "Ảnh mờ"):
        assert words in inside
    assert "<script" not in inside
    assert "2 phần thay đổi" in page.text
    policy = page.answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "script-src 'self'" in policy
    assert own(office) == {} and trail(office) == []
    visitor.post(EDIT, **typed(page, act="save"))
    assert [fee.amount for fee in shown(office).channels[0].fees] == [12_000]
    assert shown(office).mistakes == ("Thiếu chữ ký", "Ảnh mờ")
    assert set(own(office)) == {"channels", "mistakes"}, "what was not typed over goes on following"


def test_from_the_preview_one_goes_back_with_everything_typed(visitor: Visitor):
    again = visitor.post(EDIT, 200, **typed(previewed(visitor, address="Số 2", steps="A\n\nB"), act="again"))
    assert again.value("address") == "" and again.soup.find(id="f-address").get_text() == "Số 2"
    assert again.soup.find(id="f-steps").get_text().strip() == "A\n\nB"


def test_the_same_form_twice_is_one_version(office: Office, visitor: Visitor):
    form = typed(previewed(visitor, address="Số 2"), act="save")
    first, second = (visitor.post(EDIT, 303, **form).answer.headers["Location"] for _ in range(2))
    assert first == second == ONE
    assert len(office.services.procedure_office.versions(AGENCY)) == 1


def test_what_is_set_for_a_day_to_come_switches_at_midnight(office: Office, visitor: Visitor):
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    page = previewed(visitor, address="Trụ sở mới", **day)
    assert "từ 00:00 ngày 01/08/2026" in page.text
    answer = visitor.post(EDIT, **typed(page, act="save"))
    assert visitor.follow(answer).text.count("Trụ sở mới") == 1
    assert "Đã hẹn thay đổi từ ngày 01/08/2026" in visitor.get(ONE).text
    assert (shown(office).address, shown(office, "2026-08-01").address) == (BIRTH.address, "Trụ sở mới")
    assert "sẽ đổi từ 01/08/2026" in visitor.get(BASE).text
    form = visitor.get(f"{EDIT}?ngay=2026-08-01")
    assert form.soup.find(id="f-address").get_text() == "Trụ sở mới"
    assert form.value("effective-month") == "08"


def test_a_change_to_come_is_shown_and_called_off_once_it_was_understood(office: Office, visitor: Visitor):
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    saved(visitor, **day, address="Trụ sở mới")
    page = visitor.get(f"{ONE}?ngay=2026-08-01")
    asked = visitor.get(page.soup.find("a", string="Hủy thay đổi này")["href"])
    assert "Trụ sở mới" in asked.text and BIRTH.address in asked.text
    assert visitor.post(f"{ONE}/huy-hen", 422, **typed(asked)).soup.find(id="f-understood-problem")
    assert shown(office, "2026-08-01").address == "Trụ sở mới"
    form = typed(asked, understood="1")
    for _ in range(2):
        answer = visitor.post(f"{ONE}/huy-hen", **form)
    assert "Đã hẹn thay đổi" not in visitor.follow(answer).text
    assert shown(office, "2026-08-01").address == BIRTH.address
    assert trail(office).count("called_off") == 1
    visitor.get(f"{ONE}/huy-hen?ngay=2026-08-01", 404)
    visitor.get(f"{ONE}/huy-hen", 404)


def test_a_change_that_somebody_changed_meanwhile_is_not_called_off(office: Office, visitor: Visitor):
    day = {"effective-day": "1", "effective-month": "8", "effective-year": "2026"}
    saved(visitor, **day, address="Trụ sở mới")
    form = typed(visitor.get(f"{ONE}/huy-hen?ngay=2026-08-01"), understood="1")
    edited(office, owner="Người khác")
    page = visitor.post(f"{ONE}/huy-hen", 409, **form)
    assert "vừa được người khác cập nhật" in page.text
    visitor.post(f"{ONE}/huy-hen", **typed(page, understood="1"))
    assert shown(office, "2026-08-01").address == BIRTH.address


def test_a_field_is_given_back_to_those_above(office: Office, visitor: Visitor):
    saved(visitor, address="Số 2", owner="Tổ một cửa")
    page = previewed(visitor, **{"above-address": "1"})
    assert "Lấy như cấp trên" in page.text
    visitor.post(EDIT, **typed(page, act="save"))
    assert own(office) == {"owner": "Tổ một cửa"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"channels": "Hình thức nộp: Trực tiếp\nThời hạn: nhanh"}, "Thời hạn chưa đúng"),
        ({"channels": "Hình thức nộp: Trực tiếp\nPhí: tám nghìn"}, "Mức phí chưa đúng"),
        ({"papers": "Tờ khai\nBản chính: -1"}, "Mỗi giấy tờ cần có tên"),
        ({"papers": "Tờ khai\nCần khi: ai = cha"}, "không có, hoặc đứng sau"),
        ({"verified_on": "30/02/2026"}, "Ngày chưa đúng"),
        ({"effective-day": "31", "effective-month": "2"}, "Ngày"),
        ({"address": "x", "effective-year": "2025"}, "Ngày áp dụng chưa đúng"),
        ({"address": "x", "effective-year": "2099"}, "Ngày áp dụng chưa đúng"),
        ({}, "Chưa có gì khác"),
        ({"form_token": "x", "address": "Số 9"}, ""),
        ({"seen": "", "was-address": "", "address": "a" * 100_001}, ""),
    ],
)
def test_whatever_is_wrong_is_named_and_nothing_typed_is_lost(
    office: Office, visitor: Visitor, fields: dict[str, str], words: str
):
    for act in ("", "save") if words != "Chưa có gì khác" else ("",):
        page = visitor.post(
            EDIT, 422, **typed(visitor.get(EDIT), mistakes="Đã nhập" if fields else "", act=act, **fields)
        )
        assert words in page.text
        assert page.soup.find(id="problems")
        if fields:
            assert page.soup.find(id="f-mistakes").get_text() == "Đã nhập"
    assert own(office) == {} and trail(office) == []


HOSTILE = '<script>alert(1)</script>" onload="x'


def test_hostile_words_are_words(office: Office, visitor: Visitor):
    page = previewed(visitor, address=HOSTILE, samples="<b>x</b>\nLiên kết mẫu điền sẵn: javascript:alert(1)")
    assert "<script>alert" not in page.html and "<script>alert" not in str(page.soup.find("iframe")["srcdoc"])
    assert "javascript:" not in str(page.soup.find("iframe")["srcdoc"])
    visitor.post(EDIT, **typed(page, act="save"))
    assert shown(office).address == HOSTILE
    assert HOSTILE in visitor.get(ONE).text and "<script>alert" not in visitor.get(ONE).html


def test_of_two_officers_the_second_sees_who_was_faster_and_loses_nothing(office: Office, visitor: Visitor):
    other = office.at_desk(office.desk("quay@x.vn", "officer"))
    form = typed(previewed(other, address="Của người thứ hai"), act="save")
    saved(visitor, owner="Của người thứ nhất", address="Số 1")
    page = other.post(EDIT, 409, **form)
    assert "Người khác vừa lưu" in page.text
    assert "Địa chỉ tiếp nhận, Bộ phận phụ trách" in page.text or "Bộ phận phụ trách, Địa chỉ tiếp nhận" in page.text
    assert page.soup.find(id="f-address").get_text() == "Của người thứ hai"
    assert page.value("owner") == "Của người thứ nhất", "what was not typed over follows"
    assert shown(office).address == "Số 1"
    other.post(EDIT, **typed(other.post(EDIT, 200, **typed(page)), act="save"))
    assert (shown(office).address, shown(office).owner) == ("Của người thứ hai", "Của người thứ nhất")


def test_a_change_above_meanwhile_is_not_frozen_as_the_agency_s_own(office: Office, visitor: Visitor):
    form = typed(visitor.get(EDIT), owner="Tổ một cửa")
    above(office, Procedure(CODE, BIRTH.name, address="Địa chỉ mới của cả nước"))
    visitor.post(EDIT, **typed(visitor.post(EDIT, 200, **form), act="save"))
    assert own(office) == {"owner": "Tổ một cửa"}
    assert shown(office).address == "Địa chỉ mới của cả nước"


# --- versions and what is above


def test_versions_say_who_when_and_what(office: Office, visitor: Visitor):
    assert "Cơ quan chưa thay đổi gì." in visitor.get(f"{BASE}/lich-su").text
    saved(visitor, address="Số 1")
    saved(visitor, address="Số 2")
    assert "Lần 2, 08:00, 16/07/2026 Lê Thị Lan · Sửa trên trang này" in visitor.get(f"{BASE}/lich-su").text
    first, second = (visitor.get(f"{BASE}/lich-su/{number}").text for number in (1, 2))
    assert "Trước Như cấp trên Sau Số 1" in first
    assert "Trước Số 1 Sau Số 2" in second
    for number in ("3", "0", "x", "99999999999", "²"):
        visitor.get(f"{BASE}/lich-su/{number}", 404)


def drifted(office: Office, visitor: Visitor) -> Page:
    saved(visitor, address="Số 1", owner="Tổ một cửa")
    above(office, Procedure(CODE, BIRTH.name, address="Cấp trên mới", owner="Bộ Tư pháp"))
    return visitor.get(f"{BASE}/khac-cap-tren")


def test_what_changed_above_is_kept_or_taken(office: Office, visitor: Visitor):
    page = drifted(office, visitor)
    assert "Của cơ quan Số 1 Cấp trên hiện nay Cấp trên mới" in page.text
    assert "1 thủ tục có phần riêng cần xem lại" in visitor.get(BASE).text
    decide = f"{BASE}/khac-cap-tren/{CODE}"
    taken = visitor.follow(visitor.post(decide, **typed(page, take="address")))
    assert "Cấp trên mới" not in taken.text and "Bộ Tư pháp" in taken.text
    kept = visitor.follow(visitor.post(decide, **typed(taken, take="")))
    assert "Không có phần nào cần xem lại." in kept.text
    assert (shown(office).address, shown(office).owner) == ("Cấp trên mới", "Tổ một cửa")
    assert trail(office) == ["kept", "above", "desk"]


def test_what_changed_once_more_is_shown_before_it_is_decided(office: Office, visitor: Visitor):
    page = drifted(office, visitor)
    above(office, Procedure(CODE, BIRTH.name, address="Lại đổi"))
    again = visitor.post(f"{BASE}/khac-cap-tren/{CODE}", 409, **typed(page, take="address"))
    assert "Người khác vừa lưu" in again.text and "Lại đổi" in again.text
    assert shown(office).address == "Số 1"


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, visitor: Visitor, tmp_path: Path):
    def note(name: str, page: Page) -> None:
        collect_html(name, page.html, tmp_path)

    for language in ("", "?lang=en"):
        for path in PATHS if language else PATHS[:4]:
            note(f"{path}{language}", visitor.get(BASE + path + language))
        note(f"none{language}", visitor.get(f"{BASE}?q=qwxyz{language.replace('?', '&')}"))
        form = visitor.get(EDIT + language)
        stale = typed(form, address=f"Khác {language}")
        note(f"wrong{language}", visitor.post(EDIT + language, 422, **typed(form, channels="Thời hạn: x")))
        note(f"preview{language}", visitor.post(EDIT + language, 200, **typed(form, address=f"Số 1{language}")))
        saved(visitor, address=f"Số 2{language}")
        note(f"meanwhile{language}", visitor.post(EDIT + language, 409, **stale))
        above(office, Procedure(CODE, BIRTH.name, address=f"Mới{language}"))
        for path in ("", f"/{CODE}", "/khac-cap-tren", "/lich-su", "/lich-su/1"):
            note(f"then {path}{language}", visitor.get(BASE + path + language))
    assert_markup(tmp_path)
