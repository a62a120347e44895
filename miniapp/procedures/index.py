"""The index in memory: one object of bytes opened, with what a search asks of it. It never changes.

Opening copies arrays and makes one table of words; what only some questions need (names, spellings, the rules of what
people call things) is taken apart when first asked for."""

import json
from array import array
from bisect import bisect_left
from copy import copy
from functools import cached_property
from math import log

from miniapp.procedures import layout
from miniapp.procedures.levels import Level
from miniapp.procedures.rules import Rules

CITIZENS = 1 << len(Level)
LEVELS_OF = [tuple(level for number, level in enumerate(Level) if who & (1 << number)) for who in range(CITIZENS)]

Postings = tuple["array[int]", "array[int]"]  # procedures, and how much of the word each has, of 255
NOTHING: Postings = (array("H"), array("B"))


class Index:
    """What `indexing.build` made."""

    def __init__(self, packed: bytes) -> None:
        self._parts = layout.parts(packed)
        self.size = len(self._numbers("who"))
        self.words = self._lines("words")
        self._number = {word: at for at, word in enumerate(self.words)}
        self.fingerprint = layout.fingerprint(packed)
        self._named_words = self._numbers("n.at")

    def _lines(self, name: str) -> list[str]:
        part = self._parts[name]
        return part.split("\n") if isinstance(part, str) and self.size else []

    def _numbers(self, name: str) -> "array[int]":
        part = self._parts[name]
        return part if isinstance(part, array) else array("H")

    def with_rules(self, rules: Rules) -> "Index":
        """The same index, read by other rules."""
        made = copy(self)
        made.__dict__["rules"] = rules
        return made

    # words

    def number(self, word: str) -> int:
        """The number of a key, or -1."""
        return self._number.get(word, -1)

    def is_in_a_name(self, word: str) -> bool:
        """Whether a procedure's name has it."""
        number = self._number.get(word, -1)
        return number >= 0 and self._named_words[number] < self._named_words[number + 1]

    def times_named(self, number: int) -> int:
        """How many names have this word."""
        return self._named_words[number + 1] - self._named_words[number]

    def pair(self, first: int, second: int) -> int:
        """The key of two neighbours."""
        return first * len(self.words) + second

    def times_paired(self, first: str, second: str) -> int:
        """How many names have these two words side by side."""
        left, right = self.number(first), self.number(second)
        return len(self._sparse("np", self.pair(left, right))[0]) if left >= 0 and right >= 0 else 0

    # postings

    def named(self, word: int) -> Postings:
        """Who has the word in the name."""
        return self._dense("n", word)

    def told(self, word: int) -> Postings:
        """Who has the word in the texts."""
        return self._dense("t", word)

    def named_pair(self, pair: int) -> Postings:
        """Who has the two neighbours in the name."""
        return self._sparse("np", pair)

    def told_pair(self, pair: int) -> Postings:
        """Who has them in the texts, where few do."""
        return self._sparse("tp", pair)

    def _dense(self, kind: str, word: int) -> Postings:
        starts = self._numbers(f"{kind}.at")
        return self._slice(kind, starts[word], starts[word + 1])

    def _sparse(self, kind: str, wanted: int) -> Postings:
        keys = self._numbers(f"{kind}.keys")
        at = bisect_left(keys, wanted)
        if at == len(keys) or keys[at] != wanted:
            return NOTHING
        starts = self._numbers(f"{kind}.at")
        return self._slice(kind, starts[at], starts[at + 1])

    def _slice(self, kind: str, start: int, end: int) -> Postings:
        return self._numbers(f"{kind}.docs")[start:end], self._numbers(f"{kind}.much")[start:end]

    @cached_property
    def rarity(self) -> list[float]:
        """How much it tells that a name has a word: the logarithm of how few have it."""
        starts = self._named_words
        return [log(1 + self.size / (0.5 + starts[at + 1] - starts[at])) for at in range(len(self.words))]

    # procedures

    @cached_property
    def codes(self) -> list[str]:
        """In the order of the numbers."""
        return self._lines("codes")

    @cached_property
    def names(self) -> list[str]:
        """As they are shown."""
        return self._lines("names")

    @cached_property
    def _fields(self) -> list[str]:
        return self._lines("fields")

    def field(self, procedure: int) -> str:
        """Its field of life, as it is shown."""
        return self._fields[self._numbers("field")[procedure]]

    @cached_property
    def spellings(self) -> dict[str, int]:
        """Numbers of the words of names with their accents."""
        return {word: at for at, word in enumerate(self._lines("spellings"))}

    def is_for_citizens(self, procedure: int) -> bool:
        """Whether a person may ask for it, not only a firm or an office."""
        return bool(self._numbers("who")[procedure] & CITIZENS)

    def levels(self, procedure: int) -> tuple[Level, ...]:
        """Who takes the dossier in."""
        return LEVELS_OF[self._numbers("who")[procedure] & (CITIZENS - 1)]

    def name_words(self, procedure: int) -> "array[int]":
        """The words of its name, in order."""
        starts = self._numbers("name.at")
        return self._numbers("name")[starts[procedure] : starts[procedure + 1]]

    def name_spellings(self, procedure: int) -> "array[int]":
        """The same with their accents."""
        starts = self._numbers("name.at")
        return self._numbers("name.spelt")[starts[procedure] : starts[procedure + 1]]

    @cached_property
    def rules(self) -> Rules:
        """What people call things."""
        part = self._parts["rules"]
        return Rules(json.loads(part) if isinstance(part, str) and part else {})
