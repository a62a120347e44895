"""A candidate number as files spell it: with an apostrophe, as a decimal number, without its leading zeros.

For the gathering. It reads what is certain and names what is not; only a person may decide to put zeros back."""

import re
from typing import NamedTuple

from miniapp.exam_scores.model import NUMBER_MOST, Exam

_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+\Z")


class ReadNumber(NamedTuple):
    """A number in the exam's format; with a `problem` it is what would fit (`leading_zero_lost`) or nothing."""

    text: str
    problem: str = ""


def read_number(cell: str, exam: Exam) -> ReadNumber:
    """Problems: `number_empty`, `leading_zero_lost`, `number_scientific`, `formula_in_cell`, `stray_separator`,
    `glued_rows`, `number_shape`."""
    text = cell.strip().lstrip("'").strip().upper()
    if not text:
        return ReadNumber("", "number_empty")
    if len(text) <= NUMBER_MOST + 2 and text.isascii():
        plain = text.removesuffix(".0")
        if exam.number_pattern.match(plain) and len(plain) <= NUMBER_MOST:
            return ReadNumber(plain)
        padded = [plain.zfill(size) for size in range(len(plain) + 1, NUMBER_MOST + 1)] if plain.isdigit() else []
        fitting = [one for one in padded if exam.number_pattern.match(one)]
        if len(fitting) == 1:
            return ReadNumber(fitting[0], "leading_zero_lost")
    return ReadNumber("", _problem(text))


def _problem(text: str) -> str:
    if text.startswith(";"):
        return "stray_separator"
    if text.startswith("="):
        return "formula_in_cell"
    if _SCIENTIFIC.match(text):
        return "number_scientific"
    return "glued_rows" if "|" in text else "number_shape"
