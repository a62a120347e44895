"""A folder as a zip whose bytes depend on nothing but its files: sorted names, one date, one mode. For the packaging."""

import zipfile
from pathlib import Path

DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644 << 16
UNIX = 3
LEVEL = 9


def zipped(folder: Path, out: Path) -> int:
    """Write the zip at once or not at all; its size in bytes."""
    making = out.with_suffix(".making")
    with zipfile.ZipFile(making, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), DATE)
                entry.create_system, entry.external_attr = UNIX, MODE
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=LEVEL)
    making.replace(out)
    return out.stat().st_size
