"""Made-up exams for the demo: a national exam of 100,000 candidates and a grade-10 exam with names and birth dates.

Seeded: the same files every time, nobody in them exists. Shapes of the distributions follow what such exams look like
(skewed essays, wide mathematics, few tens); no figure is taken from a real list. For `make run`, tests and benchmarks."""

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from miniapp.exam_scores.model import Exam, Formula, Policy, Window

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "exams.json").read_text("utf-8"))
SEED = 20260716
CANDIDATES = 100_000
PUPILS = 6_000
PREFIXES = ("01", "04", "12", "22", "31", "33", "40", "46", "52", "56", "66", "68", "75", "79", "80", "86", "92", "96")
# subject → (mean, spread, step) in hundredths
SHAPES = {
    "toan": (560, 170, 5),
    "van": (690, 120, 25),
    "nn": (530, 160, 25),
    "li": (640, 150, 5),
    "hoa": (610, 160, 5),
    "sinh": (580, 150, 5),
    "su": (660, 150, 5),
    "dia": (650, 150, 5),
    "ktpl": (700, 130, 5),
    "tin": (650, 130, 5),
    "cncn": (600, 140, 5),
    "cnnn": (720, 120, 5),
}
ELECTIVES = ("nn", "li", "hoa", "sinh", "su", "dia", "ktpl", "tin", "cncn", "cnnn")
WEIGHTS = (26, 24, 18, 6, 36, 30, 18, 2, 1, 3)
LANGUAGES = (("N1", 96), ("N4", 2), ("N6", 1), ("N3", 1))
ABSENT_IN = 120
COLUMNS = ("toan", "van", "li", "hoa", "sinh", "su", "dia", "ktpl", "tin", "cncn", "cnnn", "nn")


def national_exam(agency: str) -> Exam:
    """The demo's national exam: `open`, the programme of 2018."""
    return Exam(
        agency=agency,
        slug="thpt-2026",
        title=WORDS["national"]["title"],
        title_en="High-school graduation exam 2026",
        year=2026,
        subjects=("toan", "van", *ELECTIVES),
        number_format="[0-9]{8}",
        number_example="66000123",
        languages=True,
        combination_set="2018",
        expected_prefixes=PREFIXES,
        remark=Window(datetime(2026, 7, 16, 1, tzinfo=UTC), datetime(2026, 7, 25, 10, tzinfo=UTC)),
        paper=WORDS["national"]["paper"],
    )


def grade10_exam(agency: str) -> Exam:
    """The demo's entrance exam: `verified` by birth date, sum of three subjects, a floor."""
    return replace(
        national_exam(agency),
        slug="vao-10-2026",
        title=WORDS["grade10"]["title"],
        title_en="Grade 10 entrance exam 2026",
        subjects=("toan", "van", "nn"),
        number_format="[0-9]{6}",
        number_example="210345",
        languages=False,
        combination_set="",
        policy=Policy.VERIFIED,
        factors=("birth_date",),
        formula=Formula((("toan", 1), ("van", 1), ("nn", 1)), bonus_cap=300, floor=0),
        benchmark=1650,
        expected_prefixes=("21",),
        paper=WORDS["grade10"]["paper"],
    )


def national_file(candidates: int = CANDIDATES, seed: int = SEED) -> bytes:
    """A school department's CSV of the national exam."""
    chance = random.Random(seed)  # noqa: S311 - made-up scores, the same ones every time
    return _csv(WORDS["national"]["header"], _national(chance, candidates))


def _national(chance: random.Random, candidates: int) -> Iterator[list[str]]:
    shares = [chance.randint(3, 12) for _ in PREFIXES]
    counts = [candidates * share // sum(shares) for share in shares]
    counts[-1] += candidates - sum(counts)
    for prefix, count in zip(PREFIXES, counts, strict=True):
        for place in range(1, count + 1):
            yield _candidate(chance, f"{prefix}{place:06d}")


def _candidate(chance: random.Random, number: str) -> list[str]:
    gift = chance.gauss(0, 0.6)
    first = chance.choices(ELECTIVES, WEIGHTS)[0]
    second = first
    while second == first:
        second = chance.choices(ELECTIVES, WEIGHTS)[0]
    taken = {"toan", "van", first, second}
    cells = []
    for subject in COLUMNS:
        if subject not in taken:
            cells.append("")
        elif chance.randrange(ABSENT_IN) == 0:
            cells.append(WORDS["absent"])
        else:
            cells.append(_written(_score(chance, subject, gift)))
    spoken = chance.choices([code for code, _ in LANGUAGES], [weight for _, weight in LANGUAGES])[0]
    return [number, *cells, spoken if "nn" in taken else ""]


def _score(chance: random.Random, subject: str, gift: float) -> int:
    mean, spread, step = SHAPES[subject]
    value = mean + spread * (0.75 * gift + 0.8 * chance.gauss(0, 1))
    return min(1000, max(0, round(value / step) * step))


def _written(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def grade10_file(pupils: int = PUPILS, seed: int = SEED) -> bytes:
    """A department's CSV of the entrance exam, with names and birth dates of nobody."""
    chance = random.Random(seed + 1)  # noqa: S311 - made-up scores, the same ones every time
    return _csv(WORDS["grade10"]["header"], (_pupil(chance, place) for place in range(1, pupils + 1)))


def _pupil(chance: random.Random, place: int) -> list[str]:
    gift = chance.gauss(0, 0.6)
    name = " ".join(chance.choice(WORDS[part]) for part in ("surnames", "middles", "givens"))
    born = date(2011, 1, 1) + timedelta(days=chance.randrange(365))
    scores = [_written(_score(chance, subject, gift)) for subject in ("toan", "van", "nn")]
    if chance.randrange(200) == 0:
        scores[chance.randrange(3)] = WORDS["absent"]
    bonus = chance.choices(("0", "1", "1,5", "2"), (90, 6, 2, 2))[0]
    return [str(place), f"{210000 + place}", name, born.strftime("%d/%m/%Y"), *scores, bonus]


def _csv(header: Sequence[str], rows: Iterator[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
