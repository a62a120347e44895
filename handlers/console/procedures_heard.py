"""What citizens said of procedures in a week: pages that did not help, searches in vain, and what those words should mean.

For officers who keep the procedures. Figures are counted from rows when they are looked at; a phrase is proposed from what
several people chose and begins to mean something only when a person says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context, forms
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid, NotFound
from miniapp.procedures.finding import SEARCHED
from miniapp.procedures.model import Synonym, national_code
from miniapp.procedures.signals import Week, week_before, week_of
from miniapp.procedures.synonyms import Proposal
from miniapp.usage.model import added, times

PREFIX = "/console/<agency>/thu-tuc/phan-hoi"
heard = pages("console_procedures_heard", officers(may="procedures.read"), PREFIX, "console")
deciding = pages("console_procedures_words", officers(may="procedures.manage"), f"{PREFIX}/cach-goi", "console")

WEEKS = 26  # as long as citizens' words are kept
FIELDS = ("say", "code", "answer")
ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Searches:
    """How the searches of a week went, whether or not anybody said so."""

    found: int
    unsure: int
    nothing: int

    @property
    def all(self) -> int:
        """All of them."""
        return self.found + self.unsure + self.nothing


@dataclass(frozen=True)
class HeardPage:
    """A week, what is proposed and what was decided."""

    week: Week
    searches: Searches
    days: tuple[str, str]
    names: dict[str, str]
    earlier: str
    later: str
    proposals: Sequence[Proposal]
    decided: Sequence[Synonym]
    may_decide: bool
    action: str
    base: str
    form: Form


@heard.get("")
def show(agency: str) -> Response:
    """This week, or another one."""
    return _page(forms.blank())


@deciding.post("")
def decide(agency: str) -> Response:
    """A phrase means a procedure, or does not."""
    held, form = context.agency(), forms.read(FIELDS)
    answer = ANSWERS.get(form.value("answer"))
    if not form.problems and answer is None:
        form = form.with_problems(FieldProblem("", "required"))
    if form.problems or answer is None:
        return _page(form, 422)
    services, by = context.services(), context.officer().id

    def act() -> str:
        code = national_code(form.value("code"))
        services.catalogue.get(held.id, code)
        services.synonyms.decide(held.id, form.value("say"), code, answer, by=by)
        return _address()

    try:
        return answers.see(forms.once(form, act))
    except (Invalid, NotFound) as problem:
        field = "say" if problem.code in ("phrase_shape", "synonyms_too_many") else "code"
        return _page(form.with_problems(FieldProblem(field, problem.code, problem.facts)), 422)


def _page(form: Form, status: int = 200) -> Response:
    held, services = context.agency(), context.services()
    now = services.clock.now()
    known = [week_of(now)]
    for _ in range(WEEKS):
        known.append(week_before(known[-1]))
    asked = request.args.get("tuan", known[0])
    if asked not in known:
        raise NotFound("page_unknown")
    at = known.index(asked)
    week = services.procedure_signals.week(held.id, asked)
    proposals, decided = services.synonyms.proposals(held.id), services.synonyms.decided(held.id)
    codes = {one.code for one in week.worst} | {one.code for one in proposals} | {one.code for one in decided}
    codes |= {code for search in week.searches for code, _ in search.picked}
    page = HeardPage(
        week=week,
        searches=_searches(held.id, asked),
        days=_days(asked),
        names={code: _name(held.id, code) for code in codes},
        earlier=_address(tuan=known[at + 1]) if at < WEEKS else "",
        later=_address(tuan=known[at - 1]) if at else "",
        proposals=proposals,
        decided=decided,
        may_decide=context.officer().may("procedures.manage", held.id),
        action=_address("/cach-goi"),
        base=f"/console/{held.address}/thu-tuc",
        form=form,
    )
    return answers.show("console/procedures/heard.html", page, status=status, wrong=bool(form.problems))


def _searches(agency: str, week: str) -> Searches:
    tally = added(day.own for day in context.services().usage.days(agency, *_days(week)))
    return Searches(*(times(tally, SEARCHED.name, outcome) for outcome in ("found", "unsure", "nothing")))


def _name(agency: str, code: str) -> str:
    try:
        return context.services().catalogue.get(agency, code).procedure.name
    except NotFound:
        return ""


def _days(week: str) -> tuple[str, str]:
    year, _, number = week.partition("-W")
    first, last = (date.fromisocalendar(int(year), int(number), day) for day in (1, 7))
    return first.isoformat(), last.isoformat()


def _address(below: str = "", **asked: str) -> str:
    kept = {name: value for name, value in asked.items() if value}
    if context.language() == "en":
        kept["lang"] = "en"
    return f"/console/{context.agency().address}/thu-tuc/phan-hoi{below}" + (f"?{urlencode(kept)}" if kept else "")
