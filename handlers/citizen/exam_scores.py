"""Looking up a score: an agency's exams, one exam's form or its hour, the slip.

For citizens in the chat. Nothing personal stands in an address: exams that ask for more than a number are looked up by
POST and shown under a sealed token. Nothing here is written on the way to a slip."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.citizen import exam_form
from handlers.citizen.asking import FORM_COOKIE, asker, cookie, give_cookie
from handlers.citizen.exam_form import SERVED_COOKIE, ask, ask_again
from handlers.citizen.exam_hour import address_of, exam_of, hour, title_of
from handlers.doors import anyone, pages
from handlers.express import OPEN_SLIP
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid, NotFound, Refused
from miniapp.core.folding import clean
from miniapp.exam_scores.looking_up import Found, countdown
from miniapp.exam_scores.model import CandidateNumber, Exam, Policy

exam_scores = pages("exam_scores", door=anyone, url_prefix="/<agency>/diem-thi")

ECHO_MOST = 32  # letters of a number in an address that are shown again
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ExamLine:
    """One exam of the list."""

    title: str
    address: str
    released: bool
    withdrawn: bool
    at: datetime | None


@dataclass(frozen=True)
class ListPage:
    """An agency's exams."""

    exams: list[ExamLine]


@exam_scores.get("")
def exams(agency: str) -> Response:
    """The exams of an agency: what is out first, the newest on top; then what comes, the next on top."""
    held = context.agency()
    now = context.services().clock.now()
    lines = [_line(exam, now) for exam in context.services().looking_up.exams(held)]
    out = sorted((line for line in lines if line.released), key=lambda line: line.at or LAST, reverse=True)
    ahead = sorted((line for line in lines if not line.released), key=lambda line: line.at or LAST)
    back = f"/{agency}/{context.suffix()}"
    return answers.show("citizen/exam_scores/exams.html", ListPage(out + ahead), back=back)


def _line(exam: Exam, now: datetime) -> ExamLine:
    pointer = exam.pointer(now)
    at = pointer.release_at if pointer else countdown(exam, now)
    withdrawn = at is None and exam.withdrawn_at is not None
    return ExamLine(title_of(exam), address_of(exam.slug), pointer is not None, withdrawn, at)


@exam_scores.get("/<slug>")
def exam(agency: str, slug: str) -> Response:
    """The form, or the hour when there is nothing to look up yet."""
    found = exam_of(slug)
    try:
        pointer, build = context.services().looking_up.released(found)
    except Refused as refusal:
        return hour(found, refusal)
    form = forms.blank(number=_echo(request.args.get("sbd", "")))
    if found.policy is not Policy.OPEN and "factor" not in build.shape.extras:
        form = form.with_problems(FieldProblem("", "look_up_ended"))
    return ask(found, pointer.release_at, form)


@exam_scores.post("/<slug>")
def look_up(agency: str, slug: str) -> Response:
    """A number (and factors) → the slip's address."""
    found = exam_of(slug)
    form = exam_form.read(found)
    try:
        pointer, _ = context.services().looking_up.released(found)
    except Refused:
        return answers.see(address_of(slug))
    try:
        if found.policy is Policy.OPEN:
            number = CandidateNumber.read(form.value("number"), found).text
            _typed(found)
            return answers.see(address_of(slug, f"/{number}"))
        return _verify(found, form, pointer.release_at)
    except (Invalid, NotFound, Refused) as failure:
        return ask_again(found, pointer.release_at, form, failure)


@exam_scores.get("/<slug>/kq/<token>")
def sealed_slip(agency: str, slug: str, token: str) -> Response:
    """The slip behind a sealed token; after ten minutes, or in another browser, the form comes again."""
    found = exam_of(slug)
    looking_up = context.services().looking_up
    try:
        pointer, _ = looking_up.released(found)
    except Refused as refusal:
        return hour(found, refusal)
    if found.policy is Policy.OPEN:
        raise NotFound("page_unknown")
    try:
        return _slip(looking_up.sealed(found, token, cookie(FORM_COOKIE)))
    except (NotFound, Refused):
        form = forms.blank().with_problems(FieldProblem("", "slip_expired"))
        return ask(found, pointer.release_at, form)


@exam_scores.get("/<slug>/<number>")
def open_slip(agency: str, slug: str, number: str) -> Response:
    """The slip of an exam that is open, under the one address it has."""
    found = exam_of(slug)
    looking_up = context.services().looking_up
    try:
        held = looking_up.open(found, number)
    except Refused as refusal:
        return hour(found, refusal)
    except (Invalid, NotFound) as failure:
        if failure.code == "page_unknown":
            raise
        pointer, _ = looking_up.released(found)
        return ask_again(found, pointer.release_at, forms.blank(number=_echo(number)), failure)
    if held.result.number != number:
        return answers.see(address_of(slug, f"/{held.result.number}"))
    return _slip(held, OPEN_SLIP)


def _slip(found: Found, edge: str = "") -> Response:
    slug = found.exam.slug
    again = address_of(slug)
    now = context.services().clock.now()
    page = context.parts().slips.make(found, context.language(), now, again, address_of(slug, "/pho-diem"))
    made = answers.show("citizen/exam_scores/slip.html", page, back=again, edge=edge)
    context.services().looking_up.shown.again(found.exam.agency, now)
    return made


def _typed(found: Exam) -> None:
    services = context.services()
    services.looking_up.typed.again(found.agency, services.clock.now())


def _verify(found: Exam, form: Form, released_at: datetime) -> Response:
    services = context.services()
    CandidateNumber.read(form.value("number"), found)
    problems = exam_form.unreadable(found, form)
    if form.problems or problems:
        return ask(found, released_at, form.with_problems(*problems))
    _typed(found)
    who = asker(form, SERVED_COOKIE)
    token, number = services.looking_up.verified(found, form.value("number"), exam_form.said(found, form), who)
    made = answers.see(address_of(found.slug, f"/kq/{token}"))
    give_cookie(made, SERVED_COOKIE, services.guard.served(found, number))
    return made


def _echo(typed: str) -> str:
    return clean(typed)[:ECHO_MOST]
