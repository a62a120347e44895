"""The receipt: all that form 01 carries, a link in its QR code that leads to the dossier, and another in its place."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import segno

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import NotFound
from miniapp.core.ids import NATION
from miniapp.core.signing import Verdict
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.pausing import ask_for_payment, pay
from miniapp.dossiers.receipts import check, line_of
from miniapp.dossiers.store import DossierStore
from miniapp.procedures.model import Paper, Procedure
from tests.support.dossier_desk import PERSON, address, clerk, identified, moved, officer, stated, taken, typed
from tests.support.dossier_town import AT_DESK, OFFICER, ONLINE
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "officer"]


def qr(text: str) -> str:
    """The picture of a text."""
    made = segno.make(text, error="m", micro=False)
    return str(made.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def link_of(office: Office) -> str:
    code = next(line.code for line in office.services.dossier_office.shelf(AGENCY, Shelf.RUNNING).lines)
    return office.services.dossier_office.link(AGENCY, code)


def test_the_receipt_carries_all_that_form_01_asks_for(office: Office, officer: Desk, clerk: Visitor):
    birth = Procedure("1.001193", "Đăng ký khai sinh", papers=(Paper("Giấy chứng sinh", 1), Paper("Tờ khai", 1)))
    office.services.procedure_office.take(NATION, [birth], by="operator", source="test")
    office.clock.pass_by(seconds=6)
    made = taken(office, by=officer.id)
    page = clerk.get(address(made, "/giay-hen"))
    for text in (
        *PERSON,
        "SỞ GIÁO DỤC VÀ ĐÀO TẠO AN GIANG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"{made.code} [{made.code.check}]",
        "Đăng ký khai sinh (1.001193)",
        "3 ngày làm việc",
        "Giấy chứng sinh",
        "Nơi nhận kết quả",
        "Phí, lệ phí đã thu",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ):
        assert text in page.text, text
    assert "*" not in page.one(".paper").get_text()  # no text that looks as if a machine could read it
    assert page.text.count("Lê Thị Lan") == 1  # who received it
    due = made.due
    assert due is not None and due.astimezone(VIETNAM).strftime("%H:%M, %d/%m/%Y") in page.text


def test_its_qr_code_is_of_a_link_that_leads_to_the_dossier(office: Office, clerk: Visitor):
    made = taken(office)
    page = clerk.get(address(made, "/giay-hen"))
    token = link_of(office)
    assert page.one(".link").get_text() == f"{office.services.settings.base_url.rstrip('/')}/hs/{token}"
    pictures = [str(one["src"]) for one in page.soup.select(".paper img")]
    assert len(pictures) == 3 and all(one.startswith("data:image/svg+xml") for one in pictures)
    assert qr(page.one(".link").get_text()) == pictures[1]
    assert str(made.code) not in token


def test_its_signed_line_is_genuine_and_says_what_the_receipt_says(office: Office, clerk: Visitor):
    made = taken(office)
    page = clerk.get(address(made, "/giay-hen"))
    line = page.one(".line").get_text()
    found = check(line, office.services.signer.public)
    assert found.verdict is Verdict.GENUINE
    assert found.receipt == line_of(made, AGENCY, office.clock.now())
    assert qr(line.replace(" ", "")) == page.soup.select(".paper img")[2]["src"]
    assert not set(PERSON) & set(line.split("/"))


def test_a_later_state_has_another_line_and_the_older_one_stays_genuine(office: Office, clerk: Visitor):
    made = taken(office)
    first = clerk.get(address(made, "/giay-hen")).one(".line").get_text()
    office.clock.pass_by(seconds=120)
    later = moved(office, made, lambda one, at, cal: ask_for_payment(one, 8_000, "Điều 5", OFFICER, at))
    second = clerk.get(address(made, "/giay-hen")).one(".line").get_text()
    told = [check(line, office.services.signer.public) for line in (first, second)]
    assert [one.verdict for one in told] == [Verdict.GENUINE, Verdict.GENUINE]
    due = made.due
    assert due is not None
    assert [(one.receipt.version, one.receipt.due) for one in told if one.receipt] == [
        (made.version, due.replace(second=0)),  # told to the minute, as the paper tells it
        (later.version, None),
    ]


def test_what_was_received_before_lines_were_kept_gets_its_own_with_the_next_print(office: Office, clerk: Visitor):
    made = replace(taken(office), line="")
    DossierStore().lined(made).alone()
    first = clerk.get(address(made, "/giay-hen")).one(".line").get_text()
    assert office.services.dossier_office.find(AGENCY, str(made.code)) == replace(made, line=first.replace(" ", ""))
    office.clock.pass_by(seconds=120)
    assert clerk.get(address(made, "/giay-hen")).one(".line").get_text() == first


def test_where_no_key_is_set_the_receipt_says_nothing_of_a_signature(office: Office, officer: Desk):
    settings = replace(office.services.settings, signing_keys="")
    services = Services(settings, clock=office.clock, sleep=lambda seconds: None)
    page = Visitor(create_app(settings, services), o=officer.come_in().token).get(address(taken(office), "/giay-hen"))
    assert page.soup.select(".line") == [] and len(page.soup.select(".paper img")) == 2
    assert "dòng chữ đã ký" not in page.text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime(2026, 2, 5, 9, tzinfo=VIETNAM), "gày 05 tháng 02 năm 2026"),
        (datetime(2026, 3, 5, 9, tzinfo=VIETNAM), "gày 05 tháng 3 năm 2026"),
        (datetime(2026, 12, 15, 9, tzinfo=VIETNAM), "gày 15 tháng 12 năm 2026"),
    ],
)
def test_its_date_is_written_as_forms_are_dated(day: datetime, words: str, office: Office):
    office.clock.at = day
    identified(office)
    clerk = office.at_desk(office.desk("sang@x.vn", "officer"))
    assert words in clerk.get(address(taken(office), "/giay-hen")).text


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (Kind.COMMUNE, "Phường Tuy Hòa", "Tuy Hòa, ngày"),
        (Kind.COMMUNE, "Ủy ban nhân dân xã Ea Kar", "Ea Kar, ngày"),
        (Kind.COMMUNE, "UBND phường 5", "Phường 5, ngày"),
        (Kind.PROVINCE, "Ủy ban nhân dân tỉnh An Giang", "An Giang, ngày"),
        (Kind.PROVINCE, "ỦY BAN NHÂN DÂN THÀNH PHỐ HUẾ", "HUẾ, ngày"),
        (Kind.PROVINCE, "Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh, ngày"),
    ],
)
def test_it_is_dated_at_the_place_of_its_agency(kind: Kind, name: str, words: str, office: Office, clerk: Visitor):
    ward = Agency("phuong-tuy-hoa", "phuong-tuy-hoa", kind, name, "Tuy Hoa ward")
    AgencyStore().add([ward])
    made = taken(office, agency=ward.id)
    desk = office.at_desk(office.desk("phuong@x.vn", "officer", agency=ward.id))
    stated(office, made)
    assert desk.get(address(made, "/giay-hen")).one(".paper-head i").get_text().startswith(words)


def test_what_was_paid_stands_on_it(office: Office, clerk: Visitor):
    made = moved(office, taken(office), lambda one, at, cal: ask_for_payment(one, 8_000, "Điều 5", OFFICER, at))
    moved(office, made, lambda one, at, cal: pay(one, OFFICER, at, cal))
    assert "8.000 đồng" in clerk.get(address(made, "/giay-hen")).text


def test_what_was_not_received_has_none_and_says_so(office: Office, clerk: Visitor):
    page = clerk.get(address(taken(office, ONLINE), "/giay-hen"), 404)
    assert "chưa được tiếp nhận nên chưa có giấy hẹn" in page.text


def test_another_link_takes_the_old_one_s_place_once_it_was_understood(office: Office, clerk: Visitor):
    made = taken(office)
    old, path = link_of(office), address(made, "/lien-ket-moi")
    clerk.post(path, 422, **typed(clerk.get(path)))
    assert link_of(office) == old
    fields = typed(clerk.get(path), understood="1")
    for _ in range(3):
        clerk.post(path, **fields)
    new = link_of(office)
    assert new != old
    assert new in clerk.get(address(made, "/giay-hen")).text
    assert str(made.code) == office.services.dossier_office.linked(new).code
    with pytest.raises(NotFound):
        office.services.dossier_office.linked(old)
    events = [entry.event for entry in office.services.audit.page(AGENCY).entries]
    assert events.count("dossier_link_renewed") == 1


def test_only_who_handles_dossiers_prints_and_renews(office: Office, clerk: Visitor):
    made = taken(office)
    old = link_of(office)
    others = [(role, AGENCY) for role in ("approver", "publisher", "agency_admin", "auditor")] + [("officer", OTHER)]
    for role, home in others:
        other = office.at_desk(office.desk(f"{role}@x.vn", role, agency=home))
        other.get(address(made, "/giay-hen"), 403)
        other.get(address(made, "/lien-ket-moi"), 403)
        other.post(address(made, "/lien-ket-moi"), 403, understood="1")
    assert link_of(office) == old


def test_hostile_names_are_printed_as_words(office: Office, clerk: Visitor):
    made = taken(office, replace(AT_DESK, procedure_name='"><script>alert(1)</script>'))
    page = clerk.get(address(made, "/giay-hen"))
    assert "<script>alert" not in page.html and "<script>alert(1)</script>" in page.text


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, clerk: Visitor, tmp_path: Path):
    made = taken(office)
    for language in ("", "?lang=en"):
        for name in ("giay-hen", "lien-ket-moi"):
            collect_html(f"{name}{language}", clerk.get(address(made, f"/{name}{language}")).html, tmp_path)
    assert_markup(tmp_path)
