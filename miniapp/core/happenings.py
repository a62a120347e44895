"""What happens that is only counted: a line of the log each, and the counts of such lines. For pages, and for who rolls up.

Counting must not make a read a write, so nothing is kept and nobody is asked here. A line says what, where and when, never
who: a kind is declared with every value that each of its facts may have, so no word of a person's can stand in one. What a
million people do in the same minute is told some together (`Often`)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from miniapp.core import log
from miniapp.core.clock import local_day

EVENT = "happened"  # as `tell` says it
TIMES = "times"  # the field of a line that stands for more than one
TIMES_MOST = 1_000


@dataclass(frozen=True)
class Kind:
    """A kind of thing that happens: its name, and of each fact the values that it may have."""

    name: str
    facts: Mapping[str, frozenset[str]]

    def tell(self, agency: str, often: int = 1, **facts: str) -> None:
        """It happened at an agency, so often."""
        if not self.knows(facts):
            raise ValueError(f"{self.name} is not told with these facts")
        more: dict[str, int] = {TIMES: often} if often > 1 else {}
        log.info("happened", kind=self.name, agency=agency, **facts, **more)

    def knows(self, facts: Mapping[str, Any]) -> bool:
        """Whether these are all its facts, each with a value that it may have."""
        return facts.keys() == self.facts.keys() and all(
            isinstance(said, str) and said in self.facts[name] for name, said in facts.items()
        )


class Often:
    """One thing that happens so often in a process that a line each would weigh on it: a line stands for some of them.

    What is told no sooner than the next time is at most a thirty-second part of what was told of the agency, never more
    than `WAITING_MOST`, and waits a minute at most while there is a next time. So much is lost when a process ends."""

    PART = 32
    WAITING_MOST = 32
    WAITS = timedelta(minutes=1)
    AGENCIES_MOST = 1_000

    def __init__(self, kind: Kind, **facts: str) -> None:
        self._kind = kind
        self._facts = facts
        self._lock = Lock()
        self._known: dict[str, _Waiting] = {}

    def again(self, agency: str, now: datetime) -> None:
        """It happened once more."""
        with self._lock:
            held = self._known.get(agency)
            if held is None:
                held = self._new(agency, now)
            held.times += 1
            if held.times < held.enough and now - held.since < self.WAITS:
                return
            self._tell(agency, held)
            held.since = now

    def _new(self, agency: str, now: datetime) -> "_Waiting":
        if len(self._known) >= self.AGENCIES_MOST:
            for other, held in self._known.items():
                if held.times:
                    self._tell(other, held)
            self._known.clear()
        self._known[agency] = made = _Waiting(now)
        return made

    def _tell(self, agency: str, held: "_Waiting") -> None:
        self._kind.tell(agency, held.times, **self._facts)
        held.told += held.times
        held.times = 0
        held.enough = min(1 + held.told // self.PART, self.WAITING_MOST)


@dataclass(slots=True)
class _Waiting:
    """What happened at an agency and is not told yet; `enough`: from how many on it is told."""

    since: datetime
    times: int = 0
    told: int = 0
    enough: int = 1


@dataclass(frozen=True)
class Counted:
    """What is counted together: a day in Vietnam, an agency, a kind and its facts in the order of their declaration."""

    day: str
    agency: str
    kind: str
    facts: tuple[str, ...]


def counts(lines: Iterable[str], kinds: Sequence[Kind]) -> Counter[Counted]:
    """How often what happened, by the log's lines; lines that say anything else are passed over."""
    known = {kind.name: kind for kind in kinds}
    found: Counter[Counted] = Counter()
    for line in lines:
        told = _told(line)
        kind = known.get(str(told.get("kind")))
        facts = {name: told.get(name) for name in kind.facts} if kind else {}
        times = told.get(TIMES, 1)
        if kind and kind.knows(facts) and type(times) is int and 0 < times <= TIMES_MOST:
            day = local_day(datetime.fromisoformat(str(told["at"])))
            found[Counted(day, str(told["agency"]), kind.name, tuple(map(str, facts.values())))] += times
    return found


def _told(line: str) -> Mapping[str, Any]:
    """What a line says, if it is one of ours."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("event") == EVENT else {}
