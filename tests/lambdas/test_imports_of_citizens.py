"""The function that answers citizens pays for nothing that only the desk needs, and starts while the store is away."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

# What no citizen's page needs (decision 4); the first part of a module's name.
DEAR = {"argon2", "boto3", "openpyxl", "PIL", "pydantic", "pyotp", "python_calamine", "segno", "wtforms", "xlsxwriter"}
SETTINGS = {
    "STAGE": "house",
    "BASE_URL": "https://motcua.gov.vn",
    "SESSION_KEY": "0" * 64,
    "FACTOR_KEYS": "v1:" + "1" * 64,
    "AWS_ENDPOINT": "http://127.0.0.1:9",  # nobody answers there
    "ATTEMPTS": "1",
    "CONNECT_TIMEOUT": "0.2",
}
PROGRAM = """
import json, sys
from handlers.lambdas.web import app
answer = app.test_client().get("/healthz", base_url="https://motcua.gov.vn")
names = sorted(sys.modules)
print(json.dumps({"status": answer.status_code, "names": names}))
"""


def told(program: str, role: str) -> Any:
    """What a program says at last in a fresh process of a role's function, with no store to be found."""
    given = {f"MOTCUA_{name}": value for name, value in {**SETTINGS, "ROLE": role}.items()}
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env={**kept, **given, **keys}
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def started() -> dict[str, object]:
    """What the citizens' function says of itself."""
    found: dict[str, object] = told(PROGRAM, "public")
    return found


def test_it_starts_and_answers_while_the_store_is_away(started: dict[str, object]) -> None:
    assert started["status"] == 200


def test_nothing_that_only_the_desk_needs_is_imported(started: dict[str, object]) -> None:
    names = started["names"]
    assert isinstance(names, list)
    assert {name.split(".")[0] for name in names} & DEAR == set()
    assert [
        name for name in names if name.startswith(("handlers.console", "handlers.commands.", "handlers.demo"))
    ] == []
    assert "handlers.citizen.exam_scores" in names
