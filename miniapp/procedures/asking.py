"""What a question asks: the words that count and how much, the pairs of them, the codes, and the section it is after.

Words that only ask (how long, where, which papers) tell the section and are evidence for nothing else. What people
call something counts as the words of its official name; the words they used then count little, unless names use them
too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from miniapp.procedures.index import Index
from miniapp.procedures.reading import Token, Via, read
from miniapp.procedures.rules import Meaning, Words
from miniapp.procedures.typed import READ_AT_MOST

LIGHT = 0.2
UNSURE = 0.7
KNOWN = 3  # in so many names two words are neighbours not by chance
SAID_OTHERWISE = 0.2  # the words of a phrase that stands for others
NAMED_TOO = 0.55  # … when names have that phrase as well
MEANT, MEANT_TOO = 0.85, 0.5
IN_A_LONGER_NAME = 0.5
AGAIN = 0.6  # for a phrase that shares words with a longer one
PERHAPS = 0.4  # what a short form may also stand for
SLIPPED = 0.8
OF_LITTLE_WEIGHT = 0.25
ASIDE = 0.5  # words in brackets
FULL_WORDS = 3  # longer readings of one thing share the weight of so many words

_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FRAGMENT = re.compile(r"(?<![\d.])\d?(\d{6})(?![\d.]\d)(?!\d)")


@dataclass(slots=True)
class Asked:
    """A question as the ranking takes it: numbers of words and keys of pairs, each with its weight."""

    words: dict[int, float] = field(default_factory=dict)
    pairs: dict[int, float] = field(default_factory=dict)
    spelt: dict[int, str] = field(default_factory=dict)  # words that were typed with accents
    roads: dict[int, tuple[str, Via]] = field(default_factory=dict)  # what was typed for a word, and how it was read
    codes: dict[str, str] = field(default_factory=dict)  # code (or its end) → what was typed
    meant: dict[str, str] = field(default_factory=dict)  # code that a phrase stands for → the phrase
    sections: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    unmet: float = 0.0  # the weight of words that no procedure has


@dataclass(frozen=True, slots=True)
class _Phrase:
    start: int
    end: int
    meanings: tuple[Meaning, ...] = ()
    section: str = ""


def ask(text: str, index: Index) -> Asked:
    """What `text` asks of this index."""
    asked = Asked()
    first, aside = _apart(_codes(text[:READ_AT_MOST], asked))
    tokens = read(first, index)
    weights = _weights(tokens, index)
    if aside:
        beside = read(aside, index)
        tokens = [*tokens, *beside]
        weights += [ASIDE * weight for weight in _weights(beside, index)]
    asked.strange = tuple(token.typed for token in tokens if token.via == Via.STRANGE)
    starting = [_starting(tokens, start, index) for start in range(len(tokens))]
    phrases = _chosen(starting)
    for phrase in phrases:
        _take(phrase, tokens, weights, asked, index)
    for phrase in _overlapping(starting, phrases):
        _mean(phrase, tokens[phrase.start : phrase.end], AGAIN, asked, index)
    for token, weight in zip(tokens, weights, strict=True):
        asked.unmet += weight if index.number(token.key) < 0 else 0.0
        _weigh(asked, index, token.key, weight, token)
        for other in token.others:
            _add(asked, index, other, PERHAPS * weight, Token(token.typed, "", "", Via.SHORT))
    counting = [(token.key, weight) for token, weight in zip(tokens, weights, strict=True) if weight > 0]
    _pairs(asked, index, counting)
    return asked


def _codes(text: str, asked: Asked) -> str:
    """Takes codes and ends of codes out of the text."""
    for found in _CODE.finditer(text):
        asked.codes[found[0]] = found[0]
    text = _CODE.sub(" ", text)
    for found in _FRAGMENT.finditer(text):
        asked.codes[found[1]] = found[0]
    return _FRAGMENT.sub(" ", text)


def _apart(text: str) -> tuple[str, str]:
    """What is said, and what is said of it in brackets: a pasted name brings its cases along, or its province's name."""
    first = _BRACKETS.sub(" ", text)
    return (first, " ".join(_BRACKETS.findall(text))) if first.strip() else (text, "")


def _weights(tokens: Sequence[Token], index: Index) -> list[float]:
    """How much each word counts. One without accents that may carry little counts for something if names know it
    beside its neighbour: `can` in `can cuoc`, but not in `can gi`."""
    accented = any(token.spelt != token.key for token in tokens)
    weights = []
    for at, token in enumerate(tokens):
        if accented and token.via in (Via.EXACT, Via.SHORT):
            light = LIGHT if index.rules.is_light(token.spelt) else 1.0
        elif index.rules.may_be_light(token.key):
            light = UNSURE if _known_beside(tokens, at, at + 1, index) else LIGHT
        else:
            light = 1.0
        weights.append(light * SLIPPED if token.via == Via.TYPO else light)
    return weights


def _known_beside(tokens: Sequence[Token], start: int, end: int, index: Index) -> bool:
    """Whether names have this run of words beside the one before it or after it."""
    before = index.times_paired(tokens[start - 1].key, tokens[start].key) if start else 0
    after = index.times_paired(tokens[end - 1].key, tokens[end].key) if end < len(tokens) else 0
    return max(before, after) >= KNOWN


def _chosen(starting: Sequence[dict[int, _Phrase]]) -> list[_Phrase]:
    """Of the phrases in a question those that together cover most, long ones rather than many."""
    best: list[tuple[int, _Phrase | None]] = [(0, None)]  # for every end: the worth, and the phrase that ends there
    for end in range(1, len(starting) + 1):
        choices: list[tuple[int, _Phrase | None]] = [(best[end - 1][0], None)]
        for start in range(end):
            phrase = starting[start].get(end)
            if phrase:
                choices.append((best[start][0] + (end - start) ** 2, phrase))
        best.append(max(choices, key=lambda one: one[0]))
    chosen, at = [], len(starting)
    while at > 0:
        phrase = best[at][1]
        if phrase:
            chosen.append(phrase)
        at = phrase.start if phrase else at - 1
    return chosen


def _overlapping(starting: Sequence[dict[int, _Phrase]], chosen: Sequence[_Phrase]) -> list[_Phrase]:
    """Phrases that share words with a chosen one and say something of a word that is in none: `lấy chồng đài loan`."""
    covered = {at for phrase in chosen for at in range(phrase.start, phrase.end)}
    return [
        phrase
        for phrases in starting
        for phrase in phrases.values()
        if phrase.meanings and phrase not in chosen and not covered.issuperset(range(phrase.start, phrase.end))
    ]


def _starting(tokens: Sequence[Token], start: int, index: Index) -> dict[int, _Phrase]:
    """The phrases that begin at a word, by their end. Short ones that belong to a name as it stands are none."""
    rules = index.rules
    found: dict[int, _Phrase] = {}
    for end in range(start + 1, min(start + rules.longest(tokens[start].key), len(tokens)) + 1):
        keys = [token.key for token in tokens[start:end]]
        meanings = rules.meanings(keys, [token.spelt for token in tokens[start:end]])
        section = rules.asks(keys)
        if (meanings or section is not None) and not _belongs(tokens, start, end, bool(meanings), index):
            found[end] = _Phrase(start, end, meanings, section or "")
    return found


def _belongs(tokens: Sequence[Token], start: int, end: int, means: bool, index: Index) -> bool:
    """Whether one word that means something, or two that ask, are a piece of a name: `kien` of `kien truc`."""
    accented = any(token.spelt != token.key for token in tokens[start:end])
    if end - start > (1 if means else 2) or (means and accented):
        return False
    inside = all(index.times_paired(left.key, right.key) for left, right in pairwise(tokens[start:end]))
    return inside and _known_beside(tokens, start, end, index)


def _take(phrase: _Phrase, tokens: Sequence[Token], weights: list[float], asked: Asked, index: Index) -> None:
    within = tokens[phrase.start : phrase.end]
    if not phrase.meanings:
        asked.sections += (phrase.section,) if phrase.section and phrase.section not in asked.sections else ()
        weights[phrase.start : phrase.end] = [0.0] * len(within)
        return
    named = all(index.times_paired(left.key, right.key) for left, right in pairwise(within)) and len(within) > 1
    meant = MEANT_TOO if named else MEANT
    if named and _goes_on(tokens, phrase, weights, index):
        meant *= IN_A_LONGER_NAME
    _mean(phrase, within, meant, asked, index)
    for at in range(phrase.start, phrase.end):
        weights[at] = min(weights[at], NAMED_TOO if named else SAID_OTHERWISE)


def _goes_on(tokens: Sequence[Token], phrase: _Phrase, weights: Sequence[float], index: Index) -> bool:
    """Whether a name goes on from this phrase to a word beside it that counts: `kết quả thi hành án`."""
    before = phrase.start > 0 and weights[phrase.start - 1] > OF_LITTLE_WEIGHT
    after = phrase.end < len(tokens) and weights[phrase.end] > OF_LITTLE_WEIGHT
    left = before and index.times_paired(tokens[phrase.start - 1].key, tokens[phrase.start].key)
    right = after and index.times_paired(tokens[phrase.end - 1].key, tokens[phrase.end].key)
    return bool(left or right)


def _mean(phrase: _Phrase, within: Sequence[Token], weight: float, asked: Asked, index: Index) -> None:
    road = Token(" ".join(dict.fromkeys(token.typed for token in within)), "", "", Via.SYNONYM)
    for meaning in phrase.meanings:
        for one in meaning.means:
            _add(asked, index, one, weight, road)
        asked.meant.update(dict.fromkeys(meaning.codes, road.typed))
        asked.events += (meaning.event,) if meaning.event and meaning.event not in asked.events else ()


def _add(asked: Asked, index: Index, words: Words, weight: float, road: Token) -> None:
    """Words that were not typed but are meant."""
    share = weight * min(1.0, (FULL_WORDS / max(len(words), 1)) ** 0.5)
    weighed = [(plain, LIGHT * share if index.rules.is_light(spelt) else share) for plain, spelt in words]
    for word, each in weighed:
        _weigh(asked, index, word, each, road)
    _pairs(asked, index, weighed)


def _weigh(asked: Asked, index: Index, word: str, weight: float, token: Token) -> None:
    number = index.number(word)
    if number < 0 or weight <= 0:
        return
    if weight > asked.words.get(number, 0.0):
        asked.words[number] = weight
        asked.roads[number] = (token.typed, token.via)
    if token.spelt and token.spelt != word:
        asked.spelt[number] = token.spelt


def _pairs(asked: Asked, index: Index, weighed: Sequence[tuple[str, float]]) -> None:
    """Neighbours, and neighbours over a word of little weight (`chấm dứt việc giám hộ`)."""
    heavy = [one for one in weighed if one[1] > OF_LITTLE_WEIGHT]
    for (first, left), (second, right) in (*pairwise(weighed), *pairwise(heavy)):
        one, two = index.number(first), index.number(second)
        if one >= 0 and two >= 0:
            pair = index.pair(one, two)
            asked.pairs[pair] = max(asked.pairs.get(pair, 0.0), (left * right) ** 0.5)
