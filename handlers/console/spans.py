"""Spans that officers choose from, today, and addresses that keep what was asked. For pages of ratings and of use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from handlers import context
from handlers.console.agency import english
from miniapp.core.clock import local_day
from miniapp.core.spans import Kind, Span

YEARS = 3  # that are offered, this one included


@dataclass(frozen=True)
class Choice:
    """One span of a list to choose from."""

    span: Span
    is_chosen: bool


def today() -> str:
    """The day in Vietnam."""
    return local_day(context.services().clock.now())


def asked(otherwise: Kind) -> Span:
    """The span that this request asks for: the one of today of a kind, where it says none. Invalid as `Span.read`."""
    code = request.args.get("ky", "")
    return Span.read(code) if code else Span.of(today(), otherwise)


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


def address(place: str, said: Mapping[str, str]) -> str:
    """An address below the agency's desk, with what is asked of it; what is empty is left out."""
    kept = {name: text for name, text in said.items() if text} | ({"lang": "en"} if english() else {})
    return f"/console/{context.agency().address}/{place}" + (f"?{urlencode(kept)}" if kept else "")
