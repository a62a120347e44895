"""What happens that is only counted: a line of the log each, and the counts of such lines. For pages, and for who rolls up.

Counting must not make a read a write, so nothing is kept and nobody is asked here. A line says what, where and when, never
who: a kind is declared with every value that each of its facts may have, so no word of a person's can stand in one."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miniapp.core import log
from miniapp.core.clock import local_day

EVENT = "happened"  # as `tell` says it


@dataclass(frozen=True)
class Kind:
    """A kind of thing that happens: its name, and of each fact the values that it may have."""

    name: str
    facts: Mapping[str, frozenset[str]]

    def tell(self, agency: str, **facts: str) -> None:
        """It happened at an agency."""
        if not self.knows(facts):
            raise ValueError(f"{self.name} is not told with these facts")
        log.info("happened", kind=self.name, agency=agency, **facts)

    def knows(self, facts: Mapping[str, Any]) -> bool:
        """Whether these are all its facts, each with a value that it may have."""
        return facts.keys() == self.facts.keys() and all(
            isinstance(said, str) and said in self.facts[name] for name, said in facts.items()
        )


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
        if kind and kind.knows(facts):
            day = local_day(datetime.fromisoformat(str(told["at"])))
            found[Counted(day, str(told["agency"]), kind.name, tuple(map(str, facts.values())))] += 1
    return found


def _told(line: str) -> Mapping[str, Any]:
    """What a line says, if it is one of ours."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("event") == EVENT else {}
