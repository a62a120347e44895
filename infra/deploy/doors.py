"""Two ways to a stage's functions: a version that nobody gets yet, and the address that everybody knows.

For the smoke set, which asks the same through both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from infra.deploy.functions import Functions
from infra.deploy.place import Place
from infra.deploy.wanted import Function
from infra.lambdas.doors import Answer, BadReply, Request, Second

VIEWER = "198.51.100.7:40000"  # an address of documentation: smoke counts as nobody's look-up


class Door(Protocol):
    """A way in."""

    def get(self, function: str, path: str) -> Answer:
        """What a browser gets for an address, which the function with these pages answers."""


@dataclass(frozen=True)
class Behind:
    """Straight to versions, as the front door would call them."""

    functions: Functions
    versions: Mapping[str, tuple[Function, str]]
    host: str
    secret: str

    def get(self, function: str, path: str) -> Answer:
        """As a function URL would; BadReply when the reply is no answer."""
        told = (("X-Origin-Secret", self.secret), ("CloudFront-Viewer-Address", VIEWER))
        place, _, query = path.partition("?")
        door = Second(host=self.host)
        event = door.event(Request("GET", place, query, told))
        reply = self.functions.invoke(*self.versions[function], event)
        if not isinstance(reply, dict):
            raise BadReply(f"not an answer: {str(reply)[:80]}")
        return door.read(event, reply)


@dataclass(frozen=True)
class InFront:
    """Through the edge, as people come."""

    place: Place
    site: str
    edge: str  # the edge's own name, which the site's may not lead to yet

    def get(self, function: str, path: str) -> Answer:
        """One address for all functions: the edge knows whose a path is."""
        return self.place.ask(self.site, path, at=self.edge)
