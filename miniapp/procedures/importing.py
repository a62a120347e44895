"""A file of records, of whatever shape we know, read whole: procedures, and what was found. For the command line and the desk.

Takes JSON or lines of JSON, plain, gzipped or xz: the national portal's shapes (`national`, `national_tables`) and our own
(`own`), which the demo and an export have; and our own form as sheets (`sheets`). It stores nothing."""

import gzip
import io
import json
import lzma
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from miniapp.core.errors import Invalid
from miniapp.core.file_kinds import LOOKED_AT, text_kind
from miniapp.core.plain import from_plain
from miniapp.procedures.findings import Finding, Found
from miniapp.procedures.model import Procedure, national_code
from miniapp.procedures.national import Reader, by_name, kept, procedure
from miniapp.procedures.national_tables import by_2021, by_2025
from miniapp.procedures.sheets import read_sheets
from miniapp.procedures.wording import lines

ALL = frozenset(Procedure.__dataclass_fields__) - {"code"}
OURS = frozenset(
    ("mistakes", "samples", "owner", "verified_on", "is_open", "questions")
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

    @property
    def refused(self) -> int:
        """How many records can't be kept; `findings` say why."""
        return self.records - len(self.procedures)


def read_file(
    stream: BinaryIO, known: Callable[[], Sequence[Procedure]], tell: Callable[[str, int, int], None]
) -> Read:
    """Every record of a file; among the `known`, records without a code are looked for, and those without a name find it.

    Raises Invalid `procedures_file_shape` and `procedures_file_too_large`, and what `reading` refuses."""
    shape, entries, beside = _entries(_unpacked_whole(stream))
    reader = _reader(shape, known)
    made: dict[str, Procedure] = {}
    told: dict[str, frozenset[str]] = {}
    findings: list[Finding] = [*beside]
    for done, (record, found) in enumerate(entries):
        if done % TELL_EVERY == 0:
            tell("reading", done, len(entries))
        one = None if found.has_failed else reader(record, found)
        if one is not None and one.code in made:
            found.fail("code_repeated", "code", one.code)
        elif one is not None:
            made[one.code] = one
            told[one.code] = TOLD.get(shape) or ALL & record.keys()
        findings += found.findings
    tell("reading", len(entries), len(entries))
    older = shape in ("portal_2025", "portal_2021")
    return Read(shape, len(entries), tuple(made.values()), tuple(findings), told, older)


def own(record: Mapping[str, Any], found: Found, names: Callable[[], Mapping[str, str]]) -> Procedure | None:
    """A record of our own shape: the fields of a procedure by their names; who leaves the name out has it by its code."""
    try:
        name = "" if "name" in record else names().get(_code(record), "")
        held = from_plain(Procedure, {"code": "", "name": name, **_cleaned(record)})
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
    if shape in ("own", "sheets"):
        names = cache(lambda: {one.code: one.name for one in known()})  # asked only where a record leaves it out
        return lambda record, found: own(record, found, names)
    return {"portal_2026": procedure, "portal_2025": by_2025}[shape]


def _code(record: Mapping[str, Any]) -> str:
    """The canonical code of a record of ours; empty if it has none."""
    try:
        return national_code(str(record.get("code", "")))
    except Invalid:
        return ""


def _cleaned(value: Any) -> Any:
    """Every text of a record as the portal's are kept: composed, single blanks, no empty lines."""
    if isinstance(value, str):
        return lines(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def _entries(body: bytes) -> tuple[str, Sequence[tuple[Mapping[str, Any], Found]], Sequence[Finding]]:
    """The shape of a file, its records with what is found in each, and what was found beside them."""
    if _is_table(body[:LOOKED_AT]):
        sheets = read_sheets(io.BytesIO(body))
        return "sheets", [(one.record, one.found) for one in sheets.entries.values()], sheets.findings
    records = _records(body)
    return _shape(records[0]), [(one, Found(_called(one), row)) for row, one in enumerate(records, 1)], ()


def _is_table(head: bytes) -> bool:
    return text_kind(head) not in ("file_empty", "file_is_json")


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


def _records(body: bytes) -> list[Mapping[str, Any]]:
    try:
        text = body.decode("utf-8-sig").strip()
        held = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    except ValueError:
        raise Invalid("procedures_file_shape") from None
    if not held or not all(isinstance(one, dict) for one in held):
        raise Invalid("procedures_file_shape")
    return list(held)


def _unpacked_whole(stream: BinaryIO) -> bytes:
    try:
        return _unpacked(stream.read(FILE_MOST + 1))
    except (ValueError, OSError, EOFError, lzma.LZMAError):
        raise Invalid("procedures_file_shape") from None


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
