"""The real catalogue and the sets of questions, as the search and its peers are given them; read beside the checkout."""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from miniapp.procedures.entry import Entry
from miniapp.procedures.levels import Level
from tests.support.real_data import REAL

FOLDER = REAL / "data" / "procedures"
OWN = Path(__file__).with_name("search_queries.tsv")
LEVELS = {"Cấp xã": Level.COMMUNE, "Cấp tỉnh": Level.PROVINCE, "Cấp bộ": Level.MINISTRY}


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and the procedures that answer it."""

    text: str
    codes: frozenset[str]
    about: str = ""  # the code that decides which half it is in


def catalogue() -> list[Entry]:
    """The 2,642 procedures of the national portal."""
    return [_entry(row) for row in _rows(FOLDER / "tthc_2026_chatbot_tthc.jsonl.xz")]


def military() -> list[Entry]:
    """The 207 of the Ministry of Defence, a catalogue of its own."""
    return [_military(row) for row in _rows(FOLDER / "tthc_bqp_2025_nhdandz.jsonl.xz")]


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


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _entry(row: dict[str, str]) -> Entry:
    levels = [part.strip() for part in row["cap_thuc_hien"].split(",")]
    return Entry(
        code=row["ma_thu_tuc"],
        name=row["ten_thu_tuc"],
        field=row["linh_vuc"],
        levels=tuple(dict.fromkeys(LEVELS.get(level, Level.OTHER) for level in levels)),
        agency=row["co_quan_thuc_hien"],
        for_citizens="Công dân" in row["doi_tuong_thuc_hien"] or "Cá nhân" in row["doi_tuong_thuc_hien"],
        papers=row["thanh_phan_ho_so"],
        steps=row["trinh_tu_thuc_hien"],
        results=row["ket_qua_xu_ly"],
        conditions=row["yeu_cau_dieu_kien"],
        legal=row["can_cu_phap_ly"],
    )


def _military(row: dict[str, dict[str, str]]) -> Entry:
    told = row["metadata"]
    papers = json.dumps(row["tables"].get("thanh_phan_ho_so", ""), ensure_ascii=False)
    return Entry(code=told["mã_thủ_tục"], name=told["tên_thủ_tục"], papers=papers)
