"""What officers' pages of ratings have in common: which span is asked for, who may read what, how parts are called.

For the dashboard, the words and the report. It shows nothing itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import request

from handlers import context
from handlers.console import spans
from miniapp.accounts.access import Permission
from miniapp.core.errors import NotFound
from miniapp.core.spans import Kind, Span
from miniapp.ratings.rolled import By

PREFIX = "/console/<agency>/danh-gia"
AXES = {"don-vi": By.UNIT, "thu-tuc": By.PROCEDURE, "can-bo": By.OFFICER}
WORDS = "console/ratings/_words.html"


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
    axis = request.args.get("theo", "don-vi")
    if axis not in AXES:
        raise NotFound("page_unknown")
    return Asked(spans.asked(Kind.QUARTER), AXES[axis])


def base(below: str = "", **said: str) -> str:
    """An address of these pages."""
    return spans.address(f"danh-gia{below}", said)


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
