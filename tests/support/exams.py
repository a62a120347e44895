"""Valid exams, files and offices for tests, with only the interesting part named."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miniapp.agencies.model import Agency, Kind, Service
from miniapp.audit.service import Audit
from miniapp.core import guarding
from miniapp.core.files import Files
from miniapp.core.guarding import Guard
from miniapp.core.queues import Queues
from miniapp.core.sealing import Sealer
from miniapp.core.tables import bind
from miniapp.exam_scores import store
from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.importing import ImportEdition, Importing
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Edition, Exam, Policy, Reason
from miniapp.exam_scores.service import ExamOffice
from miniapp.exam_scores.store import ExamScoreStore
from tests.support.cloud import Cloud
from tests.support.fakes import CountedIds, StoppedClock

CORE = ("toan", "van", "nn", "li", "hoa", "sinh", "su", "dia", "gdcd")
UPLOADER, APPROVER, OTHER = "off_uploader", "off_approver", "off_other"
HOUR = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


def exam_agency(id: str = "agc-edu", **more: Any) -> Agency:
    """An education department that lets citizens look scores up."""
    given = {
        "name": "Sở Giáo dục Hoa Mai",
        "name_en": "Hoa Mai Education",
        "services": frozenset({Service.EXAM_SCORES}),
    }
    return Agency(id, id, Kind.DEPARTMENT, **{**given, **more})


def exam(**more: Any) -> Exam:
    """An `open` national exam of 2019's kind."""
    given: dict[str, Any] = {
        "agency": "agc_edu",
        "slug": "thpt-2019",
        "title": "Kỳ thi THPT quốc gia 2019",
        "title_en": "National exam 2019",
        "year": 2019,
        "subjects": CORE,
        "combination_set": "2006",
        "number_example": "02001234",
    }
    return Exam(**{**given, **more})


def verified(**more: Any) -> Exam:
    """A grade-10 exam that asks for a birth date."""
    given: dict[str, Any] = {
        "slug": "lop-10-2026",
        "subjects": ("toan", "van", "nn"),
        "number_format": "[0-9]{6}",
        "policy": Policy.VERIFIED,
        "factors": ("birth_date",),
        "combination_set": "",
    }
    return exam(**{**given, **more})


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file as a spreadsheet would save it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


class Bureau:
    """All of the slice on one engine: office, worker and look-ups, with a stopped clock."""

    def __init__(self, cloud: Cloud, at: datetime = HOUR - timedelta(days=1)) -> None:
        from miniapp.audit import store as audit_store

        bind([*store.TABLES, *guarding.TABLES, *audit_store.TABLES], cloud.settings, cloud.aws)
        self.aws = cloud.aws
        self.clock = StoppedClock(at)
        self.ids = CountedIds()
        self.store = ExamScoreStore()
        self.files = Files(cloud.aws, cloud.settings)
        self.queues = Queues(cloud.aws, cloud.settings)
        self.audit = Audit(self.clock, self.ids)
        self.keys = FactorKeys(cloud.settings.factor_keys)
        settings = cloud.settings
        self.office = ExamOffice(
            self.store,
            self.files,
            self.queues,
            self.audit,
            self.clock,
            self.ids,
            settings.upload_max,
            settings.pack_max,
        )
        self.importing = Importing(self.store, self.files, self.audit, self.keys, self.clock, self.ids)
        self.sealer = Sealer("key")
        self.guard = Guard(self.clock, self.sealer)
        self.settings = settings
        self.editions = self.fresh_process()
        self.looking_up = LookingUp(self.editions, self.keys, self.sealer, self.guard, self.clock)

    def fresh_process(self, memory: int = 64 << 20) -> Editions:
        """What a new process remembers: nothing."""
        return Editions(self.store, self.files, self.clock, 5, 60, memory, self.settings.pack_max)

    def gathered(self, exam: Exam, *bodies: bytes | Path, reason: Reason = Reason.RELEASE, **options: Any) -> Edition:
        """An edition with these files in the bucket and noted, not yet read."""
        partial = options.pop("partial", False)
        decision = "" if reason is Reason.RELEASE else options.pop("decision", "12/QĐ")
        edition = self.office.begin(exam, UPLOADER, reason, decision, partial)
        for place, body in enumerate(bodies):
            file_id, _ = self.office.upload_form(exam, edition, "http://localhost:8000/then")
            body = body.read_bytes() if isinstance(body, Path) else body
            self.files.put("uploads", f"scores/{exam.agency}/{exam.slug}/{edition.id}/{file_id}", body)
            edition = self.office.take_file(exam, edition.id, file_id, f"file-{place}.csv", UPLOADER, **options)
        return edition

    def imported(self, exam: Exam, *bodies: bytes | Path, **options: Any) -> Edition:
        """An edition with these files, read and laid."""
        edition = self.gathered(exam, *bodies, **options)
        return self.importing.run(ImportEdition(exam.agency, exam.slug, edition.id))

    def released(self, exam: Exam, *bodies: bytes | Path, at: datetime | None = None, **options: Any) -> Exam:
        """The exam with these files checked and approved for `at` (None: now)."""
        try:
            exam = self.office.exam(exam.agency, exam.slug)
        except Exception:
            self.office.add_exam(exam, UPLOADER)
        edition = self.imported(exam, *bodies, **options)
        return self.office.approve(exam, edition.id, APPROVER, at)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.pass_by(**span)


def changed(exam: Exam, **changes: Any) -> Exam:
    """The same exam with other facts."""
    return replace(exam, **changes)
