"""What citizens say of procedures: whether a page helped and why not, what they chose after a failed search, that nothing
was right.

For citizens in the chat. Nothing is kept before somebody presses a button, and nothing of who it was. While the store does
not answer people go on to where they wanted; only who says that a page did not help is asked to come back."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.citizen.procedure import found_of
from handlers.citizen.procedures import again, agency_of, base
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form
from miniapp.agencies.model import HOTLINE
from miniapp.core import log
from miniapp.core.errors import Invalid, NotFound, Unavailable
from miniapp.procedures.finding import LONGEST
from miniapp.procedures.signals import JUDGED, Reason

feedback = pages("procedure_feedback", door=anyone, url_prefix="/<agency>/thu-tuc")

HELPED = ("yes", "no")


@dataclass(frozen=True)
class FeedbackPage:
    """Did this help? And if not, why."""

    name: str
    action: str
    form: Form
    reasons: tuple[str, ...]
    done: bool = False
    hotline: str = ""


@feedback.get("/<code>/y-kien")
def ask(agency: str, code: str) -> Response:
    """The question, on a page of its own: the procedure's page is the same for everybody and has no form."""
    return _page(code, forms.blank())


@feedback.post("/<code>/y-kien")
def vote(agency: str, code: str) -> Response:
    """An answer; the thanks come after a redirect."""
    held, form = agency_of(), forms.read(("helped", "reason"))
    if not form.problems and form.value("helped") not in HELPED:
        form = form.with_problems(FieldProblem("helped", "required"))
    reason = form.value("reason")
    if not form.problems and reason and reason not in list(Reason):
        form = form.with_problems(FieldProblem("reason", "required"))
    if form.problems:
        return _page(code, form, 422)
    found = found_of(code)
    helped = form.value("helped") == "yes"

    def act() -> str:
        why = Reason(reason) if reason and not helped else None
        context.services().procedure_signals.vote(held.id, found.code, helped, why, context.client_address())
        JUDGED.tell(held.id, helped="yes" if helped else "no")
        return base(f"/{found.code}/y-kien/cam-on")

    return answers.see(forms.once(form, act))


@feedback.get("/<code>/y-kien/cam-on")
def thanks(agency: str, code: str) -> Response:
    """Thanks, and whom to ask if something is still open."""
    return _page(code, forms.blank(), done=True)


@feedback.post("/chon")
def pick(agency: str) -> Response:
    """A procedure was chosen after a search that found nothing for certain: on to its page."""
    held, form = agency_of(), forms.read(("q", "code"))
    if form.problems:
        return again(form.value("q"), form.problems)
    try:
        found = found_of(form.value("code"))
    except (Invalid, NotFound):
        return answers.see(base(q=form.value("q")[:LONGEST]))
    signals = context.services().procedure_signals
    _said(lambda: signals.picked(held.id, form.value("q"), found.code, context.client_address()))
    return answers.see(base(f"/{found.code}"))


@feedback.post("/khong-thay")
def miss(agency: str) -> Response:
    """Nothing was right: kept for who mends the search; the page says whom to ask."""
    held, form = agency_of(), forms.read(("q",))
    if form.problems:
        return again(form.value("q"), form.problems)
    signals = context.services().procedure_signals
    _said(lambda: signals.missed(held.id, form.value("q"), context.client_address()))
    return answers.see(base(q=form.value("q")[:LONGEST], **{"da-gui": "1"}))


def _said(say: Callable[[], None]) -> None:
    """Kept if it can be; whoever said it goes on all the same."""
    try:
        say()
    except Unavailable as failure:
        log.warning("signal_lost", code=failure.code)


def _page(code: str, form: Form, status: int = 200, done: bool = False) -> Response:
    held, found = agency_of(), found_of(code)
    page = FeedbackPage(
        name=found.name,
        action=base(f"/{found.code}/y-kien"),
        form=form,
        reasons=tuple(reason.value for reason in Reason),
        done=done,
        hotline=held.hotline or HOTLINE,
    )
    shown, back = "citizen/procedures/feedback.html", base(f"/{found.code}")
    return answers.show(shown, page, back=back, status=status, wrong=bool(form.problems))
