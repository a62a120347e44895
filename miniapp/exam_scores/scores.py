"""One score: integer hundredths or a state, as a 16-bit code. For files in, records kept and slips shown.

A score is never a float and never guessed: 0,00, absent, exempt, suspended, cancelled and not taken are six different
things. A decimal comma, a missing leading zero (`.75`) and needless zeros are read; thousands marks are not."""

import re
from dataclasses import dataclass

from miniapp.core.folding import folded_key
from miniapp.exam_scores.subjects import vocabulary

NOT_TAKEN = 0xFFFF
ABSENT = 0xFFFE
EXEMPT = 0xFFFD
SUSPENDED = 0xFFFC
CANCELLED = 0xFFFB
LOWEST_STATE = 0xFF00  # codes below are hundredths
UNSAID = 0xFFF0  # only in files that correct: the file has no such column, so the score stays as it was
STATES = {"not_taken": NOT_TAKEN, "absent": ABSENT, "exempt": EXEMPT, "suspended": SUSPENDED, "cancelled": CANCELLED}
STATE_NAMES = {code: name for name, code in STATES.items()}
STEP = 5  # hundredths; off-step scores are real (means of markers) but worth a look

_SHAPE = re.compile(r"([0-9]{0,15})(?:[.,]([0-9]{1,2})0*)?\Z")
_DATE = re.compile(  # what spreadsheets make of 8.25: 25-Aug, 25/08/2026, 2026-08-25, 25-Thg8
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/-][0-9]{1,2}(?:[/-][0-9]{2,4})?|[0-9]{1,2}-[a-z]{3}[0-9]{0,2}|[a-z]{3}-[0-9]{2}"
)
MINUS_ONE = frozenset({"-1", "-1.0", "-1,0", "-1.00", "-1,00"})


@dataclass(frozen=True, slots=True)
class ReadScore:
    """What a cell says: its code, or None with an `error`; a `warning` lets it stand."""

    code: int | None
    error: str = ""
    warning: str = ""


def read_score(text: str, scale: int = 1000, minus_one: str = "absent") -> ReadScore:
    """A cell's text as a score on a scale of `scale` hundredths.

    Errors: `score_shape` (text where a number belongs), `score_off_scale`, `score_is_date`, `formula_in_cell`.
    Warnings: `score_off_step`, `minus_one`."""
    text = text.strip()
    if not text:
        return ReadScore(NOT_TAKEN)
    match = _SHAPE.match(text)
    if match is None or not (match[1] or match[2]):
        return _read_state(text, minus_one)
    hundredths = int(match[1] or 0) * 100 + int((match[2] or "0").ljust(2, "0"))
    if hundredths > scale:
        return ReadScore(None, "score_off_scale")
    return ReadScore(hundredths, warning="score_off_step" if hundredths % STEP else "")


def _read_state(text: str, minus_one: str) -> ReadScore:
    if text in MINUS_ONE:
        return ReadScore(STATES[minus_one], warning="minus_one")
    if text.startswith("="):
        return ReadScore(None, "formula_in_cell")
    if len(text) > 40:
        return ReadScore(None, "score_shape")
    state = vocabulary().state_words.get(folded_key(text))
    if state is None:
        return ReadScore(None, "score_is_date" if _DATE.match(text.lower()) else "score_shape")
    return ReadScore(STATES[state])


def is_score(code: int) -> bool:
    """Whether a code is hundredths rather than a state."""
    return code < LOWEST_STATE


def rounded(numerator: int, denominator: int) -> int:
    """A quotient of whole numbers, half away from zero (for scores ≥ 0: half up), as the ministry rounds."""
    return (2 * numerator + denominator) // (2 * denominator)
