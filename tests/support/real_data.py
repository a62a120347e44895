"""Real public data that lies beside the checkout and is never part of it. For tests that compare us with the world.

`real("admin_units/…")` gives the path; without the data a test is skipped with a visible line, and fails in CI."""

from pathlib import Path

from tests.support.lacking import lacking

REAL = Path(__file__).parents[3] / "shared"


def real(name: str) -> Path:
    """A file or folder below `shared/data`, where it is present."""
    path = REAL / "data" / name
    if not path.exists():
        lacking(f"real data is not beside the checkout: {path}")
    return path
