"""Reading a question word by word: which word of the index each typed one is, and by what road.

A word of a name is taken as it is. Otherwise, in this order: a short form, what Telex or VNI left behind, words glued
together or torn apart, a slip of the finger or a sound spelled otherwise; of several, the one that its neighbours know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from miniapp.procedures.index import Index
from miniapp.procedures.rules import Words
from miniapp.procedures.typed import as_typed, halves, is_syllable, is_unaccented, key, slips, sounds, spelled, unwound

SHORTEST_SLIP = 3


class Via(StrEnum):
    """The road from what was typed to what was found."""

    EXACT = "exact"
    UNACCENTED = "unaccented"
    KEYBOARD = "keyboard"
    SHORT = "abbreviation"
    GLUED = "glued"
    TYPO = "typo"
    SYNONYM = "synonym"
    CODE = "code"
    TEXT = "text"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Token:
    """One word as we read it. `spelt` is its key when it came without accents."""

    typed: str
    key: str
    spelt: str
    via: Via
    others: tuple[Words, ...] = ()  # what else a short form may stand for


def read(text: str, index: Index) -> list[Token]:
    """The words of a question, understood as far as each can be."""
    typed = as_typed(text)
    keys = [key(word) for word in typed]
    tokens: list[Token] = []
    at = 0
    while at < len(typed):
        previous = tokens[-1].key if tokens else ""
        following = keys[at + 1] if at + 1 < len(keys) else ""
        joined = keys[at] + following
        if following and not index.is_in_a_name(keys[at]) and _is_torn(joined, keys[at], following, index):
            tokens.append(Token(f"{typed[at]} {typed[at + 1]}", joined, joined, Via.GLUED))
            at += 2
            continue
        if keys[at]:
            tokens += _token(typed[at], keys[at], previous, following, index)
        at += 1
    return tokens


def _is_torn(joined: str, first: str, second: str, index: Index) -> bool:
    """`gi ay`: two bits that are no words make one that is."""
    bits = (not index.is_in_a_name(first) and not index.rules.long_forms(first), not index.is_in_a_name(second))
    return all(bits) and is_syllable(joined) and index.is_in_a_name(joined)


def _token(word: str, plain: str, previous: str, following: str, index: Index) -> list[Token]:
    long = index.rules.long_forms(plain)
    if long and is_unaccented(word):  # `THA` is short for something, the same with an accent is a word
        return _long(word, long, previous, following, index)
    if index.is_in_a_name(plain) or plain.isdecimal() or index.rules.knows(plain):
        spelt = spelled(word)
        return [Token(word, plain, spelt, Via.UNACCENTED if word.isascii() else Via.EXACT)]
    bare = unwound(word)
    if bare and index.number(bare) >= 0 and not (is_syllable(plain) and index.number(plain) >= 0):
        return [Token(word, bare, bare, Via.KEYBOARD)]
    if index.number(plain) >= 0:
        return [Token(word, plain, spelled(word), Via.UNACCENTED if word.isascii() else Via.EXACT)]
    parts = _parts(plain, index)
    if parts:
        return [Token(word, part, part, Via.GLUED) for part in parts]
    meant = meant_by(plain, previous, following, index)
    return [Token(word, meant or plain, meant or plain, Via.TYPO if meant else Via.STRANGE)]


def _long(word: str, long: Sequence[Words], previous: str, following: str, index: Index) -> list[Token]:
    """A short form: of several long ones, and of the word that it also is, the one that goes with the neighbours."""
    itself: Words = ((key(word), spelled(word)),)
    forms = [*long, itself] if index.is_in_a_name(key(word)) else [*long]

    def goes(form: Words) -> int:
        return index.times_paired(previous, form[0][0]) + index.times_paired(form[-1][0], following)

    best = max(forms, key=goes)
    others = tuple(form for form in long if form not in (best, itself))
    via = Via.EXACT if best == itself else Via.SHORT
    first, *rest = (Token(word, plain, spelt, via) for plain, spelt in best)
    return [replace(first, others=others), *rest]


def _parts(plain: str, index: Index) -> list[str]:
    """The words in one that was glued: two or three of names, side by side in one if there is such a name."""
    found = [
        (index.times_paired(first, second), [first, second])
        for first, second in halves(plain)
        if index.is_in_a_name(first) and index.is_in_a_name(second)
    ]
    if found and max(found)[0]:
        return max(found)[1]
    for first, rest in halves(plain):
        if index.is_in_a_name(first) and len(rest) > 3:
            for second, third in halves(rest):
                if index.times_paired(first, second) and index.times_paired(second, third):
                    return [first, second, third]
    return max(found)[1] if found else []


def meant_by(plain: str, previous: str, following: str, index: Index) -> str:
    """The word that one slip or another spelling of a sound turned into this one, or nothing."""
    if len(plain) < SHORTEST_SLIP or not plain.isalpha():
        return ""
    near = {word for word in (*sounds(plain), *slips(plain)) if index.is_in_a_name(word)}
    if not near and len(plain) > SHORTEST_SLIP + 1:
        bare = unwound(plain)
        near = {word for word in (*sounds(bare), *slips(bare)) if index.is_in_a_name(word)} if bare else set()
    return max(near, key=lambda word: (_fits(word, previous, following, index), word), default="")


def _fits(word: str, previous: str, following: str, index: Index) -> tuple[int, int]:
    neighbours = index.times_paired(previous, word) + index.times_paired(word, following)
    return neighbours, index.times_named(index.number(word))


def nearest(plain: str, index: Index) -> Iterable[str]:
    """Words of names one slip away, commonest first: what to suggest when nothing fits."""
    near = {word for word in (*sounds(plain), *slips(plain)) if index.is_in_a_name(word)}
    return sorted(near, key=lambda word: (-index.times_named(index.number(word)), word))
