"""What waits too long in each pipeline: begun anew by the clock, listed for people when that did not help (F47)."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from handlers.app import create_app
from handlers.lambdas import schedules
from miniapp.accounts.access import Operator
from miniapp.agencies.crest_store import CrestStore
from miniapp.agencies.crests import CheckCrest
from miniapp.core import metrics
from miniapp.core.queues import decode
from miniapp.dossiers.batches import Chosen, Deed
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.parts import Channel
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.rounds import TellWave
from miniapp.exports.model import Order
from miniapp.messaging.model import DeliverMessage
from tests.support.cloud import Cloud
from tests.support.dossier_sheets import ImportTown, code, line, table
from tests.support.exams import exam
from tests.support.letters import AGENCY, LAN, SCORES, TO, Town, notes
from tests.support.pictures import picture
from tests.support.procedure_town import WARD

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}
LOST = ["imports", "rounds", "messages", "crests", "batches", "dossier_imports", "tokens", "unsent", "erasing"]
LOST += ["ratings", "exports"]


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def lost_import(town: Town) -> None:
    made = town.bureau.office.add_exam(exam(agency=AGENCY, slug="thu-2026"), "off_uploader")
    town.bureau.gathered(made, SCORES)


def lost_message(town: Town) -> None:
    town.made.outbox.queue("assistant_later", TO, "hello#1", FACTS)


def lost_crest(town: Town) -> None:
    upload = town.made.crests.new_upload()
    town.made.files.put("uploads", f"crests/{AGENCY}/{upload}", picture())
    town.made.crests.take(AGENCY, upload, "off_admin")


PLANTED: dict[str, tuple[Callable[[Town], None], str, type[Any]]] = {
    "imports": (lost_import, "score_imports", ImportEdition),
    "messages": (lost_message, "messages", DeliverMessage),
    "crests": (lost_crest, "agency_crests", CheckCrest),
}


def planted(town: Town, pipeline: str) -> None:
    """Something that waits, and whose note got lost."""
    plant, queue, _ = PLANTED[pipeline]
    plant(town)
    assert notes(town.cloud, queue)


def healed(town: Town, pipeline: str) -> list[Any]:
    """The notes that the clock leaves in their place."""
    jobs = {
        "imports": town.made.exam_office.resume_all,
        "messages": town.made.outbox.sweep,
        "crests": town.made.crests.wake,
    }
    jobs[pipeline]()
    _, queue, kind = PLANTED[pipeline]
    return [decode(kind, body) for body in notes(town.cloud, queue)]


def listed(town: Town) -> list[dict[str, Any]]:
    result = town.app().test_cli_runner().invoke(args=["stuck", "list", "--json"])
    assert result.exit_code == (1 if json.loads(result.stdout) else 0), result.output
    return list(json.loads(result.stdout))


@pytest.mark.parametrize("pipeline", PLANTED)
def test_what_was_lost_is_noted_again_by_the_clock(town: Town, pipeline: str) -> None:
    planted(town, pipeline)
    assert listed(town) == []
    town.bureau.later(minutes=15)

    assert len(healed(town, pipeline)) == 1


@pytest.mark.parametrize("pipeline", PLANTED)
def test_what_still_waits_is_listed_with_ids_alone(town: Town, pipeline: str) -> None:
    planted(town, pipeline)
    town.bureau.later(minutes=16)

    (one,) = listed(town)

    assert (one["pipeline"], one["agency"]) == (pipeline, AGENCY)
    assert LAN not in json.dumps(one)


@pytest.mark.parametrize("pipeline", PLANTED)
def test_once_it_is_done_nothing_is_listed(town: Town, pipeline: str) -> None:
    planted(town, pipeline)
    town.bureau.later(minutes=5 if pipeline == "messages" else 15)
    (note,) = healed(town, pipeline)
    made = town.made
    {"imports": made.importing.wake, "messages": made.outbox.deliver, "crests": made.crests.check}[pipeline](note)
    town.bureau.later(hours=1)

    assert listed(town) == []
    assert healed(town, pipeline) == []


def test_a_logo_whose_worker_fails_is_tried_three_times_and_then_only_listed(town: Town) -> None:
    planted(town, "crests")
    found = []
    for _ in range(6):
        town.bureau.later(minutes=15)
        found.append(len(healed(town, "crests")))

    assert found == [1, 1, 1, 0, 0, 0]
    (one,) = listed(town)
    assert one["tries"] == 3


def test_a_newer_logo_is_what_waits(town: Town) -> None:
    planted(town, "crests")
    planted(town, "crests")
    town.bureau.later(minutes=15)

    (note,) = healed(town, "crests")
    sent = town.made.crests.sent(AGENCY)
    assert sent is not None
    assert note.upload == sent.upload
    assert len(CrestStore().waiting()) == 1


def test_an_import_that_fails_for_long_is_tried_each_quarter_and_not_each_minute(town: Town) -> None:
    planted(town, "imports")
    found = []
    for _ in range(60):
        town.bureau.later(minutes=1)
        found.append(len(healed(town, "imports")))

    assert found[:14] == [1] * 14
    assert [place + 1 for place, count in enumerate(found) if count and place >= 14] == [15, 30, 45, 60]


def test_a_round_that_nobody_begins_is_listed_and_noted_again(town: Town) -> None:
    pointer = town.bureau.office.exam(AGENCY, town.exam.slug)
    coming = pointer.coming(town.clock.now()) or pointer.pointer(town.clock.now())
    assert coming is not None
    town.clock.at = coming.release_at
    town.bureau.later(minutes=16)

    assert [(one["pipeline"], one["what"]) for one in listed(town)] == [("rounds", town.exam.slug)]
    assert town.made.rounds.begin_due() == 1
    for body in notes(town.cloud, "score_tellings"):
        town.made.rounds.wave(decode(TellWave, body))
    assert listed(town) == []


def test_an_account_that_must_be_authorised_anew_is_listed_at_once_until_it_is(town: Town) -> None:
    made, account = town.made, "388613280878808645"
    made.tokens.authorise(account, AGENCY, made.simulated_oauth.consent(account))
    assert made.tokens.refresh_due() == 0
    assert listed(town) == []
    town.bureau.later(days=91)  # nothing ran for so long that the refresh token ended
    made.tokens.refresh_due()
    made.erasing.run()  # the exam's days are over too

    assert [(one["pipeline"], one["agency"], one["what"]) for one in listed(town)] == [("tokens", AGENCY, account)]
    made.tokens.authorise(account, AGENCY, made.simulated_oauth.consent(account))
    assert listed(town) == []


@pytest.fixture
def ward(cloud: Cloud) -> ImportTown:
    return ImportTown(cloud)


def listed_of(ward: ImportTown) -> list[tuple[str, str, str]]:
    result = create_app(ward.cloud.settings, ward.services).test_cli_runner().invoke(args=["stuck", "list", "--json"])
    assert result.exit_code == (1 if json.loads(result.stdout) else 0), result.output
    assert LAN not in result.stdout
    return [(one["pipeline"], one["agency"], one["what"]) for one in json.loads(result.stdout)]


def test_a_file_of_dossiers_that_stands_still_is_listed_until_somebody_comes_further_with_it(ward: ImportTown) -> None:
    held = ward.imports.begin(WARD, table(*(line(place) for place in range(1, 4))), "x.csv", ward.officer)
    ward.clock.pass_by(minutes=14)
    assert listed_of(ward) == []
    ward.clock.pass_by(minutes=1)
    assert listed_of(ward) == [("dossier_imports", WARD, held.id)]

    told = iter((False, True))
    assert ward.imports.work(WARD, held.id, lambda: next(told)).done == 1
    ward.clock.pass_by(minutes=14)
    assert listed_of(ward) == []
    ward.clock.pass_by(minutes=1)
    assert listed_of(ward) == [("dossier_imports", WARD, held.id)]
    assert ward.imports.work(WARD, held.id, lambda: True).done == 1  # who comes no further doesn't count
    assert listed_of(ward) == [("dossier_imports", WARD, held.id)]

    assert ward.imports.resume_all() == 1
    ward.clock.pass_by(hours=1)
    assert listed_of(ward) == []


def test_a_batch_and_a_list_that_nobody_is_at_are_listed_until_they_are_done(ward: ImportTown) -> None:
    ward.taken(table(line(1)))
    services = ward.services
    dossier = services.dossier_office.find(WARD, code(1))
    planned = services.batches.planned(WARD, Deed.TAKE_UP, ward.officer, "", Channel.DESK, 1)
    batch = services.batches.order(planned, [Chosen(code(1), dossier.version)], key="key", begun=ward.clock.now())
    order = Order("dossiers", {"from": "2026-11", "to": "2026-11"}, ("a",))
    export = services.exports.order(Operator(), WARD, order)
    assert listed_of(ward) == []
    ward.clock.pass_by(minutes=21)
    assert sorted(listed_of(ward)) == [("batches", WARD, batch.id), ("exports", WARD, export.id)]

    services.batches.apply(ApplyBatch(WARD, batch.id))
    assert services.export_writing.resume_all() == 1
    assert listed_of(ward) == []


def test_heal_begins_all_of_it_at_once(town: Town) -> None:
    for pipeline in PLANTED:
        planted(town, pipeline)
    town.bureau.later(minutes=22)

    result = town.app().test_cli_runner().invoke(args=["stuck", "heal", "--json"])

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {name: told[name] for name in PLANTED} == dict.fromkeys(PLANTED, 1)


def test_the_clock_tells_how_many_wait_and_for_how_long(town: Town) -> None:
    planted(town, "messages")
    town.bureau.later(minutes=20)
    metrics.start("house")
    told = io.StringIO()
    handler = logging.getLogger("motcua.metrics").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(told)

    schedules.reconciled(town.made)

    lines = {line["pipeline"]: line for line in map(json.loads, told.getvalue().splitlines())}
    assert {name: line["Stuck"] for name, line in lines.items()} == dict.fromkeys(LOST, 0) | {"messages": 1}
    assert lines["messages"]["OldestStuck"] == 1200
    assert LAN not in told.getvalue()
