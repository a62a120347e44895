"""Every benchmark, or one: `python -m tests.load.bench [--name scores.lookup]`.

A table for people, bench/results.json for programs, each figure as soon as it is there. Peers run in the same run on the
same engine. It needs the real years beside the checkout and says so when they are not there. It ends with 0 when all was
measured and every bar holds, with 1 when a figure is lacking, with 2 when a bar is missed."""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from infra.local import stack
from infra.local.engine import Engine
from miniapp.core.aws import Aws
from tests.load import dossiers, functions, results, scores_import, scores_lookup, search
from tests.load.results import FILE, WHERE_IT_WORKS, Figure, Say
from tests.support.cloud import STAGE, Cloud, in_environment, settings_for
from tests.support.real_data import REAL

Measure = Callable[[Cloud, Path, Say], Iterable[Figure]]
BENCHMARKS: dict[str, Measure] = {
    "scores.import": scores_import.measure,
    "scores.lookup": scores_lookup.measure,
    "lambda": functions.measure,
    "dossiers": dossiers.measure,
}
WITHOUT_ENGINE: dict[str, Callable[[Say], Iterable[Figure]]] = {"search": search.measure}


def main() -> int:
    """What was asked for, against the year that was given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", choices=sorted({**BENCHMARKS, **WITHOUT_ENGINE}))
    parser.add_argument("--year", type=Path, default=REAL / "data" / "scores" / "thpt_2019.csv.xz")
    given = parser.parse_args()
    chosen, year = given.name, given.year
    if not year.exists():
        print("The benchmarks need the real years (../shared/data/scores).", file=sys.stderr)
        return 1
    asked = {name: partial(_on_an_engine, measure, year) for name, measure in BENCHMARKS.items()}
    asked |= {name: partial(measure, _say) for name, measure in WITHOUT_ENGINE.items()}
    return run({name: measure for name, measure in asked.items() if chosen in (None, name)})


def run(benchmarks: Mapping[str, Callable[[], Iterable[Figure]]], file: Path = FILE) -> int:
    """One after the other: run, keep, print. What fails ends its own benchmark only; the result is the exit code."""
    found: list[Figure] = []
    whole = True
    for name, measure in benchmarks.items():
        print(name, flush=True)
        try:
            for figure in measure():
                results.write([figure], file)
                found.append(figure)
        except Exception:
            traceback.print_exc()
            whole = False
        absent = results.lacking(found, name)
        results.drop(absent, file)
        for one in absent:
            print(f"  NOT MEASURED: {one}" + (f" (needs {WHERE_IT_WORKS[one]})" if one in WHERE_IT_WORKS else ""))
        whole = whole and set(absent) <= WHERE_IT_WORKS.keys()
    print(results.table(found))
    if not whole:
        return 1
    return 0 if all(figure.holds for figure in found) else 2


def _on_an_engine(measure: Measure, year: Path) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder), testing=True)
        engine.start()
        try:
            engine.wait_ready()
            made = stack.apply(engine.endpoint, STAGE)
            credentials = stack.app_user(engine.endpoint, made, engine.data)
            settings = settings_for(engine.endpoint)
            with in_environment(credentials):
                cloud = Cloud(engine, made, credentials, settings, Aws(settings))
                yield from measure(cloud, year, _say)
        finally:
            engine.stop()


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
