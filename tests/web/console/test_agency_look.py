"""In which colour and under which logo an agency stands: measured before it is taken, checked before it is shown."""

import re

import pytest

from miniapp.agencies.crests import CheckCrest
from tests.support.agency_desk import BASE, HOME, checked, saved, sent_logo, trail, typed
from tests.support.officers import Desk
from tests.support.pictures import picture
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, Office


def test_a_colour_is_measured_before_it_is_taken_and_shows_on_citizens_pages(office: Office, visitor: Visitor):
    page = visitor.get(f"{BASE}/mau?accent=%23a3002b")
    assert "Đọc được: độ tương phản 7," in page.text
    saved(visitor, f"{BASE}/mau", accent="#A3002B")
    assert "--accent:#a3002b" in visitor.get(HOME).html
    assert trail(office) == ["colour - #a3002b"]


def test_an_unreadable_colour_is_refused_and_the_nearest_readable_one_offered(office: Office, visitor: Visitor):
    page = saved(visitor, f"{BASE}/mau", 422, accent="#ffcc00")
    assert "độ tương phản 1,39 : 1" in page.text
    assert page.value("accent") == "#ffcc00"
    offer = page.soup.find("button", attrs={"name": "nearest"})
    assert trail(office) == []
    visitor.post(f"{BASE}/mau", **typed(page), nearest=str(offer["value"]))
    held = office.services.agencies.now(AGENCY)
    assert held.accent == offer["value"]
    assert f"--accent:{held.accent}" in visitor.get(HOME).html  # shown as it is, not darkened once more


@pytest.mark.parametrize("text", ["", "blue", "#12345", "#zzzzzz", "red;}body{display:none", "<b>", "x" * 5000])
def test_what_is_no_colour_is_refused(text: str, office: Office, visitor: Visitor):
    path = f"{BASE}/mau"
    if text == "":
        saved(visitor, path, accent="#a3002b")
        saved(visitor, path, accent="")  # none: the house's own again
        assert office.services.agencies.now(AGENCY).accent == ""
        return
    page = saved(visitor, path, 422, accent=text)
    assert "Màu chưa đúng" in page.text or "dài" in page.text
    assert office.services.agencies.now(AGENCY).accent == ""
    visitor.get(path + "?accent=" + text[:200].replace("#", "%23").replace("<", "%3C"))


def test_measuring_saves_nothing(office: Office, visitor: Visitor):
    page = saved(visitor, f"{BASE}/mau", 200, accent="#a3002b", act="try")
    assert page.value("accent") == "#a3002b"
    assert trail(office) == []


def test_the_second_of_two_admins_sees_the_colour_that_is_there_now(office: Office, visitor: Visitor):
    page = visitor.get(f"{BASE}/mau")
    office.services.agencies.colour(AGENCY, office.services.agencies.now(AGENCY).version, "#00573f", "off_other")
    again = visitor.post(f"{BASE}/mau", 409, **typed(page, accent="#a3002b"))
    assert "Màu hiện nay là #00573f" in again.text
    assert again.value("accent") == "#a3002b"
    visitor.post(f"{BASE}/mau", **typed(again))
    assert office.services.agencies.now(AGENCY).accent == "#a3002b"


# --- its logo


def test_a_logo_is_sent_checked_and_shown_under_a_name_that_never_changes(
    office: Office, visitor: Visitor, admin: Desk
):
    waiting = sent_logo(office, visitor, picture("WEBP"))
    assert "Đang kiểm tra logo" in waiting.text
    assert waiting.soup.find(id="standing")["data-refresh"]
    checked(office)
    page = visitor.get(f"{BASE}/logo")
    assert "Đã đổi logo" in page.text
    address = office.services.agencies.now(AGENCY).crest
    assert re.fullmatch(r"/assets/crests/[0-9a-f]{32}\.png", address)
    assert f'src="{address}"' in visitor.get(HOME).html
    answer = Visitor(office.app).client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    (entry,) = [one for one in office.services.audit.of_object(AGENCY, AGENCY) if one.event == "agency_changed"]
    assert (entry.by, entry.facts["changed"]) == (admin.id, f"crest {address}")
    sent = office.services.crests.sent(AGENCY)
    assert sent and not office.services.crests.has_arrived(AGENCY, sent.upload)  # nothing stays in the quarantine


def test_a_note_that_comes_twice_or_late_changes_nothing_more(office: Office, visitor: Visitor):
    sent_logo(office, visitor, picture("PNG"))
    first = office.services.crests.sent(AGENCY)
    sent_logo(office, visitor, picture("PNG", 90, 90))
    assert first is not None
    office.services.crests.check(CheckCrest(AGENCY, first.upload))
    assert office.services.agencies.now(AGENCY).crest == ""
    checked(office)
    checked(office)
    assert len(trail(office)) == 1


def test_a_file_that_is_no_picture_changes_nothing_and_says_why(office: Office, visitor: Visitor):
    sent_logo(office, visitor, b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    checked(office)
    page = visitor.get(f"{BASE}/logo")
    assert "không phải ảnh PNG, JPEG hay WebP" in page.text
    assert office.services.agencies.now(AGENCY).crest == ""
    assert trail(office) == []


@pytest.mark.parametrize("file", ["", "crs_0", "../../packs/x", "x" * 300])
def test_a_file_that_never_arrived_is_not_taken(file: str, office: Office, visitor: Visitor):
    token = visitor.get(f"{BASE}/logo").token()
    page = visitor.post(f"{BASE}/logo", 422, form_token=token, file=file, name="x.png")
    assert "Không thấy tệp logo" in page.text
    assert office.services.crests.sent(AGENCY) is None


def test_a_logo_can_be_taken_away(office: Office, visitor: Visitor):
    sent_logo(office, visitor, picture("PNG"))
    checked(office)
    page = visitor.get(f"{BASE}/logo")
    visitor.post(f"{BASE}/logo/bo", form_token=page.token())
    assert office.services.agencies.now(AGENCY).crest == ""
    assert "/assets/crests/" not in visitor.get(HOME).html


@pytest.mark.parametrize(
    "name", ["x.png", "0" * 32 + ".png", "0" * 32 + ".svg", "..%2f..%2fagencies%2fdirectory.json.gz"]
)
def test_no_other_file_comes_from_where_logos_lie(name: str, office: Office):
    assert Visitor(office.app).client.get(f"/assets/crests/{name}").status_code == 404
