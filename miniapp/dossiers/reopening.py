"""Asking that a finished dossier be looked at again: who answers, until when, and what may become of it.

For `reopenings` and its store. Nothing follows the national statuses 9 and 10 but their own order (domain 4.3), so a second
look stands beside its dossier, with a state and a clock of its own, and the dossier stays as it ended. The clock counts
work by the agency's calendar; how long it runs is data. Pure: the asker brings the moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from zlib import crc32

from miniapp.core.errors import Conflict, Invalid
from miniapp.core.folding import clean
from miniapp.core.workdays import WORKING_DAY, Calendar

DATA = Path(__file__).with_name("data") / "reopening.json"
LOOKS_MOST = 2  # of one dossier: what stays wrong after that is a matter of the law on complaints
REASON_MOST = 1_000  # letters
SAID_MOST = 2_000
POST_MOST = 120
SENIORS_MOST = 8


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    REOPENED = "reopened"  # it is looked at again, and an answer with reasons is to come
    ANSWERED = "answered"


MOVES: Mapping[State, frozenset[State]] = {
    State.ASKED: frozenset({State.REOPENED, State.ANSWERED}),
    State.REOPENED: frozenset({State.ANSWERED}),
    State.ANSWERED: frozenset(),
}
WAITS = {State.ASKED: "answer", State.REOPENED: "result"}  # which term of the data runs


@dataclass(frozen=True, slots=True)
class Senior:
    """Who answers, as they sign in public: they gave the post themselves. Never a way to reach them."""

    officer: str
    name: str = field(repr=False)
    post: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a senior said; `key` names the form, so that it is said once."""

    state: State
    at: datetime
    by: str
    key: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Request:
    """One request about one dossier. Whoever made it is known as little as whoever rated; `due` is what was promised to them."""

    agency: str
    code: str
    procedure: str
    procedure_name: str
    number: int
    senior: Senior
    asked_at: datetime
    key: str
    words: str = field(repr=False)
    due: datetime | None = None
    state: State = State.ASKED
    decided: tuple[Decided, ...] = ()
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to answer."""
        return bool(MOVES[self.state])

    def sent_with(self, key: str) -> bool:
        """Whether a form with this key was taken already."""
        return any(each.key == key for each in self.decided)

    def moved(self, state: State, said: Decided, calendar: Calendar) -> "Request":
        """The request decided, one version on; Conflict `reopening_answered` where nothing leads there."""
        if state not in MOVES[self.state]:
            raise Conflict("reopening_answered")
        at = max(said.at, self.asked_at)
        due = due_by(state, at, calendar)
        return replace(self, state=state, due=due, decided=(*self.decided, said), version=self.version + 1)


def due_by(state: State, at: datetime, calendar: Calendar) -> datetime | None:
    """Until when the next word is promised of what came to a state at a moment; None where none is to come."""
    term = WAITS.get(state)
    return calendar.due(at, terms()[term] * WORKING_DAY) if term else None


@cache
def terms() -> Mapping[str, int]:
    """How many working days each wait may take, by name."""
    return {name: int(term["days"]) for name, term in json.loads(DATA.read_text("utf-8")).items()}


def chosen(seniors: Sequence[Senior], code: str, handled: str) -> Senior | None:
    """Who answers for a dossier: the same one however often it is asked, spread evenly, never who handled it last."""
    able = [senior for senior in seniors if senior.officer != handled]
    return able[crc32(code.encode()) % len(able)] if able else None


def reason_of(words: str) -> str:
    """Why somebody asks, as it was typed; Invalid `reopening_words_needed`, `reopening_words_long`."""
    reason = lines_of(words)
    if not reason:
        raise Invalid("reopening_words_needed", field="words")
    if len(reason) > REASON_MOST:
        raise Invalid("reopening_words_long", field="words", most=REASON_MOST)
    return reason


def answer_of(text: str) -> str:
    """What a senior says, with its lines; Invalid `reopening_text_needed`, `reopening_text_long`."""
    answer = lines_of(text)
    if not answer:
        raise Invalid("reopening_text_needed", field="text")
    if len(answer) > SAID_MOST:
        raise Invalid("reopening_text_long", field="text", most=SAID_MOST)
    return answer


def lines_of(text: str) -> str:
    """What was typed, cleaned line by line."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def post_of(post: str) -> str:
    """The post under which somebody signs; Invalid `senior_post_shape`."""
    cleaned = clean(post)
    if not 1 <= len(cleaned) <= POST_MOST:
        raise Invalid("senior_post_shape", field="post", most=POST_MOST)
    return cleaned
