"""Which procedures answer a question best. Pure: numbers in, numbers out.

First every word and pair adds what it tells about each procedure (BM25F, the texts far below the name). The best of
those are then looked at closely: how much of the question the name covers, and how much of the name was asked for,
since a name with qualifiers that nobody mentioned (of foreigners, on the spot, at the ministry) is meant by few."""

from array import array
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log

from miniapp.procedures.asking import Asked
from miniapp.procedures.index import Index, Postings
from miniapp.procedures.levels import Level

NAME, TEXT, NAME_PAIR, TEXT_PAIR = 1.0, 0.45, 0.75, 0.2
CLOSELY = 60
COVERED, ASKED_FOR, WHOLE = 0.8, 1.8, 0.3
OTHERWISE_SPELT = 0.6
SAID_WHOLE, LONG_ENOUGH = 1.2, 5  # a name of so many words that stands whole in the question
UNASKED_ACT, ACTS_AT_MOST, BEGINNING = 0.45, 0.85, 6
NEAR = {Level.COMMUNE: 0.05, Level.PROVINCE: 0.03}
FOR_CITIZENS = 0.04
AT_HAND = 0.1
MEANT, NAMED = 6.0, 60.0
FULL = 255.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A procedure, how well it answers, and the share of the question that its name covers."""

    procedure: int
    score: float
    covered: float


def rank(asked: Asked, index: Index, most: int, level: Level | None = None) -> list[Ranked]:
    """The best procedures, best first; those of equal score by code."""
    scores = _added_up(asked, index)
    found = [at for at, score in enumerate(scores) if score]
    best = nlargest(max(CLOSELY, most), found, key=scores.__getitem__)
    close = _Closely(asked, index, level)
    ranked = [close.look(at, scores[at]) for at in best]
    return sorted(ranked, key=lambda one: (-one.score, one.procedure))[:most]


def _added_up(asked: Asked, index: Index) -> list[float]:
    scores = [0.0] * index.size
    for word, weight in asked.words.items():
        _add(scores, index.named(word), weight * NAME)
        _add(scores, index.told(word), weight * TEXT)
    for pair, weight in asked.pairs.items():
        _add(scores, index.named_pair(pair), weight * NAME_PAIR)
        _add(scores, index.told_pair(pair), weight * TEXT_PAIR)
    for ends, worth in ((asked.codes, NAMED), (asked.meant, MEANT)):
        for at in _ending(tuple(ends), index) if ends else ():
            scores[at] += worth
    return scores


def _add(scores: list[float], postings: Postings, weight: float) -> None:
    procedures, much = postings
    if procedures and weight:
        each = weight * log(1 + len(scores) / (0.5 + len(procedures))) / FULL
        for at, share in zip(procedures, much, strict=True):
            scores[at] += each * share


def _ending(ends: tuple[str, ...], index: Index) -> list[int]:
    return [at for at, code in enumerate(index.codes) if code.endswith(ends)]


class _Closely:
    """How well a name and a question cover each other."""

    def __init__(self, asked: Asked, index: Index, level: Level | None) -> None:
        self._index = index
        self._rarity = index.rarity
        self._near = {**NEAR, level: NEAR.get(level, 0.0) + AT_HAND} if level else NEAR
        self._pairs = asked.pairs
        self._words = {
            word: weight * self._rarity[word] for word, weight in asked.words.items() if index.named(word)[0]
        }
        self._all = sum(self._words.values()) or 1.0
        elsewhere = sum(weight for word, weight in asked.words.items() if word not in self._words)
        self._said = self._all + (asked.unmet + elsewhere) * max(self._rarity, default=0.0)
        self._acts = {act for act in map(index.number, index.rules.acts) if asked.words.get(act, 0.0) == 0}
        spelt = {word: index.spellings.get(spelt, -1) for word, spelt in asked.spelt.items() if word in self._words}
        self._spelt = set(spelt)
        self._right = set(spelt.items())

    def look(self, procedure: int, score: float) -> Ranked:
        """The score of the words, times how well name and question fit."""
        index, rarity, words = self._index, self._rarity, self._words
        name = index.name_words(procedure)
        own = set(name)
        mass = sum([rarity[word] for word in own])
        shared = own.intersection(words)
        covered = sum([words[word] for word in shared])
        asked_for = sum([rarity[word] for word in shared])
        otherwise = self._otherwise_spelt(procedure, name, shared)
        for word in otherwise:
            covered -= (1 - OTHERWISE_SPELT) * words[word]
            asked_for -= (1 - OTHERWISE_SPELT) * rarity[word]
        cover, share = covered / self._all, asked_for / (mass or 1.0)
        acts = min(ACTS_AT_MOST, UNASKED_ACT * len(self._acts.intersection(name[:BEGINNING])))
        fit = 1.0 + COVERED * cover + ASKED_FOR * share + WHOLE * cover * share - acts + self._prior(procedure)
        whole = SAID_WHOLE if len(shared) == len(own) and not otherwise and self._is_said(name) else 1.0
        return Ranked(procedure, score * fit * whole, covered / self._said)

    def _is_said(self, name: "array[int]") -> bool:
        """Whether a name was typed from its first word to its last, whatever was typed around it."""
        return len(name) >= LONG_ENOUGH and all(
            self._index.pair(one, two) in self._pairs for one, two in pairwise(name)
        )

    def _otherwise_spelt(self, procedure: int, name: "array[int]", shared: set[int]) -> set[int]:
        """Words that the name has with other accents than were typed."""
        typed = self._spelt & shared
        if not typed:
            return typed
        right = self._right.intersection(zip(name, self._index.name_spellings(procedure), strict=True))
        return typed.difference([word for word, _ in right])

    def _prior(self, procedure: int) -> float:
        """What is nearer to people is meant more often."""
        index = self._index
        near = sum([self._near.get(level, 0.0) for level in index.levels(procedure)])
        return near + (FOR_CITIZENS if index.is_for_citizens(procedure) else 0.0)
