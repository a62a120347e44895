"""Release at the desk: approve for an hour or for now, move the hour, take results back.

For approvers. Approving asks the second factor once more, moving the hour and withdrawing ask it unless it was given
within five minutes: in the same form, so that nothing typed is lost. The session then goes on under a new token. What
three taps send happens once. What may be released, and by whom, `ExamOffice` decides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context, cookies, forms
from handlers.console import exam_scores_desk as desk
from handlers.console.exam_scores_desk import Head, address
from handlers.doors import officers, pages
from handlers.formats import moment
from handlers.forms import FieldProblem, Form
from miniapp.accounts.access import Permission, require, require_fresh
from miniapp.accounts.sign_in import SignedIn
from miniapp.core.errors import Conflict, Problem
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.reporting import Prefixes, Standing

release = pages("console_exam_scores_release", officers(may="scores.read"), desk.PREFIX, "console")

APPROVE = ("mode", "code", "understood", "version", *desk.moment_fields("release"))
MOVE = ("code", "version", *desk.moment_fields("release"))
WITHDRAW = ("reason", "code", "understood")
FIELDS = {
    "release_in_past": "release",
    "release_too_far": "release",
    "code_refused": "code",
    "second_factor_needed": "code",
    "too_many_tries": "code",
    "reason_missing": "reason",
}
DECISIONS = {"scores_approved", "scores_withdrawn", "release_time_moved", "exam_changed"}
OUTRUN = {"exam_changed_meanwhile", "edition_changed_meanwhile", "edition_move_not_allowed", "edition_not_checked"}


@dataclass(frozen=True)
class ApprovePage:
    """The decision: what it will do, from when, and the second factor."""

    head: Head
    form: Form
    action: str
    candidates: int
    asks_code: bool
    is_mine: bool
    prefixes: Prefixes
    now: datetime
    out_candidates: int
    subjects: list[tuple[str, str]]


@dataclass(frozen=True)
class MovePage:
    """Another hour."""

    head: Head
    form: Form
    action: str
    asks_code: bool


@dataclass(frozen=True)
class WithdrawPage:
    """Taking back what is out and what was to come."""

    exam: Exam
    title: str
    form: Form
    action: str
    list_address: str
    exam_address: str
    candidates: int
    at: datetime
    is_out: bool
    asks_code: bool


@release.get(f"{desk.EDITION}/duyet")
def show_approve(agency: str, exam: str, edition: str) -> Response:
    """The form of the decision."""
    head = _head(exam, edition, "scores.approve")
    values = {"mode": "at", **desk.moment_values("release", head.exam.expected_at)}
    return answers.show("console/exam_scores/approve.html", _approve_page(head, forms.blank(**values)))


@release.post(f"{desk.EDITION}/duyet")
def approve(agency: str, exam: str, edition: str) -> Response:
    """Approve, once."""
    head = _head(exam, edition, "scores.approve")
    form, at = _read_approval()
    if form.value("version") not in ("", str(head.exam.version)):  # what is approved is what was shown
        problem = _outrun(exam, Conflict("exam_changed_meanwhile"))
        form = form.with_problems(FieldProblem("", problem.code, problem.facts))

    def act() -> str:
        _approve(head, desk.signed().id, at)
        return address(exam, edition)

    def again(form: Form, status: int) -> Response:
        return _shown("approve", _approve_page(desk.head(exam, edition), form), status)

    return decided(form, not gave_code_again(), act, again)


@release.get(f"{desk.EDITION}/doi-gio")
def show_move(agency: str, exam: str, edition: str) -> Response:
    """The form for another hour."""
    head = _head(exam, edition, "scores.schedule")
    form = forms.blank(**desk.moment_values("release", head.edition.release_at))
    return answers.show("console/exam_scores/move.html", _move_page(head, form))


@release.post(f"{desk.EDITION}/doi-gio")
def move(agency: str, exam: str, edition: str) -> Response:
    """Move the hour of the edition that waits for it."""
    head = _head(exam, edition, "scores.schedule")
    form = forms.read(MOVE)
    at = desk.read_moment(form, "release")
    problem = _late_to_move(head, form)
    if problem is not None:
        form = form.with_problems(FieldProblem("", problem.code, problem.facts))
    elif not isinstance(at, datetime):
        form = form.with_problems(at or FieldProblem("release", "required"))

    def act() -> str:
        if isinstance(at, datetime):
            with _saying_who(exam):
                context.services().exam_office.move_release(head.exam, at, desk.signed().id)
        return address(exam, edition)

    def again(form: Form, status: int) -> Response:
        return _shown("move", _move_page(desk.head(exam, edition), form), status)

    return decided(form, not _is_fresh(), act, again)


@release.get("/<exam>/thu-hoi")
def show_withdraw(agency: str, exam: str) -> Response:
    """Asks again, in words, before results are taken back."""
    held = _exam(exam, "scores.withdraw")
    return answers.show("console/exam_scores/withdraw.html", _withdraw_page(held, forms.blank()))


@release.post("/<exam>/thu-hoi")
def withdraw(agency: str, exam: str) -> Response:
    """Take back what is out and what was to come."""
    held = _exam(exam, "scores.withdraw")
    form = forms.read(WITHDRAW)
    if not form.value("reason"):
        form = form.with_problems(FieldProblem("reason", "reason_missing"))
    if form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))

    def act() -> str:
        with _saying_who(exam):
            context.services().exam_office.withdraw(held, desk.signed().id, form.value("reason"))
        return address(exam)

    def again(form: Form, status: int) -> Response:
        return _shown("withdraw", _withdraw_page(held, form), status)

    return decided(form, not _is_fresh(), act, again)


def decided(form: Form, asks_code: bool, act: Callable[[], str], again: Callable[[Form, int], Response]) -> Response:
    """Give the code and act, once, and go on; or the form again with what was typed and what is wrong."""
    if asks_code and not form.value("code"):
        form = form.with_problems(FieldProblem("code", "second_factor_needed"))
    if form.problems:
        return again(form, 422)
    signed = desk.signed()
    given: list[SignedIn] = []

    def decide() -> dict[str, str]:
        if asks_code:
            sign_in = context.services().accounts.sign_in
            given.append(sign_in.step_up(signed, form.value("code"), address=context.client_address()))
        else:
            require_fresh(signed, context.services().clock.now())
        return {"to": act(), **({"token": given[0].token} if given else {})}

    try:
        outcome = forms.once_sealed(form, decide)
    except Problem as problem:
        if given:  # the code was right and is used up: what is shown now must belong to the new token
            context.give_officer(given[0].token)
        shown = form.with_problems(FieldProblem(FIELDS.get(problem.code, ""), problem.code, problem.facts))
        return _keeping(again(shown, _status(problem)), given[0].token if given else "")
    return _keeping(answers.see(outcome["to"]), outcome.get("token", ""))


def _keeping(made: Response, token: str) -> Response:
    if token:
        cookies.keep(made, "officer", token)
    return made


def _exam(exam: str, permission: Permission) -> Exam:
    require(desk.signed(), permission, context.agency().id)
    return context.services().exam_office.exam(context.agency().id, exam)


def _head(exam: str, edition: str, permission: Permission) -> Head:
    require(desk.signed(), permission, context.agency().id)
    return desk.head(exam, edition)


def _read_approval() -> tuple[Form, datetime | None]:
    form = forms.read(APPROVE)
    at: datetime | None = None
    if form.value("mode") not in ("at", "now"):
        form = form.with_problems(FieldProblem("mode", "required"))
    elif form.value("mode") == "at":
        read = desk.read_moment(form, "release")
        if isinstance(read, datetime):
            at = read
            if at <= context.services().clock.now():
                form = form.with_problems(FieldProblem("release", "release_in_past"))
        else:
            form = form.with_problems(read or FieldProblem("release", "required"))
    if form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))
    return form, at


def _approve(head: Head, by: str, at: datetime | None) -> None:
    """A withdrawn edition's first approval is noted and is no failure: its page says that a second one is needed."""
    try:
        context.services().exam_office.approve(head.exam, head.edition.id, by, at)
    except Conflict as conflict:
        if conflict.code != "needs_second_approver" or by in head.edition.seconds:
            raise _outrun(head.exam.slug, conflict) from conflict


def _late_to_move(head: Head, form: Form) -> Conflict | None:
    """Why the hour that was shown can't be moved any more: it has come, or somebody decided meanwhile."""
    slug = head.exam.slug
    if head.standing in (Standing.WITHDRAWN, Standing.SUPERSEDED):
        return _decided_meanwhile(slug) or Conflict("nothing_to_move")
    if head.standing is not Standing.WAITING:
        return Conflict("nothing_to_move")
    if form.value("version") not in ("", str(head.exam.version)):
        return _outrun(slug, Conflict("exam_changed_meanwhile"))
    return None


@contextmanager
def _saying_who(slug: str) -> Iterator[None]:
    """A conflict on the way names who was first."""
    try:
        yield
    except Conflict as conflict:
        raise _outrun(slug, conflict) from conflict


def _outrun(slug: str, conflict: Conflict) -> Conflict:
    """Who was first and when, where a decision comes too late because somebody else decided meanwhile."""
    return (_decided_meanwhile(slug) or conflict) if conflict.code in OUTRUN else conflict


def _decided_meanwhile(slug: str) -> Conflict | None:
    """The newest decision over an exam as what stands in the way of another."""
    services = context.services()
    history = services.exam_reports.exam_history(services.exam_office.exam(context.agency().id, slug))
    newest = next((entry for entry in history if entry.event in DECISIONS), None)
    if newest is None:
        return None
    who, at = desk.names([newest.by])[newest.by], moment(newest.at)
    if newest.event == "scores_approved":
        return Conflict("approved_by_other", who=who, at=at)
    if newest.event == "scores_withdrawn":
        return Conflict("withdrawn_by_other", who=who, at=at)
    if newest.event == "release_time_moved":
        return Conflict("release_moved_by_other", who=who, at=at)
    return None


def _approve_page(head: Head, form: Form) -> ApprovePage:
    services = context.services()
    preview = services.exam_reports.preview(head.exam, head.edition)
    now = services.clock.now()
    pointer = head.exam.pointer(now)
    out = services.exam_office.edition(head.exam, pointer.edition).candidates if pointer else 0
    return ApprovePage(
        head=head,
        form=form,
        action=head.at("duyet"),
        candidates=head.edition.candidates,
        asks_code=not gave_code_again(),
        is_mine=desk.signed().id in head.edition.uploaders,
        prefixes=preview.prefixes if preview else Prefixes(),
        now=now,
        out_candidates=out,
        subjects=desk.subjects_of(head.exam),
    )


def _move_page(head: Head, form: Form) -> MovePage:
    return MovePage(head, form, head.at("doi-gio"), not _is_fresh())


def _withdraw_page(exam: Exam, form: Form) -> WithdrawPage:
    """Conflict `nothing_to_withdraw` where nothing is out and nothing is to come."""
    now = context.services().clock.now()
    pointer = exam.pointer(now) or exam.coming(now)
    if pointer is None:
        raise _decided_meanwhile(exam.slug) or Conflict("nothing_to_withdraw")
    edition = context.services().exam_office.edition(exam, pointer.edition)
    return WithdrawPage(
        exam=exam,
        title=desk.title_of(exam),
        form=form,
        action=address(exam.slug, "thu-hoi"),
        list_address=address(),
        exam_address=address(exam.slug),
        candidates=edition.candidates,
        at=pointer.release_at,
        is_out=pointer.release_at <= now,
        asks_code=not _is_fresh(),
    )


def _shown(name: str, page: object, status: int) -> Response:
    return answers.show(f"console/exam_scores/{name}.html", page, wrong=True, status=status)


def _status(problem: Problem) -> int:
    if problem.code == "too_many_tries":
        return 429
    return 409 if isinstance(problem, Conflict) else 422


def _is_fresh() -> bool:
    return desk.signed().is_fresh(context.services().clock.now())


def gave_code_again() -> bool:
    """Whether the second factor was given once more since signing in, within five minutes."""
    return desk.signed().session.was_proven_again and _is_fresh()
