"""Coming in from the chat: looking uses nothing up, the button enters once, and leaving leaves nothing."""

import pytest

from tests.support.markup import collect_html
from tests.support.visitor import Page
from tests.web.console.conftest import Office, office

__all__ = ["office"]


def link(entering: Office, chat_user: str = "zalo-1", then: str = "/toi") -> str:
    return entering.services.accounts.citizen_links.make(chat_user, then).removeprefix("http://localhost:8000")


def token(page: Page) -> str:
    (line,) = [line for line in page.answer.headers.getlist("Set-Cookie") if line.startswith("s=")]
    return line.removeprefix("s=").split(";")[0]


def test_the_button_enters_and_leads_on(office: Office) -> None:
    address = link(office, then="/so-gddt-an-giang/diem-thi")
    visitor = office.visitor()
    for _ in range(3):
        page = visitor.get(address)
    collect_html("citizen entry", page.html)
    entered = visitor.post(address, form_token=page.token())
    assert entered.answer.headers["Location"] == "/so-gddt-an-giang/diem-thi"
    (line,) = entered.answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    found = office.services.accounts.sessions.citizen(token(entered))
    assert found
    assert found.subject == "zalo-1"


def test_three_taps_are_one_entry(office: Office) -> None:
    address = link(office)
    form = office.visitor().get(address).token()
    given = {token(office.visitor().post(address, form_token=form)) for _ in range(3)}
    assert len(given) == 1


def test_somebody_elses_second_use_is_refused(office: Office) -> None:
    address = link(office)
    office.visitor().submit(address)
    page = office.visitor().submit(address, 403)
    collect_html("citizen entry used", page.html)
    assert "đã được dùng" in page.text
    assert "Set-Cookie" not in page.answer.headers


@pytest.mark.parametrize("made_up", ["/toi/vao/x", "/toi/vao/" + "A" * 500])
def test_a_made_up_link_is_refused(office: Office, made_up: str) -> None:
    assert "Zalo" in office.visitor().get(made_up, 403).text


def test_a_link_that_ended_says_so(office: Office) -> None:
    address = link(office)
    office.clock.pass_by(minutes=11)
    assert "10 phút" in office.visitor().get(address, 403).text


def test_a_form_of_another_site_enters_nobody(office: Office) -> None:
    address = link(office)
    visitor = office.visitor()
    form = visitor.get(address).token()
    answer = visitor.client.post(address, data={"form_token": form}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    without = visitor.post(address, 422, form_token="made up")
    assert "Set-Cookie" not in without.answer.headers


def test_a_new_entry_is_a_new_session_and_ends_the_one_before(office: Office) -> None:
    visitor = office.visitor()
    first = token(visitor.submit(link(office)))
    second = token(visitor.submit(link(office, "zalo-2")))
    sessions = office.services.accounts.sessions
    assert sessions.citizen(first) is None
    assert sessions.citizen(second)


def test_leaving_ends_the_session(office: Office) -> None:
    visitor = office.visitor()
    held = token(visitor.submit(link(office)))
    left = visitor.post("/toi/ra", form_token="")
    assert "Clear-Site-Data" in left.answer.headers
    page = visitor.follow(left)
    collect_html("citizen left", page.html)
    assert office.services.accounts.sessions.citizen(held) is None
    visitor.post("/toi/ra", form_token="")
