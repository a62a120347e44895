"""What waits too long in each pipeline: begun anew by the clock, listed for people when that did not help (F47)."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from handlers.lambdas import schedules
from miniapp.agencies.crest_store import CrestStore
from miniapp.agencies.crests import CheckCrest
from miniapp.core import metrics
from miniapp.core.queues import decode
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.rounds import TellWave
from miniapp.messaging.model import DeliverMessage
from tests.support.cloud import Cloud
from tests.support.exams import exam
from tests.support.letters import AGENCY, LAN, SCORES, TO, Town, notes
from tests.support.pictures import picture

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}
LOST = ["imports", "rounds", "messages", "crests", "tokens", "unsent", "erasing", "ratings"]


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
