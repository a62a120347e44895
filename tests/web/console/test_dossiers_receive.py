"""Receiving at the desk: the procedure from the catalogue with what it proposes, once however often the form comes."""

from pathlib import Path

import pytest

from miniapp.core.ids import NATION
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.parts import Channel, Step, Subject
from miniapp.procedures.model import Channel as HandedIn
from miniapp.procedures.model import Procedure, Way
from tests.support.cloud import Cloud
from tests.support.dossier_desk import BASE, address, identified, taken, typed
from tests.support.dossier_town import ONLINE
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

FORM = f"{BASE}/tiep-nhan?thu-tuc=1.001193"
SEND = f"{BASE}/tiep-nhan"
LAN = {
    "name": "Nguyễn Thị Lan",
    "identity": "001 099 123 456",
    "phone": "0912.345.678",
    "steps": "Thẩm định: Công chức\nKý: Chủ tịch",
}


@pytest.fixture
def clerk(office: Office) -> Visitor:
    identified(office)
    ways = (HandedIn(Way.DESK, TimeLimit(Count.WORKING_DAYS, 1_440)), HandedIn(Way.ONLINE, TimeLimit(Count.HOURS, 60)))
    birth = Procedure("1.001193", "Đăng ký khai sinh", channels=ways)
    office.services.procedure_office.take(NATION, [birth], by="operator", source="test")
    office.clock.pass_by(seconds=6)
    return office.at_desk(office.desk("quay@x.vn", "officer"))


def lines(office: Office) -> list[str]:
    return [entry.event for entry in office.services.audit.page(AGENCY).entries if entry.event.startswith("dossier_")]


def received(clerk: Visitor, status: int = 303, **fields: str) -> Page:
    return clerk.post(SEND, status, **typed(clerk.get(FORM), **{**LAN, **fields}))


def test_the_procedure_is_found_by_words_and_by_code(clerk: Visitor):
    for query in ("khai sinh", "1.001193"):
        assert FORM in clerk.get(f"{SEND}?q={query}").html
    assert "Không tìm thấy thủ tục nào." in clerk.get(f"{SEND}?q=qwxyz").text


def test_limit_and_way_are_proposed_by_the_catalogue(clerk: Visitor):
    page = clerk.get(FORM)
    assert page.value("amount") == "3"
    assert page.one("#f-count option[selected]")["value"] == "working_days"
    assert page.one('input[name="channel"][checked]')["value"] == "1"
    assert "Trực tuyến: 1 giờ làm việc" in page.text


def test_what_came_online_is_proposed_the_limit_of_that_way(office: Office, clerk: Visitor):
    page = clerk.get(address(taken(office, ONLINE), "/viec/tiep-nhan"))
    assert page.value("amount") == "1"
    assert page.one("#f-count option[selected]")["value"] == "hours"


def test_a_way_without_a_limit_is_proposed_the_one_that_is_counted(office: Office, clerk: Visitor):
    ways = (HandedIn(Way.DESK), HandedIn(Way.OTHER, TimeLimit(Count.MONTHS, 2)))
    death = Procedure("1.000656", "Đăng ký khai tử", channels=ways)
    office.services.procedure_office.take(NATION, [death], by="operator", source="test 2")
    office.clock.pass_by(seconds=6)
    page = clerk.get(f"{SEND}?thu-tuc=1.000656")
    assert page.value("amount") == "2"
    assert page.one("#f-count option[selected]")["value"] == "months"


def test_what_is_received_is_a_dossier_of_just_that(office: Office, clerk: Visitor):
    made = received(clerk, subject="2", channel="3", amount="0,5")
    code = made.answer.headers["Location"].rpartition("/")[2]
    held = office.services.dossier_office.find(AGENCY, code)
    assert code == f"H56.14-{office.clock.now():%y%m%d}-0001"
    asks = held.applicant
    assert (asks.name.reveal, asks.identity.reveal, asks.phone.reveal) == (
        "Nguyễn Thị Lan",
        "001099123456",
        "0912345678",
    )
    assert (held.channel, asks.subject) == (Channel.POST, Subject.BUSINESS)
    assert held.clock is not None and held.clock.limit == TimeLimit(Count.WORKING_DAYS, 240)
    assert held.steps == (Step("Thẩm định", "Công chức"), Step("Ký", "Chủ tịch"))
    assert clerk.follow(made).h1 == f"Hồ sơ {code}"


def test_steps_are_proposed_as_the_last_dossier_of_the_procedure_took_them(clerk: Visitor):
    received(clerk)
    page = clerk.get(FORM)
    assert page.one("#f-steps").get_text() == "Thẩm định: Công chức\nKý: Chủ tịch"
    assert "Đã điền như hồ sơ trước" in page.text


def test_three_taps_make_one_dossier_and_lead_to_it(office: Office, clerk: Visitor):
    fields = typed(clerk.get(FORM), **LAN)
    addresses = {clerk.post(SEND, **fields).answer.headers["Location"] for _ in range(3)}
    assert len(addresses) == 1
    assert sorted(lines(office)) == ["dossier_filed", "dossier_received"]


def test_an_outcome_that_was_never_written_down_makes_no_second_dossier(office: Office, clerk: Visitor, cloud: Cloud):
    fields = typed(clerk.get(FORM), **LAN)
    first = clerk.post(SEND, **fields).answer.headers["Location"]
    admin, table = cloud.admin("dynamodb"), cloud.settings.resource("once")
    for row in admin.scan(TableName=table)["Items"]:
        admin.delete_item(TableName=table, Key={"pk": row["pk"]})
    assert clerk.post(SEND, **fields).answer.headers["Location"] == first
    assert len(lines(office)) == 2


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "Chưa ghi hồ sơ của ai"),
        ("identity", "12", "Số căn cước hoặc mã số thuế chưa đúng"),
        ("identity", "<b>1234567</b>", "Số căn cước hoặc mã số thuế chưa đúng"),
        ("phone", "gọi sau", "Số điện thoại chưa đúng"),
        ("amount", "0", "Thời hạn chưa đúng"),
        ("amount", "1e9", "Thời hạn chưa đúng"),
        ("amount", "", "Thời hạn chưa đúng"),
        ("steps", "\n \n", "Quy trình cần từ 1 đến 30 bước"),
        ("steps", "\n".join(f"Bước {number}" for number in range(31)), "Quy trình cần từ 1 đến 30 bước"),
        ("amount", "-3", "Thời hạn chưa đúng"),
        ("amount", "ba ngày", "Thời hạn chưa đúng"),
        ("amount", "<b>3</b>", "Thời hạn chưa đúng"),
        ("steps", "foo", "Bước ở dòng 1 chưa có đủ việc làm và vị trí phụ trách"),
        ("steps", "Thẩm định: Công chức\nKý:", "Bước ở dòng 2"),
        ("steps", ": Công chức", "Bước ở dòng 1"),
        ("steps", "x" * 301, "dài hơn mức cho phép"),
        ("channel", "9", "Hãy chọn một trong các cách"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    field: str, text: str, words: str, office: Office, clerk: Visitor
):
    page = received(clerk, 422, **{field: text})
    assert words in page.text
    assert page.soup.find(id=f"f-{field}-problem") is not None
    for name, value in {**LAN, field: text}.items():
        if name not in ("channel", "steps"):
            assert page.value(name) == value
    assert page.one("#f-steps").get_text().split() == {**LAN, field: text}["steps"].split()
    assert lines(office) == []


def test_everything_that_is_wrong_is_said_at_once(clerk: Visitor):
    page = received(clerk, 422, name="", phone="x", amount="x", steps="")
    assert {str(link["href"]) for link in page.soup.select("#problems a")} == {
        "#f-name",
        "#f-phone",
        "#f-amount",
        "#f-steps",
    }


def test_both_numbers_of_a_person_are_looked_at(clerk: Visitor):
    page = received(clerk, 422, identity="12", phone="x")
    assert [str(link["href"]) for link in page.soup.select("#problems a")] == ["#f-identity", "#f-phone"]


@pytest.mark.parametrize("figure", ["3", "-3", "ba ngày", "<b>3</b>"])
def test_a_figure_that_counts_nothing_is_an_error_at_its_field_and_makes_no_dossier(
    figure: str, office: Office, clerk: Visitor
):
    page = received(clerk, 422, amount=figure, count="unstated")
    assert "Hãy chọn con số tính theo gì" in page.one("#f-amount-problem").get_text()
    assert page.value("amount") == figure
    assert page.one("#f-count option[selected]")["value"] == "unstated"
    assert lines(office) == []


def test_a_refused_form_uses_no_number_up(office: Office, clerk: Visitor):
    received(clerk, 422, steps="foo")
    received(clerk, 422, name="")
    assert received(clerk).answer.headers["Location"].endswith("-0001")


def test_other_words_in_a_form_that_made_a_dossier_are_told_and_kept(office: Office, clerk: Visitor):
    fields = typed(clerk.get(FORM), **LAN)
    first = clerk.post(SEND, **fields).answer.headers["Location"]
    other = {**fields, "name": "Trần Văn Minh"}
    page = clerk.post(SEND, 409, **other)
    code = first.rpartition("/")[2]
    assert f"Mẫu này đã tạo hồ sơ {code} với nội dung khác" in page.text
    assert page.value("name") == "Trần Văn Minh"
    assert clerk.post(SEND, **fields).answer.headers["Location"] == first
    assert len(lines(office)) == 2
    assert clerk.post(SEND, **typed(page)).answer.headers["Location"] != first


def test_one_number_is_needed_by_which_the_person_can_look_it_up(clerk: Visitor):
    assert "cần một trong các số này" in received(clerk, 422, identity="", phone="").text
    received(clerk, identity="", phone="0912345678")


def test_a_procedure_that_there_is_not_has_no_form(clerk: Visitor):
    for code in ("9.999999", "x", "%3Cscript%3E"):
        clerk.get(f"{SEND}?thu-tuc={code}", 404)
    clerk.post(SEND, 404, **typed(clerk.get(FORM), **{**LAN, "procedure": "9.999999"}))


def test_only_who_handles_dossiers_receives(office: Office, clerk: Visitor):
    for role in ("approver", "publisher", "agency_admin", "auditor"):
        other = office.at_desk(office.desk(f"{role}@x.vn", role))
        other.get(SEND, 403)
        other.post(SEND, 403)
    foreign = office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER))
    foreign.get(SEND, 403)
    foreign.post(SEND, 403)
    office.visitor().post(SEND, 401)
    assert lines(office) == []


def test_in_english_the_form_asks_in_plain_words(clerk: Visitor):
    assert clerk.get(f"{SEND}?lang=en").h1 == "Receive a dossier"
    page = clerk.get(f"{FORM}&lang=en")
    assert page.h1 == "Receive a dossier"
    assert page.one('label[for="f-name"]').get_text() == "Name of the person, body or organisation"
    legends = [one.get_text() for one in page.soup.select("legend")]
    assert legends == ["How it is handed in"]
    (button,) = page.soup.select("main form[method=post] button")
    assert button.get_text(strip=True) == "Receive"


def test_without_an_identifier_nothing_is_received_and_the_page_says_who_helps(office: Office):
    clerk = office.at_desk(office.desk("quay@x.vn", "officer"))
    assert "Cơ quan chưa có mã định danh điện tử" in clerk.get(SEND).text


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, clerk: Visitor, tmp_path: Path):
    taken(office)
    for language in ("", "&lang=en"):
        for query in ("q=khai", "q=qwxyz", "thu-tuc=1.001193"):
            collect_html(f"{query}{language}", clerk.get(f"{SEND}?{query}{language}").html, tmp_path)
        collect_html(f"wrong{language}", received(clerk, 422, name="").html, tmp_path)
    assert_markup(tmp_path)


def test_a_step_without_its_two_halves_is_told_by_its_line_and_one_with_a_dash_is_taken(office: Office, clerk: Visitor):
    page = clerk.get(FORM)
    wrong = clerk.post(SEND, 422, **typed(page, **{**LAN, "steps": "Thẩm định: Công chức tư pháp\nKý duyệt"}))
    assert "Bước ở dòng 2" in wrong.text and "Ký duyệt" in wrong.text
    clerk.post(SEND, 303, **typed(wrong, steps="Thẩm định – Công chức tư pháp\nKý duyệt - Chủ tịch"))
    (line,) = office.services.dossier_office.shelf(AGENCY, Shelf.RUNNING).lines
    steps = office.services.dossier_office.find(AGENCY, line.code).steps
    assert [(one.name, one.post) for one in steps] == [("Thẩm định", "Công chức tư pháp"), ("Ký duyệt", "Chủ tịch")]
