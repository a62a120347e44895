"""Ballots that were set apart: on which days, in which groups, and a group let count again or kept apart with a reason.

For who reviews. No page says what a ballot answers or names one; a group is named in the form, not in an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response

from handlers import answers, context, forms
from handlers.console import ratings_desk as desk
from handlers.console import spans
from handlers.console.spans import Choice
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.spans import Kind, Span
from miniapp.ratings.model import Doubt
from miniapp.ratings.reviewing import REVIEW_REASON_MOST, Group
from miniapp.ratings.rolled import By

PREFIX = f"{desk.PREFIX}/de-rieng"
apart = pages("console_ratings_apart", officers(may="ratings.review"), PREFIX, "console")

FIELDS = ("unit", "doubts", "count", "reason", "verdict")


@dataclass(frozen=True)
class DaysPage:
    """Days of a span with ballots that are apart, by their addresses."""

    span: Span
    spans: Mapping[Kind, Sequence[Choice]]
    days: Sequence[tuple[str, int, str]]
    action: str
    away: str


@dataclass(frozen=True)
class GroupsPage:
    """The groups of a day. `form` is what was sent, `sent` the group that it was about."""

    day: str
    groups: Sequence[Group]
    names: Mapping[str, str]
    form: Form
    sent: Group | None
    most: int
    action: str
    back: str


@apart.get("")
def show(agency: str) -> Response:
    """The days of a span."""
    span = spans.asked(Kind.QUARTER)
    found = context.services().rating_reviewing.days(context.agency().id, span)
    days = [(day, count, desk.base(f"/de-rieng/{day}")) for day, count in found.items()]
    page = DaysPage(span, spans.choices(span), days, desk.base("/de-rieng").partition("?")[0], desk.base())
    return answers.show("console/ratings/apart.html", page)


@apart.get("/<day>")
def groups(agency: str, day: str) -> Response:
    """The groups of a day."""
    return _page(_day(day), forms.blank(), None)


@apart.post("/<day>")
def decide(agency: str, day: str) -> Response:
    """One group counts again, or stays apart."""
    form, held = forms.read(FIELDS), _day(day)
    group = _group(form, held)
    if form.problems:
        return _page(held, form, group, 422)
    service, by = context.services().rating_reviewing, context.officer().standing
    deed = {"clear": service.clear, "confirm": service.confirm}.get(form.value("verdict"))
    if deed is None:
        raise NotFound("rating_group_unknown")

    def act() -> str:
        deed(context.agency().id, group, form.value("reason"), by=by)
        return desk.base(f"/de-rieng/{held}")

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        wrong = FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts)
        return _page(held, form.with_problems(wrong), group, 422)
    except (Conflict, Refused) as problem:
        return _page(held, form.with_problems(FieldProblem("", problem.code, problem.facts)), group, 409)


def _day(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise NotFound("page_unknown") from None


def _group(form: Form, day: str) -> Group:
    """The group that a form names; one that names none has no reasons, and nobody finds it."""
    codes, count = form.value("doubts").split(), form.value("count")
    doubts = tuple(doubt for doubt in Doubt if doubt.value in codes)
    return Group(day, form.value("unit"), doubts, int(count) if count.isascii() and count.isdigit() else 0)


def _page(day: str, form: Form, sent: Group | None, status: int = 200) -> Response:
    found = context.services().rating_reviewing.groups(context.agency().id, day)
    page = GroupsPage(
        day=day,
        groups=found,
        names=desk.names(By.UNIT, {group.unit for group in found}),
        form=form,
        sent=sent,
        most=REVIEW_REASON_MOST,
        action=desk.base(f"/de-rieng/{day}"),
        back=desk.base("/de-rieng", ky=day[:7]),
    )
    return answers.show("console/ratings/apart_day.html", page, status=status, wrong=bool(form.problems))
