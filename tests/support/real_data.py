"""Real public data that lies beside the checkout and is never part of it. For tests that compare us with the world.

`real("admin_units/…")` gives the path; without the data a test is skipped with a visible line, and fails in CI."""

import os
from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared"


def real(name: str) -> Path:
    """A file or folder below `shared/data`, where it is present."""
    path = REAL / "data" / name
    if not path.exists():
        message = f"real data is not beside the checkout: {path}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
