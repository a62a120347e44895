"""The real files of scores that lie beside the checkout, each with what an import of it must say. For tests and benches.

Only names and outcomes stand here, no data. The reader below is a second one, written apart from ours: the csv module,
decimal numbers, and a list of columns per file."""

import csv
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from miniapp.exam_scores.model import Exam, Formula
from tests.support.exams import CORE, exam
from tests.support.real_data import real

NOT_TAKEN = 0xFFFF
NEW = (*CORE, "ktpl", "tin", "cncn", "cnnn")
COLUMNS = {
    "toan": "toan",
    "ngu_van": "van",
    "van": "van",
    "ngoai_ngu": "nn",
    "ngoaingu": "nn",
    "vat_li": "li",
    "hoa_hoc": "hoa",
    "sinh_hoc": "sinh",
    "lich_su": "su",
    "dia_li": "dia",
    "gdcd": "gdcd",
    "tin_hoc": "tin",
    "gdktpl": "ktpl",
    "cn_cong_nghiep": "cncn",
    "cn_nong_nghiep": "cnnn",
    "chuyen": "chuyen",
}
ABSENT_WORDS = {"vắng": 0xFFFE}


@dataclass(frozen=True)
class Real:
    """One file below `scores`: the exam it belongs to, and the outcome of its import."""

    path: str
    facts: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    candidates: int = 0
    found: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def exam(self) -> Exam:
        """The exam, named by the file."""
        slug = self.path.split("/")[-1].split(".")[0].replace("_", "-").lower()
        return exam(**{"slug": slug, "combination_set": "2006", **self.facts})

    @property
    def file(self) -> Path:
        """Where it lies; a test without it is skipped."""
        return real("scores/" + self.path)

    def __str__(self) -> str:
        return self.path


OF_2016 = {"number_format": "[0-9A-Z]{3}[0-9]{6}", "prefix_length": 3, "languages": True, "subjects": CORE[:-1]}
OF_2017 = {"languages": True}
OF_2025 = {"subjects": NEW, "languages": True, "combination_set": "2018"}
OF_2026 = {"subjects": NEW, "combination_set": "2018"}
TENTH = {"subjects": ("toan", "van", "nn"), "combination_set": ""}
ONCE = Formula((("toan", 1), ("van", 1), ("nn", 1)))  # the sum, as the law has it since 2025
TWICE = Formula((("toan", 2), ("van", 2), ("nn", 1)), floor=0)  # Đà Nẵng 2024; its totals hold a transcript too
SPECIAL = {"subjects": ("toan", "van", "nn", "chuyen"), "combination_set": ""}

YEARS = [
    Real("thpt_2016.csv.xz", OF_2016, 871_047, 871_047, {"score_off_step": 333_521, "no_score_at_all": 235}),
    Real("thpt_2017.csv.xz", OF_2017, 861_068, 861_068, {"score_off_step": 3_102, "no_score_at_all": 1}),
    Real("thpt_2019.csv.xz", {}, 881_331, 881_331, {"score_off_step": 6_792, "no_score_at_all": 37}),
    Real("thpt_2020.csv.xz", {"languages": True}, 879_708, 879_708, {"score_off_step": 5_003, "no_score_at_all": 25}),
    Real("thpt_2022.csv.xz", {}, 813_903, 813_903, {"score_off_step": 5_202, "no_score_at_all": 6}),
    Real("thpt_2025_partial.csv.xz", OF_2025, 58_857, 58_857, {"score_off_step": 296, "no_score_at_all": 1}),
    Real("thpt_2026.csv.xz", OF_2026, 791_239, 791_239, {"score_off_step": 4_532}),
]
TENTH_GRADE = [
    Real(
        "grade10/da_nang_2024_ducchung.csv.xz",
        {**TENTH, "number_format": "[0-9]{5}", "formula": TWICE},
        14_446,
        14_446,
        {"score_off_step": 7_168, "total_apart": 14_255},
    ),
    Real("grade10/hcm_2017_regular_chuvanan.csv.xz", {**TENTH, "number_format": "[0-9]{1,5}"}, 59_442, 59_442),
    Real("grade10/hcm_2017_specialised_chuvanan.csv.xz", {**SPECIAL, "number_format": "[0-9]{5}"}, 6_119, 6_119),
    Real(
        "grade10/hcm_2023_pdt1806.csv.xz",
        {**SPECIAL, "number_format": "[0-9]{5,6}"},
        91_171,
        91_170,
        {"number_repeated": 1, "no_score_at_all": 316},
    ),
    Real(
        "grade10/hcm_2024_codega.csv.xz",
        {**SPECIAL, "number_format": "[0-9]{6}", "formula": ONCE},
        91_257,
        91_257,
        {"no_score_at_all": 277},
    ),
    Real(
        "grade10/nghe_an_2024_codega.csv.xz",
        {**TENTH, "number_format": "[0-9]{6}", "formula": ONCE},
        44_689,
        44_689,
        {"score_off_step": 562, "no_score_at_all": 132},
    ),
]
RAW = [
    Real("raw_samples/2016_decimals_without_leading_zero.csv.xz", OF_2016, 1_315, 1_315, {"score_off_step": 272}),
    Real("raw_samples/2017_bac_kan_official_layout_names_blanked.xlsx", OF_2017, 2_830, 2_830, {"name_dropped": 2}),
    Real(
        "raw_samples/2017_prefix39_first_publication.csv.xz",
        OF_2017,
        10_705,
        10_705,
        {"all_without_scores": 1, "no_score_at_all": 10_705},
    ),
    Real("raw_samples/2017_prefix39_second_publication.csv.xz", OF_2017, 10_705, 10_705),
    Real("raw_samples/2020_tqgminh_prefix11.txt.xz", {}, refused="no_separator"),
    Real("raw_samples/2021_whoant_glued_lines.txt", {}, refused="no_header", found={"glued_rows": 35}),
    Real("raw_samples/2021_whoant_prefix10.txt.xz", {}, refused="no_header", found={"stray_separator": 95}),
    Real("raw_samples/2022_duyvothe_cluster06.csv.xz", {}, 5_043, 5_043, {"minus_one": 17_197, "score_off_step": 43}),
    Real(
        "raw_samples/2025_harveycdr_ha_noi_first_24k.csv.xz",
        OF_2026,
        27_849,
        24_455,
        {"number_repeated": 3_394, "score_off_step": 92},
    ),
    Real("raw_samples/2025_truongnx_prefix11.json.xz", OF_2025, refused="file_is_json"),
    Real(
        "raw_samples/2026_duongtrongnguyen_66-dak-lak.csv.xz",
        OF_2026,
        35_240,
        35_240,
        {"unknown_column": 2, "html_entities": 35_240, "no_score_at_all": 32_543},
    ),
    Real("raw_samples/2026_ziptghz_04_Cao_Bang.jsonl.xz", OF_2026, refused="file_is_json"),
]


@cache
def facts() -> dict[str, Any]:
    """What a census of the files found."""
    held: dict[str, Any] = json.loads(real("scores/facts.json").read_text("utf-8"))
    return held


def rows_of(given: Real, *prefixes: str) -> Iterator[dict[str, str]]:
    """A file's rows by the header's words; only numbers that begin so, if said."""
    with lzma.open(given.file, "rt", encoding="utf-8-sig", newline="") as text:
        header = next(text)
        yield from csv.DictReader(
            (line for line in text if line.startswith(prefixes or "")), next(csv.reader([header]))
        )


@cache
def hundredths(text: str) -> int:
    """A cell's code."""
    if not text:
        return NOT_TAKEN
    return ABSENT_WORDS.get(text) or int(Decimal(text.replace(",", ".")) * 100)


def year(name: str) -> Real:
    """A whole year by its beginning: `2019`."""
    return next(given for given in YEARS if given.path.startswith(f"thpt_{name}"))


def codes(row: dict[str, str], subjects: tuple[str, ...]) -> tuple[int, ...]:
    """What a row says, in the order of an exam's subjects."""
    said = {COLUMNS[name]: hundredths(cell) for name, cell in row.items() if name in COLUMNS}
    return tuple(said.get(subject, NOT_TAKEN) for subject in subjects)


def plain(given: Real) -> bytes:
    """The file's text."""
    return lzma.decompress(given.file.read_bytes())
