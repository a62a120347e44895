"""Our key is denied (F58): what is public goes on, what needs people's data says that it is away, nothing is half done.

A process that runs has its secrets already; one that starts without them does not start (`tests/lambdas/test_starts.py`)."""

from typing import Any

import pytest

from tests.support.cloud import Cloud
from tests.support.faults import DeniedKey
from tests.support.site import AGENCY, BORN, CODED, COMING, LOGIN, OPEN, VERIFIED, Site, number, opened, site
from tests.support.templates import region
from tests.support.visitor import Page, Visitor, inspect

__all__ = ["site"]

BASE = f"/{AGENCY}/diem-thi"
PUBLIC = {
    "slip": f"{BASE}/{OPEN}/{number(1)}",
    "exam": f"{BASE}/{OPEN}",
    "distributions": f"{BASE}/{OPEN}/pho-diem",
    "verified exam": f"{BASE}/{VERIFIED}",
    "exam with codes": f"{BASE}/{CODED}",
    "hour": f"{BASE}/{COMING}",
    "agency": f"/{AGENCY}/",
    "directory": "/",
    "found": "/?q=phu+yen",
    "api": f"/api/v1/agencies/{AGENCY}/exams/{OPEN}/distributions",
    "ready": "/readyz",
}
BORN_FIELDS = dict(zip(("birth_date-day", "birth_date-month", "birth_date-year"), BORN.split("/"), strict=True))
COUNTED = {"limits", "once"}  # tries are counted whatever comes of them
DESK = f"/console/{AGENCY}/co-quan/mau"


def keyed(kind: str, name: str, encryption: str) -> set[str]:
    """What stands under our own key in `infra/stack.yaml`, by its short name."""
    found = region().of_type(kind).values()
    return {str(one[name]).removeprefix("house-") for one in found if "KMS" in str(one.get(encryption)).upper()}


TABLES = keyed("AWS::DynamoDB::Table", "TableName", "SSESpecification")
BUCKETS = keyed("AWS::S3::Bucket", "BucketName", "BucketEncryption")


def denied(site: Site, *tables: str) -> DeniedKey:
    """Our key is denied to these tables, or to all that stand under it."""
    resource = site.services.settings.resource
    return DeniedKey(site.services.aws, [resource(one) for one in tables or TABLES], [resource(one) for one in BUCKETS])


def kept(cloud: Cloud) -> dict[str, list[Any]]:
    """Every row of every table, but for counters."""
    dynamodb = cloud.admin("dynamodb")
    return {
        table: sorted(map(str, dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]))
        for table in cloud.stack.tables
        if table.partition("-")[2] not in COUNTED
    }


def away(page: Page) -> None:
    """A page that says so, kept by nobody."""
    assert page.status == 503, (page.status, page.text[:300])
    assert "no-store" in page.answer.headers["Cache-Control"]
    assert int(page.answer.headers["Retry-After"]) > 0
    inspect(page)


def test_people_s_data_and_nothing_that_all_read_stands_under_our_key() -> None:
    assert {"accounts", "sessions", "citizens", "audit", "messages"} <= TABLES
    assert not {"agencies", "exam_scores", "limits", "once"} & TABLES
    assert {"uploads", "audit"} <= BUCKETS
    assert "packs" not in BUCKETS


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_is_answered_by_a_process_that_holds_nothing_yet(site: Site, name: str) -> None:
    fresh = opened(site.cloud, site.held)
    with denied(fresh) as key:
        answer = fresh.client().get(PUBLIC[name])
    assert (answer.status_code, key.refused) == (200, 0)


def test_a_number_with_a_birth_date_is_looked_up(site: Site) -> None:
    with denied(site) as key:
        visitor = Visitor(site.app)
        slip = visitor.follow(visitor.submit(f"{BASE}/{VERIFIED}", number=number(1, 6), **BORN_FIELDS))
    assert (slip.status, key.refused) == (200, 0)


def test_the_console_and_one_s_own_page_say_that_they_are_away(site: Site) -> None:
    officer, citizen = site.officer(), site.citizen()
    with denied(site) as key:
        for client, path in (
            (officer, "/console/"),
            (officer, DESK),
            (citizen, "/toi"),
            (citizen, f"{BASE}/{COMING}/bao-tin"),
        ):
            away(Page(client.get(path)))
    assert key.refused >= 4


@pytest.mark.parametrize("table", sorted({"sessions", "accounts", "audit"}))
def test_an_officer_s_act_is_not_done_at_all(site: Site, table: str) -> None:
    officer = site.officer()
    page = Page(officer.get(DESK))
    form = page.soup.find("form", action=lambda to: to and to.endswith("/mau"))
    assert form is not None
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.find_all("input") if one.get("name")}
    before = kept(site.cloud)

    with denied(site, table):
        away(Page(officer.post(str(form["action"]), data={**fields, "accent": "#7a1f5c", "colour": "#7a1f5c"})))

    assert kept(site.cloud) == before


@pytest.mark.parametrize("table", sorted({"sessions", "citizens"}))
def test_a_citizen_s_wish_is_not_kept_at_all(site: Site, table: str) -> None:
    citizen = site.citizen()
    address = f"{BASE}/{COMING}/bao-tin"
    page = Page(citizen.get(address))
    before = kept(site.cloud)

    with denied(site, table):
        fields = {"number": number(1), "agree": "1", "version": "1", "form_token": page.token()}
        away(Page(citizen.post(address, data=fields)))

    assert kept(site.cloud) == before


def test_nobody_is_signed_in_by_half(site: Site) -> None:
    visitor = Visitor(site.app)
    token = visitor.get("/console/sign-in").token()
    before = kept(site.cloud)

    with denied(site, "accounts"):
        given = {"login": LOGIN, "password": site.held.desk.password, "form_token": token}
        away(Page(visitor.client.post("/console/sign-in", data=given)))

    assert kept(site.cloud) == before
    assert [one for one in visitor.client._cookies if "officer" in str(one)] == []
