"""An agency's admin says what it is called, in which colour and under which logo it stands, and what it has open."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from miniapp.agencies.model import Agency, Description, Kind, Move, Service
from miniapp.agencies.store import AgencyStore
from miniapp.audit.model import Event
from tests.support.agency_desk import BASE, FACTS, HOME, checked, saved, sent_logo, trail, typed
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.pictures import picture
from tests.support.score_desk import ScoreDesk, send, upload
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

# --- who


def test_only_the_agencys_own_admin_comes_in(office: Office):
    for roles, home in ((("publisher", "approver", "officer", "auditor"), AGENCY), (("agency_admin",), OTHER)):
        stranger = office.at_desk(office.desk(f"{roles[0]}@x.vn", *roles, agency=home))
        for path in ("", "/thong-tin", "/mau", "/logo", "/dich-vu/exam_scores", "/truc-thuoc"):
            stranger.get(BASE + path, 403)
        for path in ("/thong-tin", "/mau", "/logo", "/logo/bo", "/dich-vu/exam_scores"):
            stranger.post(BASE + path, 403)
    assert trail(office) == []


def test_the_way_in_stands_in_the_navigation_of_those_who_may(office: Office, visitor: Visitor):
    assert BASE in visitor.get("/console/").html
    assert BASE not in office.at_desk(office.desk("b@x.vn", "publisher")).get("/console/").html


# --- what it is called


def test_what_is_saved_shows_to_citizens_at_once_and_stands_in_the_trail(office: Office, visitor: Visitor):
    saved(visitor, f"{BASE}/thong-tin", **FACTS)
    home = visitor.get(HOME)
    assert home.h1 == FACTS["name"]
    assert 'href="tel:02963841190"' in home.html
    assert f'href="{FACTS["site"]}"' in home.html
    assert visitor.get(HOME + "?lang=en").h1 == FACTS["name_en"]
    assert office.services.agencies.now(AGENCY).identifier == "H56.14"  # as codes of dossiers carry it
    (line,) = trail(office)
    assert '"hotline": ["", "02963841190"]' in line


def test_the_trail_tells_a_description_field_by_field_in_words(office: Office, visitor: Visitor):
    saved(visitor, f"{BASE}/thong-tin", **FACTS)
    saved(visitor, f"{BASE}/thong-tin", **{**FACTS, "hotline": "1022"})
    page = office.at_desk(office.desk("kiem-soat@x.vn", "auditor")).get(f"/console/{AGENCY}/audit")
    for words in (
        "Số tổng đài: – → 02963841190",
        "Số tổng đài: 02963841190 → 1022",
        "Mã định danh điện tử: – → H56.14",
    ):
        assert words in page.text, words
    assert "describe" not in page.text and "{" not in page.text


def test_the_trail_tells_every_other_act_on_an_agency_in_words(office: Office, visitor: Visitor, admin: Desk):
    agencies = office.services.agencies
    agencies.close_service(AGENCY, Service.EXAM_SCORES, admin.id)
    agencies.open_service(AGENCY, Service.PROCEDURES, admin.id)
    agencies.colour(AGENCY, agencies.now(AGENCY).version, "#a3002b", admin.id)
    logo = f"/assets/crests/{'a' * 32}.png"
    agencies.crest(AGENCY, logo, admin.id)
    agencies.crest(AGENCY, "", admin.id)
    agencies.rename(AGENCY, "Sở Giáo dục", "Education", "Sở", "so-giao-duc", "operator")
    agencies.rename(AGENCY, "Sở Giáo dục tỉnh", "Education", "Sở", "so-giao-duc", "operator")
    agencies.merge(AGENCY, [OTHER], "2026-06-30", "operator")
    page = visitor.get("/console/so-giao-duc/audit")
    for words in (
        "Đóng dịch vụ: Tra cứu điểm thi",
        "Mở dịch vụ: Thủ tục",
        "Màu nhấn: mặc định → #a3002b",
        f"Logo mới: {logo}",
        "Bỏ logo",
        f"Đổi tên, địa chỉ trang: {AGENCY} → so-giao-duc",
        "Đổi tên, địa chỉ trang vẫn là: so-giao-duc",
        f"Nhập vào: {OTHER}, ngày cuối cùng 30/06/2026",
    ):
        assert words in page.text, words
    english = visitor.get("/console/so-giao-duc/audit?lang=en").text
    for text in (page.text, english):
        assert not any(f" {code} " in f"{text} " for code in (*Move, "exam_scores")), text
    assert "Close the service: Look up exam scores" in english


def test_an_act_that_nobody_here_writes_stands_in_the_trail_as_it_was_kept(
    office: Office, visitor: Visitor, admin: Desk
):
    for kept in ("painted red", "open_service zzz", "rename alone"):
        office.services.audit.commit(
            Event("agency_changed", agency=AGENCY, changed=kept), agency=AGENCY, by=admin.id, writes=[]
        )
        assert f"Thay đổi: {kept}" in visitor.get(f"/console/{AGENCY}/audit").text


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "Tên cơ quan chưa đúng"),
        ("name_en", "x" * 201, "Tên cơ quan chưa đúng"),
        ("short", "x" * 61, "Tên ngắn quá dài"),
        ("hotline", "1022; DROP", "Số tổng đài chưa đúng"),
        ("hotline", "12", "Số tổng đài chưa đúng"),
        ("site", "http://x.gov.vn", "Địa chỉ trang chính thức chưa đúng"),
        ("site", 'https://x.gov.vn/"><script>', "Địa chỉ trang chính thức chưa đúng"),
        ("site", "javascript:alert(1)", "Địa chỉ trang chính thức chưa đúng"),
        ("street", "x" * 201, "Địa chỉ quá dài"),
        ("identifier", "H5", "Mã định danh điện tử của cơ quan chưa đúng"),
        ("identifier", "H56.14<b>", "Mã định danh điện tử của cơ quan chưa đúng"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    field: str, text: str, words: str, office: Office, visitor: Visitor
):
    page = saved(visitor, f"{BASE}/thong-tin", 422, **{**FACTS, field: text})
    assert words in page.text
    assert page.soup.find(id=f"f-{field}")["aria-invalid"] == "true"
    for name, value in {**FACTS, field: text}.items():
        assert page.value(name) == value
    assert trail(office) == []


def test_an_identifier_of_another_agency_is_refused_with_its_name_and_nothing_typed_is_lost(
    office: Office, visitor: Visitor
):
    agencies = office.services.agencies
    held = agencies.now(OTHER)
    agencies.describe(OTHER, held.version, replace(Description.of(held), identifier="H56.14"), "operator")
    page = saved(visitor, f"{BASE}/thong-tin", 409, **FACTS)
    assert f"Mã định danh H56.14 đang là của {held.name}" in page.text
    assert page.soup.find(id="f-identifier")["aria-invalid"] == "true"
    for name, value in FACTS.items():
        assert page.value(name) == value
    assert agencies.now(AGENCY).identifier == ""
    assert trail(office) == []


def test_a_form_that_is_too_large_is_told_by_how_much_and_what_to_do(office: Office, visitor: Visitor):
    page = saved(visitor, f"{BASE}/thong-tin", 413, **{**FACTS, "street": "x" * 70_000})
    text = page.text.replace("\u00a0", " ")
    assert "lớn hơn mức cho phép 64 KB, nên chưa được lưu" in text
    assert "Hãy quay lại trang trước, rút gọn hoặc chia nhỏ rồi gửi lại." in text
    assert page.h1 == "Phần gửi lên quá lớn"
    assert "Bấm nút quay lại của trình duyệt hoặc của Zalo." in text
    assert page.soup.select("main a[href='']") == []  # the same address afresh is an empty form
    english = saved(visitor, f"{BASE}/thong-tin?lang=en", 413, **{**FACTS, "street": "x" * 70_000})
    assert "Press the back button of the browser or of Zalo." in english.text
    assert "changed nothing" in english.text
    assert trail(office) == []


def test_the_second_of_two_admins_is_told_what_changed_and_loses_nothing(office: Office, visitor: Visitor):
    page = visitor.get(f"{BASE}/thong-tin")
    now = office.services.agencies.now(AGENCY)
    office.services.agencies.describe(
        AGENCY, now.version, Description(now.name, "Named by another", "Ngắn khác", "1900", ""), "off_other"
    )
    mine = typed(page, short="Ngắn của tôi", hotline="1022")
    again = visitor.post(f"{BASE}/thong-tin", 409, **mine)
    assert "Người khác vừa lưu" in again.text
    assert "Ngắn khác" in again.text and "Named by another" in again.text and "1900" in again.text
    assert (again.value("short"), again.value("hotline")) == ("Ngắn của tôi", "1022")
    assert again.value("name_en") == "Named by another"  # nobody typed over it here
    visitor.post(f"{BASE}/thong-tin", **typed(again))
    held = office.services.agencies.now(AGENCY)
    assert (held.short, held.hotline, held.name_en) == ("Ngắn của tôi", "1022", "Named by another")


def test_a_change_of_something_else_meanwhile_stops_nobody(office: Office, visitor: Visitor):
    page = visitor.get(f"{BASE}/thong-tin")
    office.services.agencies.colour(AGENCY, office.services.agencies.now(AGENCY).version, "#a3002b", "off_other")
    visitor.post(f"{BASE}/thong-tin", **typed(page, hotline="1900"))
    held = office.services.agencies.now(AGENCY)
    assert (held.hotline, held.accent) == ("1900", "#a3002b")


def test_three_taps_on_save_write_once(office: Office, visitor: Visitor):
    fields = typed(visitor.get(f"{BASE}/thong-tin"), **FACTS)
    for _ in range(3):
        visitor.post(f"{BASE}/thong-tin", **fields)
    assert len(trail(office)) == 1


def test_a_form_that_is_too_old_keeps_what_was_typed(office: Office, visitor: Visitor):
    fields = typed(visitor.get(f"{BASE}/thong-tin"), **{**FACTS, "form_token": "1.2.3"})
    page = visitor.post(f"{BASE}/thong-tin", 422, **fields)
    assert page.value("site") == FACTS["site"]


# --- its services


def with_an_exam(office: Office) -> None:
    desk = ScoreDesk(
        office.services, AGENCY, office.desk("nap@x.vn", "publisher"), office.desk("duyet@x.vn", "approver")
    )
    desk.add()
    desk.released()


def test_what_closes_for_citizens_is_said_before_and_happens_after(office: Office, visitor: Visitor):
    with_an_exam(office)
    look_up = f"/{AGENCY}/diem-thi/thpt-2019/02000001"
    assert visitor.client.get(look_up).status_code == 200
    path = f"{BASE}/dich-vu/exam_scores"
    page = visitor.get(path)
    assert "1 kỳ thi đang có kết quả sẽ không tra cứu được nữa" in page.text
    assert "Kỳ thi THPT quốc gia 2019" in page.text
    hasty = send(visitor, page, path, 422)
    assert "aria-invalid" in hasty.html
    send(visitor, hasty, path, understood="1")
    assert visitor.get(look_up, 404).h1 == "Không tra cứu điểm thi ở đây"
    assert "Đang đóng" in visitor.get(BASE).text
    again = visitor.get(path)
    assert "Kết quả của 1 kỳ thi sẽ tra cứu được ngay" in again.text
    send(visitor, again, path, understood="1")
    assert visitor.client.get(look_up).status_code == 200
    assert trail(office) == ["close_service exam_scores", "open_service exam_scores"]


def test_a_service_without_pages_is_not_offered_but_one_that_is_open_can_be_closed(office: Office, visitor: Visitor):
    visitor.get(f"{BASE}/dich-vu/news", 404)
    visitor.get(f"{BASE}/dich-vu/nonsense", 404)
    office.services.agencies.open_service(AGENCY, Service.NEWS, "operator")
    path = f"{BASE}/dich-vu/news"
    send(visitor, visitor.get(path), path, understood="1")
    assert office.services.agencies.now(AGENCY).services == {Service.EXAM_SCORES}


# --- units below it, and an agency that ended


def with_schools(count: int) -> None:
    schools = [
        Agency(f"truong-{place}", f"truong-{place}", Kind.SCHOOL, f"Trường {place}", f"School {place}", parent=AGENCY)
        for place in range(count)
    ]
    store = AgencyStore()
    store.add(schools)
    store.placed({AGENCY: schools})


def test_units_below_are_listed_a_page_at_a_time(office: Office, visitor: Visitor):
    assert "Không có đơn vị nào" in visitor.get(f"{BASE}/truc-thuoc").text
    with_schools(203)
    assert "203 đơn vị" in visitor.get(BASE).text
    first = visitor.get(f"{BASE}/truc-thuoc")
    second = visitor.get(str(first.soup.find("a", rel="next")["href"]))
    names = [row.get_text() for page in (first, second) for row in page.soup.select("tbody th")]
    assert len(names) == len(set(names)) == 203


def test_a_merged_agency_shows_its_successors_and_changes_no_more(office: Office, visitor: Visitor):
    office.services.agencies.merge(AGENCY, [OTHER], "2026-06-30", "operator")
    page = visitor.get(BASE)
    assert "Cơ quan này đã sáp nhập" in page.text and f'href="/{OTHER}/"' in page.html
    again = saved(visitor, f"{BASE}/thong-tin", 409, **FACTS)
    assert "đã sáp nhập" in again.text
    assert again.value("short") == FACTS["short"]


# --- every state


def test_every_state_is_sound_markup_in_both_languages(office: Office, visitor: Visitor, tmp_path: Path):
    def keep(name: str, path: str, **post: Any) -> None:
        for language in ("", "?lang=en"):
            page = (
                visitor.post(path + language, post["status"], **post["fields"])
                if post
                else visitor.get(path + language)
            )
            collect_html(f"{name}{language}", page.html, tmp_path)

    for state in ("bare", "full"):
        for path in ("", "/thong-tin", "/mau", "/logo", "/dich-vu/exam_scores", "/truc-thuoc"):
            keep(f"{state}-{path}", BASE + path)
        if state == "bare":
            with_an_exam(office)
            with_schools(3)
            saved(visitor, f"{BASE}/thong-tin", **FACTS)
            sent_logo(office, visitor, picture("PNG"))
            keep("logo waiting", f"{BASE}/logo")
            checked(office)
    landed = upload(visitor.get(f"{BASE}/logo"), b"x", "logo.png")
    collect_html("received", Visitor(office.app).get(landed).html, tmp_path)
    keep("arrived", f"{BASE}/logo?tep={landed.split('/')[-2]}")
    wrong = typed(visitor.get(f"{BASE}/thong-tin"), **dict.fromkeys(FACTS, ""))
    keep("facts wrong", f"{BASE}/thong-tin", status=422, fields=wrong)
    for accent in ("#ffcc00", "none"):
        fields = typed(visitor.get(f"{BASE}/mau"), accent=accent)
        keep(f"colour {accent}", f"{BASE}/mau", status=422, fields=fields)
    stale = {**typed(visitor.get(f"{BASE}/thong-tin")), "version": "0", "was_short": "another", "short": "typed"}
    keep("facts meanwhile", f"{BASE}/thong-tin", status=409, fields=stale)
    keep(
        "not understood",
        f"{BASE}/dich-vu/exam_scores",
        status=422,
        fields={"form_token": visitor.get(BASE + "/mau").token()},
    )
    office.services.agencies.close_service(AGENCY, Service.EXAM_SCORES, "operator")
    keep("closed", f"{BASE}/dich-vu/exam_scores")
    office.services.agencies.merge(AGENCY, [OTHER], "2026-06-30", "operator")
    keep("merged", BASE)
    assert_markup(tmp_path)
