"""From a header row to a layout: which column is the number, which a subject, which is none of ours.

For reading files. Spellings come from the vocabulary; an unknown column is a finding, never a silent loss."""

from dataclasses import dataclass, field

from miniapp.core.folding import folded_key
from miniapp.exam_scores.subjects import vocabulary

MOST_COLUMNS = 60
LEGACY_FONT = set("¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô­øõö÷ùýúûüþ")


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
    problems: tuple[tuple[str, int], ...] = field(default=())  # (code, column)

    def column_name(self, place: int) -> str:
        """The header's own word for a column."""
        return self.names[place] if 0 <= place < len(self.names) else ""


def looks_like_header(cells: list[str]) -> bool:
    """Whether a row names at least the number column."""
    words = vocabulary().column_words
    return any(words.get(folded_key(cell)) == "number" for cell in cells[:MOST_COLUMNS])


def read_header(cells: list[str], expected: tuple[str, ...]) -> Layout:
    """The layout of a header row for an exam with the subjects `expected`.

    Problems: `unknown_column`, `repeated_column`, `subject_not_in_exam`, `legacy_font`, `html_entities`,
    `no_scores`, `too_many_columns`."""
    words = vocabulary()
    found: dict[str, int] = {}
    subjects: dict[str, int] = {}
    derived: list[int] = []
    problems: list[tuple[str, int]] = []
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        key = folded_key(cell)
        kind = words.column_words.get(key)
        subject = words.subject_words.get(key)
        if kind == "ignored" or (not key and not cell.strip()):
            continue
        if kind == "derived":
            derived.append(place)
        elif kind is not None:
            _keep(found, kind, place, problems)
        elif subject is None:
            problems.append((_why_unknown(cell), place))
        elif subject not in expected:
            problems.append(("subject_not_in_exam", place))
        else:
            _keep(subjects, subject, place, problems)
    if len(cells) > MOST_COLUMNS:
        problems.append(("too_many_columns", MOST_COLUMNS))
    if not subjects and "pairs" not in found:
        problems.append(("no_scores", 0))
    return Layout(
        width=len(cells),
        names=tuple(cells),
        subjects=tuple(sorted(subjects.items(), key=lambda item: item[1])),
        derived=tuple(derived),
        problems=tuple(problems),
        **found,
    )


def _keep(found: dict[str, int], name: str, place: int, problems: list[tuple[str, int]]) -> None:
    if name in found:
        problems.append(("repeated_column", place))
    else:
        found[name] = place


def _why_unknown(cell: str) -> str:
    if "&#" in cell or "&amp;" in cell:
        return "html_entities"
    if sum(letter in LEGACY_FONT for letter in cell) >= 2:
        return "legacy_font"
    return "unknown_column"
