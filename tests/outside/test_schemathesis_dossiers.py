"""An outside tool reads the description that key holders get and tries to break the API of dossiers with a key that works."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from handlers.api.dossiers import DOCUMENT
from tests.outside.test_schemathesis import CHECKS
from tests.support.cloud import Cloud
from tests.support.key_town import CODE, KeyTown

EXAMPLES = 40


@pytest.fixture
def town(cloud: Cloud) -> KeyTown:
    made = KeyTown(cloud)
    assert made.create(code=CODE).status_code == 201
    return made


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_breaks_the_api_of_dossiers_and_it_does_nothing_undeclared(town: KeyTown, mode: GenerationMode):
    schema = schemathesis.openapi.from_wsgi("/api/v1/dossiers/openapi.json", town.app, headers=bearer(town))
    seen: set[int] = set()

    def try_one(operation: Any) -> None:
        bodies = st.sampled_from([town.record(), town.record(status=4), {"seen": 2, "status": 4}])

        @given(case=operation.as_strategy(mode), known=st.booleans(), body=st.none() | bodies)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def run(case: Case, known: bool, body: dict[str, Any] | None) -> None:
            if known and case.path_parameters:
                case.path_parameters = {"code": CODE}
            if known and body and case.method == "POST" and mode is GenerationMode.POSITIVE:
                case.body = body
            answer = case.call_and_validate(checks=CHECKS, headers=bearer(town))
            seen.add(answer.status_code)
            assert answer.headers["cache-control"] == ["private, no-store"]

        run()

    for operation in schema.get_all_operations():
        try_one(operation.ok())
    assert {404, 422} <= seen
    assert mode is not GenerationMode.POSITIVE or {200, 201} <= seen


def bearer(town: KeyTown) -> dict[str, str]:
    return {"Authorization": f"Bearer {town.key}"}


def test_the_document_is_the_one_beside_the_code(town: KeyTown):
    assert town.ask("GET", "/openapi.json").data == DOCUMENT.read_bytes()
