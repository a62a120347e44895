"""The Lambda benchmark is honest: all answer alike, and who should read a store does. On a few candidates, with the
functions that `make sweep` and `make bench NAME=lambda` pack for this checkout."""

import lzma
import time
from collections.abc import Iterator

import pytest

from infra.packaging.targets import Target
from tests.load import function_stage, packing
from tests.load.function_stage import LIMIT, NOTHING, OURS, PEERS, Race
from tests.load.peers.flask_pynamodb import CandidateRow
from tests.support.cloud import Cloud
from tests.support.exams import CORE, csv_file
from tests.support.lacking import lacking

pytestmark = pytest.mark.sweep


@pytest.fixture(scope="module")
def race(kept_cloud: Cloud, target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    missing = [name for name in packing.MADE if not packing.kept(target, name).exists()]
    if missing:
        lacking(f"not packed for this checkout: {', '.join(missing)} (make sweep and make bench pack them)")
    folder = tmp_path_factory.mktemp("race")
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    year = folder / "year.csv.xz"
    rows = [
        [f"{place:08}", *(f"{(place * 7 + more) % 40 / 4}" for more in range(len(CORE)))] for place in range(1, 1500)
    ]
    year.write_bytes(lzma.compress(csv_file(("sbd", *CORE), rows)))
    made = function_stage.ready(kept_cloud, year, target, folder, lambda text: None)
    yield made
    made.stop()
    kept_cloud.admin("dynamodb").delete_table(TableName=CandidateRow.Meta.table_name)


def test_all_answer_with_the_same_bytes_and_headers(race: Race) -> None:
    functions = {name: one.fresh() for name, one in race.contestants.items() if name != NOTHING}
    function_stage.same_answers(race, functions, race.numbers[:5])


def test_another_body_or_header_ends_the_race(race: Race) -> None:
    ours, nothing = race.contestants[OURS].fresh(), race.contestants[NOTHING].fresh()
    with pytest.raises(AssertionError, match="differs"):
        function_stage.same_answers(race, {OURS: ours, NOTHING: nothing}, race.numbers[:1])


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_asks_its_store_at_every_look_up(race: Race, name: str) -> None:
    assert function_stage.reads_its_store(race, name, race.contestants[name].fresh())


def test_a_function_that_remembers_is_found_out(race: Race) -> None:
    assert not function_stage.reads_its_store(race, LIMIT, race.contestants[LIMIT].fresh())


def test_the_clock_counts_the_function_and_nobody_else(race: Race) -> None:
    function = race.contestants[NOTHING].fresh()
    function.start()
    began, own = function_stage.cpu(function), time.process_time()
    sum(range(5_000_000))  # the caller's own work; what is stopped may take a moment to stop
    own = time.process_time() - own
    assert function_stage.cpu(function) - began < own / 10
    race.contestants[NOTHING].slip(function, race.numbers[0])
    assert function_stage.cpu(function) > began
