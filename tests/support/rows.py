"""What rows looked like when a release went out: `python -m tests.support.rows` writes it down again, after a release.

While a deployment moves the alias, the code before it and the code after it read and write the same tables (F40)."""

import json
from typing import Any

from handlers.tables import TABLES
from miniapp.core.tables import Table
from tests.support.code import ROOT

RELEASED = ROOT / "tests" / "house" / "rows.json"

Shape = dict[str, dict[str, Any]]


def shape(row: type[Table]) -> Shape:
    """Its attributes by the name in the table: their type, and whether a row may lack them."""
    return {
        one.attr_name: {
            "type": one.attr_type,
            "lacks": bool(one.null or one.default is not None or one.default_for_new),
        }
        for one in row.get_attributes().values()
    }


def name(row: type[Table]) -> str:
    """A row class, as it is written down."""
    return f"{row.__module__}.{row.__qualname__}"


def main() -> None:
    """Write the rows of this checkout down."""
    RELEASED.write_text(json.dumps({name(row): shape(row) for row in sorted(TABLES, key=name)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
