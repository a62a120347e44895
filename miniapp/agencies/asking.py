"""What a person typed, cut into words about places, kinds of agency and levels (`tp`, `q`, `xã`).

For `directory`. It finds the cheapest way to explain all the words; which of several places is meant, it does not
know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from miniapp.agencies.places import Places, marked_key, name_key
from miniapp.core.errors import Invalid
from miniapp.core.folding import clean, fold

LONGEST = 120
WORDS_MOST = 24
SPAN_MOST = 8
SLIP_FROM = 5
ABBREVIATION = 3
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_JOINTS = str.maketrans("", "", "'’`´")

STRANGE = 10.0
NAME, SHORT, SLIP, WORD, STOP = 1.0, 1.6, 3.0, 0.3, 0.2


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the words, taken together: a place or school name (`keys`), or a word of one of the tables."""

    kind: str  # name, sector, level, stop, strange
    value: str
    text: str
    keys: tuple[str, ...] = ()
    level: str = ""
    marked: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question explained: its places in order, the kind of agency it asks for, and what could not be explained."""

    names: tuple[Span, ...]
    sector: str
    strange: tuple[str, ...]

    @property
    def is_understood(self) -> bool:
        """Whether there is anything to look for; guesses at mistyped names among strange words are none."""
        if self.sector.startswith("ministry:"):
            return True
        known = any(span.value == "exact" for span in self.names)
        return known or (bool(self.names) and not self.strange)


class Words:
    """The tables of a directory file, folded and turned around."""

    def __init__(self, tables: Mapping[str, Mapping[str, list[str]] | list[str]]) -> None:
        self.known: dict[str, tuple[str, str]] = {}
        for kind in ("levels", "sectors"):
            table = tables[kind]
            assert isinstance(table, Mapping)
            for value, phrases in table.items():
                self.known.update({phrase: (kind[:-1], value) for phrase in phrases})
        self.known.update({phrase: ("stop", "") for phrase in tables["stops"]})


def ask(text: str, places: Places, words: Words) -> Asked | None:
    """Explain what was typed; None when there is nothing, `search_too_long` when it is no search any more."""
    cleaned = clean(text)
    if len(cleaned) > LONGEST:
        raise Invalid("search_too_long", most=LONGEST)
    tokens = _TOKEN.findall(cleaned.casefold().translate(_JOINTS))[:WORDS_MOST]
    if not tokens:
        return None
    spans = _cheapest(tokens, places, words, frozenset())
    slips = frozenset(
        span.at for span in spans if span.kind == "strange" and len(span.text) > 1 and span.text.isalpha()
    )
    if slips:
        spans = _cheapest(tokens, places, words, slips)
    if len(spans) == 1 and spans[0].kind in ("sector", "level") and len(spans[0].text) <= ABBREVIATION:
        spans = [_named(0, tokens, places, "") or spans[0]]  # `th` alone is a province and no school
    names = tuple(span for span in spans if span.kind == "name")
    sectors = [span.value for span in spans if span.kind == "sector"]
    strange = tuple(span.text for span in spans if span.kind == "strange")
    return Asked(names, _sector(sectors), strange)


def _sector(sectors: list[str]) -> str:
    """The most telling of several: `trường thpt` says more than `trường`, anything more than `ubnd`."""
    telling = [sector for sector in sectors if sector not in ("committee", "school")]
    return (telling or sectors or [""])[0]


def _cheapest(tokens: list[str], places: Places, words: Words, slips: frozenset[int]) -> list[Span]:
    folded = [fold(token) for token in tokens]
    best: list[tuple[float, tuple[int, Span] | None]] = [(0.0, None)]
    for end in range(1, len(tokens) + 1):
        options = []
        for start in range(max(0, end - SPAN_MOST), end):
            before = best[start][1]
            level = before[1].value if before and before[1].kind == "level" else ""
            slipped = any(start <= place < end for place in slips)
            found = _explain(start, tokens[start:end], folded[start:end], level, places, words, slipped)
            options += [(best[start][0] + cost, (start, span)) for cost, span in found]
        best.append(min(options, key=lambda option: option[0]))
    spans: list[Span] = []
    place = len(tokens)
    while place:
        step = best[place][1]
        assert step is not None
        place, span = step
        spans.append(span)
    return spans[::-1]


def _explain(
    at: int, tokens: list[str], folded: list[str], level: str, places: Places, words: Words, slipped: bool
) -> list[tuple[float, Span]]:
    text = " ".join(tokens)
    found: list[tuple[float, Span]] = []
    if len(tokens) == 1:
        found.append((STRANGE, Span("strange", "", text, at=at)))
    if word := words.known.get(" ".join(folded)):
        kind, value = word
        found.append((STOP if kind == "stop" else WORD, Span(kind, value, text)))
    key = name_key(text)
    named = _named(at, tokens, places, level)
    if named:
        found.append((SHORT if len(key) <= 4 and key == text else NAME, named))
    elif slipped and len(key) >= SLIP_FROM and len(tokens) <= 4 and (keys := tuple(places.near(key))):
        found.append((SLIP + 0.1 * len(tokens), Span("name", "slip", text, keys, level, at=at)))
    return found


def _named(at: int, tokens: list[str], places: Places, level: str) -> Span | None:
    """The words as a name that the directory knows; a bare number is a house and no ward."""
    text = " ".join(tokens)
    key = name_key(text)
    known = key in places.names or key in places.schools
    if not known or (key.isdecimal() and level not in ("phuong", "quan", "xa")):
        return None
    return Span("name", "exact", text, (key,), level, marked_key(text), at)
