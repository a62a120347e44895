"""Signing in as browsers do it: two pages, cookies that keep to themselves, nothing lost but secrets, nothing left behind."""

import re

import pytest

from miniapp.accounts.access import Operator
from tests.support.cloud import Cloud
from tests.support.markup import collect_html
from tests.support.officers import PASSWORD, Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

SIGN_IN, CODE, AGAIN = "/console/sign-in", "/console/sign-in/code", "/console/second-factor"


def cookies(page: Page) -> dict[str, str]:
    """What the answer gives the browser, by name."""
    return {line.split("=", 1)[0]: line for line in page.answer.headers.getlist("Set-Cookie")}


def value(line: str) -> str:
    return line.split("=", 1)[1].split(";", 1)[0]


def first_step(visitor: Visitor, desk: Desk, next_address: str = "") -> Page:
    address = SIGN_IN + (f"?next={next_address}" if next_address else "")
    return visitor.submit(address, login=desk.login, password=desk.password)


def test_the_way_in(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    page = visitor.get(SIGN_IN)
    collect_html("console sign-in", page.html)
    then = first_step(visitor, lan)
    assert then.answer.headers["Location"] == CODE
    assert set(cookies(then)) == {"h"}
    page = visitor.follow(then)
    collect_html("console sign-in code", page.html)
    done = visitor.submit(CODE, code=lan.code())
    assert done.answer.headers["Location"] == "/console/"
    assert value(cookies(done)["h"]) == ""
    assert lan.login in visitor.get("/console/account").text


def test_the_pages_welcome_password_managers_and_work_without_script(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    page = visitor.get(SIGN_IN)
    login, password = page.soup.find(id="f-login"), page.soup.find(id="f-password")
    assert login
    assert password
    assert (login["autocomplete"], password["autocomplete"], password["type"]) == (
        "username",
        "current-password",
        "password",
    )
    assert "maxlength" not in password.attrs
    first_step(visitor, lan)
    code = visitor.get(CODE).soup.find(id="f-code")
    assert code
    assert code["autocomplete"] == "one-time-code"


def test_cookies_of_officers_are_strict_and_out_of_scripts_reach(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    lines = [*cookies(first_step(visitor, lan)).values(), *cookies(visitor.submit(CODE, code=lan.code())).values()]
    assert len(lines) == 4
    for line in lines:
        assert "HttpOnly" in line
        assert "SameSite=Strict" in line
        assert "Path=/" in line
        assert "Domain" not in line


def test_over_https_cookies_are_secure_under_host_names(cloud: Cloud) -> None:
    from dataclasses import replace

    from handlers import cookies as house
    from handlers.answers import see
    from handlers.app import create_app
    from handlers.wiring import Services

    settings = replace(cloud.settings, secure_cookies=True)
    app = create_app(settings, Services(settings))
    with app.test_request_context("/"):
        made = see("/")
        for kind in ("officer", "citizen", "half", "device"):
            house.keep(made, kind, "x")  # type: ignore[arg-type]
        lines = made.headers.getlist("Set-Cookie")
    assert [line.split("=")[0] for line in lines] == ["__Host-o", "__Host-s", "__Host-h", "__Host-d"]
    assert all("; Secure" in line and "Path=/" in line and "Domain" not in line for line in lines)
    assert ["SameSite=Lax" in line for line in lines] == [False, True, False, False]


def test_the_session_is_a_new_one_at_every_step(office: Office, lan: Desk) -> None:
    visitor = office.visitor(o="planted-by-somebody")
    half = value(cookies(first_step(visitor, lan))["h"])
    token = value(cookies(visitor.submit(CODE, code=lan.code()))["o"])
    assert token not in (half, "planted-by-somebody")
    again = value(cookies(visitor.submit(AGAIN, code=lan.code()))["o"])
    assert again != token
    assert office.services.accounts.sessions.officer(token) is None
    assert office.services.accounts.sessions.officer(again)


def test_a_wrong_password_keeps_the_login_and_nothing_else(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    page = visitor.submit(SIGN_IN, 422, login=lan.login, password="mat khau sai bi mat")
    collect_html("console sign-in wrong", page.html)
    assert page.value("login") == lan.login
    assert "mat khau sai bi mat" not in page.html
    assert page.soup.find(attrs={"role": "alert"})
    assert page.soup.title
    assert page.soup.title.get_text().startswith("Lỗi:")
    assert "Set-Cookie" not in page.answer.headers


def test_strangers_see_what_officers_with_a_wrong_password_see(office: Office, lan: Desk) -> None:
    def answer(login: str) -> str:
        page = office.visitor().submit(SIGN_IN, 422, login=login, password="wrong")
        return re.sub(r'name="form_token" value="[^"]*"', "", page.html.replace(login, "LOGIN"))

    assert answer("nobody@angiang.gov.vn") == answer(lan.login)


def test_too_many_tries_say_how_long_to_wait(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    statuses = []
    for _ in range(8):
        token = visitor.get(SIGN_IN).token()
        answer = visitor.client.post(SIGN_IN, data={"login": lan.login, "password": "wrong", "form_token": token})
        statuses.append(answer.status_code)
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert int(answer.headers["Retry-After"]) >= 1
    office.clock.pass_by(seconds=60)
    assert first_step(visitor, lan).answer.headers["Location"] == CODE


def test_a_form_that_stood_too_long_keeps_the_login(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    token = visitor.get(SIGN_IN).token()
    office.clock.pass_by(hours=13)
    page = visitor.post(SIGN_IN, 422, form_token=token, login=lan.login, password=lan.password)
    assert page.value("login") == lan.login
    assert lan.password not in page.html
    fresh = page.token()
    assert visitor.post(SIGN_IN, form_token=fresh, login=lan.login, password=lan.password)


def test_a_form_of_another_site_is_refused(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    token = visitor.get(SIGN_IN).token()
    for site in ("cross-site", "same-site"):
        answer = visitor.client.post(
            SIGN_IN,
            data={"login": lan.login, "password": lan.password, "form_token": token},
            headers={"Sec-Fetch-Site": site},
        )
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


def test_the_code_page_without_a_first_step_leads_back(office: Office) -> None:
    visitor = office.visitor()
    assert visitor.get(CODE, 303).answer.headers["Location"] == SIGN_IN
    token = visitor.get(SIGN_IN).token()
    assert visitor.post(CODE, form_token=token, code="123456").answer.headers["Location"] == SIGN_IN
    forged = office.visitor(h="forged")
    assert forged.get(CODE, 303).answer.headers["Location"] == SIGN_IN


def test_a_wrong_code_is_asked_again_and_never_shown(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    first_step(visitor, lan)
    page = visitor.submit(CODE, 422, code="918273")
    collect_html("console sign-in code wrong", page.html)
    assert "918273" not in page.html
    assert "Set-Cookie" not in page.answer.headers
    assert visitor.post(CODE, form_token=page.token(), code=lan.code())


def test_three_taps_on_the_button_are_one_sign_in(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    half = value(cookies(first_step(visitor, lan))["h"])
    token, code = visitor.get(CODE).token(), lan.code()
    given = set()
    for _ in range(3):  # each as the browser sent it: before any answer came
        page = office.visitor(h=half).post(CODE, form_token=token, code=code)
        given.add(value(cookies(page)["o"]))
    assert len(given) == 1
    assert len(office.services.audit.of_object(AGENCY, lan.id)) == 3  # invited, joined, signed in


def test_three_taps_on_the_second_factor_leave_the_officer_signed_in(office: Office, lan: Desk) -> None:
    before = lan.come_in().token
    token, code = office.visitor(o=before).get(AGAIN).token(), lan.code()
    given = set()
    for _ in range(3):
        page = office.visitor(o=before).post(AGAIN, form_token=token, code=code)
        given.add(value(cookies(page)["o"]))
    (after,) = given
    assert office.services.accounts.sessions.officer(after)


def test_a_recovery_code_takes_the_phones_place(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    first_step(visitor, lan)
    assert visitor.submit(CODE, code=lan.recovery[3].lower()).answer.headers["Location"] == "/console/"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.vn",
        "https://evil.vn",
        "/\\evil.vn",
        "/console//evil.vn",
        "/console/../x",
        "javascript:1",
        "/toi",
        "\t//x",
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(office: Office, lan: Desk, address: str) -> None:
    visitor = office.visitor()
    then = first_step(visitor, lan, address)
    page = visitor.follow(then)
    done = visitor.post(then.answer.headers["Location"], form_token=page.token(), code=lan.code())
    assert done.answer.headers["Location"] == "/console/"


def test_after_signing_in_the_page_that_was_wanted_comes(office: Office, lan: Desk) -> None:
    visitor = office.visitor()
    wanted = visitor.get("/console/account?lang=en", 303).answer.headers["Location"]
    assert wanted.startswith(SIGN_IN)
    page = visitor.get(wanted)
    action = str(page.soup.find("form")["action"])  # type: ignore[index]
    then = visitor.post(action, form_token=page.token(), login=lan.login, password=lan.password)
    page = visitor.follow(then)
    done = visitor.post(then.answer.headers["Location"], form_token=page.token(), code=lan.code())
    assert done.answer.headers["Location"] == "/console/account?lang=en"


def test_leaving_ends_the_session_and_clears_what_the_browser_kept(office: Office, lan: Desk) -> None:
    visitor = office.at_desk(lan)
    page = visitor.get("/console/account")
    left = visitor.post("/console/sign-out", form_token=page.token())
    assert "cache" in left.answer.headers["Clear-Site-Data"]
    assert value(cookies(left)["o"]) == ""
    shown = visitor.follow(left)
    collect_html("console signed out", shown.html)
    assert visitor.get("/console/account", 303).answer.headers["Location"].startswith(SIGN_IN)


def test_private_pages_are_kept_nowhere(office: Office, lan: Desk) -> None:
    for page in (office.at_desk(lan).get("/console/account"), office.visitor().get(SIGN_IN)):
        assert "no-store" in page.answer.headers["Cache-Control"]
        assert page.answer.headers["Referrer-Policy"] == "no-referrer"


def test_an_idle_session_and_one_at_its_end_lead_to_sign_in(office: Office, lan: Desk) -> None:
    visitor = office.at_desk(lan)
    office.clock.pass_by(minutes=29)
    visitor.get("/console/account")
    office.clock.pass_by(minutes=31)
    assert visitor.get("/console/account", 303).answer.headers["Location"].startswith(SIGN_IN)


def test_a_disabled_officers_next_request_is_refused(office: Office, lan: Desk) -> None:
    visitor = office.at_desk(lan)
    visitor.get("/console/account")
    office.services.accounts.people.disable(AGENCY, lan.id, by=Operator())
    assert visitor.get("/console/account", 303).answer.headers["Location"].startswith(SIGN_IN)


def test_an_invited_officer_sets_everything_up_and_sees_the_codes_once(office: Office) -> None:
    link = office.services.accounts.people.invite(AGENCY, "nam@angiang.gov.vn", "Nam", ["approver"], by=Operator())
    address = f"/console/link/{link.token}"
    visitor = office.visitor()
    page = visitor.get(address)
    collect_html("console link password", page.html)
    assert page.value("login") == "nam@angiang.gov.vn"
    weak = visitor.post(address, 422, form_token=page.token(), step="password", password="matkhau123456")
    collect_html("console link weak", weak.html)
    assert "matkhau123456" not in weak.html
    phone = visitor.post(address, 200, form_token=weak.token(), step="password", password=PASSWORD)
    collect_html("console link phone", phone.html)
    assert PASSWORD not in phone.html
    picture = phone.soup.find("img", width="225")
    assert picture
    assert str(picture["src"]).startswith("data:image/png;base64,")
    secret = phone.soup.find("code").get_text().replace(" ", "")  # type: ignore[union-attr]
    desk = Desk(link.officer.id, "nam@angiang.gov.vn", secret, [], office.services.accounts, office.clock)
    sealed = phone.value("sealed")
    wrong = visitor.post(address, 422, form_token=phone.token(), step="code", sealed=sealed, code="000000")
    assert wrong.value("sealed") == sealed
    fields = {"form_token": wrong.token(), "step": "code", "sealed": sealed, "code": desk.code()}
    done = visitor.post(address, 200, **fields)
    collect_html("console link codes", done.html)
    codes = [code.get_text() for code in done.soup.find_all("code")]
    assert len(codes) == 10
    again = visitor.client.post(address, data=fields)  # a second tap shows the same codes, not an error
    assert codes[0] in again.get_data(as_text=True)
    office.clock.pass_by(minutes=6)
    late = visitor.client.post(address, data=fields)
    assert codes[0] not in late.get_data(as_text=True)
    assert visitor.get(address, 403).h1
    assert office.at_desk(desk).get("/console/account")


def test_a_used_ended_or_made_up_link_says_the_same(office: Office) -> None:
    link = office.services.accounts.people.invite(AGENCY, "nam", "Nam", ["approver"], by=Operator())
    made_up = office.visitor().get("/console/link/made-up", 403).text
    office.clock.pass_by(hours=25)
    ended = office.visitor().get(f"/console/link/{link.token}", 403).text
    shape = re.compile(r"[2-9A-HJ-NP-Z]{8}")
    assert shape.sub("", ended) == shape.sub("", made_up)


def test_a_reset_phone_asks_for_the_password_first(office: Office, lan: Desk) -> None:
    link = office.services.accounts.people.reset_second_factor(AGENCY, lan.id, by=Operator())
    address = f"/console/link/{link.token}"
    visitor = office.visitor()
    page = visitor.get(address)
    collect_html("console link new phone", page.html)
    wrong = visitor.post(address, 422, form_token=page.token(), step="password", password="wrong")
    phone = visitor.post(address, 200, form_token=wrong.token(), step="password", password=lan.password)
    assert phone.soup.find("img", width="225")


def test_a_new_password_asks_for_the_phone_as_it_is(office: Office, lan: Desk) -> None:
    link = office.services.accounts.people.reset_password(AGENCY, lan.id, by=Operator())
    address = f"/console/link/{link.token}"
    visitor = office.visitor()
    page = visitor.get(address)
    second = visitor.post(address, 200, form_token=page.token(), step="password", password="mười hai con vịt trắng")
    collect_html("console link new password", second.html)
    assert second.soup.find("img", width="225") is None
    fields = {"form_token": second.token(), "step": "code", "sealed": second.value("sealed"), "code": lan.code()}
    done = visitor.post(address, 200, **fields)
    collect_html("console link password set", done.html)
    lan.password = "mười hai con vịt trắng"
    assert first_step(office.visitor(), lan)


def test_looking_at_any_of_these_pages_changes_nothing(office: Office, lan: Desk, cloud: Cloud) -> None:
    link = office.services.accounts.people.invite(AGENCY, "nam", "Nam", ["approver"], by=Operator())
    visitor = office.at_desk(lan)
    half = office.visitor()
    first_step(half, lan)
    dynamodb = cloud.admin("dynamodb")

    def kept() -> str:
        tables = (cloud.settings.resource(name) for name in ("accounts", "sessions", "audit", "once"))
        return str([sorted(map(str, dynamodb.scan(TableName=table)["Items"])) for table in tables])

    before = kept()
    for address in (SIGN_IN, "/console/sign-in?left=1", f"/console/link/{link.token}"):
        office.visitor().get(address)
    half.get(CODE)
    for address in (AGAIN, "/console/account"):
        visitor.get(address)
    assert kept() == before
