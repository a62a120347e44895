"""Procedures for programs: the same answers as on the pages, in shapes that the description declares."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from miniapp.procedures.importing import ALL
from miniapp.procedures.model import Procedure
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls
from tests.support.procedure_town import BIRTH, PROVINCE, SHUT, WARD, ProcedureTown, demo_procedures
from tests.web.api.test_openapi import DESCRIPTION, declared

SEARCH = "/api/v1/procedures"


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made = ProcedureTown(cloud)
    made.take(*demo_procedures())
    return made


def asked(town: ProcedureTown, address: str, status: int = 200) -> dict[str, Any]:
    answer = town.app.test_client().get(address)
    assert answer.status_code == status, answer.data
    held: dict[str, Any] = json.loads(answer.data)
    return held


@pytest.mark.parametrize("question", ["giấy chứng tử", "khai sinh", "001193", "xyzzy", "mới sinh con", "a" * 300])
def test_a_search_answers_as_declared(town: ProcedureTown, question: str) -> None:
    for more in ("", f"&agency={WARD}", "&limit=50", "&limit=1"):
        declared("Found").validate(asked(town, f"{SEARCH}?q={question}{more}"))


def test_a_search_finds_what_the_page_finds_and_links_to_both(town: ProcedureTown) -> None:
    found = asked(town, f"{SEARCH}?q=giay chung tu&agency={WARD}")
    first = found["matches"][0]
    assert first["code"] == "1.000656"
    assert first["links"] == {
        "self": f"{SEARCH}/1.000656?agency={WARD}",
        "page": f"/{WARD}/thu-tuc/1.000656",
    }
    assert any(reason["via"] == "synonym" for reason in first["reasons"])


def test_every_record_of_the_catalogue_is_as_declared(town: ProcedureTown) -> None:
    shape = declared("Procedure")
    for one in demo_procedures():
        held = asked(town, f"{SEARCH}/{one.code}")
        shape.validate(held)
        assert held["name"] == one.name


def test_the_description_knows_every_field_of_a_record(town: ProcedureTown) -> None:
    described = set(DESCRIPTION["components"]["schemas"]["Procedure"]["properties"])
    assert described == {spec.name for spec in fields(Procedure)} | {"is_stale", "sources", "links"}


def test_what_is_read_here_can_be_imported_again(town: ProcedureTown) -> None:
    held = asked(town, f"{SEARCH}/{BIRTH}")
    assert ALL | {"code"} <= held.keys()


def test_an_agency_answers_with_its_own_and_the_layer_is_named(town: ProcedureTown) -> None:
    birth = next(one for one in demo_procedures() if one.code == BIRTH)
    town.take(replace(birth, address="12 Trần Phú"), layer=WARD)
    own = asked(town, f"{SEARCH}/{BIRTH}?agency={WARD}")
    assert (own["address"], own["sources"]["address"], own["sources"]["name"]) == ("12 Trần Phú", WARD, "nation")
    assert asked(town, f"{SEARCH}/{BIRTH}?agency={PROVINCE}")["address"] == birth.address
    assert asked(town, f"{SEARCH}/{BIRTH}")["address"] == birth.address


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        (SEARCH, 422, "parameter_missing"),
        (f"{SEARCH}?q=", 422, "parameter_unknown"),
        (f"{SEARCH}?q={'a' * 301}", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a&q=b", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a&limit=51", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a&limit=0", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a&limit=١", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a%00b", 422, "parameter_unknown"),
        (f"{SEARCH}?q=a&agency=khong-co", 404, "agency_unknown"),
        (f"{SEARCH}?q=a&agency={SHUT}", 404, "service_closed"),
        (f"{SEARCH}/9.999999", 404, "procedure_unknown"),
        (f"{SEARCH}/bogus", 404, "procedure_unknown"),
        (f"{SEARCH}/{BIRTH}?x=1", 422, "parameter_unknown"),
    ],
)
def test_what_is_not_declared_is_a_problem_with_a_name(
    town: ProcedureTown, address: str, status: int, code: str
) -> None:
    held = asked(town, address, status)
    declared("Problem").validate(held)
    assert held["code"] == code


def test_a_local_variant_is_the_same_procedure(town: ProcedureTown) -> None:
    assert asked(town, f"{SEARCH}/{BIRTH}.000.00.00.H55")["code"] == BIRTH


def test_a_question_is_not_stored_on_the_way_and_a_record_is(town: ProcedureTown) -> None:
    client = town.app.test_client()
    assert client.get(f"{SEARCH}?q=khai sinh").headers["Cache-Control"] == "private, no-store"
    assert "s-maxage" in client.get(f"{SEARCH}/{BIRTH}").headers["Cache-Control"]


def test_no_table_is_asked(town: ProcedureTown) -> None:
    asked(town, f"{SEARCH}?q=khai sinh")
    with CountedCalls(town.services.aws) as calls:
        asked(town, f"{SEARCH}?q=khai sinh")
        asked(town, f"{SEARCH}/{BIRTH}")
    assert calls.calls == []
