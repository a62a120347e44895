"""The cookies that carry tokens. For sign-in and entry pages: set one, take one away.

All are HttpOnly, for the whole host and, over https, Secure under a `__Host-` name. Officers' are Strict: no other site
can make their browser act. Citizens' are Lax: they come by a link from the chat. Besides these a browser keeps the marks of
look-ups (`citizen/asking.py`) and of visits (`visits.py`), and nothing else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask import Response

from handlers import context
from miniapp.accounts.sign_in import DEVICE_LIFE, HALF_LIFE

Kind = Literal["officer", "citizen", "half", "device", "wish"]
SameSite = Literal["Strict", "Lax"]
WISH_LIFE = timedelta(minutes=30)


@dataclass(frozen=True)
class Rule:
    """How long a cookie stays (None: until the browser closes) and whether other sites' links bring it along."""

    life: timedelta | None
    same_site: SameSite


RULES: dict[Kind, Rule] = {
    "officer": Rule(None, "Strict"),
    "citizen": Rule(None, "Lax"),
    "half": Rule(HALF_LIFE, "Strict"),
    "device": Rule(DEVICE_LIFE, "Strict"),
    "wish": Rule(WISH_LIFE, "Lax"),
}


def keep(answer: Response, kind: Kind, token: str) -> None:
    """Give the browser a token to bring back."""
    rule = RULES[kind]
    answer.set_cookie(
        context.cookie(kind),
        token,
        max_age=rule.life,
        path="/",
        secure=context.parts().settings.secure_cookies,
        httponly=True,
        samesite=rule.same_site,
    )


def forget(answer: Response, kind: Kind) -> None:
    """Take a token away."""
    secure = context.parts().settings.secure_cookies
    answer.delete_cookie(context.cookie(kind), "/", secure=secure, httponly=True, samesite=RULES[kind].same_site)
