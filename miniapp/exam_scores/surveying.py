"""What is wrong with a file in which no header row can be found. For the gathering, so that the defects are named.

Counts what harvested and hand-made files really show: candidates glued into one line, stray separators, undecoded
entities, old fonts. It makes no records."""

import re
from collections.abc import Iterable

from miniapp.core.chunks import Chunk
from miniapp.exam_scores.columns import has_entities, is_legacy, names_subjects
from miniapp.exam_scores.findings import Findings

NUMBERS = re.compile(r"(?<![0-9])[0-9]{6,}\|")
LOOKED_AT = 20


def survey(chunks: Iterable[Chunk], findings: Findings) -> str:
    """Add what is found row by row; returns why there is no table: `no_header`, `no_number_column`, `no_separator`."""
    code, single = "", True
    for chunk in chunks:
        if not code:
            code = _reason(chunk.rows[:LOOKED_AT], findings, chunk.first)
        for row, cells in enumerate(chunk.rows, chunk.first):
            single = single and len(cells) <= 1
            _look(row, cells, findings)
    return "no_separator" if single and code == "no_header" else code or "no_header"


def _reason(rows: list[list[str]], findings: Findings, first: int) -> str:
    for row, cells in enumerate(rows, first):
        legacy = [cell for cell in cells if is_legacy(cell)]
        if len(legacy) >= 2:
            findings.add("legacy_font", row, legacy[0], legacy[0])
    return "no_number_column" if any(map(names_subjects, rows)) else "no_header"


def _look(row: int, cells: list[str], findings: Findings) -> None:
    text = ";".join(cells)
    if text.startswith(";") and text.strip(";"):
        findings.add("stray_separator", row, "", text)
    if len(NUMBERS.findall(text)) > 1:
        findings.add("glued_rows", row, "", text)
    if has_entities(text):
        findings.add("html_entities", row, "", text)
