"""One cell with all scores of a candidate, as the ministry published until 2017: «Toán: 6.80   Ngữ văn: 6.50».

For the gathering. Split in one pass, so that no cell can make it slow."""

from collections.abc import Callable
from dataclasses import dataclass, field

from miniapp.core.folding import folded_key
from miniapp.exam_scores.columns import has_entities
from miniapp.exam_scores.scores import NOT_TAKEN, read_score
from miniapp.exam_scores.subjects import vocabulary

LONGEST = 1_000
Told = Callable[[str, str], None]  # code of a finding, value


@dataclass(slots=True)
class Pairs:
    """What one cell says: code per subject, and the language (1-7, 0 unknown) that the name of a language gives."""

    scores: dict[str, int] = field(default_factory=dict)
    language: int = 0


def read_pairs(cell: str, subjects: tuple[str, ...], scale: int, minus_one: str, tell: Told) -> Pairs:
    """A cell's scores; what can't be read is told: `pairs_shape`, `unknown_column`, `score_twice`, `html_entities`
    and what `read_score` finds."""
    found = Pairs()
    if len(cell) > LONGEST or has_entities(cell):
        tell("html_entities" if has_entities(cell) else "pairs_shape", cell)
        return found
    for name, value in _split(cell):
        if not name or not value:
            tell("pairs_shape", f"{name}: {value}")
            continue
        _keep(found, name, value, subjects, scale, minus_one, tell)
    return found


def _split(cell: str) -> list[tuple[str, str]]:
    """Names and values; what stands alone comes as a name or a value alone."""
    parts = cell.replace("=", ":").split(":")
    name = parts[0].strip(" \t;,")
    if len(parts) == 1:
        return [(name, "")] if name else []
    found = []
    for part in parts[1:]:
        head, _, tail = part.replace(";", " ").strip().partition(" ")
        found.append((name, head.rstrip(",")))
        name = tail.strip(" \t,")
    if name:
        found.append((name, ""))
    return found


def _keep(
    found: Pairs, name: str, value: str, subjects: tuple[str, ...], scale: int, minus_one: str, tell: Told
) -> None:
    words = vocabulary()
    key = folded_key(name)
    if words.column_words.get(key) == "derived":
        return
    language = words.language_words.get(key)
    subject = "nn" if language else words.subject_words.get(key, "")
    if subject not in subjects:
        tell("unknown_column", name)
        return
    said = read_score(value, scale, minus_one)
    if said.error or said.warning:
        tell(said.error or said.warning, f"{name}: {value}")
    if subject in found.scores:
        tell("score_twice", f"{name}: {value}")
        return
    found.scores[subject] = NOT_TAKEN if said.code is None else said.code
    found.language = int(language[1]) if language else found.language
