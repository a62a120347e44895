"""«Báo cho tôi khi có điểm»: register a candidate number before the hour, see what is registered, take it back.

For citizens in the chat; who is not known yet is told how to come in. The hour's page shows only a link to here, so
that it stays the same for everybody. It never says whether a number exists."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from handlers import answers, consent_texts, context, cookies, forms
from handlers.citizen.exam_hour import address_of, exam_of, title_of
from handlers.citizen.tell_me import ConsentText, TellMe
from handlers.citizen.wishes import Wish
from handlers.doors import anyone, citizens, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid, Problem, Unavailable
from miniapp.exam_scores.model import CandidateNumber, Exam
from miniapp.exam_scores.telling import PURPOSE

PREFIX = "/<agency>/diem-thi/<slug>/bao-tin"
telling_front = pages("score_telling_front", door=anyone, url_prefix=PREFIX)
telling = pages("score_telling", door=citizens, url_prefix=PREFIX)

TAIL = 3  # of a number, enough to know it by
FIELDS = {"consent_missing": "agree", "consent_text_changed": "agree"}


@dataclass(frozen=True)
class TellingPage:
    """The page of one exam's registrations."""

    title: str
    tell_me: TellMe
    form: Form


@telling_front.get("")
def show(agency: str, slug: str) -> Response:
    """What is registered, and the form; after the hour the look-up itself."""
    exam = exam_of(slug)
    if exam.pointer(context.services().clock.now()) is not None:
        return answers.see(address_of(slug))
    return _page(exam, forms.blank(number=_wanted(exam)))


@telling_front.post("/nho")
def remember(agency: str, slug: str) -> Response:
    """Who is not known yet leaves the number in the browser, comes in from the chat and finds it here again."""
    exam = exam_of(slug)
    form = forms.read(("number",))
    if not form.problems:
        try:
            number = CandidateNumber.read(form.value("number"), exam).text
        except Invalid as problem:
            form = form.with_problems(FieldProblem("number", problem.code, problem.facts))
        else:
            made = answers.see(address_of(slug, "/bao-tin"))
            Wish(context.agency().address, slug, number).keep(made)
            return made
    return _page(exam, form, 422)


@telling.post("")
def register(agency: str, slug: str) -> Response:
    """One more number; the consent comes with it where it is not in force yet."""
    exam, user = exam_of(slug), _user()
    form = forms.read(("number", "agree", "version"))
    if form.problems:
        return _page(exam, form, 422)
    services = context.services()

    def act() -> str:
        if form.value("agree"):
            services.consents.give(user, exam.agency, PURPOSE, form.value("version"))
        services.telling.register(exam.agency, slug, user, form.value("number"), context.language())
        return address_of(slug, "/bao-tin")

    made = _done(exam, form, act)
    if made.status_code == 303 and context.cookie_token("wish"):
        cookies.forget(made, "wish")
    return made


@telling.post("/bo")
def leave(agency: str, slug: str) -> Response:
    """Wait no more for one number."""
    exam, user = exam_of(slug), _user()
    form = forms.read(("mark",))
    if form.problems:
        return _page(exam, form, 422)

    def act() -> str:
        context.services().telling.leave(exam.agency, slug, user, form.value("mark"))
        return address_of(slug, "/bao-tin")

    return _done(exam, form, act)


def consent_text(purpose: str, version: str, agency: str) -> ConsentText:
    """One version of a text, with what stands in it."""
    services = context.services()
    wording = services.consents.wording(purpose, version)
    held = services.agencies.find(agency)
    name = "" if held is None else held.name_en if context.language() == "en" else held.name
    days = services.settings.erase_factors_after_days
    template = consent_texts.template(purpose, wording.version)
    return ConsentText(template, wording.version, wording.since, name or agency, days)


def _done(exam: Exam, form: Form, act: Callable[[], str]) -> Response:
    try:
        return answers.see(forms.once(form, act))
    except Unavailable:
        raise
    except Problem as problem:
        field = FIELDS.get(problem.code, "number" if problem.code.startswith("candidate_number") else "")
        return _page(exam, form.with_problems(FieldProblem(field, problem.code, problem.facts)), 422)


def _page(exam: Exam, form: Form, status: int = 200) -> Response:
    page = TellingPage(title_of(exam), _tell_me(exam, form), form)
    back, wrong = address_of(exam.slug), bool(form.problems)
    return answers.show("citizen/exam_scores/telling.html", page, status=status, back=back, wrong=wrong)


def _tell_me(exam: Exam, form: Form) -> TellMe:
    address, session = address_of(exam.slug, "/bao-tin"), context.citizen()
    if session is None:
        return TellMe(
            address,
            form=form,
            example=exam.number_example,
            remember_address=address_of(exam.slug, "/bao-tin/nho"),
            remembered=_wanted(exam)[-TAIL:],
        )
    services = context.services()
    waiting = services.telling.find(exam.agency, exam.slug, session.subject)
    agreed = services.consents.holds(session.subject, exam.agency, PURPOSE)
    marks = [mark for mark, _ in waiting.numbers] if waiting else []
    return TellMe(
        address=address,
        leave_address=address_of(exam.slug, "/bao-tin/bo"),
        known=True,
        form=form,
        numbers=tuple(zip(marks, waiting.tails if waiting else [], strict=True)),
        consent=None if agreed else consent_text(PURPOSE, "", exam.agency),
        example=exam.number_example,
    )


def _wanted(exam: Exam) -> str:
    """The number that was typed before its owner came in, for this very exam."""
    wish = Wish.found()
    return wish.number if wish and (wish.agency, wish.slug) == (context.agency().address, exam.slug) else ""


def _user() -> str:
    session = context.citizen()
    assert session is not None, "the door let a stranger in"
    return session.subject
