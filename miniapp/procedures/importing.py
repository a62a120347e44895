"""A file of records, of whatever shape we know, read whole: procedures, and what was found. For the command line and the desk.

Takes JSON or lines of JSON, plain, gzipped or xz: the national portal's shapes (`national`, `national_tables`) and our own
(`own`), which the demo and an export have. It stores nothing."""

import gzip
import io
import json
import lzma
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from miniapp.core.errors import Invalid
from miniapp.core.plain import from_plain
from miniapp.procedures.findings import Finding, Found
from miniapp.procedures.model import Procedure
from miniapp.procedures.national import Reader, by_name, kept, procedure
from miniapp.procedures.national_tables import by_2021, by_2025

ALL = frozenset(Procedure.__dataclass_fields__) - {"code"}
OURS = frozenset(
    ("mistakes", "samples", "owner", "verified_on", "is_open")
)  # no source but our own officers knows them
TOLD = {  # which fields a shape speaks of: the others stay as they are
    "portal_2026": ALL - OURS - {"effective"},
    "portal_2025": ALL - OURS - {"effective", "delegated", "keywords", "ministry", "portal", "related"},
    "portal_2021": frozenset(("name", "agency", "steps", "channels", "papers", "online")),
}
FILE_MOST = 512 * 1024 * 1024  # bytes, unpacked
TELL_EVERY = 100


@dataclass(frozen=True)
class Read:
    """What a file holds. `is_older`: an export that must not replace what is known from elsewhere."""

    shape: str
    records: int
    procedures: tuple[Procedure, ...]
    findings: tuple[Finding, ...]
    told: Mapping[str, frozenset[str]]  # code → the fields that its record speaks of
    is_older: bool


def read_file(
    stream: BinaryIO, known: Callable[[], Sequence[Procedure]], tell: Callable[[str, int, int], None]
) -> Read:
    """Every record of a file; `known` are the procedures that records without a code are looked for among.

    Raises Invalid `procedures_file_shape` and `procedures_file_too_large`."""
    records = _records(stream)
    shape = _shape(records[0])
    reader = _reader(shape, known)
    made: dict[str, Procedure] = {}
    told: dict[str, frozenset[str]] = {}
    findings: list[Finding] = []
    for row, record in enumerate(records, 1):
        if row % TELL_EVERY == 1:
            tell("reading", row - 1, len(records))
        found = Found(_called(record), row)
        one = reader(record, found)
        if one is not None and one.code in made:
            found.fail("code_repeated", "code", one.code)
        elif one is not None:
            made[one.code] = one
            told[one.code] = TOLD.get(shape) or ALL & record.keys()
        findings += found.findings
    tell("reading", len(records), len(records))
    older = shape in ("portal_2025", "portal_2021")
    return Read(shape, len(records), tuple(made.values()), tuple(findings), told, older)


def own(record: Mapping[str, Any], found: Found) -> Procedure | None:
    """A record of our own shape: the fields of a procedure by their names."""
    try:
        held = from_plain(Procedure, {"code": "", "name": "", **record})
    except (ValueError, TypeError, LookupError, AttributeError) as failure:
        found.fail("record_shape", "", str(failure))
        return None
    strange = sorted(set(record) - ALL - {"code"})
    if strange:
        found.warn("field_unknown", strange[0], ", ".join(strange))
    return kept(found, **{name: getattr(held, name) for name in (*ALL, "code")})


def _reader(shape: str, known: Callable[[], Sequence[Procedure]]) -> Reader:
    if shape == "portal_2021":
        return by_2021(by_name(known()))
    return {"portal_2026": procedure, "portal_2025": by_2025, "own": own}[shape]


def _shape(record: Mapping[str, Any]) -> str:
    for key, shape in (
        ("ma_thu_tuc", "portal_2026"),
        ("metadata", "portal_2025"),
        ("title", "portal_2021"),
        ("code", "own"),
    ):
        if key in record:
            return shape
    raise Invalid("procedures_file_shape")


def _called(record: Mapping[str, Any]) -> str:
    names = ("code", "ma_thu_tuc", "thu_tuc_id", "title", "name")
    return next((str(record[name]) for name in names if record.get(name)), "")


def _records(stream: BinaryIO) -> list[Mapping[str, Any]]:
    try:
        body = _unpacked(stream.read(FILE_MOST + 1))
        text = body.decode("utf-8-sig").strip()
        held = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    except (ValueError, OSError, EOFError, lzma.LZMAError):
        raise Invalid("procedures_file_shape") from None
    if not held or not all(isinstance(one, dict) for one in held):
        raise Invalid("procedures_file_shape")
    return list(held)


def _unpacked(body: bytes) -> bytes:
    source = io.BytesIO(body)
    if body.startswith(b"\xfd7zXZ"):
        with lzma.open(source) as file:
            body = file.read(FILE_MOST + 1)
    elif body.startswith(b"\x1f\x8b"):
        with gzip.open(source) as file:
            body = file.read(FILE_MOST + 1)
    if len(body) > FILE_MOST:
        raise Invalid("procedures_file_too_large", most=FILE_MOST)
    return body
