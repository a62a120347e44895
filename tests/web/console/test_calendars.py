"""An agency's admin keeps the working calendar: days and hours of its own over those above, tried before they are saved."""

from pathlib import Path

import pytest

from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.workdays import DayKind, Hours
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/lich-lam-viec"
PATHS = ("", "/ngay", "/gio", "/bo/2026-11-28")
NOTICE = "9441/TB-BNV ngày 16/10/2025"
SATURDAY = {"day-day": "28", "day-month": "11", "day-year": "2026", "kind": "working", "document": NOTICE}
HOURS = {"morning_from": "7h30", "morning_to": "11:30", "afternoon_from": "13.30", "afternoon_to": "17:30"}


def typed(page: Page, **more: str) -> dict[str, str]:
    """The form as it stands, with some fields typed over."""
    form = page.soup.find("form", action=lambda to: bool(to) and to.startswith("/console/") and "lich" in to)
    assert form is not None
    fields = [one for one in form.find_all("input") if one.get("type") != "radio" or one.has_attr("checked")]
    return {**{str(one["name"]): str(one.get("value", "")) for one in fields}, **more}


def sent(visitor: Visitor, path: str, status: int = 303, **fields: str) -> Page:
    return visitor.post(BASE + path, status, **typed(visitor.get(BASE + path), **fields))


def own(office: Office) -> dict[str, str]:
    return {day: said.kind.value for day, said in office.services.calendars.layers(AGENCY)[-1].days.items()}


def trail(office: Office) -> list[tuple[str, str]]:
    entries = office.services.audit.page(AGENCY).entries
    return [(one.event, str(one.facts["document"])) for one in entries if one.event.startswith("calendar")]


def by_another(
    office: Office, day: str, kind: DayKind | None, document: str = "7/TB", layer: str = AGENCY, by: str = "operator"
) -> None:
    calendars = office.services.calendars
    version = calendars.layers("" if layer == NATION else layer)[-1].version
    calendars.set_days(layer, version, {day: kind}, document, by)


def under_a_province(office: Office) -> str:
    """A commune's address, below a province that works on one Saturday morning; its admin sits at the desk."""
    store = AgencyStore()
    store.add(
        [
            Agency("tinh-a", "tinh-a", Kind.PROVINCE, "Ủy ban nhân dân tỉnh A", "Province A"),
            Agency("xa-b", "xa-b", Kind.COMMUNE, "Ủy ban nhân dân xã B", "Commune B", parent="tinh-a"),
        ]
    )
    by_another(office, "2026-11-21", DayKind.MORNING, "5/UBND", "tinh-a")
    return "/console/xa-b/lich-lam-viec"


# --- who


def test_only_the_agencys_own_admin_comes_in(office: Office):
    for roles, home in ((("publisher", "approver", "officer", "auditor"), AGENCY), (("agency_admin",), OTHER)):
        stranger = office.at_desk(office.desk(f"{roles[0]}@x.vn", *roles, agency=home))
        for path in PATHS:
            stranger.get(BASE + path, 403)
        for path in PATHS[1:]:
            stranger.post(BASE + path, 403)
        assert BASE not in stranger.get("/console/").html
    assert trail(office) == []


def test_the_way_in_stands_in_the_navigation_and_on_the_agency_s_page(visitor: Visitor):
    assert BASE in visitor.get("/console/").html
    main = visitor.get(f"/console/{AGENCY}/co-quan").soup.find("main")
    assert main and main.find("a", href=BASE)


# --- the year


def test_a_year_lists_the_days_that_differ_by_month_with_whose_they_are(office: Office, visitor: Visitor):
    by_another(office, "2026-12-31", DayKind.OFF, "8/TB-BNV", NATION)
    by_another(office, "2026-11-24", DayKind.WORKING, "7/TB-SGD")
    page = visitor.get(BASE)
    assert page.h1 == "Lịch làm việc năm 2026"
    for words in ("Thứ Ba 17/02/2026", "Tết Nguyên đán", "Cả nước · 8/TB-BNV", "Riêng của cơ quan · 7/TB-SGD"):
        assert words in page.text
    assert "lịch chung: nghỉ cả ngày" in page.text
    months = [heading.get_text() for heading in page.soup.find_all("h2") if "Tháng" in heading.get_text()]
    assert months == [f"Tháng {month}/2026" for month in (1, 2, 4, 5, 8, 9, 11, 12)]
    removals = [str(link["href"]) for link in page.soup.find_all("a", href=lambda to: bool(to) and "/bo/" in to)]
    assert removals == [f"{BASE}/bo/2026-11-24"]
    english = visitor.get(f"{BASE}?lang=en").text
    assert "Lunar New Year" in english and "The agency's own · 7/TB-SGD" in english


def test_what_comes_from_above_is_named_and_another_agency_s_own_is_not_seen(office: Office):
    base = under_a_province(office)
    by_another(office, "2026-11-14", DayKind.WORKING, "của sở", AGENCY)
    visitor = office.at_desk(office.desk("xa@x.vn", "agency_admin", agency="xa-b"))
    text = visitor.get(base).text
    assert "Ủy ban nhân dân tỉnh A · 5/UBND" in text
    assert "của sở" not in text


def test_a_year_that_is_only_calculated_says_so_and_years_are_turned(visitor: Visitor):
    page = visitor.get(BASE)
    later = visitor.get(str(page.soup.find("a", rel="next")["href"]))
    assert later.h1 == "Lịch làm việc năm 2027"
    assert "chưa có thông báo chính thức" in later.text and "chưa có thông báo chính thức" not in page.text
    assert "chưa có ngày nào khác thường" in visitor.get(f"{BASE}?nam=2040").text
    for year, shown in (("x", "2026"), ("9999", "2100"), ("0001", "2000"), ("-2026", "2026")):
        assert visitor.get(f"{BASE}?nam={year}").h1.endswith(shown)


def test_a_dossier_of_an_example_tells_what_time_limits_come_to(office: Office, visitor: Visitor):
    assert (
        "Hồ sơ nhận lúc 08:00, 16/07/2026, hạn 3 ngày làm việc, sẽ trả lúc 08:00, 21/07/2026." in visitor.get(BASE).text
    )
    by_another(office, "2026-07-20", DayKind.OFF)
    assert "sẽ trả lúc 08:00, 22/07/2026." in visitor.get(BASE).text


# --- a day


def test_a_day_is_tried_without_being_saved_and_then_saved(office: Office, visitor: Visitor):
    tried = sent(visitor, "/ngay", 200, **SATURDAY, act="try")
    assert "Hồ sơ nhận lúc 15:15, 27/11/2026, hạn 3 ngày làm việc: hiện nay trả lúc 15:15, 02/12/2026;" in tried.text
    assert "sau khi lưu sẽ trả lúc 15:15, 01/12/2026." in tried.text
    assert own(office) == {}
    saved = visitor.post(f"{BASE}/ngay", **typed(tried))
    assert visitor.follow(saved).h1 == "Lịch làm việc năm 2026"
    assert own(office) == {"2026-11-28": "working"}
    assert trail(office) == [("calendar_day_set", NOTICE)]


def test_a_day_can_be_tried_before_its_notice_is_there(office: Office, visitor: Visitor):
    assert "15:15, 01/12/2026" in sent(visitor, "/ngay", 200, **{**SATURDAY, "document": ""}, act="try").text


def test_a_day_that_has_passed_is_corrected_and_a_day_of_the_nation_s_is_changed(office: Office, visitor: Visitor):
    sent(visitor, "/ngay", **{**SATURDAY, "day-day": "6", "day-month": "7", "kind": "off"})
    form = visitor.get(f"{BASE}/ngay?ngay=2026-11-24")
    assert [form.value(f"day-{part}") for part in ("day", "month", "year")] == ["24", "11", "2026"]
    visitor.post(f"{BASE}/ngay", **typed(form, kind="half_am", document="9/TB"))
    assert own(office) == {"2026-07-06": "off", "2026-11-24": "half_am"}
    for nonsense in ("", "khong-co", "2026-99-99", "2026-11-25"):
        assert visitor.get(f"{BASE}/ngay?ngay={nonsense}").value("day-day") == ""


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"day-day": "31"}, "day", "Ngày chưa đúng"),
        ({"day-year": "hai nghìn"}, "day", "Ngày chưa đúng"),
        ({"day-year": "26"}, "day", "Ngày nằm quá xa"),
        ({"day-year": "2206"}, "day", "Ngày nằm quá xa"),
        ({"kind": "holiday"}, "kind", "Chưa chọn ngày này làm việc thế nào"),
        ({"document": ""}, "document", "Chưa ghi văn bản"),
        ({"document": "x" * 151}, "document", "dài hơn mức cho phép"),
        ({"form_token": "1.2.3"}, "", "mở quá lâu"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    wrong: dict[str, str], field: str, words: str, office: Office, visitor: Visitor
):
    page = sent(visitor, "/ngay", 422, **{**SATURDAY, **wrong})
    assert words in page.text
    assert not field or page.soup.find("a", href=f"#f-{field}")
    kept = typed(page)
    for name, value in {**SATURDAY, **wrong}.items():
        if name not in ("form_token", "kind"):
            assert kept[name] == value
    assert "kind" in wrong or kept["kind"] == "working"
    assert own(office) == {} and trail(office) == []


def test_the_second_of_two_admins_sees_what_the_first_did_and_loses_nothing(office: Office, visitor: Visitor):
    form = visitor.get(f"{BASE}/ngay")
    by_another(office, "2026-12-05", DayKind.WORKING, "15/TB-SGD", by=office.desk("mai@x.vn", "agency_admin").id)
    again = visitor.post(f"{BASE}/ngay", 409, **typed(form, **SATURDAY))
    assert "Người khác vừa lưu" in again.text
    assert "Lê Thị Lan: 05/12/2026 – Làm việc cả ngày (15/TB-SGD)" in again.text
    assert {name: typed(again)[name] for name in SATURDAY} == SATURDAY
    assert own(office) == {"2026-12-05": "working"}
    visitor.post(f"{BASE}/ngay", **typed(again))
    assert own(office) == {"2026-11-28": "working", "2026-12-05": "working"}


def test_a_change_above_meanwhile_stops_nobody(office: Office, visitor: Visitor):
    form = visitor.get(f"{BASE}/ngay")
    by_another(office, "2026-12-05", DayKind.WORKING, layer=NATION)
    visitor.post(f"{BASE}/ngay", **typed(form, **SATURDAY))
    assert own(office) == {"2026-11-28": "working"}


def test_three_taps_on_save_write_once(office: Office, visitor: Visitor):
    fields = typed(visitor.get(f"{BASE}/ngay"), **SATURDAY)
    for _ in range(3):
        visitor.post(f"{BASE}/ngay", **fields)
    assert len(trail(office)) == 1


# --- a day taken away


def test_a_day_of_its_own_is_taken_away_once_it_was_said_what_follows(office: Office, visitor: Visitor):
    sent(visitor, "/ngay", **SATURDAY)
    page = visitor.get(f"{BASE}/bo/2026-11-28")
    for words in ("Hiện nay Làm việc cả ngày", "Sau khi bỏ Nghỉ cả ngày", "sau khi lưu sẽ trả lúc 15:15, 02/12/2026."):
        assert words in page.text
    assert "Chưa ghi văn bản" in visitor.post(f"{BASE}/bo/2026-11-28", 422, **typed(page, document="")).text
    visitor.post(f"{BASE}/bo/2026-11-28", **typed(page, document="10/TB"))
    assert own(office) == {}
    assert trail(office)[0] == ("calendar_day_set", "10/TB")
    visitor.post(f"{BASE}/bo/2026-11-28", **typed(page, document="10/TB"))  # a second tap
    assert len(trail(office)) == 2


def test_what_is_not_the_agency_s_own_can_t_be_taken_away(office: Office, visitor: Visitor):
    for day in ("2026-11-24", "2026-11-25", "khong-co"):
        assert "không có quy định riêng" in visitor.get(f"{BASE}/bo/{day}", 404).text
    by_another(office, "2026-12-05", DayKind.OFF)
    page = visitor.get(f"{BASE}/bo/2026-12-05")
    by_another(office, "2026-12-05", None)
    visitor.post(f"{BASE}/bo/2026-12-05", **typed(page, document="x"))
    assert own(office) == {}


def test_a_day_that_changed_meanwhile_is_not_taken_away_unseen(office: Office, visitor: Visitor):
    by_another(office, "2026-12-05", DayKind.WORKING)
    page = visitor.get(f"{BASE}/bo/2026-12-05")
    by_another(office, "2026-12-05", DayKind.MORNING, "16/TB")
    again = visitor.post(f"{BASE}/bo/2026-12-05", 409, **typed(page, document="10/TB"))
    assert "05/12/2026 – Chỉ làm buổi sáng (16/TB)" in again.text
    assert again.value("document") == "10/TB"
    assert own(office) == {"2026-12-05": "half_am"}


# --- office hours


def test_hours_are_tried_saved_and_given_up_again(office: Office, visitor: Visitor):
    tried = sent(visitor, "/gio", 200, **HOURS, document="2/QĐ", act="try")
    assert "Hồ sơ nhận lúc 15:15, 15/07/2026, hạn 3 ngày làm việc:" in tried.text
    assert "sau khi lưu, giờ trả không đổi" in tried.text
    visitor.post(f"{BASE}/gio", **typed(tried))
    page = visitor.get(BASE)
    assert "sáng 07:30–11:30, chiều 13:30–17:30" in page.text and "Riêng của cơ quan · 2/QĐ" in page.text
    form = visitor.get(f"{BASE}/gio")
    assert (form.value("morning_from"), form.value("document")) == ("07:30", "2/QĐ")
    assert "Dùng lại giờ chung" in form.text
    visitor.post(f"{BASE}/gio", **typed(form, document="3/QĐ", act="inherit"))
    assert office.services.calendars.of(AGENCY).hours == Hours()
    assert trail(office) == [("calendar_hours_set", "3/QĐ"), ("calendar_hours_set", "2/QĐ")]


def test_a_day_that_is_not_eight_hours_long_says_so(visitor: Visitor):
    page = sent(visitor, "/gio", 200, **{**HOURS, "afternoon_to": "16:45"}, document="2/QĐ", act="try")
    assert "Cả ngày là 7 giờ 15 phút" in page.text


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"morning_from": "bảy giờ"}, "morning_from", "Giờ chưa đúng"),
        ({"afternoon_to": "25:00"}, "afternoon_to", "Giờ chưa đúng"),
        ({"afternoon_from": ""}, "afternoon_from", "Giờ chưa đúng"),
        ({"morning_to": "14:00"}, "morning_from", "Buổi sáng phải kết thúc trước"),
        ({"document": ""}, "document", "Chưa ghi văn bản"),
    ],
)
def test_hours_that_are_wrong_are_said_and_kept(
    wrong: dict[str, str], field: str, words: str, office: Office, visitor: Visitor
):
    fields = {**HOURS, "document": "2/QĐ", **wrong}
    page = sent(visitor, "/gio", 422, **fields)
    assert words in page.text and page.soup.find("a", href=f"#f-{field}")
    assert {name: typed(page)[name] for name in fields} == fields
    assert trail(office) == []


@pytest.mark.parametrize("text", ["7:30", "07.30", "7h30", "7 giờ 30", "7 GIỜ 30"])
def test_an_hour_is_read_as_people_write_it(text: str, office: Office, visitor: Visitor):
    sent(visitor, "/gio", **{**HOURS, "morning_from": text}, document="2/QĐ")
    assert office.services.calendars.of(AGENCY).hours.morning == (450, 690)


def test_hours_that_another_admin_changed_are_shown(office: Office, visitor: Visitor):
    form = visitor.get(f"{BASE}/gio")
    office.services.calendars.set_hours(AGENCY, 0, Hours((390, 660), (780, 990)), "4/QĐ", "operator")
    again = visitor.post(f"{BASE}/gio", 409, **typed(form, **HOURS, document="2/QĐ"))
    assert "Người vận hành: sáng 06:30–11:00, chiều 13:00–16:30 (4/QĐ)" in again.text
    visitor.post(f"{BASE}/gio", **typed(again))
    assert office.services.calendars.of(AGENCY).hours == Hours((450, 690), (810, 1050))


# --- the trail, and every state


def test_the_trail_tells_changes_in_words(office: Office, visitor: Visitor):
    sent(visitor, "/ngay", **SATURDAY)
    sent(visitor, "/gio", **HOURS, document="2/QĐ")
    auditor = office.at_desk(office.desk("ks@x.vn", "auditor"))
    text = auditor.get(f"/console/{AGENCY}/audit").text
    for words in ("Đổi ngày trong lịch làm việc", "28/11/2026", "Làm việc cả ngày", "Theo lịch chung", NOTICE):
        assert words in text
    assert "sáng 07:30–11:30, chiều 13:30–17:30" in text
    assert "Working day" in auditor.get(f"/console/{AGENCY}/audit?lang=en").text


def test_every_state_is_sound_markup_in_both_languages(office: Office, visitor: Visitor, tmp_path: Path):
    sent(visitor, "/ngay", **SATURDAY)
    sent(visitor, "/gio", **HOURS, document="2/QĐ")
    stale = {**typed(visitor.get(f"{BASE}/ngay"), **SATURDAY), "version": "0", "kind": "off"}
    for language in ("", "?lang=en"):
        for path in PATHS:
            collect_html(f"{path}{language}", visitor.get(BASE + path + language).html, tmp_path)
        for path in ("/ngay", "/gio", "/bo/2026-11-28"):
            empty = {"form_token": visitor.get(BASE + path).token()}
            collect_html(f"{path} wrong{language}", visitor.post(BASE + path + language, 422, **empty).html, tmp_path)
        tried = visitor.post(f"{BASE}/ngay{language}", 200, **{**stale, "act": "try"})
        collect_html(f"tried{language}", tried.html, tmp_path)
        collect_html(f"meanwhile{language}", visitor.post(f"{BASE}/ngay{language}", 409, **stale).html, tmp_path)
    assert_markup(tmp_path)
