"""Search: a question in, the procedures that answer it out, each with the reasons, or what to try when none does.

For the page, the bot and the API. It reads one index in memory and nothing else; whoever holds the catalogue adds what
an agency changed to each match. A doubtful answer says so, and then suggests words that names have and life events."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from miniapp.procedures.asking import Asked, ask
from miniapp.procedures.index import Index
from miniapp.procedures.levels import Level
from miniapp.procedures.ranking import Ranked, rank
from miniapp.procedures.reading import Via, nearest
from miniapp.procedures.rules import Rules
from miniapp.procedures.typed import key, split

SHOWN = 10
DOUBT = 0.34  # of what a question says, so much must be in a name
SUGGESTED = 3
ENOUGH_NAMES = 50  # tell how a word is written
REASON_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a procedure was found: what was typed, by which road, and the words of the procedure that it met."""

    typed: str
    via: Via
    met: str


@dataclass(frozen=True, slots=True)
class Match:
    """One procedure; `covered` is the share of the question that its name covers, `events` the life events it is of."""

    code: str
    name: str
    field: str
    levels: tuple[Level, ...]
    score: float
    reasons: tuple[Reason, ...]
    events: tuple[str, ...]
    covered: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found. `sections` are what it asks of a procedure: papers, time, fee, place, steps, …"""

    matches: tuple[Match, ...] = ()
    doubtful: bool = True
    sections: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    def joined(self, other: "Answer") -> "Answer":
        """With what a smaller catalogue found for the same question.

        Two catalogues' scores can't be compared; what of the question a name covers can: a match of the other comes
        before the first of ours that covers less, with the score of its place. What both have is told as we tell it."""
        found, known = list(self.matches), {one.code for one in self.matches}
        for match in other.matches:
            if match.code not in known:
                place = next((at for at, one in enumerate(found) if one.covered < match.covered), len(found))
                score = found[max(place - 1, 0)].score if found else match.score
                found.insert(place, replace(match, score=score))
        return replace(self, matches=tuple(found), doubtful=self.doubtful and other.doubtful)


class Search:
    """Answers from one version of the catalogue; `level` of the asking agency breaks ties."""

    def __init__(self, packed: bytes) -> None:
        self._index = Index(packed)

    @property
    def fingerprint(self) -> str:
        """Of the index: the same, the same answers."""
        return self._index.fingerprint

    @property
    def events(self) -> Mapping[str, Sequence[str]]:
        """Life events, each with its procedures in the order in which they are done."""
        return self._index.rules.events

    @property
    def rules(self) -> Rules:
        """What people call things, as the index has it."""
        return self._index.rules

    def search(self, text: str, most: int = SHOWN, level: Level | None = None, rules: Rules | None = None) -> Answer:
        """What `text` may mean, best first; `rules` stand in for the index's own."""
        index = self._index.with_rules(rules) if rules else self._index
        asked = ask(text, index)
        ranked = rank(asked, index, most, level)
        doubtful = not ranked or (ranked[0].covered < DOUBT and not asked.codes)
        matches = tuple(self._match(one, asked) for one in ranked)
        events = asked.events or (tuple(index.rules.events) if doubtful else ())
        suggestions = tuple(self._suggestions(asked)) if doubtful or asked.strange else ()
        return Answer(matches, doubtful, asked.sections, events, asked.strange, suggestions[:SUGGESTED])

    def _match(self, ranked: Ranked, asked: Asked) -> Match:
        index, at = self._index, ranked.procedure
        code, events = index.codes[at], index.rules.events
        return Match(
            code,
            index.names[at],
            index.field(at),
            tuple(index.levels(at)),
            round(ranked.score, 4),
            tuple(_reasons(at, asked, index)),
            tuple(event for event, codes in events.items() if code in codes),
            ranked.covered,
        )

    def _suggestions(self, asked: Asked) -> Iterator[str]:
        for word in asked.strange:
            for near in list(nearest(key(word), self._index))[:SUGGESTED]:
                yield _as_written(near, self._index)


def _as_written(plain: str, index: Index) -> str:
    """A word as most names write it, accents and all; one that names have only in a short form, without them."""
    found = Counter(
        word.lower()
        for procedure in index.named(index.number(plain))[0][:ENOUGH_NAMES]
        for word in split(index.names[procedure])
        if key(word) == plain
    )
    return max(found, key=lambda word: found[word], default=plain)


def _reasons(procedure: int, asked: Asked, index: Index) -> Iterator[Reason]:
    """What was typed, with the words of the name that it met; of a procedure met only in its texts, those words."""
    code = index.codes[procedure]
    for end, typed in (*asked.codes.items(), *asked.meant.items()):
        if code.endswith(end):
            yield Reason(typed, Via.CODE if end in asked.codes else Via.SYNONYM, code)
    met = _met(procedure, asked, index, REASON_WEIGHT)
    told = [typed for number, (typed, _) in asked.roads.items() if procedure in index.told(number)[0]]
    if not met and not told:
        met = _met(procedure, asked, index, 0.0)  # a word of little weight is a reason where there is no other
    for (typed, via), words in met.items():
        yield Reason(typed, via, " ".join(words))
    if told and not met:
        yield Reason(" ".join(dict.fromkeys(told)), Via.TEXT, "")


def _met(procedure: int, asked: Asked, index: Index, least: float) -> dict[tuple[str, Via], list[str]]:
    """What was typed and by which road, with the words of the name that it met."""
    met: dict[tuple[str, Via], list[str]] = {}
    for word in split(index.names[procedure]):
        road = _road(word, asked, index, least)
        if road and word not in met.setdefault(road, []):
            met[road].append(word)
    return met


def _road(word: str, asked: Asked, index: Index, least: float) -> tuple[str, Via] | None:
    """How a word of a name was met, a short form there by any of its long words."""
    plain = key(word)
    forms = index.rules.long_forms(plain) if word.isupper() else ()
    for one in (plain, *(long for long, _ in forms[0])) if forms else (plain,):
        number = index.number(one)
        if number in asked.roads and asked.words.get(number, 0.0) >= least:
            return asked.roads[number]
    return None
