"""One whole year, from the first byte to `checked`, against one item per candidate written in PynamoDB's batches.

Rows per second of the same run on the same engine; our import includes every check, every statistic and the difference
from an edition that is out. Peak memory is that of a process of its own. Write units are computed from item sizes."""

import json
import lzma
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.units import write_units
from miniapp.exam_scores.importing import ImportEdition
from tests.load.peers import flask_pynamodb
from tests.load.results import FIGURES, Figure
from tests.load.scores_lookup import peer_flask, prepare
from tests.support.cloud import Cloud
from tests.support.exams import Bureau

PEER_ROWS = 12_000


def measure(cloud: Cloud, year: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    """All figures of the import."""
    stage = prepare(cloud, year, say)
    bureau, exam = stage.bureau, stage.exam
    body = lzma.decompress(year.read_bytes())
    edition = bureau.gathered(exam, body)
    say("importing the year over the one that is out …")
    began = time.perf_counter()
    checked = bureau.importing.run(ImportEdition(exam.agency, exam.slug, edition.id))
    spent = time.perf_counter() - began
    rows = checked.files[0].rows
    assert rows == checked.candidates
    say("writing one item per candidate …")
    peer_flask(stage, [], lambda result: ("", []))
    results = [bureau.looking_up.open(exam, number).result for number in (stage.numbers * 2)[:PEER_ROWS]]
    unique = list({result.number: result for result in results}.values())
    began = time.perf_counter()
    flask_pynamodb.fill(unique)
    peer = len(unique) / (time.perf_counter() - began)
    ours = rows / spent
    name = "scores.import.rows"
    yield Figure(name, "rows per second", ours, {"pynamodb batch_write": peer}, ours / peer, FIGURES[name])
    yield _write_units(bureau, exam.agency, exam.slug, checked.build, rows)
    yield _memory(cloud, year, say)


def _memory(cloud: Cloud, year: Path, say: Callable[[str], None]) -> Figure:
    say("importing over the year that is out in a process of its own, for its peak memory …")
    command = [sys.executable, "-m", "tests.load.one_import", cloud.settings.aws_endpoint, str(year)]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(made.stdout.splitlines()[-1])
    assert told["changed"] > told["rows"] / 200, "the import was compared with nothing"
    peak = told["peak_mb"]
    return Figure("scores.import.memory", "peak MB of the worker", peak, {}, peak, FIGURES["scores.import.memory"])


def _write_units(bureau: Bureau, agency: str, slug: str, build: str, rows: int) -> Figure:
    exam = bureau.office.exam(agency, slug)
    manifest = bureau.store.manifest(exam, build)
    statistics = bureau.store.statistics(exam, build)
    sizes = [*manifest.sizes, len(statistics.packed()), 4096, 4096, 4096, 1024]  # manifest, edition, audit and its head
    ours = float(sum(write_units(size + 100) for size in sizes))
    name = "scores.import.write_units"
    return Figure(name, "write units per year", ours, {"one item per candidate": rows}, rows / ours, FIGURES[name])
