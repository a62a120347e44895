"""What somebody wanted before we knew them: an exam's page and the number typed there. For coming in from the chat.

It lies sealed in a cookie for half an hour, with nothing kept here: the way in is a link in the chat, opened in the same
web view, and without this a person would have to find the page and type the number once more. It lets nobody in."""

from dataclasses import dataclass
from typing import Self

from flask import Response

from handlers import context, cookies
from miniapp.core.errors import Refused

PURPOSE = "wish"


@dataclass(frozen=True)
class Wish:
    """To be told of one number's result."""

    agency: str
    slug: str
    number: str

    @classmethod
    def found(cls) -> Self | None:
        """The one in this browser's cookie; one that is old, or not of our making, is none."""
        token = context.cookie_token("wish")
        if not token:
            return None
        services = context.services()
        try:
            held = services.sealer.open(PURPOSE, token, services.clock.now())
        except Refused:
            return None
        return cls(str(held["a"]), str(held["s"]), str(held["n"]))

    @property
    def address(self) -> str:
        """The page to go on at."""
        return f"/{self.agency}/diem-thi/{self.slug}/bao-tin{context.suffix()}"

    def keep(self, answer: Response) -> None:
        """Give it to the browser."""
        services = context.services()
        facts = {"a": self.agency, "s": self.slug, "n": self.number}
        token = services.sealer.seal(PURPOSE, facts, services.clock.now() + cookies.WISH_LIFE)
        cookies.keep(answer, "wish", token)
