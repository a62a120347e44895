"""What a cache may keep is the same for everybody: no visitor's data in it, no cookie with it, nothing under false names.

Two signed-in visitors and a stranger ask for every address (F13); then every address is asked for as if it were a style
sheet or a picture, as somebody would who wants a cache to keep another's page."""

import pytest

from tests.support.site import CITIZEN, LOGIN, Site
from tests.support.walking import stops

NO_STORE = "private, no-store"
SUFFIXES = ("/a.css", ".css", "/x.js", "%2fa.css", ";a.css", "%0a.css", "/..%2fa.css", "?a.css", "%3fa.css")
NAMES = (LOGIN.encode(), CITIZEN.encode(), "Lê Thị Lan".encode())


def may_be_kept(answer: object) -> bool:
    return answer.headers.get("Cache-Control") != NO_STORE  # type: ignore[attr-defined]


def test_what_may_be_kept_is_the_same_for_everybody_and_sets_no_cookie(site: Site):
    stranger, citizen, officer = site.client(), site.citizen(), site.officer()
    wrong, kept = [], 0
    for stop in stops(site, "GET"):
        answer = stranger.get(stop.address)
        others = [visitor.get(stop.address) for visitor in (citizen, officer)]
        if may_be_kept(answer) or any(may_be_kept(other) for other in others):
            kept += 1
            same = all(other.data == answer.data and other.headers == answer.headers for other in others)
            if not same or "Set-Cookie" in answer.headers or any(name in answer.data for name in NAMES):
                wrong.append(stop.address)
    assert wrong == []
    assert kept > 5


def test_a_page_with_somebodys_name_is_never_kept(site: Site):
    named = 0
    for client in (site.citizen(), site.officer()):
        for stop in stops(site, "GET"):
            answer = client.get(stop.address)
            if any(name in answer.data for name in NAMES):
                named += 1
                assert not may_be_kept(answer), stop.address
    assert named > 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_page_can_be_had_under_the_name_of_a_file(site: Site, suffix: str):
    wrong = []
    for client in (site.citizen(), site.officer()):
        for stop in stops(site, "GET", most=2):
            answer = client.get(stop.address.rstrip("/") + suffix)
            looks_like_a_page = answer.status_code == 200 and not suffix.startswith("?")
            if looks_like_a_page or (may_be_kept(answer) and answer.status_code != 200):
                wrong.append(f"{stop.address}{suffix} {answer.status_code} {answer.headers.get('Cache-Control')}")
    assert wrong == []
