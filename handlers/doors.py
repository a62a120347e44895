"""Who may enter. For every blueprint: it can't be made without a door, and a house test walks all routes.

A door is a function that runs before each view of its blueprint; it lets the request pass by returning None, answers
itself (a redirect to sign-in), or raises Refused. A door that fails for any other reason stays shut: the error page
comes, never the view (ASVS 16.5.3)."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, request

from handlers import answers, context
from miniapp.accounts.access import Permission, require
from miniapp.core.errors import Refused

Door = Callable[[], Any]


def anyone() -> None:
    """Public pages: whoever has the address."""


def pages(name: str, door: Door, url_prefix: str | None = None, audience: str = "page") -> Blueprint:
    """A blueprint behind a door. `audience` says how its errors look: `page`, `console` or `json`."""
    blueprint = Blueprint(name, __name__, url_prefix=url_prefix)
    blueprint.before_request(door)
    blueprint.door = door  # type: ignore[attr-defined]
    blueprint.audience = audience  # type: ignore[attr-defined]
    return blueprint


def citizens() -> None:
    """A citizen who came from the chat, by a one-time link."""
    if context.citizen() is None:
        raise Refused("citizen_unknown")


def officers(may: str = "") -> Door:
    """An officer signed in with both factors and, where `may` is named, allowed that act in the agency of the address."""

    def door() -> Any:
        return _admit_officer(may)

    door.may = may  # type: ignore[attr-defined]
    return door


def _admit_officer(may: str) -> Any:
    """None lets pass, an answer sends to sign-in, Refused stays."""
    held = context.signed_in()
    if held is None:
        if request.method == "GET":
            return answers.see(f"/console/sign-in?{urlencode({'next': request.full_path.rstrip('?')})}")
        raise Refused("sign_in_needed")
    if may:
        require(held.standing, cast(Permission, may), context.agency().id)
    return None
