"""`flask … agencies`: seed, list, show."""

import json

from flask import Flask
from flask.testing import FlaskClient


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
