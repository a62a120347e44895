"""Adding an exam and editing one. For officers who manage exams.

Everything about an exam is data and typed here; what records depend on is fixed once the exam has an edition. Reading
the form stands in `exam_scores_form.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, downloads, forms
from handlers.console import exam_scores_desk as desk
from handlers.console import exam_scores_form as exam_form
from handlers.console.exam_scores_desk import address
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Problem
from miniapp.exam_scores.combination_files import FILE_MOST, RowProblem, keep_set, read_set_file, set_file
from miniapp.exam_scores.combinations import shipped
from miniapp.exam_scores.councils import known_years
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.subjects import vocabulary

exams = pages("console_exam_scores_exams", officers(may="exams.manage"), desk.PREFIX, "console")

START = {"number_mask": "99999999", "scale": "10", "policy": "open", "combination_set": "2018", "prefix_length": "2"}
FIELDS = {"exam_exists": "slug"}
FORM_MOST = 4 * 1024  # what a form weighs beside its file


@dataclass(frozen=True)
class ExamFormPage:
    """The form of an exam; `locked` hides what can't be changed any more."""

    form: Form
    action: str
    away: str
    list_address: str
    title: str
    locked: bool
    exam: Exam | None
    subjects: list[tuple[str, str]]
    sets: list[str]
    rules: str
    combinations: str
    many_combinations: bool
    councils_since: int


@dataclass(frozen=True)
class CombinationsPage:
    """The set in use, and bringing another one in; `problems` name what is wrong with the file that was sent."""

    form: Form
    exam: Exam
    title: str
    list_address: str
    exam_address: str
    action: str
    file_address: str
    locked: bool
    own: bool
    most: int
    names: dict[str, str]
    problems: list[RowProblem]


@exams.get("/them")
def show_add(agency: str) -> Response:
    """An empty form for a new exam."""
    year = str(context.services().clock.now().astimezone(LOCAL).year)
    return answers.show("console/exam_scores/exam_form.html", _page(forms.blank(**START, year=year), None, False))


@exams.post("/them")
def add(agency: str) -> Response:
    """Add an exam."""
    form = forms.read(exam_form.fields(), raw=exam_form.RAW)
    exam, form = exam_form.read_exam(form, context.agency().id, None, False)

    def act(exam: Exam) -> None:
        context.services().exam_office.add_exam(exam, context.officer().id)

    return _saved(form, exam, None, False, act)


@exams.get("/<exam>/sua")
def show_edit(agency: str, exam: str) -> Response:
    """The form with what is known."""
    held, locked = _held(exam)
    form = forms.blank(**exam_form.values_of(held), version=str(held.version))
    return answers.show("console/exam_scores/exam_form.html", _page(form, held, locked))


@exams.post("/<exam>/sua")
def edit(agency: str, exam: str) -> Response:
    """Change an exam; what somebody else changed meanwhile is not overwritten."""
    held, locked = _held(exam)
    form = forms.read((*exam_form.fields(), "version"), raw=exam_form.RAW)
    read, form = exam_form.read_exam(form, held.agency, held, locked)
    if form.value("version") != str(held.version):
        form = form.with_problems(FieldProblem("", "exam_changed_meanwhile"))

    def act(exam: Exam) -> None:
        changes = exam_form.changes_between(held, exam)
        if changes:
            context.services().exam_office.change_exam(held, context.officer().id, **changes)

    return _saved(form, read, held, locked, act)


@exams.get("/<exam>/to-hop")
def show_combinations(agency: str, exam: str) -> Response:
    """The set in use, with a form for a file."""
    held, locked = _held(exam)
    return answers.show("console/exam_scores/combinations.html", _set_page(forms.blank(), held, locked))


@exams.post("/<exam>/to-hop")
def import_combinations(agency: str, exam: str) -> Response:
    """Make a file's set the exam's own; whatever is wrong is named by its row, and then nothing is changed."""
    request.max_content_length = FILE_MOST + FORM_MOST
    form = forms.read(())
    held, locked = _held(exam)
    sent = request.files.get("file")
    body = sent.read(FILE_MOST + 1) if sent is not None else b""
    if not body:
        form = form.with_problems(FieldProblem("file", "combination_file_missing"))
    problems: list[RowProblem] = []

    def once() -> str:
        keep_set(context.services().exam_office, held, context.officer().id, body)
        return address(held.slug, "to-hop")

    if not form.problems:
        try:
            problems = read_set_file(body, held.year).problems
            if not problems:
                return answers.see(forms.once(form, once))
            form = forms.blank()
        except Problem as problem:
            form = form.with_problems(FieldProblem("file", problem.code, problem.facts))
    page = _set_page(form, held, locked, problems)
    return answers.show("console/exam_scores/combinations.html", page, wrong=True, status=422)


@exams.get("/<exam>/to-hop.csv")
def export_combinations(agency: str, exam: str) -> Response:
    """The set in use as a file that can be brought in again."""
    held, _ = _held(exam)
    attached = f'attachment; filename="{held.slug}-to-hop.csv"'
    return answers.plain(set_file(held), 200, downloads.CSV, Content_Disposition=attached)


def _set_page(form: Form, exam: Exam, locked: bool, problems: Sequence[RowProblem] = ()) -> CombinationsPage:
    language = context.language()
    return CombinationsPage(
        form=form,
        exam=exam,
        title=desk.title_of(exam),
        list_address=address(),
        exam_address=address(exam.slug),
        action=address(exam.slug, "to-hop"),
        file_address=address(exam.slug, "to-hop.csv"),
        locked=locked,
        own=bool(exam.combinations),
        most=FILE_MOST,
        names={code: item.name(language) for code, item in vocabulary().subjects.items()},
        problems=list(problems),
    )


def _held(slug: str) -> tuple[Exam, bool]:
    """An exam, and whether it has an edition already."""
    office = context.services().exam_office
    held = office.exam(context.agency().id, slug)
    return held, bool(office.editions(held))


def _saved(form: Form, exam: Exam | None, before: Exam | None, locked: bool, act: Callable[[Exam], None]) -> Response:
    def once() -> str:
        if exam is not None:
            act(exam)
        return address(exam.slug if exam else "")

    if exam is not None and not form.problems:
        try:
            return answers.see(forms.once(form, once))
        except Problem as problem:
            form = form.with_problems(FieldProblem(FIELDS.get(problem.code, ""), problem.code, problem.facts))
    page = _page(form, before, locked)
    return answers.show("console/exam_scores/exam_form.html", page, wrong=True, status=422)


def _page(form: Form, exam: Exam | None, locked: bool) -> ExamFormPage:
    language = context.language()
    return ExamFormPage(
        form=form,
        action=address(exam.slug, "sua") if exam else address("them"),
        away=address(exam.slug) if exam else address(),
        list_address=address(),
        title=desk.title_of(exam) if exam else "",
        locked=locked,
        exam=exam,
        subjects=[(code, item.name(language)) for code, item in vocabulary().subjects.items()],
        sets=sorted(shipped()),
        rules=address(exam.slug, "quy-tac") if exam else "",
        combinations=address(exam.slug, "to-hop") if exam else "",
        many_combinations=exam is not None and exam_form.has_long_set(exam),
        councils_since=known_years()[0].first,
    )
