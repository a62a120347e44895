"""Dossiers for the agency's own systems: once under a key, from the version that was seen, and only one's own."""

import json
import threading
from datetime import UTC
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from handlers.api.dossiers import DOCUMENT
from miniapp.accounts.access import Operator
from miniapp.accounts.machine_key import Scope
from miniapp.dossiers.opening import Reason
from tests.support.cloud import Cloud
from tests.support.key_town import CODE, WHO, KeyTown
from tests.support.procedure_town import WARD

DESCRIPTION: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
REGISTRY: Registry[Any] = Registry().with_resource(
    "urn:d", Resource.from_contents(DESCRIPTION, default_specification=DRAFT202012)
)


@pytest.fixture
def town(cloud: Cloud) -> KeyTown:
    return KeyTown(cloud)


def held(answer: TestResponse, name: str, status: int = 200) -> dict[str, Any]:
    """The answer's body, which is as the description says."""
    assert answer.status_code == status, answer.data
    body: dict[str, Any] = json.loads(answer.data)
    Draft202012Validator({"$ref": f"urn:d#/components/schemas/{name}"}, registry=REGISTRY).validate(body)
    assert answer.headers["Cache-Control"] == "private, no-store"
    return body


def problem(answer: TestResponse, status: int) -> str:
    return str(held(answer, "Problem", status)["code"])


def test_a_dossier_is_made_read_listed_and_moved(town: KeyTown):
    made = held(town.create(), "Made", 201)
    assert (made["code"], made["version"]) == (f"H56.14-{town.today:%y%m%d}-0001", 2)
    assert made["printed"] == f"{made['code']} [{made['check']}]"
    read = held(town.ask("GET", f"/{made['code']}"), "Dossier")
    assert (read["status"], read["applicant"], read["version"]) == (2, WHO, 2)
    seen = town.services.dossier_openings.of(WARD, made["code"])
    assert [(one.post, one.reason) for one in seen] == [("", Reason.SYSTEM)], "its citizen sees that a system read it"
    moved = held(town.move(made["code"], 2, status=9), "Dossier")
    assert (moved["status"], moved["version"]) == (9, 4)
    lines = {shelf: held(town.ask("GET", f"?shelf={shelf}"), "Page")["dossiers"] for shelf in ("running", "ready")}
    assert [one["code"] for one in lines["ready"]] == [made["code"]] and lines["running"] == []


def test_its_own_code_is_kept_and_its_link_opens_for_the_citizen(town: KeyTown):
    assert held(town.create(code=CODE), "Made", 201)["code"] == CODE
    link = held(town.ask("GET", f"/{CODE}"), "Dossier")["link"]
    assert town.services.dossier_office.linked(link.rpartition("/")[2]).code == CODE
    assert problem(town.create("b", code=CODE), 409) == "dossier_exists"
    assert problem(town.create("c", code="H55.14-261119-0007"), 422) == "dossier_code_of_others"


def test_the_same_key_with_the_same_body_is_the_same_answer_and_with_another_is_refused(town: KeyTown):
    body = town.record()
    first, again = (town.ask("POST", once="k", json=body) for _ in range(2))
    assert (first.status_code, first.data, first.headers["Location"]) == (201, again.data, again.headers["Location"])
    assert problem(town.ask("POST", once="k", json={**body, "status": 4}), 422) == "idempotency_key_reused"
    town.move(json.loads(first.data)["code"], 2, status=4)
    assert town.ask("POST", once="k", json=body).data == first.data  # also after it went on
    assert len(held(town.ask("GET", "?shelf=running"), "Page")["dossiers"]) == 1


def test_a_key_of_one_agency_says_nothing_about_the_same_key_of_another(town: KeyTown):
    codes = {held(town.create("same", key=key), "Made", 201)["code"][:6] for key in (town.key, town.other)}
    assert codes == {"H56.14", "H56.15"}


def test_requests_that_come_at_once_under_one_key_make_one_dossier(town: KeyTown):
    body, start, found = town.record(), threading.Barrier(6), list[bytes]()

    def send() -> None:
        start.wait()
        found.append(town.ask("POST", once="k", json=body).data)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert len(held(town.ask("GET", "?shelf=running"), "Page")["dossiers"]) == 1


def test_who_saw_an_older_version_moves_nothing_and_a_lost_reply_is_asked_for_again(town: KeyTown):
    code = held(town.create(), "Made", 201)["code"]
    first = held(town.move(code, 2, status=4), "Dossier")
    assert held(town.move(code, 2, status=4), "Dossier") == first
    assert problem(town.move(code, 2, "n", status=9), 409) == "dossier_changed"
    assert problem(town.move(code, 3, "o", status=1), 409) == "dossier_move_not_allowed"
    assert problem(town.move(code, 3, "m", status=9), 422) == "idempotency_key_reused"


def test_a_foreign_key_reads_and_moves_nothing(town: KeyTown):
    code = held(town.create(), "Made", 201)["code"]
    assert problem(town.ask("GET", f"/{code}", key=town.other), 404) == "dossier_unknown"
    assert problem(town.move(code, 2, key=town.other, status=4), 404) == "dossier_unknown"
    for shelf in ("new", "running", "waiting", "ready"):
        assert held(town.ask("GET", f"?shelf={shelf}", key=town.other), "Page")["dossiers"] == []
    assert held(town.ask("GET", f"/{code}"), "Dossier")["version"] == 2


ROUTES = [("GET", ""), ("GET", "/openapi.json"), ("GET", f"/{CODE}"), ("POST", ""), ("POST", f"/{CODE}/moves")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_address_answers_without_a_key_that_is_for_it(town: KeyTown, method: str, path: str):
    wrong = Scope.WRITE_DOSSIERS if method == "GET" else Scope.READ_DOSSIERS
    keys = town.services.accounts.machine_keys
    gone = town.made(WARD)
    keys.revoke(WARD, gone.split(".")[2], by=Operator())
    for key, status, code in (
        ("", 401, "machine_key_needed"),
        ("x", 401, "machine_key_refused"),
        (town.key[:-3] + "xyz", 401, "machine_key_refused"),
        (gone, 401, "machine_key_refused"),
        (town.made(WARD, wrong), 403, "machine_key_not_for_this"),
    ):
        answer = town.ask(method, path, key=key, json={} if method == "POST" else None)
        assert problem(answer, status) == code
        assert answer.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    town.clock.pass_by(days=32)
    assert problem(town.ask(method, path), 401) == "machine_key_ended"


def test_an_officers_session_is_no_key_and_basic_is_none_either(town: KeyTown):
    client = town.app.test_client()
    client.set_cookie("o", "anything")
    assert problem(client.get("/api/v1/dossiers?shelf=new"), 401) == "machine_key_needed"
    basic = client.get("/api/v1/dossiers?shelf=new", auth=("a", "b"))
    assert problem(basic, 401) == "machine_key_needed"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"procedure": "9.999999"}, 422, "dossier_procedure_unknown"),
        ({"procedure": "x"}, 422, "dossier_procedure_unknown"),
        ({"status": 11}, 422, "field_kind"),
        ({"status": "2"}, 422, "field_kind"),
        ({"status": True}, 422, "field_kind"),
        ({"received": "20/11/2026"}, 422, "moment_shape"),
        ({"received": "2026-11-19T09:00:00"}, 422, "moment_shape"),
        ({"due": "2020-11-19T09:00:00Z"}, 422, "dossier_moment_before_receipt"),
        ({"applicant": {**WHO, "identity": "1"}}, 422, "applicant_identity_shape"),
        ({"applicant": {"name": "Lan"}}, 422, "applicant_number_needed"),
        ({"applicant": []}, 422, "field_kind"),
        ({"code": "h56.14-261119-0007"}, 422, "dossier_code_shape"),
        ({"officer": "x"}, 422, "field_unknown"),
        ({"status": 5}, 422, "supplement_deadline_shape"),
        ({"status": 8}, 422, "legal_article_needed"),
        ({"status": 9}, 422, "dossier_finish_needed"),
        ({"words": "x" * 1_001}, 422, "field_too_long"),
        ({"words": "x" * 40_000}, 413, "body_too_large"),
    ],
)
def test_what_can_not_be_taken_is_a_problem_with_a_name_and_makes_nothing(
    town: KeyTown, more: dict[str, Any], status: int, code: str
):
    assert problem(town.create(**more), status) == code
    assert held(town.ask("GET", "?shelf=running"), "Page")["dossiers"] == []
    assert held(town.create("b"), "Made", 201)["code"].endswith("-0001")


@pytest.mark.parametrize("once", ["", "x" * 129, "a b", "ü"])
def test_what_changes_something_needs_a_key_of_its_own(town: KeyTown, once: str):
    headers = {"Authorization": f"Bearer {town.key}"} | ({"Idempotency-Key": once} if once else {})
    answer = town.app.test_client().post("/api/v1/dossiers", headers=headers, json=town.record())
    assert problem(answer, 400) == "idempotency_key_needed"


def test_a_list_goes_on_where_it_ended_and_tells_what_changed(town: KeyTown):
    for place in range(5):
        town.create(str(place))
    first = held(town.ask("GET", "?shelf=running&limit=3"), "Page")
    rest = town.app.test_client().get(first["next"], headers={"Authorization": f"Bearer {town.key}"})
    codes = [one["code"] for one in (*first["dossiers"], *held(rest, "Page")["dossiers"])]
    assert len(codes) == len(set(codes)) == 5
    town.clock.pass_by(hours=1)
    since = town.clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    town.move(codes[2], 2, status=4)
    changed = held(town.ask("GET", f"?shelf=running&changed_since={since}"), "Page")["dossiers"]
    assert [one["code"] for one in changed] == [codes[2]]
    town.move(codes[3], 2, "n", status=7)
    month = f"{town.clock.now():%Y-%m}"
    assert [one["code"] for one in held(town.ask("GET", f"?shelf=ended&month={month}"), "Page")["dossiers"]] == [
        codes[3]
    ]
    for query in ("", "?shelf=x", "?shelf=ended", f"?shelf=new&month={month}", "?shelf=new&limit=0"):
        assert problem(town.ask("GET", query), 422) in ("parameter_missing", "parameter_unknown")


def test_an_agency_without_an_identifier_takes_nothing_in(town: KeyTown):
    key = town.made("tinh-hoa-mai")
    assert problem(town.create(key=key), 409) == "agency_identifier_needed"


def test_the_trail_names_the_key_and_nobody_who_asked(town: KeyTown):
    town.create()
    entry = town.services.audit.page(WARD).entries[0]
    assert entry.by == town.key.split(".")[2]
    assert "Lan" not in str(entry) and WHO["phone"] not in str(entry)


def test_the_description_is_for_key_holders_and_not_in_the_public_one(town: KeyTown):
    assert json.loads(town.ask("GET", "/openapi.json").data) == DESCRIPTION
    public = json.loads(town.app.test_client().get("/api/openapi.json").data)
    assert not [path for path in public["paths"] if "dossiers" in path]


def test_every_example_is_as_declared():
    for path in DESCRIPTION["paths"].values():
        for operation in path.values():
            parts = [operation["requestBody"]] if "requestBody" in operation else []
            parts += [one for status, one in operation["responses"].items() if status.startswith("2")]
            for media in (part["content"]["application/json"] for part in parts):
                for example in media.get("examples", {}).values():
                    schema = {"$ref": "urn:d" + media["schema"]["$ref"]}
                    Draft202012Validator(schema, registry=REGISTRY).validate(example["value"])
