"""Rating a service: the sheet behind a token, why somebody is dissatisfied, thanks, and the counter's code.

For citizens, by the page of a finished dossier or the code that a counter shows. No page says who asked or which dossier
it was, none is kept by a cache, and none says where it was come from. The first page asks what the sheet asks; whoever is
dissatisfied is asked why on the next, which works without a script and keeps what was said already. The same links lead
back for a week, to change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.citizen.asking import FORM_COOKIE, cookie, give_form_cookie
from handlers.citizen.reopening import Again, beside
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form
from miniapp.agencies.model import HOTLINE, Agency
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused
from miniapp.ratings.bounds import COUNTER_MOST, WORDS_MOST
from miniapp.ratings.casting import Asked, Came, Given
from miniapp.ratings.model import Ballot, Place
from miniapp.ratings.scales import Criterion
from miniapp.ratings.tokens import is_counter

counters = pages("rating_counters", door=anyone, url_prefix="/<agency>/danh-gia/quay")
ratings = pages("ratings", door=anyone, url_prefix="/<agency>/danh-gia")


@dataclass(frozen=True)
class Answered:
    """What the agency answered, and when; who wrote it stays at the desk."""

    text: str
    at: datetime


@dataclass(frozen=True)
class SheetPage:
    """The sheet as it is filled in. `step`: `sheet`, `reasons`, `thanks` or `closed`."""

    step: str
    asked: Asked
    form: Form
    action: str
    edit: str
    procedure: str
    hotline: str
    reasons: tuple[str, ...]
    answered: Sequence[Answered]
    again: Again | None
    words_most: int = WORDS_MOST

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What is asked."""
        return self.asked.sheet.criteria


@dataclass(frozen=True)
class CounterPage:
    """What somebody sees who scanned a counter's code; `problem` instead of the button when it can't be used."""

    action: str
    form: Form
    problem: Problem | None = None


@ratings.get("/<token>")
def sheet(agency: str, token: str) -> Response:
    """The sheet, filled in as it was sent last."""
    held = context.agency()
    asked = context.services().casting.asked(held.id, token)
    made = _page(held, token, asked, _as_held(asked), "sheet" if asked.is_open else "closed")
    give_form_cookie(made)
    return made


@ratings.post("/<token>")
def cast(agency: str, token: str) -> Response:
    """What was filled in is kept; whoever is dissatisfied is asked why next."""
    held, casting = context.agency(), context.services().casting
    asked = casting.asked(held.id, token)
    form = forms.read((*_names(asked), "words"))
    before = asked.ballot
    if form.problems:
        return _page(held, token, asked, form, "sheet", 422)
    given = {name: form.value(name) for name in _names(asked)}
    reasons = before.said.reasons if before and _asks(asked, given) else ()
    return _kept(held, token, asked, form, Given(given, reasons, form.value("words")), "sheet")


@ratings.get("/<token>/ly-do")
def reasons(agency: str, token: str) -> Response:
    """Why, as it was said last."""
    held = context.agency()
    asked = context.services().casting.asked(held.id, token)
    if asked.ballot is None:
        return answers.see(_base(held, token))
    return _page(held, token, asked, _as_held(asked), "reasons" if asked.is_open else "closed")


@ratings.post("/<token>/ly-do")
def tell_why(agency: str, token: str) -> Response:
    """Reasons are kept with the ballot; then thanks, or on to asking for a second look."""
    held, casting = context.agency(), context.services().casting
    asked = casting.asked(held.id, token)
    if asked.ballot is None:
        return answers.see(_base(held, token))
    form = forms.read(("words", "again", *asked.sheet.reasons))
    if form.problems:
        return _page(held, token, asked, form, "reasons", 422)
    said = {each.criterion: each.option for each in asked.ballot.said.answers}
    why = tuple(reason for reason in asked.sheet.reasons if form.value(reason))
    return _kept(held, token, asked, form, Given(said, why, form.value("words")), "reasons")


@ratings.get("/<token>/cam-on")
def thanks(agency: str, token: str) -> Response:
    """That it was kept, until when it can be changed, and whom to call."""
    held = context.agency()
    asked = context.services().casting.asked(held.id, token)
    if asked.ballot is None:
        return answers.see(_base(held, token))
    return _page(held, token, asked, forms.blank(), "thanks")


@counters.get("/<counter>")
def scanned(agency: str, counter: str) -> Response:
    """A counter's code was scanned: one button, since looking must use nothing up; NotFound for what can name no counter."""
    if not is_counter(counter):
        raise NotFound("page_unknown")
    made = _counter(context.agency(), counter, forms.blank(ma=request.args.get("ma", "")))
    give_form_cookie(made)
    return made


@counters.post("/<counter>")
def begin(agency: str, counter: str) -> Response:
    """The code → a token of one's own, once however often the button is pressed."""
    held, form = context.agency(), forms.read(("ma",))
    if form.problems:
        return _counter(held, counter, form, status=422)

    def act() -> str:
        place = Place(held.id, counter[:COUNTER_MOST])
        return _base(held, context.services().casting.visited(place, counter, form.value("ma")))

    try:
        return answers.see(forms.once(form, act))
    except (Refused, Conflict) as problem:
        return _counter(held, counter, forms.blank(), problem, 409)


def _kept(held: Agency, token: str, asked: Asked, form: Form, given: Given, step: str) -> Response:
    try:
        ballot = context.services().casting.cast(held.id, token, given, _came())
    except Invalid as failure:
        problem = FieldProblem(str(failure.facts.get("field", "")), failure.code, failure.facts)
        return _page(held, token, asked, form.with_problems(problem), step, 422)
    except (Refused, Conflict) as failure:
        return _page(held, token, asked, form.with_problems(FieldProblem("", failure.code, failure.facts)), step, 409)
    asks = step == "sheet" and _asks(asked, {each.criterion: each.option for each in ballot.said.answers})
    after = "/xem-lai" if form.value("again") else "/cam-on"
    return answers.see(_base(held, token, "/ly-do" if asks else after))


def _asks(asked: Asked, given: dict[str, str]) -> bool:
    """Whether one of the answers is one for which reasons are asked."""
    options = [each.scale.find(given.get(each.code, "")) for each in asked.sheet.criteria]
    return any(option is not None and option.asks_reasons for option in options)


def _is_bad(asked: Asked) -> bool:
    """Whether the ballot that is kept is a dissatisfied one."""
    ballot = asked.ballot
    return ballot is not None and _asks(asked, {each.criterion: each.option for each in ballot.said.answers})


def _came() -> Came:
    """This browser's own mark, its network address, and whether somebody signs in to a desk from it."""
    is_officers = bool(context.cookie_token("officer") or context.cookie_token("device"))
    return Came(cookie(FORM_COOKIE), context.client_address(), is_officers)


def _names(asked: Asked) -> tuple[str, ...]:
    return tuple(each.code for each in asked.sheet.criteria)


def _as_held(asked: Asked) -> Form:
    ballot: Ballot | None = asked.ballot
    if ballot is None:
        return forms.blank()
    chosen = {each.criterion: each.option for each in ballot.said.answers}
    return forms.blank(**chosen, words=ballot.said.words, **dict.fromkeys(ballot.said.reasons, "yes"))


def _base(held: Agency, token: str, more: str = "") -> str:
    return f"/{held.address}/danh-gia/{token}{more}{context.suffix()}"


def _page(held: Agency, token: str, asked: Asked, form: Form, step: str, status: int = 200) -> Response:
    page = SheetPage(
        step=step,
        asked=asked,
        form=form,
        action=_base(held, token, "/ly-do" if step == "reasons" else ""),
        edit=_base(held, token),
        procedure=_named(held, asked),
        hotline=held.hotline or HOTLINE,
        reasons=asked.sheet.reasons,
        answered=_answered(held, asked),
        again=beside(held, token, asked, _is_bad(asked)),
    )
    template = "thanks" if step in ("thanks", "closed") else step
    return answers.show(f"citizen/ratings/{template}.html", page, status=status)


def _answered(held: Agency, asked: Asked) -> list[Answered]:
    """The agency's answers in their order, on every page behind the token, for as long as it leads anywhere."""
    ballot = asked.ballot
    if ballot is None or not (ballot.said.words or ballot.history):  # without words, ever, there is nothing to answer
        return []
    replies = context.services().rating_comments.of_ballot(held.id, ballot.id)
    return [Answered(reply.text, reply.at) for reply in replies]


def _named(held: Agency, asked: Asked) -> str:
    """The procedure's name in the catalogue; empty for a visit, and where the catalogue does not know it."""
    code = asked.held.invitation.place.procedure
    try:
        return context.services().catalogue.get(held.id, code).procedure.name if code else ""
    except Problem:  # a rating goes on without it
        return ""


def _counter(held: Agency, counter: str, form: Form, problem: Problem | None = None, status: int = 200) -> Response:
    action = f"/{held.address}/danh-gia/quay/{counter[:COUNTER_MOST]}{context.suffix()}"
    return answers.show("citizen/ratings/counter.html", CounterPage(action, form, problem), status=status)
