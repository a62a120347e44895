"""An admin makes a key of another system, sees it once, and takes it back."""

import pytest

from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/co-quan/khoa"
TYPED = {"name": "Một cửa", "last_day-day": "1", "last_day-month": "12", "last_day-year": "2026"}
SCOPES = ["dossiers:read", "dossiers:write"]


@pytest.fixture
def admin(office: Office) -> Visitor:
    return office.at_desk(office.desk("quan@angiang.gov.vn", "agency_admin"))


def typed(visitor: Visitor, **more: object) -> dict[str, object]:
    return {**TYPED, "scopes": SCOPES, "form_token": visitor.get(f"{BASE}/moi").token(), **more}


def test_a_key_is_shown_once_and_stands_in_the_list_without_its_secret(office: Office, admin: Visitor):
    assert "Chưa có khóa nào" in admin.get(BASE).text
    form = typed(admin)
    made = admin.post(f"{BASE}/moi", 200, **form)
    token = made.value("token")
    assert token.startswith(f"mct.{AGENCY}.key_")
    assert admin.post(f"{BASE}/moi", 200, **form).value("token") == token  # tapped twice
    page = admin.get(BASE)
    assert len(office.services.accounts.machine_keys.of(AGENCY)) == 1
    assert token.rpartition(".")[2] not in page.html
    assert "01/12/2026" in page.text
    assert "Chưa dùng" in page.text and "Đang dùng" in page.text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "Tên phần mềm cần"),
        ({"scopes": []}, "Chưa chọn khóa được làm gì"),
        ({"last_day-year": "2036"}, "Ngày hết hạn phải"),
        ({"last_day-day": "x"}, "Ngày hết hạn phải"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Office, admin: Visitor, more: dict[str, object], words):  # type: ignore[no-untyped-def]
    page = admin.post(f"{BASE}/moi", 422, **typed(admin, **more))
    assert words in page.text
    assert page.value("name") == {**TYPED, **more}["name"]
    assert len(page.soup.select("input[name=scopes][checked]")) == len({"scopes": SCOPES, **more}["scopes"])  # type: ignore[arg-type]
    assert office.services.accounts.machine_keys.of(AGENCY) == []


def test_a_key_that_is_revoked_says_so_and_the_trail_names_both_acts(office: Office, admin: Visitor):
    admin.post(f"{BASE}/moi", 200, **typed(admin))
    (key,) = office.services.accounts.machine_keys.of(AGENCY)
    ask = admin.get(f"{BASE}/{key.id}/thu-hoi")
    assert "ngừng gửi và xem hồ sơ ngay" in ask.text
    admin.post(f"{BASE}/{key.id}/thu-hoi", 303, form_token=ask.token())
    assert "Khóa đã thu hồi" in admin.get(BASE).text
    trail = [entry.event for entry in office.services.audit.page(AGENCY).entries]
    assert trail[:2] == ["machine_key_revoked", "machine_key_made"]


def test_only_the_agencys_own_admin_comes_in_and_gives_the_code_of_the_phone_first(office: Office, admin: Visitor):
    admin.post(f"{BASE}/moi", 200, **typed(admin))
    (key,) = office.services.accounts.machine_keys.of(AGENCY)
    for roles, home in ((("publisher", "approver", "officer", "auditor"), AGENCY), (("agency_admin",), OTHER)):
        stranger = office.at_desk(office.desk(f"{roles[0]}@x.vn", *roles, agency=home))
        for path in ("", "/moi", f"/{key.id}/thu-hoi"):
            stranger.get(BASE + path, 403)
        for path in ("/moi", f"/{key.id}/thu-hoi"):
            stranger.post(BASE + path, 403)
    late = typed(admin)
    office.clock.pass_by(minutes=6)
    assert admin.get(f"{BASE}/moi", 303).answer.location.startswith("/console/second-factor")
    assert "cần xác thực lần nữa" in admin.post(f"{BASE}/moi", 422, **late).text
    assert len(office.services.accounts.machine_keys.of(AGENCY)) == 1
