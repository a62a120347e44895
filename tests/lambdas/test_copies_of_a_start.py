"""A start may be frozen and copied (SnapStart): what it drew by chance would be the same in every copy, so it draws nothing.

The start's own requests have names by chance, one each; they are spent before a copy is taken. Python's `random`, which
seeds itself, spreads pauses and makes no secret (ruff's S311 sees to that)."""

import pytest

from tests.lambdas.test_imports_of_citizens import told

SPENT = {"pynamodb/connection/base.py:dispatch", "botocore/endpoint.py:_update_retries_context"}
PROGRAM = """
import json, os, sys, traceback

drawn, draw = [], os.urandom

def watched(size):
    stack = traceback.extract_stack()[:-1]
    by = next(one for one in reversed(stack) if not one.filename.endswith(("/uuid.py", "/secrets.py", "/random.py")))
    drawn.append("/".join(by.filename.split("site-packages/")[-1].split("/")[-3:]) + ":" + by.name)
    return draw(size)

os.urandom = watched
for time in range(2):
    for name in [name for name in sys.modules if name.split(".")[0] in ("handlers", "miniapp")]:
        del sys.modules[name]
    import handlers.lambdas.web
    %s
print(json.dumps(drawn))
"""


def drawn(role: str, more: str = "pass") -> list[str]:
    """Who drew by chance while the entry of a role was imported twice."""
    found: list[str] = told(PROGRAM % more, role)
    return found


@pytest.mark.parametrize("role", ["public", "console", "hooks"])
def test_nothing_is_drawn_by_chance_while_a_web_function_starts(role: str) -> None:
    found = drawn(role)
    assert found, "the start asked its store, so the watch sees"
    assert set(found) <= SPENT


def test_whatever_draws_at_import_is_seen() -> None:
    for more in ("import secrets; secrets.token_urlsafe(16)", "import uuid; uuid.uuid4()", "os.urandom(1)"):
        assert len([one for one in drawn("public", more) if one not in SPENT]) == 2
