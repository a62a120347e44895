"""Reading a form: typed values, problems per field, the one-time token. For every view that takes a POST.

A form's hidden token is 128 random bits, its birth and our mark over both and the session: it proves that the form is
ours (CSRF) and lets the act happen once (F23). Nothing typed is ever lost: whatever is wrong, the view shows the same
form again with the values, the problems and a fresh token (F27)."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from urllib.parse import urlsplit

from flask import request

from handlers import context
from miniapp.core.errors import Invalid, Refused
from miniapp.core.folding import clean, fold

TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
TOKEN_LIFE = 12 * 3600
MOST_FIELDS = 200
LONGEST_VALUE = 4_000
_CLOCK = re.compile(r"(\d{1,2})(?: ?(?:[:.h]|gio) ?(\d{1,2})?(?::\d{2})?)?\Z", re.ASCII)


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field (or with the whole form: field is empty), as a code and facts."""

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form as it came or as it is first shown."""

    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    token: str = ""

    def value(self, name: str) -> str:
        """What was typed into a field, cleaned; empty when nothing was."""
        return self.values.get(name, "")

    def problem(self, name: str) -> FieldProblem | None:
        """The first problem of a field."""
        return next((problem for problem in self.problems if problem.field == name), None)

    def with_problems(self, *problems: FieldProblem) -> "Form":
        """The same form with more problems and a fresh token, to be shown again."""
        return Form(self.values, (*self.problems, *problems), fresh_token())


def blank(**values: str) -> Form:
    """A form as it is first shown."""
    return Form(values, (), fresh_token())


def read(names: Iterable[str], raw: Iterable[str] = (), most: int = LONGEST_VALUE) -> Form:
    """The named fields of this request. A field sent twice counts by its first value; `raw` ones are not cleaned
    (passwords), none may have more than `most` letters. A token that is not ours, or too old, is a problem of the whole
    form: `form_expired`."""
    came_from_us()
    if len(request.form) > MOST_FIELDS:
        raise Invalid("too_many_fields")
    raw = set(raw)
    values: dict[str, str] = {}
    problems: list[FieldProblem] = []
    for name in names:
        text = request.form.get(name, "")
        if len(text) > most:
            problems.append(FieldProblem(name, "value_too_long", {"most": most}))
            text = text[:most]
        values[name] = text if name in raw else clean(text)
    token = request.form.get(TOKEN_FIELD, "")
    if not is_ours(token):
        return Form(values, (FieldProblem("", "form_expired"), *problems), fresh_token())
    return Form(values, tuple(problems), token)


def read_clock(text: str) -> time | None:
    """A time of day as people write it: 08:00, 8.00, 8h, 8 with the Vietnamese word for hour; None if it is none."""
    found = _CLOCK.match(fold(text))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None


def fresh_token() -> str:
    """A token for one form, bound to this request's session."""
    return context.fresh_form_token()


def born(token: str) -> float:
    """When a token was made, in epoch seconds; only of tokens that are ours."""
    return float(int(token.split(".")[-2], 16))


def is_ours(token: str) -> bool:
    """Whether a token was made here, for this session, within its life."""
    text, _, mark = token.rpartition(".")
    _, _, born = text.rpartition(".")
    if not born or not context.services().sealer.is_signed("form", text + context.form_holder(), mark):
        return False
    return 0 <= context.services().clock.now().timestamp() - int(born, 16) <= TOKEN_LIFE


def came_from_us() -> None:
    """Refuse a POST that another site's page sent, by what the browser says of it (ASVS 3.5.1).

    Sec-Fetch-Site says it outright; an older web view, or one without https, says Origin at most. There `null` tells
    nothing, for our own pages send it: their Referrer-Policy is no-referrer (Fetch, "append a request Origin header").
    Then, and where nothing is said, the token and the cookie's SameSite decide alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_from_us = site in ("same-origin", "none")
    else:
        is_from_us = request.headers.get("Origin", "null") in ("null", *_origins())
    if not is_from_us:
        raise Refused("not_from_us")


def _origins() -> tuple[str, str]:
    """The base address's origin, and that of the name asked for, which the app has found to be ours."""
    base = urlsplit(context.services().settings.base_url)
    return f"{base.scheme}://{base.netloc}".lower(), f"{base.scheme}://{request.host}"


def once(form: Form, act: Callable[[], str], of: str = "") -> str:
    """Run `act` once for this form's token and give its outcome (an address), however often the form arrives.

    `of` marks the content where the act itself tells another one under the same token from a repetition."""
    return context.services().once.run(f"{form.token}#{of}" if of else form.token, act)


def outcome_again() -> str:
    """The outcome of the act that this request's form was sent for before, or empty. For who has no session any more
    because of that very act: the token alone is then the proof, 128 bits that nobody else was given."""
    came_from_us()
    token = request.form.get(TOKEN_FIELD, "")
    return context.services().once.again(token) if token else ""


def once_sealed(form: Form, act: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The same for an outcome that is secret (tokens, codes shown once): kept sealed, and given again for five minutes
    only, so that three taps on one button still end in the one page with everything on it."""
    services = context.services()
    until = services.clock.now() + timedelta(minutes=5)
    outcome = services.once.run(form.token, lambda: services.sealer.seal("once", act(), until))
    return {name: str(value) for name, value in services.sealer.open("once", outcome, services.clock.now()).items()}
