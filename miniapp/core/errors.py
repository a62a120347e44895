"""The five kinds of error. For every slice: raise a kind with a code and facts; the words and the status are elsewhere.

The sentence of a code stands in `templates/errors/_codes.html`, the page and status of a kind in `handlers/errors.py`.
Facts are for sentences and logs, so they hold no personal data and no secrets."""

from collections.abc import Callable
from typing import Any, TypeVar

One = TypeVar("One")
Two = TypeVar("Two")


class Problem(Exception):
    """What went wrong, as a code and its facts. Never raised itself: raise one of the five kinds."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.others: tuple[Problem, ...] = ()

    @property
    def every(self) -> tuple["Problem", ...]:
        """This and what else is wrong, each by itself."""
        return (self, *self.others)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.facts!r})"


class Invalid(Problem):
    """The input can't be taken as it is; the person can mend it."""


class NotFound(Problem):
    """There is no such thing, or the asker may not know that there is."""


class Refused(Problem):
    """The asker may not do this, or not now (too many tries, second factor missing)."""


class Conflict(Problem):
    """Somebody else was first, or the thing is in another state by now."""


class Unavailable(Problem):
    """A system we stand on does not answer; trying again later may help."""


def both(first: Callable[[], One], second: Callable[[], Two]) -> tuple[One, Two]:
    """What two readings give; where both are Invalid, the first of the problems with all others behind it."""
    try:
        one = first()
    except Invalid as problem:
        try:
            second()
        except Invalid as other:
            problem.others = (*problem.others, *other.every)
        raise problem
    return one, second()
