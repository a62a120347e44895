"""Admission combinations (tổ hợp xét tuyển): which there are in a year, and a candidate's totals.

For statistics and slips. The sets are data (`data/combinations.json`, after domain rules 1.9); others can be imported
as the same kind of table. A combination with a language counts only for that language; where a record has no language
code, the total is shown under that condition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from miniapp.core.errors import Invalid
from miniapp.exam_scores.subjects import DATA, vocabulary


@dataclass(frozen=True, slots=True)
class Combination:
    """Three subjects whose scores add up; `language` is 1-7 where the foreign language must be that one, else 0."""

    code: str
    subjects: tuple[str, ...]
    language: int = 0


@cache
def shipped() -> dict[str, tuple[Combination, ...]]:
    """The sets that come with the project, by name."""
    held = json.loads((DATA / "combinations.json").read_text("utf-8"))
    return {
        name: read_set({code: held["combinations"][code] for code in codes}) for name, codes in held["sets"].items()
    }


def read_set(table: Mapping[str, Mapping[str, object]]) -> tuple[Combination, ...]:
    """A table `{code: {"subjects": [three codes], "language": "N1"}}` as a set; Invalid `combination_malformed`."""
    known = vocabulary()
    found = []
    for code, entry in sorted(table.items()):
        subjects = entry.get("subjects")
        language = str(entry.get("language", "") or "")
        if (
            not isinstance(subjects, list)
            or len(set(subjects)) != 3
            or any(subject not in known.subjects for subject in subjects)
            or (language and language not in known.languages)
            or not (code.isalnum() and 2 <= len(code) <= 6)
        ):
            raise Invalid("combination_malformed", combination=code)
        found.append(Combination(code, tuple(subjects), int(language[1]) if language else 0))
    return tuple(found)


def usable(combinations: tuple[Combination, ...], subjects: tuple[str, ...]) -> tuple[Combination, ...]:
    """Those whose subjects the exam has."""
    return tuple(item for item in combinations if set(item.subjects) <= set(subjects))
