"""The real catalogue and the sets of questions, as the search and its peers are given them; read beside the checkout."""

import json
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from miniapp.procedures.entries import entries
from miniapp.procedures.entry import Entry
from tests.support.procedures import read_2025, read_2026
from tests.support.real_data import REAL

FOLDER = REAL / "data" / "procedures"
OWN = Path(__file__).with_name("search_queries.tsv")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and the procedures that answer it."""

    text: str
    codes: frozenset[str]
    about: str = ""  # the code that decides which half it is in


def catalogue() -> list[Entry]:
    """The 2,642 procedures of the national portal, as they are served: read by the importer, then indexed."""
    return list(entries(made for made, _ in read_2026() if made))


def military() -> list[Entry]:
    """The 207 of the Ministry of Defence, a catalogue of its own."""
    return list(entries(made for made, _ in read_2025() if made))


def templates() -> list[Query]:
    """Questions made of a name and a pattern."""
    return _labelled("template_200_drpie143.jsonl")


def natural() -> list[Query]:
    """Questions that a model wrote about 19 procedures of a commune."""
    return _labelled("llm_variants_commune_thhieu2904.jsonl")


def military_templates() -> list[Query]:
    """Patterns over the military catalogue."""
    return _labelled("templates_bqp_nhdandz.jsonl")


def own(part: str) -> list[Query]:
    """Ours: `develop` or `report`; a procedure is in one part only."""
    return [query for query in written() if part_of(query) == part]


def written() -> list[Query]:
    """Every query of ours."""
    rows = (line.split("\t") for line in OWN.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [Query(text, frozenset(codes.split()), codes.split()[0]) for text, codes in rows]


def part_of(query: Query) -> str:
    """By the procedure, so that nothing learned from one part is about what the other asks for."""
    return "report" if crc32(query.about.encode()) % 2 else "develop"


def _labelled(name: str) -> list[Query]:
    rows = map(json.loads, (FOLDER / "qa" / name).read_text("utf-8").splitlines())
    return [Query(row["question"], frozenset(row["ma_thu_tuc"])) for row in rows if row["ma_thu_tuc"]]
