"""Nothing hangs on the zone of the machine, on the day boundary, or on clocks that agree (F48, F49)."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from miniapp.core.clock import iso, local_day
from miniapp.core.errors import Conflict
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, EditionState, Exam
from miniapp.exam_scores.store import BuildRow, build_key
from tests.support.cloud import Cloud
from tests.support.code import ROOT
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, csv_file, exam
from tests.support.faults import CountedCalls, Killed
from tests.support.site import COMING, Site

# What reads, writes, keeps or shows a moment, run again in the zones in which the suite itself does not run: `make test` is
# run far behind UTC, `make sweep` ahead of it (infra/decisions/the-suite-in-other-zones.md).
QUICK = (
    "tests/unit/core",
    "tests/unit/audit",
    "tests/unit/look/test_formats.py",
    "tests/service/audit/test_service.py",
    "tests/service/calendars",
    "tests/service/exam_scores/test_release.py",
)
ZONES = ("UTC", "Asia/Ho_Chi_Minh")
BEFORE, AT = datetime(2026, 7, 16, 16, 59, 59, tzinfo=UTC), datetime(2026, 7, 16, 17, 0, tzinfo=UTC)
FILE = csv_file(["sbd", "toan", "van"], [(f"02{place:06}", "5", "7.5") for place in range(20)])


def passed_in(zone: str, *tests: str) -> str:
    """What a run of these tests says in a zone when it fails; empty when it passes."""
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not sweep and not browser", *tests],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return "" if said.returncode == 0 else said.stdout[-3_000:] + said.stderr[-1_000:]


@pytest.mark.parametrize("zone", ZONES)
def test_what_has_to_do_with_time_passes_wherever_the_machine_stands(zone: str):
    assert passed_in(zone, *QUICK) == ""


def test_the_suite_itself_is_run_in_other_zones_than_servers_have():
    made = (ROOT / "Makefile").read_text("utf-8")
    zones = dict(re.findall(r"^(test|sweep): export TZ = (\S+)$", made, re.MULTILINE))
    assert zones == {"test": "America/Los_Angeles", "sweep": "Asia/Ho_Chi_Minh"}


def test_the_day_ends_at_midnight_in_vietnam():
    assert (local_day(BEFORE), local_day(AT)) == ("2026-07-16", "2026-07-17")
    assert local_day(datetime(2028, 2, 28, 17, 0, tzinfo=UTC)) == "2028-02-29"
    assert local_day(datetime(2026, 2, 16, 17, 0, tzinfo=UTC)) == "2026-02-17"  # the first day of Tết


def test_a_release_at_midnight_comes_with_the_second_and_is_told_in_vietnamese_time(fresh_site: Site):
    site = fresh_site
    site.clock.at = HOUR
    bureau = Bureau(site.cloud, at=HOUR)
    held = bureau.office.exam(site.held.agencies[0].id, COMING)
    bureau.office.move_release(held, AT, APPROVER)
    site.clock.at = BEFORE
    site.services.editions.rows.get(held.agency, COMING)
    assert site.client().get(site.api(COMING)).json["state"] == "upcoming"
    page = site.client().get(f"/{site.held.agencies[0].address}/diem-thi/{COMING}").text
    assert "17/7/2026" in page or "17/07/2026" in page
    site.clock.at = AT
    answer = site.client().get(site.api(COMING))
    assert (answer.json["state"], answer.json["release_at"]) == ("released", iso(AT))


def test_entries_of_the_trail_go_to_the_day_in_vietnam(cloud: Cloud):
    bureau = Bureau(cloud, at=BEFORE)
    bureau.office.add_exam(exam(slug="evening"), UPLOADER)
    bureau.later(seconds=1)
    bureau.office.add_exam(exam(slug="midnight"), UPLOADER)
    heads = {day: bureau.audit.heads(day) for day in ("2026-07-16", "2026-07-17")}
    assert [len(found) for found in heads.values()] == [1, 1]


def assert_one_build(bureau: Bureau, held: Exam, edition: Edition) -> None:
    """The edition is checked once, whole, and nothing else was built of it."""
    now = bureau.office.edition(held, edition.id)
    assert (now.state, now.candidates, now.errors) == (EditionState.CHECKED, 20, 0)
    assert [str(row.pk) for row in BuildRow.scan(BuildRow.sk == "manifest")] == [
        build_key(held.agency, held.slug, now.build)
    ]
    told = [entry.event for entry in bureau.audit.of_object(held.agency, edition.id)]
    assert told.count("scores_checked") == 1
    assert bureau.audit.verify(held.agency).is_clean
    held = bureau.office.approve(held, edition.id, APPROVER, None)
    assert bureau.store.statistics(held, now.build).population == 20


@pytest.mark.parametrize("skew", [timedelta(minutes=10), timedelta(minutes=-10)])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_what_a_dead_worker_left_is_taken_up_by_one_whose_clock_differs(cloud: Cloud, skew: timedelta, part: float):
    desk, worker = Bureau(cloud, at=HOUR), Bureau(cloud, at=HOUR + skew)
    tried = desk.office.add_exam(exam(slug="tried"), UPLOADER)
    begun = desk.gathered(tried, FILE)
    with CountedCalls(cloud.aws) as whole:
        desk.importing.run(ImportEdition(tried.agency, tried.slug, begun.id))
    cloud.engine.empty()
    held = desk.office.add_exam(exam(), UPLOADER)
    edition = desk.gathered(held, FILE)
    note = ImportEdition(held.agency, held.slug, edition.id)
    with CountedCalls(cloud.aws, int(len(whole.calls) * part)), pytest.raises(Killed):
        desk.importing.run(note)
    left = desk.office.work(held, edition)
    assert left is not None and left.live
    assert desk.office.edition(held, edition.id).state is EditionState.GATHERING

    if skew < timedelta(0):  # to a clock that is behind the dead one still works
        with pytest.raises(Conflict, match="import_under_way"):
            worker.importing.run(note)
        worker.later(minutes=12)
    worker.importing.run(note)
    desk.importing.run(note)  # the first one, come back

    assert_one_build(desk, held, edition)


@pytest.mark.parametrize("skew", [timedelta(minutes=10), timedelta(minutes=-10)])
def test_two_workers_who_lay_at_once_because_their_clocks_differ_make_one_build(cloud: Cloud, skew: timedelta):
    """The one that is ahead takes the other's lease for a dead one's while both are at work."""
    behind, ahead = sorted((Bureau(cloud, at=HOUR), Bureau(cloud, at=HOUR + skew)), key=lambda each: each.clock.at)
    held = behind.office.add_exam(exam(), UPLOADER)
    edition = behind.gathered(held, FILE)
    note = ImportEdition(held.agency, held.slug, edition.id)
    both = threading.Barrier(2)
    ended: list[str] = []

    def work(bureau: Bureau, then: Callable[[], None]) -> None:
        def tell(stage: str, done: int, total: int) -> None:
            if stage == "packing":
                then()
                both.wait(60)

        try:
            ended.append(bureau.importing.run(note, tell).build)
        except Conflict as conflict:
            ended.append(conflict.code)

    second = threading.Thread(target=work, args=(ahead, lambda: None))
    starts = iter([second.start])  # once the first is packing, so that it can't lose its lease before
    work(behind, lambda: next(starts, lambda: None)())
    second.join(60)

    assert not both.broken
    now = behind.office.edition(held, edition.id)
    assert len(ended) == 2 and set(ended) <= {now.build, "import_under_way"} and now.build in ended
    assert_one_build(behind, held, edition)


@pytest.mark.parametrize("skew", [timedelta(minutes=10), timedelta(minutes=-10)])
def test_of_two_approvals_with_clocks_apart_one_wins_and_the_other_hears_of_it(cloud: Cloud, skew: timedelta):
    here, there = Bureau(cloud, at=HOUR), Bureau(cloud, at=HOUR + skew)
    held = here.office.add_exam(exam(), UPLOADER)
    edition = here.imported(held, FILE)
    first = here.office.approve(held, edition.id, APPROVER, None)
    with pytest.raises(Conflict):
        there.office.approve(held, edition.id, OTHER, None)
    assert here.office.exam(held.agency, held.slug).next == first.next
