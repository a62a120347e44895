"""The API's description and the API are one: every address, every answer, every body that is taken or refused."""

import json
from typing import Any

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from handlers.api import reading
from handlers.api.dossiers import DOCUMENT as OF_KEY_HOLDERS
from handlers.api.openapi import DOCUMENT
from miniapp.core.errors import Invalid
from tests.support.site import BORN, CODED, COMING, OPEN, VERIFIED, WITHDRAWN, Site, number

DESCRIPTION: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
ADDRESS = "urn:description"
REGISTRY: Registry[Any] = Registry().with_resource(
    ADDRESS, Resource.from_contents(DESCRIPTION, default_specification=DRAFT202012)
)


def validator(pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"{ADDRESS}#{pointer}"}, registry=REGISTRY)


def declared(name: str) -> Draft202012Validator:
    return validator(f"/components/schemas/{name}")


def test_every_route_of_the_api_is_described_and_nothing_else(site: Site):
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}").replace("{slug}", "{exam}"), method)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    paths = DESCRIPTION["paths"] | json.loads(OF_KEY_HOLDERS.read_text("utf-8"))["paths"]
    described = {(path, method.upper()) for path, item in paths.items() for method in item}
    assert routes == described


def test_the_document_is_served_as_it_stands(site: Site):
    answer = site.client().get("/api/openapi.json")
    assert answer.json == DESCRIPTION
    assert answer.headers["Content-Type"] == "application/json"


def test_every_answer_is_as_declared(site: Site):
    client = site.client()
    shapes = {"Exams": [client.get(site.api())], "Exam": [], "Result": [], "Distributions": [], "Problem": []}
    for slug in (OPEN, VERIFIED, CODED, COMING, WITHDRAWN):
        shapes["Exam"].append(client.get(site.api(slug)))
        shown = client.get(site.api(slug, "/distributions"))
        shapes["Distributions" if shown.status_code == 200 else "Problem"].append(shown)
    for place in range(40):
        shapes["Result"].append(client.post(site.api(OPEN, "/look-up"), json={"number": number(place)}))
        body = {"number": number(place, 6), "factors": {"birth_date": BORN}}
        shapes["Result"].append(client.post(site.api(VERIFIED, "/look-up"), json=body))
    for name, answers in shapes.items():
        for answer in answers:
            assert answer.is_json or name == "Problem", answer.data
            declared(name).validate(json.loads(answer.data))


def test_every_example_is_as_declared():
    for item in DESCRIPTION["components"]["responses"].values():
        for example in item["content"]["application/problem+json"]["examples"].values():
            declared("Problem").validate(example["value"])
    for path in DESCRIPTION["paths"].values():
        for operation in path.values():
            for media in operation["responses"]["200"]["content"].values():
                for example in media.get("examples", {}).values():
                    Draft202012Validator({"$ref": ADDRESS + media["schema"]["$ref"]}, registry=REGISTRY).validate(
                        example["value"]
                    )
    body = DESCRIPTION["paths"]["/api/v1/agencies/{agency}/exams/{exam}/look-up"]["post"]["requestBody"]
    for example in body["content"]["application/json"]["examples"].values():
        declared("LookUp").validate(example["value"])


names = st.sampled_from(["number", "factors", "birth_date", "full_name", "identity_last4", "card_code", "admin", ""])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=8
)
near = st.fixed_dictionaries(
    {"number": st.text(min_size=0, max_size=40)},
    optional={"factors": st.dictionaries(names, st.text(max_size=210), max_size=4) | values, "admin": scalars},
)


READER = Flask("reader")


@given(body=near | st.dictionaries(names, values, max_size=4) | values)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_the_reader_takes_exactly_the_bodies_that_are_declared(body: Any):
    given_body = json.dumps(body).encode()
    with READER.test_request_context(method="POST", data=given_body, content_type="application/json"):
        try:
            reading.LookUp.read()
            taken = True
        except Invalid:
            taken = False
    assert taken == declared("LookUp").is_valid(body)
