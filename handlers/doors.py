"""Who may enter. For every blueprint: it can't be made without a door, and a house test walks all routes.

A door is a function that runs before each view of its blueprint; it lets the request pass by returning None, answers
itself (a redirect to sign-in), or raises Refused. A door that fails for any other reason stays shut: the error page
comes, never the view (ASVS 16.5.3)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

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
    from handlers.context import citizen

    if citizen() is None:
        raise Refused("citizen_unknown")


def officers(may: str = "") -> Door:
    """An officer signed in with both factors and, where `may` is named, allowed that act in the agency of the address."""

    def door() -> Any:
        from handlers.context import admit_officer

        return admit_officer(may)

    door.may = may  # type: ignore[attr-defined]
    return door
