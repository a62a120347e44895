"""An outside tool reads the API's description and tries to break the API: it finds no 5xx and nothing undeclared.

Seeded and bounded. Half of the cases ask for exams and numbers that exist, so that answers behind the first refusal are
reached too; every exam of the site takes part: released open, verified and coded ones, one before its hour, one withdrawn."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.support.site import AGENCY, BORN, EXAMS, PROCEDURE, Site, number

load_all_checks()
DESCRIPTION = "/api/openapi.json"
EXAMPLES = 60
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.unsupported_method,
]
# Whether a body that fits the description fits the exam too is known only to the exam, so 422 is an answer to both.
NEGATIVE = [*CHECKS, openapi_checks.negative_data_rejection]

known = st.fixed_dictionaries({"agency": st.just(AGENCY), "exam": st.sampled_from(EXAMS)})
bodies = st.sampled_from(
    [
        {"number": number(1)},
        {"number": number(1)[1:]},
        {"number": number(1, 6), "factors": {"birth_date": BORN}},
        {"number": number(1, 6), "factors": {"card_code": "K7Q2M"}},
        {"number": "99999999"},
    ]
)


def operations(site: Site) -> list[Any]:
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, site.app)
    return [operation.ok() for operation in schema.get_all_operations()]


def aimed(case: Case, at: dict[str, str] | None, body: dict[str, Any] | None) -> Case:
    """The case with an address, and perhaps a body, that exist."""
    if at and case.path_parameters:
        case.path_parameters = {name: at.get(name, PROCEDURE) for name in case.path_parameters}
        if body is not None and case.method == "POST":
            case.body = body
    return case


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_breaks_the_api_and_it_does_nothing_undeclared(site: Site, mode: GenerationMode):
    seen: set[int] = set()

    def try_one(operation: Any) -> None:
        @given(case=operation.as_strategy(mode), at=st.none() | known, body=st.none() | bodies)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def run(case: Case, at: dict[str, str] | None, body: dict[str, Any] | None) -> None:
            case = aimed(case, at, body if mode is GenerationMode.POSITIVE else None)
            answer = case.call_and_validate(checks=NEGATIVE if mode is GenerationMode.NEGATIVE else CHECKS)
            seen.add(answer.status_code)
            if not 200 <= answer.status_code < 300:
                assert answer.headers["cache-control"] == ["private, no-store"]

        run()

    for operation in operations(site):
        try_one(operation)
    assert {404, 422} <= seen
    assert mode is not GenerationMode.POSITIVE or {200, 403, 410} <= seen


def test_the_tool_would_find_a_fault(site: Site):
    """A description that leaves an answer out must be seen, or the test above proves nothing."""
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, site.app)
    path = "/api/v1/agencies/{agency}/exams"
    del schema.raw_schema["paths"][path]["get"]["responses"]["404"]
    case = schema[path]["GET"].Case(path_parameters={"agency": "khong-co"})
    with pytest.raises(BaseException, match=r"(?i)undocumented"):
        case.call_and_validate(checks=CHECKS)
