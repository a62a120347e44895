"""From a header row to a layout: which column is the number, which a subject, which is none of ours.

For reading files. Spellings come from the vocabulary; an unknown column is a finding, never a silent loss."""

import re
import unicodedata
from dataclasses import dataclass, field

from miniapp.core.chunks import MOST_COLUMNS
from miniapp.core.folding import folded_key
from miniapp.exam_scores.subjects import vocabulary

_TCVN3_SIGNS = set("¸µ¶·¹¨¾»¼½©®¬«ª\u00ad×÷")  # no letters of any language, but TCVN3 spells with them
_TCVN3_LETTERS = set("ÆÇÈËÎÏÑÖØÞßäåçëîïñöøûüþ§")  # letters of others, not of Vietnamese
_VNI = re.compile(r"[ae][ùøûõïâáàåãäêëéèúü]|o[ùøûõïâåäêëúü]|[öôuy][ùøûõï]")  # never follow each other in Unicode


@dataclass(frozen=True, slots=True)
class Layout:
    """Column places, counted from 0."""

    width: int
    names: tuple[str, ...]
    number: int = -1
    subjects: tuple[tuple[str, int], ...] = ()
    language: int = -1
    pairs: int = -1  # one cell with «Toán: 6.80  Ngữ văn: 6.50 …», as the ministry published until 2017
    full_name: int = -1
    birth_date: int = -1
    identity: int = -1
    card_code: int = -1
    outcome: int = -1
    benchmark: int = -1
    bonus: int = -1
    total: int = -1
    derived: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    problems: tuple[tuple[str, int], ...] = field(default=())  # (code, column)

    def column_name(self, place: int) -> str:
        """The header's own word for a column."""
        return self.names[place] if 0 <= place < len(self.names) else ""


def looks_like_header(cells: list[str]) -> bool:
    """Whether a row names at least the number column."""
    words = vocabulary().column_words
    return any(words.get(folded_key(cell)) == "number" for cell in cells[:MOST_COLUMNS])


def names_subjects(cells: list[str]) -> bool:
    """Whether a row names two subjects, as a header without a number column does."""
    words = vocabulary().subject_words
    return sum(":" not in cell and folded_key(cell) in words for cell in cells[:MOST_COLUMNS]) >= 2


def is_legacy(text: str) -> bool:
    """Whether a text was typed with a font of the time before Unicode (TCVN3 `Sè b¸o danh`, VNI `Soá baùo danh`)."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii():
        return False
    signs = sum(letter in _TCVN3_SIGNS for letter in text)
    letters = sum(letter in _TCVN3_LETTERS for letter in text)
    return signs + letters >= 2 or signs >= 1 or bool(_VNI.search(text.lower()))


def read_header(cells: list[str], expected: tuple[str, ...]) -> Layout:
    """The layout of a header row for an exam with the subjects `expected`.

    Problems: `unknown_column`, `repeated_column`, `subject_not_in_exam`, `legacy_font`, `html_entities`,
    `no_scores`, `too_many_columns`."""
    words = vocabulary()
    found: dict[str, int] = {}
    subjects: dict[str, int] = {}
    derived: list[int] = []
    unknown: list[int] = []
    problems: list[tuple[str, int]] = []
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        key = folded_key(cell)
        kind = words.column_words.get(key)
        subject = words.subject_words.get(key)
        if kind in ("ignored", "derived") or not cell.strip():
            derived += [place] if kind == "derived" else []
        elif kind is not None:
            _keep(found, kind, place, problems)
        elif subject in expected:
            _keep(subjects, str(subject), place, problems)
        else:
            problems.append(("subject_not_in_exam" if subject else _why_unknown(cell), place))
            unknown += [] if subject else [place]
    if len(cells) > MOST_COLUMNS:
        problems.append(("too_many_columns", MOST_COLUMNS))
    if not subjects and "pairs" not in found:
        problems.append(("no_scores", 0))
    return Layout(
        width=len(cells),
        names=tuple(cells),
        subjects=tuple(sorted(subjects.items(), key=lambda item: item[1])),
        derived=tuple(derived),
        unknown=tuple(unknown),
        problems=tuple(problems),
        **found,
    )


def _keep(found: dict[str, int], name: str, place: int, problems: list[tuple[str, int]]) -> None:
    if name in found:
        problems.append(("repeated_column", place))
    else:
        found[name] = place


def _why_unknown(cell: str) -> str:
    if has_entities(cell):
        return "html_entities"
    if is_legacy(cell):
        return "legacy_font"
    return "unknown_column"


def has_entities(text: str) -> bool:
    """Whether a text came out of a web page without being decoded (`To&#xE1;n`)."""
    return "&#" in text or "&amp;" in text or "&nbsp;" in text
