"""The demo's forms, each blank and filled in by somebody made up: our own words, as DOCX from plain parts.

For `make run`. What stands in them is in forms.json; a line is what is asked and what the made-up person wrote."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import escape

HELD: Mapping[str, Any] = json.loads(Path(__file__).with_name("forms.json").read_text("utf-8"))
DOTS = "." * 60
MADE = (2026, 1, 1, 0, 0, 0)  # the same bytes whenever it is made
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>',
}
DOCUMENT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def made() -> Iterator[tuple[str, bytes]]:
    """Every form by its name, blank and filled in."""
    for code, form in HELD["forms"].items():
        for kind, is_filled in (("trong", False), ("da-dien", True)):
            yield f"{code}-{kind}.docx", _document(form, is_filled)


def _document(form: Mapping[str, Any], is_filled: bool) -> bytes:
    words = HELD["words"]
    rows = [_row(line, middle=True, bold=True) for line in words["state"]]
    if is_filled:
        rows.append(_row(words["sample"], middle=True, bold=True))
    rows += [_row(form["title"], middle=True, bold=True), _row(f"{words['to']}: {form['to'] if is_filled else DOTS}")]
    rows += [_row(f"{asked}: {told if is_filled else DOTS}") for asked, told in form["lines"]]
    rows += [_row(words["promise"]), _row(form["signed"] if is_filled else words["place"]), _row(words["sign"])]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in {**PARTS, "word/document.xml": DOCUMENT.format("".join(rows))}.items():
            file.writestr(zipfile.ZipInfo(name, MADE), HEAD + part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _row(text: str, middle: bool = False, bold: bool = False) -> str:
    place = '<w:pPr><w:jc w:val="center"/></w:pPr>' if middle else ""
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p>{place}<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
