"""Every benchmark, or one: `python -m tests.load.bench [--name scores.lookup]`.

A table for people, bench/results.json for programs. Peers run in the same run on the same engine. It needs the real
years beside the checkout and says so when they are not there."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.local import stack
from infra.local.engine import Engine
from miniapp.core.aws import Aws
from tests.load import functions, results, scores_import, scores_lookup
from tests.load.results import Figure
from tests.support.cloud import STAGE, Cloud, in_environment, settings_for
from tests.support.real_data import REAL

BENCHMARKS: dict[str, Callable[[Cloud, Path, Callable[[str], None]], list[Figure]]] = {
    "scores.import": scores_import.measure,
    "scores.lookup": scores_lookup.measure,
    "lambda": functions.measure,
}


def main() -> int:
    """Run, print, keep; 0 when every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", choices=sorted(BENCHMARKS))
    parser.add_argument("--year", type=Path, default=REAL / "data" / "scores" / "thpt_2019.csv.xz")
    given = parser.parse_args()
    chosen, year = given.name, given.year
    if not year.exists():
        print("The benchmarks need the real years (../shared/data/scores).", file=sys.stderr)
        return 1
    found: list[Figure] = []
    for name, measure in BENCHMARKS.items():
        if chosen and name != chosen:
            continue
        print(f"{name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            found += _on_an_engine(Path(folder), measure, year)
    results.write(found)
    print(results.table(found))
    return 0 if all(figure.holds for figure in found) else 2


def _on_an_engine(
    folder: Path, measure: Callable[[Cloud, Path, Callable[[str], None]], list[Figure]], year: Path
) -> list[Figure]:
    engine = Engine(folder, testing=True)
    engine.start()
    try:
        engine.wait_ready()
        made = stack.apply(engine.endpoint, STAGE)
        credentials = stack.app_user(engine.endpoint, made, engine.data)
        settings = settings_for(engine.endpoint)
        with in_environment(credentials):
            cloud = Cloud(engine, made, credentials, settings, Aws(settings))
            return measure(cloud, year, lambda text: print(f"  {text}", flush=True))
    finally:
        engine.stop()


if __name__ == "__main__":
    raise SystemExit(main())
