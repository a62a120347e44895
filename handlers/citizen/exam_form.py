"""The look-up form: what it asks for, what was typed into it, what kept it from an answer. For the look-up pages.

What was typed always stays. A failure that is nobody's mistake (a form open too long, a wait) is a notice, not a
problem of a field. It decides nothing: who waits is the guard's, what is found the look-up's."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context, forms
from handlers.citizen.asking import TOO_MANY, cookie, give_form_cookie
from handlers.citizen.exam_hour import address_of, list_address, title_of
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Problem, Refused
from miniapp.core.guarding import ADDRESS_WAIT, PROOF_BITS
from miniapp.exam_scores.factors import comparable
from miniapp.exam_scores.looking_up import ZERO_PADDED
from miniapp.exam_scores.model import Exam, Policy

DATE_PARTS = ("birth_date-day", "birth_date-month", "birth_date-year")
SERVED_COOKIE = "v"
# Codes that the page says as a notice in its own words, with what to do next.
NOTICES = frozenset(
    {"form_expired", "slip_expired", "too_many_tries", "form_must_wait", "form_used_up", "look_up_ended"}
)
STATUSES = {"slip_expired": 403, "form_expired": 422, "look_up_ended": 410}
NOT_FOUND = frozenset({"result_unknown", "result_mismatch"})


@dataclass(frozen=True)
class LookUpPage:
    """The form: which factors it asks for, what was typed, what is wrong, what to try next."""

    exam: Exam
    title: str
    form: Form
    notice: FieldProblem | None
    problems: tuple[FieldProblem, ...]
    not_found: bool
    action: str
    all_exams: str
    released_at: datetime
    distributions: str
    padded: str
    padded_address: str
    proof_bits: int
    wait: int


def read(exam: Exam) -> Form:
    """The form as it came."""
    names = [name for factor in exam.factors for name in (DATE_PARTS if factor == "birth_date" else (factor,))]
    return forms.read(("number", *names))


def said(exam: Exam, form: Form) -> dict[str, str]:
    """What was typed for every factor; a date in one piece."""
    typed = {factor: form.value(factor) for factor in exam.factors}
    if "birth_date" in typed:
        typed["birth_date"] = "/".join(form.value(part) for part in DATE_PARTS)
    return typed


def unreadable(exam: Exam, form: Form) -> list[FieldProblem]:
    """Factors left empty or typed so that nobody could have them; they count as no try."""
    return [
        FieldProblem(factor, "date_shape" if factor == "birth_date" else "required")
        for factor, text in said(exam, form).items()
        if not comparable(factor, text)
    ]


def ask(exam: Exam, released_at: datetime, form: Form) -> Response:
    """The form as it is first shown, or with what is wrong with it."""
    notice = next((problem for problem in form.problems if problem.code in NOTICES), None)
    problems = tuple(problem for problem in form.problems if problem.code not in NOTICES)
    padded = str(next((problem.facts[ZERO_PADDED] for problem in problems if ZERO_PADDED in problem.facts), ""))
    page = LookUpPage(
        exam=exam,
        title=title_of(exam),
        form=form,
        notice=notice,
        problems=problems,
        not_found=any(problem.code in NOT_FOUND for problem in problems),
        action=address_of(exam.slug),
        all_exams=list_address(),
        released_at=released_at,
        distributions=address_of(exam.slug, "/pho-diem"),
        padded=padded,
        padded_address=address_of(exam.slug, f"/{padded}") if padded else "",
        proof_bits=PROOF_BITS if _is_strict(exam) else 0,
        wait=ADDRESS_WAIT,
    )
    made = answers.show(
        "citizen/exam_scores/look_up.html",
        page,
        status=_status(page),
        back=list_address(),
        wrong=bool(problems),
    )
    if made.status_code == TOO_MANY and notice is not None:
        made.headers["Retry-After"] = str(notice.facts.get("wait", ADDRESS_WAIT))
    if exam.policy is not Policy.OPEN:
        give_form_cookie(made)
    return made


def ask_again(exam: Exam, released_at: datetime, form: Form, failure: Problem) -> Response:
    """The form with what kept it from an answer. A refused one keeps its token: its age is what it waits with."""
    if isinstance(failure, Refused):
        kept = Form(form.values, (*form.problems, FieldProblem("", failure.code, failure.facts)), form.token)
        return ask(exam, released_at, kept)
    if failure.code in NOT_FOUND:
        context.services().looking_up.missed.again(exam.agency, context.services().clock.now())
    field = "" if failure.code == "result_mismatch" else "number"
    return ask(exam, released_at, form.with_problems(FieldProblem(field, failure.code, failure.facts)))


def _is_strict(exam: Exam) -> bool:
    if exam.policy is Policy.OPEN:
        return False
    return context.services().guard.is_strict(exam, context.client_address(), cookie(SERVED_COOKIE))


def _status(page: LookUpPage) -> int:
    if page.notice is not None:
        return STATUSES.get(page.notice.code, TOO_MANY)
    if not page.problems:
        return 200
    return 404 if page.not_found else 422
