"""Hashes and registrations go N days after release; scores stay; killed anywhere, it goes on."""

from datetime import timedelta

import pytest

from handlers.wiring import Services
from miniapp.core.errors import Problem, Unavailable
from miniapp.core.guarding import Asker
from miniapp.exam_scores.erasing import Erasing
from miniapp.exam_scores.erasing_store import ErasureStore
from miniapp.exam_scores.factors import comparable
from miniapp.exam_scores.model import Exam, Reason
from miniapp.exam_scores.telling import PURPOSE
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, UPLOADER, Bureau, csv_file, verified
from tests.support.letters import LAN, MINH, services

HEADER = ["sbd", "toan", "ngay_sinh"]
ROWS = [[f"10000{place}", "8", f"{place + 1:02d}/07/2011"] for place in range(9)]
BORN = {"birth_date": "02/07/2011"}
ASKER = Asker("192.0.2.7", "form.1", 0.0)


class Office:
    """A verified exam that is out, and everything round it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.bureau = Bureau(cloud)
        self.made: Services = services(cloud, self.bureau.clock)
        self.exam: Exam = self.bureau.released(verified(), csv_file(HEADER, ROWS))
        self.build = self.now().pointer(self.bureau.clock.now()).build  # type: ignore[union-attr]

    def now(self) -> Exam:
        return self.bureau.office.exam(self.exam.agency, self.exam.slug)

    def look_up(self) -> str:
        """The number found by its factors, in a process that remembers nothing."""
        fresh = services(self.cloud, self.bureau.clock)
        return fresh.looking_up.verified(self.now(), "100001", BORN, ASKER)[1]

    def scores(self) -> dict[str, int]:
        """Every candidate's score as it is kept now."""
        editions = self.bureau.fresh_process()
        exam = self.now()
        pointer = exam.pointer(self.bureau.clock.now())
        assert pointer is not None
        build = editions.build(exam, pointer)
        found = {}
        for number, _, _ in ROWS:
            record = editions.record(exam, build, number)
            assert record is not None
            found[number] = build.shape.result(record).scores["toan"]
        return found

    def after(self, **span: float) -> None:
        self.bureau.later(**span)


@pytest.fixture
def office(cloud: Cloud) -> Office:
    return Office(cloud)


def everything(cloud: Cloud) -> tuple[str, list[str]]:
    """All rows of the slice's table and all objects, as text."""
    rows = cloud.admin("dynamodb").scan(TableName=cloud.settings.resource("exam_scores"))["Items"]
    s3 = cloud.admin("s3")
    keys = []
    for bucket in ("packs", "uploads"):
        listed = s3.list_objects_v2(Bucket=cloud.settings.resource(bucket)).get("Contents", [])
        keys += [item["Key"] for item in listed]
    return str(sorted(row["pk"]["S"] for row in rows)), keys


def test_before_its_days_are_over_nothing_is_erased(office: Office) -> None:
    office.after(days=59)
    assert office.made.erasing.run() == []
    assert office.look_up() == "100001"


def test_after_its_days_hashes_files_and_runs_are_gone_and_scores_stay(office: Office, cloud: Cloud) -> None:
    before = office.scores()
    office.after(days=60, minutes=1)
    (first,) = office.made.erasing.run()
    assert (first.hashes, first.waiting) == (0, 1)
    office.after(hours=1)
    (second,) = office.made.erasing.run()
    assert (second.hashes, second.waiting) == (9, 0)
    assert office.made.erasing.run() == []
    rows, keys = everything(cloud)
    assert office.build[:32] not in rows
    assert not [key for key in keys if office.build in key or key.startswith(("runs/", "findings/", "scores/"))]
    assert office.scores() == before
    with pytest.raises(Problem) as ended:
        office.look_up()
    assert ended.value.code == "look_up_ended"


def test_no_hash_of_anybody_is_left_in_any_segment(office: Office, cloud: Cloud) -> None:
    office.after(days=60, minutes=1)
    office.made.erasing.run()
    office.after(hours=1)
    office.made.erasing.run()
    said = {"birth_date": comparable("birth_date", BORN["birth_date"])}
    mark = office.made.factor_keys.mark("v1", office.exam.id, "100001", said)
    exam = office.now()
    pointer = exam.pointer(office.bureau.clock.now())
    assert pointer is not None
    manifest = office.made.exam_store.manifest(exam, pointer.build)
    assert ("factor" in manifest.extras, manifest.salt, manifest.key_version) == (False, "", "")
    raw = [
        office.made.exam_store.segment(exam.agency, exam.slug, pointer.build, at) for at in range(len(manifest.sizes))
    ]
    assert mark not in b"".join(raw)


def test_the_audit_trail_tells_what_was_erased(office: Office) -> None:
    office.after(days=60, minutes=1)
    office.made.erasing.run()
    office.after(hours=1)
    office.made.erasing.run()
    told = [
        (entry.facts["hashes"], entry.facts["registrations"])
        for entry in office.made.audit.of_object(office.exam.agency, office.exam.id)
        if entry.event == "factors_erased"
    ]
    assert (9, 0) in told


def test_registrations_go_with_the_hashes(office: Office) -> None:
    telling = office.made.telling
    office.bureau.office.withdraw(office.now(), APPROVER, "x")
    office.made.consents.give(LAN, office.exam.agency, PURPOSE, "1")
    telling.register(office.exam.agency, office.exam.slug, LAN, "100001")
    office.after(days=60, minutes=1)
    (report,) = office.made.erasing.run()
    assert report.registrations == 1
    assert telling.of(LAN) == []


def test_a_correction_starts_the_days_anew(office: Office) -> None:
    office.after(days=50)
    fix = csv_file(HEADER, [["100001", "9", "02/07/2011"]])
    edition = office.bureau.imported(office.now(), fix, reason=Reason.REMARK, partial=True)
    office.bureau.office.approve(office.now(), edition.id, APPROVER, None)
    office.after(days=15)
    assert office.made.erasing.run() == []
    assert office.look_up() == "100001"
    office.after(days=46)
    for _ in range(2):
        office.made.erasing.run()
        office.after(hours=1)
    assert office.scores()["100001"] == 900
    assert ErasureStore().replaced(office.now()) == []


class Waiting:
    """An exam that does not come out, and somebody who waits for it."""

    def __init__(self, cloud: Cloud, expected: timedelta | None) -> None:
        self.bureau = Bureau(cloud)
        self.made = services(cloud, self.bureau.clock)
        at = self.bureau.clock.now() + expected if expected is not None else None
        self.exam = self.bureau.office.add_exam(verified(expected_at=at), UPLOADER)
        self.made.consents.give(LAN, self.exam.agency, PURPOSE, "1")
        self.made.consents.give(MINH, self.exam.agency, PURPOSE, "1")
        self.register(LAN)

    def register(self, user: str) -> None:
        self.made.telling.register(self.exam.agency, self.exam.slug, user, "100001")

    def erased(self, **span: float) -> int:
        """Let time pass, and see how many registrations the night erases."""
        self.bureau.later(**span)
        return sum(report.registrations for report in self.made.erasing.run())

    def waiting(self) -> list[str]:
        return [user for user in (LAN, MINH) if self.made.telling.of(user)]


def test_registrations_for_an_exam_that_never_comes_out_go_after_its_announced_hour(cloud: Cloud) -> None:
    held = Waiting(cloud, expected=timedelta(days=10))

    assert held.erased(days=69) == 0
    held.register(MINH)
    assert held.erased(days=1, minutes=1) == 1
    assert held.waiting() == [MINH]
    assert held.erased(days=58) == 0
    assert held.erased(days=1) == 1
    assert held.waiting() == []
    told = held.made.audit.of_object(held.exam.agency, held.exam.id)
    assert [entry.facts["registrations"] for entry in told if entry.event == "factors_erased"] == [1, 1]


def test_where_no_hour_was_announced_they_go_after_a_year(cloud: Cloud) -> None:
    held = Waiting(cloud, expected=None)

    assert held.erased(days=364) == 0
    assert held.waiting() == [LAN]
    assert held.erased(days=1, minutes=1) == 1
    assert held.waiting() == []


def test_an_exam_that_comes_out_late_keeps_its_registrations_until_its_own_days_are_over(cloud: Cloud) -> None:
    held = Waiting(cloud, expected=timedelta(days=10))
    held.bureau.later(days=65)
    edition = held.bureau.imported(held.exam, csv_file(HEADER, ROWS))
    exam = held.bureau.office.approve(held.exam, edition.id, APPROVER, held.bureau.clock.now() + timedelta(days=20))

    assert held.erased(days=15) == 0
    assert held.erased(days=30) == 0
    assert held.waiting() == [LAN]
    assert held.made.exam_store.waits() == []
    assert exam.next is not None
    assert held.erased(days=36) == 1


class Dying:
    """Any part of the system that is killed at its n-th call."""

    def __init__(self, held: object, counter: list[int]) -> None:
        self._held = held
        self._counter = counter

    def __getattr__(self, name: str) -> object:
        found = getattr(self._held, name)
        if not callable(found):
            return found

        def call(*arguments: object, **named: object) -> object:
            self._counter[0] -= 1
            if self._counter[0] == 0:
                raise Unavailable("killed")
            return found(*arguments, **named)

        return call


def killed_after(office: Office, calls: int) -> bool:
    """Run erasing and kill it at a call to a store, the files or the trail; whether it was killed."""
    made, counter = office.made, [calls]
    parts = [Dying(part, counter) for part in (made.exam_store, ErasureStore(), made.rounds, made.files, made.audit)]
    erasing = Erasing(*parts, made.clock, 60, timedelta(minutes=2))  # type: ignore[arg-type]
    try:
        erasing.run()
    except Unavailable:
        return True
    return False


def test_killed_at_any_call_and_started_again_it_ends_the_same(office: Office, cloud: Cloud) -> None:
    before = office.scores()
    office.after(days=60, minutes=1)
    calls = 1
    while killed_after(office, calls):
        calls += 1
        assert office.scores() == before
        office.after(minutes=3)
        assert calls < 400
    office.after(hours=1)
    office.made.erasing.run()
    rows, keys = everything(cloud)
    assert calls > 10
    assert office.build[:32] not in rows
    assert not [key for key in keys if office.build in key]
    assert office.scores() == before
