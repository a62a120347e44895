"""What a stranger can tell from outside: by method, length, header or cache; a number that is there answers like any other."""

import itertools
from typing import Any

import pytest

from tests.support.site import AGENCY, BORN, COMING, OPEN, VERIFIED, WITHDRAWN, Site, number, site
from tests.support.visitor import Page

__all__ = ["site"]

KNOWN, UNKNOWN = number(1, 6), "999999"
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")
DAY, MONTH, YEAR = BORN.split("/")
BIRTH = {"birth_date-day": DAY, "birth_date-month": MONTH, "birth_date-year": YEAR}
ADDRESSES = (f"192.0.2.{place}" for place in itertools.count(1))


def body(answer: Any, typed: str = "") -> str:
    """What arrives, without what the asker himself said and the form's one-time token."""
    text: str = answer.get_data(as_text=True)
    for own in (typed, Page(answer).token()):
        text = text.replace(own, "•") if own else text
    return text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("slug", "kept"),
    [(VERIFIED, "private, no-store"), (COMING, "private, no-store"), (WITHDRAWN, "public, max-age=5")],
)
def test_an_address_with_a_number_says_the_same_of_every_number(site: Site, slug: str, kept: str, method: str) -> None:
    known, unknown = (
        site.client().open(f"/{AGENCY}/diem-thi/{slug}/{typed}", method=method) for typed in (KNOWN, UNKNOWN)
    )
    assert known.status_code == unknown.status_code
    assert len(known.data) == len(unknown.data)
    assert dict(known.headers) == dict(unknown.headers)
    assert known.headers["Cache-Control"] == (kept if method in ("GET", "HEAD") else "private, no-store")


@pytest.mark.parametrize("slug", [COMING, WITHDRAWN])
def test_before_the_hour_and_after_a_withdrawal_a_form_says_the_same_of_every_number(site: Site, slug: str) -> None:
    page = f"/{AGENCY}/diem-thi/{slug}"
    token = Page(site.client().get(f"/{AGENCY}/diem-thi/{VERIFIED}")).token()
    found = []
    for typed in (KNOWN, UNKNOWN, "1", ""):
        answer = site.client().post(page, data={"number": typed, "form_token": token, **BIRTH})
        found.append((answer.status_code, answer.data, dict(answer.headers)))
    assert all(answer == found[0] for answer in found)


def test_a_wrong_birth_date_and_a_number_that_nobody_has_are_equally_long_with_equal_headers(site: Site) -> None:
    page = f"/{AGENCY}/diem-thi/{VERIFIED}"
    found = []
    for typed in (KNOWN, UNKNOWN):
        client = site.client()
        client.environ_base["REMOTE_ADDR"] = next(ADDRESSES)
        client.set_cookie("f", "kept")
        token = Page(client.get(page)).token()
        fields = {**BIRTH, "number": typed, "birth_date-year": "2012", "form_token": token}
        answer = client.post(page, data=fields)
        found.append((answer.status_code, body(answer, typed), dict(answer.headers)))
    assert found[0] == found[1]
    assert found[0][0] == 404


@pytest.mark.parametrize("page", [number(1), "pho-diem"])
def test_a_page_is_kept_by_shared_caches_only_under_the_parameters_it_knows(site: Site, page: str) -> None:
    """Its links to the other language repeat the address: a stranger's parameters must not be served to others."""
    address = f"/{AGENCY}/diem-thi/{OPEN}/{page}"
    for query in ("", "?lang=en"):
        assert "public" in site.client().get(address + query).headers["Cache-Control"]
    for query in ("?x=1", "?lang=en&x=1", "?utm_source=%22%3E", "?lang=en&lang=en&y"):
        answer = site.client().get(address + query)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
