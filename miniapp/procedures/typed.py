"""How people type Vietnamese: without accents, decomposed, with what Telex or VNI left behind, glued or with a slip.

For the search of procedures, pure text in and out. `keys` is what the index and a question are compared by; `spelled`
keeps the accents for whoever typed them, with the tone told apart from where it stands (hoà is hòa). It corrects
nothing by itself: which of the `slips` or `halves` is meant, only the words of an index can tell."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import combining, normalize

from miniapp.core.folding import clean, fold

READ_AT_MOST = 20_000
LETTERS_AT_MOST = 400
WORDS_AT_MOST = 48
WORD_AT_MOST = 24

_WORD = re.compile(r"[^\W_]+")
_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
_Y_FOR_I = re.compile(r"(?<=[bcdghklmnprstvx])y$|(?<=qu)y$")
_NOT_LETTER = re.compile(r"[^0-9a-z]+")
_HEAD = re.compile(r"[^aeiouy]*")
_LEFT_BEHIND = re.compile(r"[sfrxjwz0-9]")
_TWICE = re.compile(r"([aeo])\1")
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|gh?|gi|kh?|ch?|ph?|qu|th|tr|[bdhlmnrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?\Z",
)
_ALPHABET = "abcdeghiklmnopqrstuvxy"
_SOUNDS = (
    (re.compile(r"^tr"), "ch"),
    (re.compile(r"^ch"), "tr"),
    (re.compile(r"^s"), "x"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"^gi"), "d"),
    (re.compile(r"^gi"), "r"),
    (re.compile(r"^d"), "gi"),
    (re.compile(r"^r"), "d"),
    (re.compile(r"^d"), "r"),
    (re.compile(r"^z"), "d"),
    (re.compile(r"^z"), "gi"),
    (re.compile(r"^j"), "gi"),
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^k(?=[aou])"), "c"),
    (re.compile(r"^l"), "n"),
    (re.compile(r"^n(?![gh])"), "l"),
    (re.compile(r"^v"), "d"),
    (re.compile(r"ng$"), "n"),
    (re.compile(r"nh$"), "n"),
    (re.compile(r"(?<=[aeiouy])n$"), "ng"),
    (re.compile(r"(?<=[aeiouy])n$"), "nh"),
    (re.compile(r"(?<=[aeiouy])c$"), "t"),
    (re.compile(r"(?<=[aeiouy])t$"), "c"),
    (re.compile(r"(?<=[aeiouy])g$"), "ng"),
    (re.compile(r"(?<=[aeiouy])k$"), "ch"),
)


def words(text: str) -> list[str]:
    """The words as they were typed, lower case and composed; at most so many, whoever sends a novel."""
    return _bounded(unicodedata.normalize("NFKC", text[:READ_AT_MOST]).casefold())


def as_typed(text: str) -> list[str]:
    """The same with their capital letters: what is told to whoever typed them."""
    return _bounded(unicodedata.normalize("NFKC", text[:READ_AT_MOST]))


def _bounded(composed: str) -> list[str]:
    return [word[:WORD_AT_MOST] for word in split(clean(composed)[:LETTERS_AT_MOST])[:WORDS_AT_MOST]]


def split(text: str) -> list[str]:
    """The words of a text of ours, however long, composed and as they are written."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=16_384)
def key(word: str) -> str:
    """One word as the index knows it: no accents, and `i` for the `y` that sounds like it (ký, kí → ki)."""
    return _Y_FOR_I.sub("i", _NOT_LETTER.sub("", fold(word)))


def keys(text: str) -> list[str]:
    """All words of a text as keys: the same for NFC and NFD, and keys of keys are themselves."""
    return [found for found in map(key, words(text)) if found]


def is_unaccented(word: str) -> bool:
    """Whether no vowel of a word has an accent; `đ` is a letter of short forms like any other."""
    return not any(map(combining, normalize("NFD", word)))


@lru_cache(maxsize=16_384)
def spelled(word: str) -> str:
    """One word with its accents, the tone moved to the end: `hoà` and `hòa` are one; without accents it is its key."""
    tone, kept = "", []
    for letter in unicodedata.normalize("NFD", word.casefold()):
        if letter in _TONES:
            tone = _TONES[letter]
        else:
            kept.append(letter)
    bare = unicodedata.normalize("NFC", "".join(kept))
    return _Y_FOR_I.sub("i", bare) + tone


def is_syllable(word: str) -> bool:
    """Whether Vietnamese could have this unaccented word; `trichs` and `ddieemr` it could not."""
    return _SYLLABLE.match(word) is not None


def unwound(word: str) -> str:
    """The key of a word without what Telex or VNI left behind (`ddieemr` → `diem`, `dang9` → `dang`), or nothing."""
    bare = _NOT_LETTER.sub("", fold(word)).replace("dd", "d")
    head = _HEAD.match(bare)
    start = head[0].rstrip("w") if head else ""
    rest = bare[len(start) :]
    if rest and rest[0] == "w":
        rest = "u" + rest[1:]
    plain = _TWICE.sub(r"\1", _LEFT_BEHIND.sub("", _TWICE.sub(r"\1", rest)))
    found = _Y_FOR_I.sub("i", re.sub(r"[0-9]", "", start) + plain)
    return found if found != key(word) and len(found) > 1 and is_syllable(found) else ""


def sounds(word: str) -> Iterator[str]:
    """Words that sound the same somewhere in the country: s/x, tr/ch, d/gi/r, l/n, -n/-ng/-nh, -c/-t, f for ph."""
    for pattern, other in _SOUNDS:
        found = pattern.sub(other, word)
        if found != word:
            yield found


def slips(word: str) -> Iterator[str]:
    """Words one slip of a finger away: a letter too many, too few, another one, or two swapped."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for letter in _ALPHABET:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]
    for letter in _ALPHABET:
        yield word + letter


def halves(word: str) -> Iterator[tuple[str, str]]:
    """Every way to see two words in one that was glued together."""
    for at in range(2, len(word) - 1):
        yield word[:at], word[at:]
