"""The inbox of dossiers: who sees it, what lies on which shelf, what is due, and the box that takes a code as typed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from miniapp.dossiers.ending import finish, hand_over, withdraw
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.pausing import ask_for_payment
from miniapp.dossiers.working import take_up
from tests.support.agency_desk import typed as facts
from tests.support.dossier_desk import BASE, PERSON, address, clerk, identified, moved, officer, taken
from tests.support.dossier_town import AT_DESK, OFFICER, ONLINE
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "officer"]


def codes(page: Page) -> list[str]:
    return [str(row.th.get_text()).strip()[-4:] for row in page.soup.select("tbody tr")]


# --- who


def test_officers_and_leaders_see_it_and_nobody_else_of_the_agency(office: Office, clerk: Visitor):
    taken(office)
    leader = office.at_desk(office.desk("lanhdao@x.vn", "approver"))
    assert codes(leader.get(BASE)) == codes(clerk.get(BASE)) == ["0001"]
    for role in ("publisher", "agency_admin", "auditor"):
        other = office.at_desk(office.desk(f"{role}@x.vn", role))
        other.get(BASE, 403)
        assert BASE not in other.get("/console/").html
    assert BASE in leader.get("/console/").html


def test_another_agency_s_officer_and_a_stranger_stay_outside(office: Office):
    office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER)).get(BASE, 403)
    assert "sign-in" in office.visitor().get(BASE, 303).answer.headers["Location"]


def test_an_agency_s_inbox_holds_its_own_only(office: Office, clerk: Visitor):
    taken(office, agency=OTHER)
    assert codes(clerk.get(BASE)) == []
    assert "Không tìm thấy hồ sơ này" in clerk.get(f"{BASE}?q=H56.14-{office.clock.now():%y%m%d}-0001", 422).text


def test_without_an_identifier_the_page_says_what_lacks_and_who_can_set_it(office: Office):
    clerk = office.at_desk(office.desk("quay@x.vn", "officer"))
    page = clerk.get(BASE)
    assert "Cơ quan chưa có mã định danh điện tử" in page.text
    assert "Hãy đề nghị người quản trị của cơ quan" in page.text
    assert f"{BASE}/tiep-nhan" not in page.html
    both = office.at_desk(office.desk("ca-hai@x.vn", "officer", "agency_admin"))
    assert f"/console/{AGENCY}/co-quan/thong-tin" in both.get(BASE).html
    identified(office)
    assert f"{BASE}/tiep-nhan" in clerk.get(BASE).html


def test_in_english_the_act_is_an_act_and_the_columns_are_headings(office: Office, clerk: Visitor):
    taken(office)
    page = clerk.get(f"{BASE}?lang=en")
    assert page.one(f'a[href^="{BASE}/tiep-nhan"]').get_text(strip=True) == "Receive a dossier"
    assert [cell.get_text() for cell in page.soup.select("thead th")] == [
        "Dossier code",
        "Procedure",
        "Due",
        "With",
        "State",
    ]


@pytest.mark.parametrize(
    ("identifier", "words"), [("H56.15", "mã định danh mới"), ("", "không tiếp nhận được hồ sơ nào")]
)
def test_another_identifier_or_none_is_saved_over_dossiers_under_way_only_once_it_was_understood(
    identifier: str, words: str, office: Office, clerk: Visitor
):
    path = f"/console/{AGENCY}/co-quan/thong-tin"
    admin = office.at_desk(office.desk("quantri@x.vn", "agency_admin"))
    made = taken(office)
    fields = facts(admin.get(path), identifier=identifier)
    page = admin.post(path, 422, **fields)
    assert words in page.one(".banner.warning").get_text()
    assert page.one("#f-understood-problem")
    assert page.value("identifier") == identifier
    assert office.services.agencies.now(AGENCY).identifier == "H56.14"
    admin.post(path, **{**facts(page), "understood": "1"})
    assert office.services.agencies.now(AGENCY).identifier == identifier
    assert clerk.get(address(made)).h1 == f"Hồ sơ {made.code}"


def test_an_identifier_is_changed_without_asking_where_nothing_is_under_way(office: Office, clerk: Visitor):
    path = f"/console/{AGENCY}/co-quan/thong-tin"
    admin = office.at_desk(office.desk("quantri@x.vn", "agency_admin"))
    moved(office, taken(office), lambda one, at, cal: withdraw(one, OFFICER, at))
    admin.post(path, **facts(admin.get(path), identifier="H56.15"))
    taken(office, key="b")
    admin.post(path, **facts(admin.get(path), street="10 Nguyễn Trãi"))
    assert office.services.agencies.now(AGENCY).street == "10 Nguyễn Trãi"


# --- the shelves


def test_every_dossier_lies_on_its_shelf_and_a_line_says_nothing_of_who_asks(office: Office, clerk: Visitor):
    taken(office, ONLINE, "a")
    running = taken(office, key="b")
    waiting = moved(
        office, taken(office, key="c"), lambda one, at, cal: ask_for_payment(one, 8_000, "Điều 5", OFFICER, at)
    )
    taking = moved(office, taken(office, key="d"), lambda one, at, cal: take_up(one, OFFICER, at))
    ready = moved(office, taking, lambda one, at, cal: finish(one, OFFICER, at))
    moved(office, taken(office, key="e"), lambda one, at, cal: withdraw(one, OFFICER, at))
    shelves = {"new": ["0001"], "running": ["0002"], "waiting": ["0003"], "ready": ["0004"], "ended": ["0005"]}
    for shelf, lines in shelves.items():
        page = clerk.get(f"{BASE}?ke={shelf}")
        assert codes(page) == lines
        assert not any(word in page.html for word in PERSON)
    assert clerk.get(f"{BASE}?ke=ready&lang=en").text.count("Finished") == 1
    assert address(running) in clerk.get(BASE).html
    assert str(waiting.code) in clerk.get(f"{BASE}?ke=waiting").text
    office.clock.pass_by(minutes=1)
    moved(office, ready, lambda one, at, cal: hand_over(one, Channel.DESK, OFFICER, at))
    assert codes(clerk.get(f"{BASE}?ke=ended")) == ["0005", "0004"]


def test_every_empty_list_says_why_and_what_to_do(clerk: Visitor):
    for shelf in ("new", "running", "waiting", "ready", "ended"):
        for more in ("", "&cua-toi=1", "&thu-tuc=1.001193"):
            page = clerk.get(f"{BASE}?ke={shelf}{more}")
            (box,) = page.soup.select(".empty")
            assert len(box.find_all("p")) >= 2


def test_an_empty_inbox_tells_who_can_receive_what_to_press_and_others_who_can_help(office: Office, clerk: Visitor):
    assert "Hãy bấm “Tiếp nhận hồ sơ”" in clerk.get(BASE).one(".empty").get_text()
    leader = office.at_desk(office.desk("lanhdao@x.vn", "approver"))
    box = leader.get(BASE).one(".empty").get_text()
    assert "người quản trị cơ quan giao vai trò này" in box and "Hãy bấm" not in box
    other = office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER))
    assert (
        "Cơ quan cần có mã định danh điện tử trước" in other.get(BASE.replace(AGENCY, OTHER)).one(".empty").get_text()
    )


def test_what_ended_is_found_month_by_month(office: Office, clerk: Visitor):
    moved(office, taken(office), lambda one, at, cal: withdraw(one, OFFICER, at))
    page = clerk.get(f"{BASE}?ke=ended")
    before = clerk.get(str(page.one('a[rel="prev"]')["href"]))
    assert codes(before) == [] and "Không có hồ sơ nào kết thúc trong tháng này." in before.text
    assert codes(clerk.get(str(before.one('a[rel="next"]')["href"]))) == ["0001"]


def test_what_is_late_and_what_is_due_today_is_counted_and_marked(office: Office, clerk: Visitor):
    first = taken(office)
    due = first.due
    assert due is not None
    office.clock.at = due - timedelta(minutes=10)
    clerk = office.at_desk(office.desk("sang@x.vn", "officer"))
    taken(office, key="b")
    page = clerk.get(BASE)
    assert "Hẹn trả hôm nay (1)" in page.text and "Quá hạn (0)" in page.text
    assert codes(clerk.get(f"{BASE}?loc=hom-nay")) == ["0001"]
    office.clock.at = due + timedelta(minutes=1)
    assert "Quá hạn (1)" in clerk.get(BASE).text
    assert codes(clerk.get(f"{BASE}?loc=qua-han")) == ["0001"]
    assert codes(clerk.get(f"{BASE}?loc=hom-nay")) == []
    assert len(codes(clerk.get(BASE))) == 2


def test_mine_and_one_procedure_narrow_the_list(office: Office):
    identified(office)
    desk = office.desk("quay@x.vn", "officer")
    clerk = office.at_desk(desk)
    taken(office, key="a")
    taken(office, key="b", by=desk.id)
    taken(office, replace(AT_DESK, procedure="2.000815"), key="c", by=desk.id)
    assert len(codes(clerk.get(f"{BASE}?cua-toi=1"))) == 2
    assert len(codes(clerk.get(f"{BASE}?thu-tuc=2.000815"))) == 1
    page = clerk.get(f"{BASE}?cua-toi=1&thu-tuc=2.000815")
    assert len(codes(page)) == 1
    assert page.value("thu-tuc") == "2.000815"


def test_a_long_shelf_comes_page_after_page_and_its_figure_is_exact_or_says_that_it_is_not(
    office: Office, clerk: Visitor
):
    for number in range(31):
        taken(office, key=f"key-{number}")
    first = clerk.get(BASE)
    assert len(codes(first)) == 30 and "Đang giải quyết 31" in str(first.one(".tabs").get_text(" ", strip=True))
    second = clerk.get(str(first.one('a[rel="next"]')["href"]))
    assert len(codes(second)) == 1
    assert set(codes(first)) & set(codes(second)) == set()
    assert codes(clerk.get(str(second.one('a[rel="prev"]')["href"]))) == codes(first)


# --- the box


def test_a_code_is_found_as_it_is_typed(office: Office, clerk: Visitor):
    made = taken(office)
    code = str(made.code)
    for text in (code, made.code.printed, code.lower(), code.replace(".", "").replace("-", " "), f"  {code} "):
        answer = clerk.client.get(BASE, query_string={"q": text})
        assert answer.headers["Location"] == address(made), text


def test_a_slip_of_the_finger_is_answered_with_the_code_that_is_there(office: Office, clerk: Visitor):
    made = taken(office)
    wrong = made.code.printed.replace("-0001", "-0010")
    page = Page(clerk.client.get(BASE, query_string={"q": wrong}))
    assert "Có phải là" in page.text
    assert address(made) in page.html
    assert page.value("q") == wrong


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "H56.14-991399-0001", "😀", "a" * 500, "'; --", "0" * 120]
)
def test_what_is_no_code_says_so_and_stays_in_the_box(text: str, clerk: Visitor):
    page = Page(clerk.client.get(BASE, query_string={"q": text}))
    assert page.status == 422
    assert page.soup.find(id="f-q")["aria-invalid"] == "true"
    assert page.value("q") == text[:120]
    assert "<script>alert" not in page.html


@pytest.mark.parametrize(
    "query",
    [
        "ke=khac",
        "sau=zzzz",
        "sau=running%23" + "9" * 900,
        "thang=2026-13",
        "thang=0000-01",
        "loc=x",
        "thang=9999-12&ke=ended",
    ],
)
def test_a_strange_address_shows_the_inbox(query: str, clerk: Visitor):
    clerk.get(f"{BASE}?{query}")


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, clerk: Visitor, tmp_path: Path):
    taken(office)
    for language in ("", "&lang=en"):
        for query, status in (("ke=running", 200), ("ke=ended", 200), ("cua-toi=1", 200), ("q=zz", 422)):
            collect_html(f"{query}{language}", clerk.get(f"{BASE}?{query}{language}", status).html, tmp_path)
    assert_markup(tmp_path)


def test_without_a_check_character_only_the_agency_s_own_dossiers_one_slip_away_are_offered(
    office: Office, clerk: Visitor
):
    mine = taken(office)
    taken(office, agency=OTHER, key="other")
    text = str(mine.code)
    slips = (
        f"{text[:-1]}7",
        f"{text[:-2]}{text[-1]}{text[-2]}",
        text.replace("H56", "H65"),
        text.replace("H56", "N56"),
    )
    for slip in slips:
        page = clerk.get(f"{BASE}?q={slip}")
        assert [one["href"] for one in page.soup.select("#problems a")] == [address(mine)], slip
    nothing = clerk.get(f"{BASE}?q={text[:-2]}99", 422)
    assert "Không tìm thấy hồ sơ này" in nothing.text
