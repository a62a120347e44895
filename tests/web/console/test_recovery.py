"""Recovery codes at the desk: how many are left, new ones shown once, everything that can go wrong said on the page."""

import pytest

from miniapp.accounts.recovery import ALL
from tests.support.markup import collect_html
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

ACCOUNT, RENEW = "/console/account", "/console/account/recovery-codes"


@pytest.fixture
def lan(office: Office) -> Desk:
    return office.desk("lan@angiang.gov.vn", "publisher", "auditor")


@pytest.fixture
def visitor(office: Office, lan: Desk) -> Visitor:
    return office.at_desk(lan)


def codes(page: Page) -> list[str]:
    return [item.get_text() for item in page.soup.select(".codes code")]


def test_the_account_says_how_many_are_left_and_warns_when_few_are(office: Office, visitor: Visitor, lan: Desk) -> None:
    page = visitor.get(ACCOUNT)
    collect_html("console account codes", page.html)
    assert f"Còn {ALL} mã chưa dùng." in page.text
    for code in lan.recovery[:7]:
        lan.accounts.sign_in.finish(lan.half(), code, address="192.0.2.1")
    page = visitor.get(ACCOUNT)
    collect_html("console account few codes", page.html)
    assert "Chỉ còn 3 mã; nên tạo mã mới." in page.text
    link = page.soup.find("a", string="Tạo mã dự phòng mới")
    assert link
    assert link["href"] == RENEW


def test_new_codes_are_shown_once_for_paper_and_work(office: Office, visitor: Visitor, lan: Desk) -> None:
    page = visitor.get(RENEW)
    collect_html("console renew codes", page.html)
    assert f"Bạn còn {ALL} trong {ALL} mã dự phòng." in page.text
    made = visitor.submit(RENEW, 200, code=lan.code())
    collect_html("console new codes", made.html)
    shown = codes(made)
    assert len(shown) == ALL
    assert lan.login in made.text
    assert made.answer.headers["Cache-Control"] == "private, no-store"
    assert codes(visitor.get(RENEW)) == []
    lan.accounts.sign_in.finish(lan.half(), shown[0], address="192.0.2.1")
    assert f"Còn {ALL - 1} mã chưa dùng." in visitor.get(ACCOUNT).text
    assert "Tạo mã dự phòng mới" in visitor.get(f"/console/{AGENCY}/audit").text


def test_three_taps_give_the_same_codes_and_renew_once(office: Office, visitor: Visitor, lan: Desk) -> None:
    fields = {"form_token": visitor.get(RENEW).token(), "code": lan.code()}
    first, second = (codes(visitor.post(RENEW, 200, **fields)) for _ in range(2))
    assert first == second
    events = [entry.event for entry in office.services.audit.of_object(AGENCY, lan.id)]
    assert events.count("recovery_codes_renewed") == 1


@pytest.mark.parametrize("typed", ["", "918273", "recovery"])
def test_a_wrong_code_is_said_at_its_field_and_never_shown(visitor: Visitor, lan: Desk, typed: str) -> None:
    code = lan.recovery[0] if typed == "recovery" else typed
    page = visitor.submit(RENEW, 422, code=code)
    collect_html(f"console renew codes wrong {typed}", page.html)
    assert page.soup.find(id="f-code-problem")
    assert page.soup.select_one('#problems a[href="#f-code"]')
    assert not code or code not in page.html
    assert codes(page) == []
    assert visitor.post(RENEW, 200, form_token=page.token(), code=lan.code())


def test_too_many_tries_say_how_long_to_wait(visitor: Visitor) -> None:
    statuses = []
    for _ in range(8):
        token = visitor.get(RENEW).token()
        answer = visitor.client.post(RENEW, data={"code": "000000", "form_token": token})
        statuses.append(answer.status_code)
    assert (statuses[0], statuses[-1]) == (422, 429)
    assert int(answer.headers["Retry-After"]) >= 1
    collect_html("console renew codes wait", answer.text)


def test_a_form_that_stood_too_long_or_came_from_elsewhere_renews_nothing(
    office: Office, visitor: Visitor, lan: Desk
) -> None:
    page = visitor.post(RENEW, 422, form_token="made.up.token", code=lan.code())
    assert page.soup.find(id="problems")
    token = visitor.get(RENEW).token()
    answer = visitor.client.post(
        RENEW, data={"code": lan.code(), "form_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert lan.accounts.recovery.left(lan.id) == ALL
    events = [entry.event for entry in office.services.audit.of_object(AGENCY, lan.id)]
    assert "recovery_codes_renewed" not in events


def test_who_is_not_signed_in_is_asked_to(office: Office) -> None:
    assert office.visitor().get(RENEW, 303).answer.headers["Location"].startswith("/console/sign-in")


def test_the_pages_speak_english_too(visitor: Visitor, lan: Desk) -> None:
    page = visitor.get(f"{RENEW}?lang=en")
    collect_html("console renew codes en", page.html)
    assert "You have 10 of 10 recovery codes left." in page.text
    made = visitor.post(f"{RENEW}?lang=en", 200, form_token=page.token(), code=lan.code())
    collect_html("console new codes en", made.html)
    assert len(codes(made)) == ALL
