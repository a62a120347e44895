"""Every page that there is, in one walk by a real browser: strangers, citizens and officers at every address and in the
states that only an act brings about, in both languages, light and dark, narrow, at double size, without script.

The tests read what the walk noted. A page that is added and that nobody brings here fails the last of them."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import nodes
from playwright.sync_api import Browser

from handlers.words import TEMPLATES, build_environment
from infra.local import demo
from infra.local.authenticator import with_authenticator
from miniapp.accounts.access import Operator, Role
from miniapp.agencies.model import Service
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Exam, Formula, Reason
from miniapp.exam_scores.telling import PURPOSE
from tests.support import officers, site
from tests.support.axe import served
from tests.support.cloud import Cloud
from tests.support.letters import deliver_all
from tests.support.looking import Visitor, Walk, answering
from tests.support.markup import assert_markup
from tests.support.officers import PASSWORD, Desk
from tests.support.score_desk import BAD, many
from tests.support.site import AGENCY, CITIZEN, CODED, COMING, EXAMS, OPEN, OTHER, VERIFIED
from tests.support.walked_dossier_desk import asked_why, handling_dossiers
from tests.support.walked_dossiers import following_dossiers, keeping_dossiers
from tests.support.walked_other_systems import (
    with_files_of_other_systems,
    with_keys_of_other_systems,
    with_lists_as_files,
)
from tests.support.walked_procedures import (
    asking_for_papers,
    looking_for_procedures,
    with_a_calendar_of_its_own,
    with_procedures_of_its_own,
)
from tests.support.walked_quality import reading_quality
from tests.support.walked_ratings import reading_ratings
from tests.support.walked_town import CONSOLE, Town, act
from tests.support.walked_usage import reading_figures_of_use
from tests.web.look.test_error_pages import KINDS, rendered

pytestmark = pytest.mark.browser

GONE, PATIENCE = 410, 30
SCORES = f"{CONSOLE}/diem-thi"
DESK_EXAM = "thpt-2019"
NEWCOMER = {"login": "mai@demo.vn", "name": "Trần Thị Mai", "roles": ["publisher", "auditor"]}
FOLDERS = ("citizen", "console", "demo", "errors", "received")


def walked(cloud: Cloud, browser: Browser, folder: Path, thorough: bool) -> Walk:
    """The whole walk."""
    cloud.engine.empty()
    site._last.clear()
    made = site.opened(cloud, site.furnish(cloud))
    demo.joined(made.services, folder.parent, AGENCY, NEWCOMER, lambda text: None)
    with_authenticator(made.app, folder.parent)
    with served(made.app) as base:
        town = Town(made, cloud, Walk(made.app, base, browser, folder, thorough))
        with town.walk.visitor("stranger", made.client()) as stranger:
            as_a_stranger(town, stranger)
            being_invited(town, stranger)
            looking_for_procedures(town, stranger)
            asking_for_papers(town, stranger)
            following_dossiers(town, stranger)
            reading_quality(town, stranger)
        with town.walk.visitor("citizen", made.citizen()) as citizen:
            as_a_citizen(town, citizen)
            keeping_dossiers(town, citizen)
        with town.walk.visitor("officer", made.officer()) as officer:
            as_an_officer(town, officer)
            with_a_calendar_of_its_own(town, officer)
            with_procedures_of_its_own(town, officer)
            handling_dossiers(town, officer)
            with_files_of_other_systems(town, officer)
            with_lists_as_files(town, officer)
        # An officer who signed in a moment ago, since a key is made with both factors fresh.
        with town.walk.visitor("officer", made.officer()) as officer:
            with_keys_of_other_systems(town, officer)
            reading_ratings(town, officer)
            reading_figures_of_use(town, officer)
            with_results_in_every_state(town, officer)
            with_people(town, officer)
        with town.walk.visitor("clerk", made.clerk()) as clerk:
            asked_why(town, clerk)
        with town.walk.visitor("stranger", made.client()) as stranger:
            after_the_end(town, stranger)
            when_something_is_wrong(town, stranger)
        without_script(town)
    cloud.engine.empty()
    return town.walk


@pytest.fixture(scope="module")
def walk(_session_cloud: Cloud, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walked(_session_cloud, browser, tmp_path_factory.mktemp("html"), thorough=False)


def as_a_stranger(town: Town, by: Visitor) -> None:
    for address in town.everywhere("/"):
        if not address.startswith(SCORES):
            town.walk.visit(by, address)
    for query in ("q=phu yen", "q=qwertyuiop", "q=" + "a" * 130, f"thuoc={AGENCY}", "q="):
        town.walk.visit(by, f"/?{query}")
    for more in ("", "&open=scores", "&citizen=khong-co"):
        town.walk.visit(by, f"/demo/chat?agency={AGENCY}{more}")
    town.walk.visit(by, "/console/sign-in?left=1")
    way = town.services.accounts.citizen_links.make(CITIZEN, "/toi").partition("/toi/vao/")[2]
    town.walk.visit(by, f"/toi/vao/{way}")
    town.services.accounts.citizen_links.enter(way)
    town.walk.visit(by, f"/toi/vao/{way}")


def being_invited(town: Town, by: Visitor) -> None:
    """From the link to the recovery codes, and both steps of signing in."""
    accounts, page = town.services.accounts, by.page
    for language in ("", "?lang=en"):
        login = f"moi{len(language)}@phuyen.gov.vn"
        link = accounts.people.invite(AGENCY, login, "Nguyễn Thị Mới", ["publisher"], by=Operator())
        town.walk.visit(by, f"/console/link/{link.token}")
        page.goto(f"{town.walk.base}/console/link/{link.token}{language}")
        act(town, by, f"link weak{language}", password="matkhau123456")
        act(town, by, f"link phone{language}", password=PASSWORD)
        secret = page.locator("code").first.text_content() or ""
        act(town, by, f"link phone wrong{language}", code="000000")
        desk = Desk(link.officer.id, login, secret.replace(" ", ""), [], accounts, town.site.clock)
        act(town, by, f"link codes{language}", code=desk.code())
        page.goto(f"{town.walk.base}/console/sign-in{language}")
        act(town, by, f"sign-in wrong{language}", login=login, password="sai mat khau")
        act(town, by, f"code{language}", password=PASSWORD)
        act(town, by, f"code wrong{language}", code="000000")
        page.context.clear_cookies()


def as_a_citizen(town: Town, by: Visitor) -> None:
    services, walk = town.services, town.walk
    before = ("/toi", "/toi/xoa", f"/{AGENCY}/diem-thi/{COMING}/bao-tin")
    for address in before:
        walk.visit(by, address)
    services.consents.give(CITIZEN, AGENCY, PURPOSE, "1")
    services.telling.register(AGENCY, COMING, CITIZEN, "120001")
    for address in (*before, f"/toi/dong-y/{AGENCY}/{PURPOSE}/1", *town.everywhere("/toi")):
        walk.visit(by, address)
    for place in range(2, 6):
        services.telling.register(AGENCY, COMING, CITIZEN, f"12000{place}")
    walk.visit(by, before[-1])
    services.consents.withdraw(CITIZEN, AGENCY, PURPOSE)
    walk.visit(by, "/toi")
    for slug, born in ((VERIFIED, True), (CODED, False)):
        by.page.goto(f"{walk.base}/{AGENCY}/diem-thi/{slug}")
        day = {"birth_date": "09", "birth_date-month": "03", "birth_date-year": "2011"} if born else {}
        act(town, by, f"{slug} wrong", number="129999", **(day or {"card_code": "XXXXX"}))
        act(town, by, f"{slug} slip", number="120001", **(day or {"card_code": "K7Q2M"}))
    chat = f"/demo/chat?agency={AGENCY}&citizen=lan"
    by.page.goto(walk.base + chat)
    by.page.locator("#f-text").fill("Bao giờ có điểm?")
    by.page.locator("#f-text").press("Enter")
    by.page.wait_for_load_state()
    deliver_all(services, town.cloud)
    walk.visit(by, chat)


def as_an_officer(town: Town, by: Visitor) -> None:
    for address in town.everywhere("/console"):
        town.walk.visit(by, address)
    for slug in EXAMS:
        pointer = town.desk.services.exam_office.exam(AGENCY, slug).pointer(town.site.clock.now())
        coming = town.desk.services.exam_office.exam(AGENCY, slug).next
        for edition in {one.edition for one in (pointer, coming) if one}:
            for part in ("", "/duyet", "/doi-gio", "/van-de", "/khac-biet", "/pho-diem", "/nhat-ky"):
                town.walk.visit(by, f"{SCORES}/{slug}/{edition}{part}")
    town.walk.visit(by, f"{CONSOLE}/audit?ngay=2026-01-01")


def with_results_in_every_state(town: Town, by: Visitor) -> None:
    """An exam from its first file to its withdrawal, and rules that wait for a second officer."""
    desk, walk, office = town.desk, town.walk, town.services.exam_office
    formula = Formula((("toan", 2), ("van", 1)), 150, 0)
    desk.add(title="Kỳ thi trung học phổ thông quốc gia năm 2019", expected_prefixes=("01", "02", "39"))
    office.change_exam(desk.now(), town.me.id, formula=formula, benchmark=2000)
    for part in ("", "/sua", "/bat-dau", "/thu-hoi", "/quy-tac", "/to-hop"):
        walk.visit(by, desk.base + part)
    edition = desk.begun()
    file = desk.sent(edition, BAD)
    for part in (
        "",
        f"?tep={file}",
        "/van-de",
        "/pho-diem",
        "/khac-biet",
        "/nhat-ky",
        "/duyet",
        f"/da-nhan?tep={file}",
    ):
        walk.visit(by, desk.at(edition) + part)
    office.take_file(desk.now(), edition.id, file, "diem_thi_lan_1.csv", town.me.id)
    walk.visit(by, desk.at(edition))
    town.services.exam_store.beat(desk.now(), edition.id, "wrk", town.site.clock.now(), "counting", 450, 900)
    walk.visit(by, desk.at(edition))
    town.services.exam_store.leave(desk.now(), edition.id, "wrk")
    town.services.importing.run(ImportEdition(AGENCY, desk.exam.slug, edition.id))
    for part in ("", "/van-de", "/duyet"):
        walk.visit(by, desk.at(edition) + part)
    released = desk.released(many(300))
    fix = desk.checked(many(300, 125), reason=Reason.CORRECTION)
    for part in ("", "/van-de", "/khac-biet", "/pho-diem", "/duyet"):
        walk.visit(by, desk.at(fix) + part)
    office.approve(desk.now(), fix.id, town.other.id, town.site.clock.now() + timedelta(hours=1))
    for address in (desk.at(fix), desk.at(fix, "doi-gio"), desk.at(released), desk.base, desk.base + "/thu-hoi"):
        walk.visit(by, address)
    exam = propose(town, town.other.id)
    for part in ("", "/quy-tac", "/quy-tac/duyet"):
        walk.visit(by, desk.base + part)
    town.services.ruling.decline(exam, town.other.id)
    propose(town, town.me.id)
    walk.visit(by, desk.base + "/quy-tac/duyet")
    walk.visit(by, "/console/")


def propose(town: Town, who: str) -> Exam:
    now = town.desk.now()
    return town.services.ruling.propose(now, who, now.formula, 2400, Reason.CORRECTION, "15/QĐ-SGDĐT")


def with_people(town: Town, by: Visitor) -> None:
    """Somebody else's page and all that may be done to him; the answers that show something once."""
    base = f"{CONSOLE}/officers/{town.other.id}"
    for part in ("", "/roles", "/disable", "/end-sessions", "/new-phone", "/new-password", "/new-link"):
        town.walk.visit(by, base + part)
    town.services.accounts.people.disable(AGENCY, town.other.id, by=Operator())
    for part in ("", "/enable"):
        town.walk.visit(by, base + part)
    town.walk.visit(by, f"{CONSOLE}/officers")
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{CONSOLE}/officers/new{language}")
        by.page.locator("main [type=checkbox]").first.check()
        act(town, by, f"invited{language}", name="Lê Văn Một", login=f"mot{len(language)}@phuyen.gov.vn")
        asked(town, by, language)
        by.page.goto(f"{town.walk.base}/console/account/recovery-codes{language}")
        act(town, by, f"recovery codes{language}", code=town.me.code())
    town.site.clock.pass_by(minutes=20)
    town.walk.visit(by, "/console/second-factor")


def asked(town: Town, by: Visitor, language: str) -> None:
    """What another admin asked for, with the list that shows it, and the link for who says yes."""
    accounts = town.services.accounts
    login = f"hai{len(language)}@phuyen.gov.vn"
    minh = officers.officer(accounts, town.site.clock, f"quan{len(language)}@phuyen.gov.vn", AGENCY, Role.AGENCY_ADMIN)
    accounts.people.invite(AGENCY, login, "Lê Văn Hai", ["approver"], by=minh.signed())
    for one in accounts.confirming.waiting(AGENCY, Operator()):
        town.walk.visit(by, f"{CONSOLE}/officers/asked/{AGENCY}/{one.officer}")
    for address in (f"{CONSOLE}/officers", "/console/"):
        town.walk.visit(by, address)
    (held,) = [one for one in accounts.confirming.waiting(AGENCY, Operator()) if one.login.reveal == login]
    by.page.goto(f"{town.walk.base}{CONSOLE}/officers/asked/{AGENCY}/{held.officer}{language}")
    by.page.locator("main #f-understood").check()
    act(town, by, f"link made{language}")


def after_the_end(town: Town, by: Visitor) -> None:
    """A service that closed, an agency that was merged."""
    town.services.agencies.close_service(AGENCY, Service.EXAM_SCORES, "operator")
    for path in ("/", "/diem-thi", f"/diem-thi/{OPEN}"):
        town.walk.visit(by, f"/{AGENCY}{path}")
    with town.walk.visitor("officer", town.site.officer()) as officer:
        town.walk.visit(officer, f"{CONSOLE}/co-quan/dich-vu/exam_scores")
        town.services.agencies.merge(AGENCY, [OTHER], "2026-06-30", "operator")
        town.walk.visit(officer, f"{CONSOLE}/co-quan")
        town.walk.visit(officer, "/console/")
    town.site.clock.pass_by(
        minutes=1
    )  # what a process knows of an agency is seconds old, and refreshed beside the traffic
    until = time.monotonic() + PATIENCE
    while by.client.get(f"/{AGENCY}/").status_code != GONE and time.monotonic() < until:
        time.sleep(0.05)
    town.walk.visit(by, f"/{AGENCY}/")
    town.services.agencies.open_service(OTHER, Service.EXAM_SCORES, "operator")
    town.walk.visit(by, f"/{OTHER}/diem-thi")


def when_something_is_wrong(town: Town, by: Visitor) -> None:
    """The pages of errors, which no address brings about when one wants them."""
    for kind in KINDS:
        for language in ("vi", "en"):
            body = rendered(kind, language)
            by.page.route("**/khong-co/loi", answering(body))
            by.page.goto(f"{town.walk.base}/khong-co/loi")
            town.walk.look(by, f"{kind} {language}", body)
            town.walk.templates.add(f"errors/{kind}.html")


def without_script(town: Town) -> None:
    """Every address that was opened, again, by who it was opened."""
    clients = {"stranger": town.site.client(), "citizen": town.site.citizen(), "officer": town.site.officer()}
    for name, client in clients.items():
        mine = [one.split(" ") for one in town.walk.opened if one.startswith(f"{name} /")]
        addresses = [parts[1] for parts in mine if len(parts) == 2 and "lang=en" not in parts[1]]
        with town.walk.visitor(name, client, java_script_enabled=False) as visitor:
            town.walk.without_script(visitor, addresses)


def assert_none(walk: Walk, kind: str) -> None:
    found = list(dict.fromkeys(walk.wrong[kind]))
    assert not found, f"{len(found)}:\n" + "\n".join(found[:40])


def test_axe_finds_nothing_on_any_page(walk: Walk) -> None:
    assert_none(walk, "axe")


def test_no_page_breaks_its_policy_or_its_script(walk: Walk) -> None:
    assert_none(walk, "script")


def test_no_page_is_wider_than_a_small_phone(walk: Walk) -> None:
    assert_none(walk, "narrow")


def test_no_page_is_wider_than_a_small_phone_with_text_of_double_size(walk: Walk) -> None:
    assert_none(walk, "double")


def test_everything_that_is_pressed_is_large_enough(walk: Walk) -> None:
    assert_none(walk, "targets")


def test_every_page_for_citizens_comes_in_the_first_flight(walk: Walk) -> None:
    assert_none(walk, "bytes")


def test_without_script_every_page_stands_and_nothing_on_it_is_dead(walk: Walk) -> None:
    assert_none(walk, "without script")


def test_the_markup_of_every_page_is_correct(walk: Walk) -> None:
    assert_markup(walk.folder)


def test_no_page_was_missed(walk: Walk) -> None:
    assert walk.opened
    assert pages() - walk.templates == set()


def pages() -> set[str]:
    """Every template that is a page: it stands in a layout."""
    environment, found = build_environment().environment("vi"), set()
    for path in TEMPLATES.rglob("*.html"):
        name = path.relative_to(TEMPLATES).as_posix()
        tree = environment.parse(path.read_text("utf-8"))
        if name.startswith(FOLDERS) and not path.name.startswith("_") and tree.find(nodes.Extends):
            found.add(name)
    return found


@pytest.fixture
def long_walk(_session_cloud: Cloud, browser: Browser, tmp_path: Path) -> Walk:
    return walked(_session_cloud, browser, tmp_path / "html", thorough=True)


@pytest.mark.sweep
def test_every_single_page_holds_too(long_walk: Walk) -> None:
    assert {kind: found for kind, found in long_walk.wrong.items() if found} == {}
    assert_markup(long_walk.folder)
