"""What a test needs and a machine lacks: in CI, which has all of it, the test fails; elsewhere a line says why it is skipped."""

import os
from typing import NoReturn

import pytest


def lacking(message: str) -> NoReturn:
    """End the test."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
