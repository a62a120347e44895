"""The demo's officers can do what the README says of them."""

from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest

from infra.local import demo
from infra.local.authenticator import PATH, with_authenticator
from tests.support.site import AGENCY, Site
from tests.support.visitor import Visitor

ADDRESS = "192.0.2.7"


@dataclass
class Phone:
    """The demo officers' phone, and who looks at it."""

    site: Site
    officers: list[demo.DemoOfficer]
    visitor: Visitor


def test_an_officer_signs_in_within_the_half_minute_the_demo_was_loaded(fresh_site: Site, tmp_path: Path) -> None:
    services = fresh_site.services
    person = {"login": "mai@demo.vn", "name": "Trần Thị Mai", "roles": ["publisher"]}
    made = demo.joined(services, tmp_path, AGENCY, person, lambda text: None)
    code = pyotp.TOTP(made.secret).at(fresh_site.clock.now())
    half = services.accounts.sign_in.begin(made.login, made.password, address=ADDRESS, device="")
    assert services.accounts.sign_in.finish(half, code, address=ADDRESS).signed.id == made.id


@pytest.fixture
def phone(fresh_site: Site, tmp_path: Path) -> Phone:
    """Two officers of the demo and the page with their codes."""
    people: list[dict[str, object]] = [
        {"login": "mai@demo.vn", "name": "Trần Thị <Mai>", "roles": ["publisher"]},
        {"login": "bao@demo.vn", "name": "Phạm Gia Bảo", "roles": ["agency_admin", "auditor"]},
    ]
    made = [demo.joined(fresh_site.services, tmp_path, AGENCY, person, lambda text: None) for person in people]
    return Phone(fresh_site, made, Visitor(with_authenticator(fresh_site.app, tmp_path)))


def test_the_phone_shows_what_each_officer_needs_to_sign_in(phone: Phone) -> None:
    page = phone.visitor.get(PATH)
    shown = [[" ".join(cell.get_text().split()) for cell in rows.find_all("dd")] for rows in page.soup.select("dl")]
    now = phone.site.clock.now()
    assert shown == [[one.login, one.password, pyotp.TOTP(one.secret).at(now)] for one in phone.officers]
    assert [heading.get_text() for heading in page.soup.select("h2")] == ["Trần Thị <Mai>", "Phạm Gia Bảo"]
    assert "Quản trị cơ quan · Kiểm tra, giám sát" in page.text


def test_half_a_minute_later_the_phone_shows_other_codes_at_a_tap_or_by_itself(phone: Phone) -> None:
    before = phone.visitor.get(PATH)
    phone.site.clock.pass_by(seconds=30)
    after = phone.visitor.get(PATH)
    codes = [[code.get_text() for code in page.soup.select("dd.big")] for page in (before, after)]
    assert codes[0] != codes[1]
    assert after.soup.select_one(f"main a[href='{PATH}']")
    assert after.soup.select_one("#codes[data-refresh]")
    assert "http-equiv" not in after.html


def test_the_phone_speaks_english_and_stays_so(phone: Phone) -> None:
    page = phone.visitor.get(f"{PATH}?lang=en")
    assert page.h1 == "Officers of the demo"
    assert all("lang=en" in str(link["href"]) for link in page.soup.select("main a"))


def test_nobody_keeps_the_phone_or_shows_it_under_another_name(phone: Phone) -> None:
    headers = phone.visitor.get(PATH).answer.headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    stranger = phone.site.client().get(PATH, base_url="http://evil.example/")
    assert stranger.status_code >= 400
    assert phone.officers[0].password not in stranger.text


def test_before_the_demo_is_loaded_the_phone_says_so(fresh_site: Site, tmp_path: Path) -> None:
    page = Visitor(with_authenticator(fresh_site.app, tmp_path)).get(PATH)
    assert "Chưa có cán bộ nào" in page.text


def test_an_app_that_is_not_the_demo_has_no_such_page(fresh_site: Site) -> None:
    assert fresh_site.client().get(PATH).status_code == 404
