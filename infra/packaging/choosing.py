"""Which files of Zappa's zip go to Lambda. For the packaging: what is not named here stays at home.

Of the project: the code that runs and the templates. Of the packages: what their own records list, without tests, types,
sources of C and scripts; licences go along. Of botocore's data: what the code calls."""

import csv
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from infra.packaging import botocore_data

PROJECT = ("handlers", "miniapp", "templates")
FOLDERS_LEFT = {"tests", "__pycache__", "examples", "include"}
ENDS_LEFT = {".pyc", ".pyi", ".c", ".h", ".pxd", ".pyx", ".md", ".rst", ".typed", ".exe"}
OF_RECORDS = {"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "top_level.txt", "entry_points.txt", "direct_url.json"}
# Parts of packages that nothing of ours reaches: a codec that is a tenth of everything, for one.
PARTS_LEFT = ("werkzeug/debug/shared/", "PIL/_avif.", "pillow.libs/libavif-")  # pictures come as PNG, JPEG and WebP


def recorded(packages: Path) -> set[str]:
    """Every file that an installed package says it has."""
    found: set[str] = set()
    for record in packages.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            found.update(row[0] for row in csv.reader(lines) if row)
    return {name for name in found if not name.startswith(("../", "/"))}


def chosen(names: Iterable[str], packages: Path) -> list[str]:
    """The names that stay, in order."""
    of_packages, services = recorded(packages), botocore_data.services()
    kept, data = [], []
    for name in sorted(set(names)):
        if name.startswith(f"{botocore_data.DATA}/"):
            if botocore_data.is_ours(name, services):
                data.append(name)
        elif name.split("/")[0] in PROJECT or (name in of_packages and not name.startswith(PARTS_LEFT)):
            kept.append(name)
    return sorted([name for name in kept if not is_left(name)] + botocore_data.newest(data))


def is_left(name: str) -> bool:
    """Whether a file is of no use where it only runs."""
    path = PurePosixPath(name)
    in_record = path.parent.name.endswith(".dist-info") and path.name in OF_RECORDS
    return in_record or path.suffix in ENDS_LEFT or bool(FOLDERS_LEFT & set(path.parts[:-1]))
