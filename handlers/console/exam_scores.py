"""Exams and their editions at the desk: which there are, one exam, one edition, and beginning a new one.

For officers of the agency in the address. What changes an exam, sends files, lists problems or releases stands in the
files beside this one, by verb. It shows what `ExamReports` says and decides nothing."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context, forms
from handlers.console import exam_scores_desk as desk
from handlers.console.exam_scores_desk import Head, address
from handlers.doors import officers, pages
from miniapp.accounts.access import Permission, require
from miniapp.audit.model import Entry
from miniapp.core.errors import Invalid
from miniapp.core.files import UploadForm
from miniapp.exam_scores.model import Edition, Exam, Reason
from miniapp.exam_scores.reporting import Arrived, Prefixes, Problems, Standing

exam_scores = pages("console_exam_scores", officers(may="scores.read"), desk.PREFIX, "console")

SHOWN_KINDS = 8
BEGIN = ("reason", "decision", "rows")


@dataclass(frozen=True)
class ExamLine:
    """One exam of the list: what is out, what comes, what waits for a person."""

    exam: Exam
    title: str
    address: str
    standing: str
    at: datetime | None


@dataclass(frozen=True)
class ListPage:
    """An agency's exams."""

    exams: list[ExamLine]
    add: str


@dataclass(frozen=True)
class EditionLine:
    """One edition of the list."""

    edition: Edition
    number: int
    standing: Standing
    address: str
    uploaders: str
    approvers: str


@dataclass(frozen=True)
class ExamPage:
    """One exam."""

    exam: Exam
    title: str
    editions: list[EditionLine]
    standing: str
    at: datetime | None
    history: list[Entry]
    people: dict[str, str]
    list_address: str
    edit: str
    combinations: str
    begin: str
    withdraw: str
    citizens: str
    rules: str
    subjects: list[tuple[str, str]]
    may: frozenset[str]


@dataclass(frozen=True)
class BeginPage:
    """A new edition."""

    exam: Exam
    title: str
    form: forms.Form
    action: str
    list_address: str
    exam_address: str
    has_release: bool
    may: frozenset[str]


@dataclass(frozen=True)
class EditionPage:
    """One edition: its files, what needs a person, what approving will do."""

    head: Head
    upload: UploadForm | None
    upload_most: int
    file_id: str
    arrived: list[Arrived]
    problems: list[Problems]
    more_kinds: int
    prefixes: Prefixes
    refresh: int
    base_moved: bool
    is_mine: bool
    begin: str
    withdraw: str
    examples: tuple[str, str]  # the file to fill in, as XLSX and as CSV

    @staticmethod
    def token() -> str:
        """A token for one more form of the page: each is used up by its own act."""
        return forms.fresh_token()


@dataclass(frozen=True)
class HistoryPage:
    """The audit trail of one edition."""

    head: Head
    entries: list[Entry]
    people: dict[str, str]


@exam_scores.get("")
def exams(agency: str) -> Response:
    """Every exam of the agency, newest year first."""
    found = context.services().exam_office.exams(context.agency().id)
    add = address("them") if "exams.manage" in desk.may() else ""
    return answers.show("console/exam_scores/exams.html", ListPage([_line(exam) for exam in found], add))


@exam_scores.get("/<exam>")
def exam(agency: str, exam: str) -> Response:
    """One exam: what is announced, its editions, its history."""
    office, reports = context.services().exam_office, context.services().exam_reports
    held = office.exam(context.agency().id, exam)
    history = reports.exam_history(held)
    editions = office.editions(held)
    ids = {entry.by for entry in history} | {person for one in editions for person in _people(one)}
    people = desk.names(ids)
    line = _line(held)
    page = ExamPage(
        exam=held,
        title=line.title,
        editions=[_edition_line(held, one, len(editions) - place, people) for place, one in enumerate(editions)],
        standing=line.standing,
        at=line.at,
        history=history,
        people=people,
        list_address=address(),
        edit=address(exam, "sua"),
        combinations=address(exam, "to-hop"),
        begin=address(exam, "bat-dau"),
        withdraw=address(exam, "thu-hoi"),
        citizens=f"/{context.agency().address}/diem-thi/{exam}{context.suffix()}",
        rules=address(exam, "quy-tac", "duyet"),
        subjects=desk.subjects_of(held),
        may=desk.may(),
    )
    return answers.show("console/exam_scores/exam.html", page)


@exam_scores.get("/<exam>/bat-dau")
def show_begin(agency: str, exam: str) -> Response:
    """The form for a new edition."""
    require(context.officer(), begin_permission(Reason.RELEASE), context.agency().id)
    held = context.services().exam_office.exam(context.agency().id, exam)
    return answers.show("console/exam_scores/begin.html", _begin_page(held, forms.blank(reason="release", rows="all")))


@exam_scores.post("/<exam>/bat-dau")
def begin(agency: str, exam: str) -> Response:
    """Begin an edition: a first release, or a correction with the number of its decision."""
    office = context.services().exam_office
    held = office.exam(context.agency().id, exam)
    form = forms.read(BEGIN)
    reason = next((reason for reason in Reason if reason.value == form.value("reason")), None)
    require(context.officer(), begin_permission(reason or Reason.RELEASE), held.agency)
    if reason is None:
        form = form.with_problems(forms.FieldProblem("reason", "required"))
    if form.problems or reason is None:
        return _begin_again(held, form)
    partial = form.value("rows") == "changed"

    def act() -> str:
        made = office.begin(held, context.officer().id, reason, form.value("decision"), partial)
        return address(exam, made.id)

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        field = {"decision_missing": "decision", "correction_without_base": "rows"}.get(problem.code, "")
        return _begin_again(held, form.with_problems(forms.FieldProblem(field, problem.code, problem.facts)))


def begin_permission(reason: Reason) -> Permission:
    """Results are uploaded, corrections corrected: two permissions of the table."""
    return "scores.upload" if reason is Reason.RELEASE else "scores.correct"


@exam_scores.get(desk.EDITION)
def edition(agency: str, exam: str, edition: str) -> Response:
    """One edition: files, progress, problems, and the sentence that says what approving will do."""
    services = context.services()
    head = desk.head(exam, edition, "overview")
    file_id, upload = "", None
    if "scores.upload" in head.may and head.standing in (*desk.BEFORE_CHECK, Standing.FAULTY, Standing.READY):
        landing = services.settings.base_url + head.at("da-nhan")
        file_id, upload = services.exam_office.upload_form(head.exam, head.edition, landing)
    kinds = services.exam_reports.problems(head.edition)
    preview = services.exam_reports.preview(head.exam, head.edition) if head.exam.expected_prefixes else None
    page = EditionPage(
        head=head,
        upload=upload,
        upload_most=services.settings.upload_max,
        file_id=file_id,
        arrived=services.exam_reports.arrived(head.exam, head.edition) if upload else [],
        problems=kinds[:SHOWN_KINDS],
        more_kinds=max(0, len(kinds) - SHOWN_KINDS),
        prefixes=preview.prefixes if preview else Prefixes(),
        refresh=2 if head.standing is Standing.IMPORTING else 0,
        base_moved=head.standing is Standing.READY and not services.exam_reports.fits(head.exam, head.edition),
        is_mine=context.officer().id in head.edition.uploaders,
        begin=address(exam, "bat-dau"),
        withdraw=address(exam, "thu-hoi"),
        examples=(address(exam, "tep-mau.xlsx"), address(exam, "tep-mau.csv")),
    )
    return answers.show("console/exam_scores/edition.html", page, forms=upload.origin if upload else "")


@exam_scores.get(f"{desk.EDITION}/nhat-ky")
def history(agency: str, exam: str, edition: str) -> Response:
    """Who did what with this edition, and when."""
    head = desk.head(exam, edition, "history")
    entries = context.services().exam_reports.history(head.exam, head.edition)
    page = HistoryPage(head, entries, desk.names(entry.by for entry in entries))
    return answers.show("console/exam_scores/history.html", page)


def _line(exam: Exam) -> ExamLine:
    now = context.services().clock.now()
    coming, out = exam.coming(now), exam.pointer(now)
    at: datetime | None
    if coming is not None:
        standing, at = "waiting", coming.release_at
    elif out is not None:
        standing, at = "released", out.release_at
    elif exam.withdrawn_at is not None:
        standing, at = "withdrawn", exam.withdrawn_at
    else:
        standing, at = "expected", exam.expected_at
    return ExamLine(exam, desk.title_of(exam), address(exam.slug), standing, at)


def _edition_line(exam: Exam, edition: Edition, number: int, people: dict[str, str]) -> EditionLine:
    reports = context.services().exam_reports
    standing = reports.standing(exam, edition, reports.work(exam, edition))
    uploaders = ", ".join(sorted(people[officer] for officer in edition.uploaders))
    approvers = ", ".join(people[officer] for officer in edition.approved_by)
    return EditionLine(edition, number, standing, address(exam.slug, edition.id), uploaders, approvers)


def _people(edition: Edition) -> set[str]:
    return {*edition.uploaders, *edition.approved_by}


def _begin_page(exam: Exam, form: forms.Form) -> BeginPage:
    released = exam.pointer(context.services().clock.now()) is not None
    return BeginPage(
        exam=exam,
        title=desk.title_of(exam),
        form=form,
        action=address(exam.slug, "bat-dau"),
        list_address=address(),
        exam_address=address(exam.slug),
        has_release=released,
        may=desk.may(),
    )


def _begin_again(exam: Exam, form: forms.Form) -> Response:
    return answers.show("console/exam_scores/begin.html", _begin_page(exam, form), wrong=True, status=422)
