"""What officers' pages of ratings have in common: which span is asked for, who may read what, how parts are called.

For the dashboard, the words and the report. It shows nothing itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request

from handlers import context
from handlers.console.agency import english
from miniapp.accounts.access import Permission
from miniapp.core.clock import local_day
from miniapp.core.errors import NotFound
from miniapp.ratings.rolled import By
from miniapp.ratings.spans import Kind, Span

PREFIX = "/console/<agency>/danh-gia"
AXES = {"don-vi": By.UNIT, "thu-tuc": By.PROCEDURE, "can-bo": By.OFFICER}
WORDS = "console/ratings/_words.html"
YEARS = 3  # that are offered, this one included


@dataclass(frozen=True)
class Choice:
    """One span of a list to choose from."""

    span: Span
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """Which span, and by what it is told apart."""

    span: Span
    by: By

    @property
    def axis(self) -> str:
        """The breakdown as addresses name it."""
        return next(word for word, by in AXES.items() if by is self.by)

    def address(self, below: str = "", **more: str) -> str:
        """A page of these that shows the same."""
        return base(below, ky=self.span.code, theo=self.axis, **more)

    def by_axis(self, word: str) -> str:
        """The dashboard told apart by something else."""
        return replace(self, by=AXES[word]).address()


def asked() -> Asked:
    """What this request asks for: this quarter by units, where it says nothing. NotFound `page_unknown`."""
    code, axis = request.args.get("ky", ""), request.args.get("theo", "don-vi")
    if axis not in AXES:
        raise NotFound("page_unknown")
    return Asked(Span.read(code) if code else Span.of(today(), Kind.QUARTER), AXES[axis])


def today() -> str:
    """The day in Vietnam."""
    return local_day(context.services().clock.now())


def base(below: str = "", **said: str) -> str:
    """An address of these pages."""
    kept = {name: text for name, text in said.items() if text} | ({"lang": "en"} if english() else {})
    query = f"?{urlencode(kept)}" if kept else ""
    return f"/console/{context.agency().address}/danh-gia{below}{query}"


def choices(chosen: Span) -> Mapping[Kind, Sequence[Choice]]:
    """The spans to choose from, by their kinds, the newest first; the chosen one is among them."""
    found = {}
    first_year = int(today()[:4]) - YEARS
    for kind in Kind:
        span, held = Span.of(today(), kind), []
        while span.year > first_year:
            held.append(Choice(span, span == chosen))
            span = span.before
        if chosen.kind is kind and chosen not in [each.span for each in held]:
            held.append(Choice(chosen, True))
        found[kind] = held
    return found


def may(permission: Permission) -> bool:
    """Whether who looks holds a permission here."""
    return context.officer().may(permission, context.agency().id)


def own() -> str:
    """Whose ratings may be read alone: the officer who looks, or empty for who may read everybody's."""
    return "" if may("ratings.officers") else context.officer().id


def names(by: By, nodes: Iterable[str]) -> Mapping[str, str]:
    """How parts are called; what has no name here is left out."""
    services, held = context.services(), context.agency().id
    if by is By.OFFICER:
        found = services.accounts.people.names(set(nodes) - {""})
        return {node: name.reveal for node, name in found.items()}
    if by is By.PROCEDURE:
        return {node: name for node in nodes if (name := procedure_name(held, node))}
    counters = services.rating_counters.names(held)
    return {node: counters.get(node, node) for node in nodes if node}


def procedure_name(agency: str, code: str) -> str:
    """A procedure's name as this agency shows it; empty for what is in no catalogue."""
    if not code:
        return ""
    try:
        return str(context.services().catalogue.get(agency, code).procedure.name)
    except NotFound:
        return ""


def word(macro: str, *codes: object) -> str:
    """What a macro of the desk's words says, as text."""
    return str(context.words().part(context.language(), WORDS, macro, *codes).striptags()).strip()
