"""`flask … agencies`: seed, list, show."""

import json

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from handlers.built import BUILT
from miniapp.agencies.model import Service


def ran(agencies_app: Flask, *words: str) -> tuple[int, str]:
    result = agencies_app.test_cli_runner().invoke(args=["agencies", *words])
    return result.exit_code, result.output


def test_show_tells_one_agency_as_json(agencies_app: Flask, agencies_client: FlaskClient):
    code, said = ran(agencies_app, "show", "so-gddt-phu-yen", "--json")
    facts = json.loads(said)
    assert code == 0
    assert (facts["kind"], facts["successors"], facts["valid_to"]) == ("department", ["so-gddt-dak-lak"], "2025-06-30")


def test_show_reads_well_without_json(agencies_app: Flask, agencies_client: FlaskClient):
    code, said = ran(agencies_app, "show", "so-gddt-dak-lak")
    assert code == 0
    assert "Sở Giáo dục và Đào tạo Đắk Lắk" in said


def test_show_of_what_is_not_there_fails_with_a_sentence(agencies_app: Flask, agencies_client: FlaskClient):
    code, said = ran(agencies_app, "show", "khong-co")
    assert code == 1
    assert "no agency at khong-co" in said


def test_list_gives_what_is_right_below(agencies_app: Flask, agencies_client: FlaskClient):
    code, said = ran(agencies_app, "list", "--under", "ubnd-tinh-dak-lak", "--json")
    assert code == 0
    assert "so-gddt-dak-lak" in {row["id"] for row in json.loads(said)}
    code, said = ran(agencies_app, "list")
    assert "ubnd-tinh-dak-lak" in said


def said_as_json(agencies_app: Flask, *words: str) -> dict[str, object]:
    code, said = ran(agencies_app, *words, "--json")
    assert code == 0, said
    found: dict[str, object] = json.loads(said)
    return found


def trail(agencies_app: Flask, agency: str) -> list[tuple[str, str]]:
    entries = agencies_app.extensions["motcua"].services.audit.of_object(agency, agency)
    return [(entry.by, str(entry.facts["changed"])) for entry in reversed(entries)]


def test_merge_ends_an_agency_once_and_its_page_leads_on(agencies_app: Flask, agencies_client: FlaskClient):
    words = ("merge", "phuong-tuy-hoa-dak-lak", "xa-tay-hoa-dak-lak", "--last-day", "2026-01-31")
    assert said_as_json(agencies_app, *words)["changed"] is True
    assert said_as_json(agencies_app, *words)["changed"] is False
    assert trail(agencies_app, "phuong-tuy-hoa-dak-lak") == [("operator", "merge 2026-01-31 xa-tay-hoa-dak-lak")]
    agencies_app.extensions["motcua"].services.clock.pass_by(days=400)
    answer = agencies_client.get("/phuong-tuy-hoa-dak-lak/")
    assert answer.status_code == 410
    assert "/xa-tay-hoa-dak-lak/" in answer.get_data(as_text=True)


def test_rename_keeps_the_old_address_leading_there(agencies_app: Flask, agencies_client: FlaskClient):
    words = ("rename", "so-gddt-dak-lak", "--name", "Sở Giáo dục Đắk Lắk", "--address", "so-giao-duc-dak-lak")
    assert said_as_json(agencies_app, *words)["address"] == "so-giao-duc-dak-lak"
    assert said_as_json(agencies_app, *words)["changed"] is False
    answer = agencies_client.get("/so-gddt-dak-lak/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/so-giao-duc-dak-lak/")


@pytest.mark.parametrize("service", [one for one in Service if one not in BUILT])
def test_a_service_without_pages_is_not_opened_and_the_refusal_names_those_that_can_be(
    service: Service, agencies_app: Flask, agencies_client: FlaskClient
):
    before = said_as_json(agencies_app, "close", "so-gddt-dak-lak", service.value)
    code, said = ran(agencies_app, "open", "so-gddt-dak-lak", service.value)
    assert code == 1
    assert "service_not_built: This service has no pages here and can't be opened" in said
    assert ", ".join(BUILT) in said
    assert said_as_json(agencies_app, "close", "so-gddt-dak-lak", service.value) == before
    assert trail(agencies_app, "so-gddt-dak-lak") == []


def test_every_service_that_can_be_opened_has_a_page_behind_its_row(agencies_app: Flask, agencies_client: FlaskClient):
    for service in BUILT:
        said_as_json(agencies_app, "open", "so-y-te-dak-lak", service.value)
    agencies_app.extensions["motcua"].services.clock.pass_by(seconds=5)
    home = BeautifulSoup(agencies_client.get("/so-y-te-dak-lak/").text, "html.parser")
    leads = [str(row["href"]) for row in home.select("h2 + .services a")][: len(BUILT)]
    assert len(leads) == len(BUILT)
    assert {agencies_client.get(address).status_code for address in leads} == {200}


def test_services_open_and_close(agencies_app: Flask, agencies_client: FlaskClient):
    looked = "/so-gddt-dak-lak/diem-thi"
    for verb, status in (("close", 404), ("open", 200)):
        assert said_as_json(agencies_app, verb, "so-gddt-dak-lak", "exam_scores")["changed"] is True
        assert said_as_json(agencies_app, verb, "so-gddt-dak-lak", "exam_scores")["changed"] is False
        assert agencies_client.get(looked).status_code == status
    assert [changed for _, changed in trail(agencies_app, "so-gddt-dak-lak")] == [
        "close_service exam_scores",
        "open_service exam_scores",
    ]


def test_what_can_not_be_changed_is_refused_with_a_sentence(agencies_app: Flask, agencies_client: FlaskClient):
    for words in (
        ("merge", "khong-co", "so-gddt-dak-lak", "--last-day", "2026-01-31"),
        ("merge", "so-gddt-dak-lak", "khong-co", "--last-day", "2026-01-31"),
        ("merge", "so-gddt-dak-lak", "so-gddt-dak-lak", "--last-day", "2026-01-31"),
        ("merge", "so-gddt-dak-lak", "xa-tay-hoa-dak-lak", "--last-day", "tomorrow"),
        ("rename", "so-gddt-dak-lak", "--address", "console"),
        ("rename", "so-gddt-dak-lak", "--address", "xa-tay-hoa-dak-lak"),
        ("open", "so-gddt-phu-yen", "exam_scores"),
    ):
        code, said = ran(agencies_app, *words)
        assert code == 1, (words, said)
        assert "Traceback" not in said
    assert trail(agencies_app, "so-gddt-dak-lak") == []


def test_relist_says_whether_the_directory_had_to_be_written(agencies_app: Flask, agencies_client: FlaskClient):
    assert said_as_json(agencies_app, "relist") == {"written": False}
