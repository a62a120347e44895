"""What people call things: everyday names, short forms, and words that only ask. Editable data, not code.

The files in `data/` are ours; a stage adds what its people approved. `compiled` folds them once, into the index, so
that a search finds a phrase by one look into a table. A phrase typed with accents must have those of the rule: what
asks for a certificate of death (giấy chứng tử) is no voucher (chứng từ)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from miniapp.procedures.typed import key, spelled, words

DATA = Path(__file__).with_name("data")


Words = tuple[tuple[str, str], ...]  # each as its key and as it is spelt


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: words of the official name, codes, a life event."""

    spelt: tuple[str, ...]
    means: tuple[Words, ...] = ()
    codes: tuple[str, ...] = ()
    event: str = ""


class Rules:
    """Compiled rules, as they lie in an index."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._said: Mapping[str, Sequence[Any]] = compiled.get("said", {})
        self._short: Mapping[str, Sequence[Sequence[str]]] = compiled.get("short", {})
        self._asks: Mapping[str, str] = compiled.get("asks", {})
        self._light = {kind: frozenset(found) for kind, found in compiled.get("light", {}).items()}
        self.acts: Sequence[str] = compiled.get("acts", ())
        self.events: Mapping[str, Sequence[str]] = dict(compiled.get("events", ()))

    def with_said(self, more: Mapping[str, Sequence[Any]]) -> "Rules":
        """These rules and more phrases, as `said` makes them."""
        made = copy(self)
        for name in ("_longest", "_known"):
            made.__dict__.pop(name, None)
        made._said = {**self._said, **{key: [*self._said.get(key, ()), *rows] for key, rows in more.items()}}
        return made

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        """How many words the longest phrase has that begins with this one."""
        longest: dict[str, int] = {}
        for phrase in (*self._said, *self._asks):
            first, *rest = phrase.split(" ")
            longest[first] = max(longest.get(first, 0), 1 + len(rest))
        return longest

    def longest(self, first: str) -> int:
        """How far to look for a phrase that begins so; 0 when there is none."""
        return self._longest.get(first, 0)

    @cached_property
    def _known(self) -> frozenset[str]:
        phrases = (*self._said, *self._asks)
        return frozenset(word for phrase in phrases for word in phrase.split(" ")) | self._light.get(
            "keys", frozenset()
        )

    def knows(self, word: str) -> bool:
        """Whether a rule has this word, so that it is no slip."""
        return word in self._known

    def meanings(self, keys: Sequence[str], spelt: Sequence[str]) -> tuple[Meaning, ...]:
        """What this run of words stands for as a whole."""
        rows = self._said.get(" ".join(keys), ())
        found = (_meaning(row) for row in rows)
        return tuple(one for one in found if _agree(keys, spelt, one.spelt))

    def asks(self, keys: Sequence[str]) -> str | None:
        """The section that this run of words asks for; empty for mere politeness, None if it says more."""
        return self._asks.get(" ".join(keys))

    def long_forms(self, word: str) -> tuple[Words, ...]:
        """What a short form may stand for, likeliest first."""
        return tuple(_words(form) for form in self._short.get(word, ()))

    def is_light(self, spelt: str) -> bool:
        """Whether a word, as it is spelt, carries little by itself."""
        return spelt in self._light.get("spelt", ())

    def may_be_light(self, plain: str) -> bool:
        """Whether it might, when it came without accents: `can` is `cần` or `căn`."""
        return plain in self._light.get("keys", ())


def _meaning(row: Sequence[Any]) -> Meaning:
    spelt, means, codes, event = row
    return Meaning(tuple(spelt.split()), tuple(_words(one) for one in means), tuple(codes), event)


def _words(form: Sequence[str]) -> Words:
    plain, spelt = form
    return tuple(zip(plain.split(), spelt.split(), strict=True))


def _agree(keys: Sequence[str], spelt: Sequence[str], right: Sequence[str]) -> bool:
    """Every word that was typed with accents has the right ones."""
    return all(typed in (bare, good) for bare, typed, good in zip(keys, spelt, right, strict=False))


def compiled(more: Iterable[Mapping[str, Any]] = ()) -> str:
    """All rules folded into one text, for the index; `more` are approved ones, in the form of `synonyms.json`."""
    asking = _read("questions")
    asks = {_keys(phrase): section for section, phrases in asking["sections"].items() for phrase in phrases}
    made = {
        "said": said([*_read("synonyms"), *more]),
        "short": {
            _keys(short): [[_keys(one), _spelt(one)] for one in long] for short, long in _read("abbreviations").items()
        },
        "asks": asks,
        "acts": sorted({_keys(act) for act in asking["acts"]}),
        "light": {"keys": sorted(set(map(_keys, asking["light"]))), "spelt": sorted(set(map(_spelt, asking["light"])))},
        "events": list(_read("life_events").items()),  # in the order in which people are shown them
    }
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def said(rules: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rules folded: what is said → rows of how it is spelt, what it means, codes and a life event."""
    folded: dict[str, list[Any]] = {}
    for rule in rules:
        means = [[_keys(one), _spelt(one)] for one in rule.get("means", ())]
        for phrase in rule["say"]:
            row = [_spelt(phrase), means, sorted(rule.get("codes", ())), rule.get("event", "")]
            folded.setdefault(_keys(phrase), []).append(row)
    return folded


def _read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def _keys(phrase: str) -> str:
    return " ".join(key(word) for word in words(phrase))


def _spelt(phrase: str) -> str:
    return " ".join(spelled(word) for word in words(phrase))
