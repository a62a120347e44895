"""The directory's file in memory: agencies by unit, and place names of today and before 01/07/2025 with what became of
them.

For `directory`; read once per process. It holds no question's words and decides nothing: `asking` and `directory`
do."""

import gzip
import json
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from miniapp.agencies.model import Kind
from miniapp.core.errors import Unavailable
from miniapp.core.folding import folded_key

FORMAT = 1
_HARD_C = re.compile("k(?!h)")


class Level(IntEnum):
    """How large a place is and whether it still is; earlier ones are answered first."""

    PROVINCE = 0
    OLD_PROVINCE = 1
    COMMUNE = 2
    OLD_DISTRICT = 3
    OLD_COMMUNE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place name and the units of today that it stands for."""

    level: Level
    type: str
    name: str
    code: str
    district: str  # code of the old district it lay in
    province: str  # code of its province: today's for PROVINCE and COMMUNE, the old one otherwise
    targets: tuple[str, ...]  # codes of today's province or communes


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency as the directory shows it."""

    id: str
    address: str
    kind: Kind
    name: str
    name_en: str
    sector: str
    code: str


class Places:
    """Names → places, units → agencies."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.types: Mapping[str, str] = facts["types"]
        self.words: Mapping[str, Any] = facts["words"]
        self.places: list[Place] = []
        self.names: dict[str, list[int]] = defaultdict(list)
        self.schools: dict[str, list[int]] = defaultdict(list)
        self.agencies: list[Listed] = []
        self.at: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.province_of: dict[str, str] = {code: province for code, _, _, province in facts["communes"]}
        self.old_district: dict[str, Place] = {}
        self.old_province: dict[str, Place] = {}
        self.province: dict[str, Place] = {}
        self.commune: dict[str, Place] = {}
        self._within: dict[str, set[str]] = defaultdict(set)  # today's commune → keys of all that it lies or lay in
        self._load_today(facts)
        self._load_before(facts)
        self._load_aliases(facts["words"]["aliases"])
        self._load_agencies(facts["agencies"])
        self._near: dict[tuple[str, int], list[str]] | None = None

    @classmethod
    def from_file(cls, body: bytes) -> "Places":
        """Read a directory file; one of another format is as good as none."""
        try:
            facts = json.loads(gzip.decompress(body))
            if facts["v"] == FORMAT:
                return cls(facts)
        except (OSError, EOFError, ValueError, TypeError, LookupError, zlib.error) as failure:
            raise Unavailable("directory_unavailable", cause=type(failure).__name__) from failure
        raise Unavailable("directory_unavailable", format=str(facts["v"]))

    def containers(self, place: Place) -> set[str]:
        """Keys of the names of everything this place lies in today or lay in before."""
        if place.level is Level.COMMUNE:
            return self._within[place.code]
        found = {name_key(self.province[self._today(place)].name)} if place.targets else set()
        if place.level in (Level.OLD_DISTRICT, Level.OLD_COMMUNE):
            found.add(name_key(self.old_province[place.province].name))
        if place.level is Level.OLD_COMMUNE:
            found.add(name_key(self.old_district[place.district].name))
            for target in place.targets:
                found.add(name_key(self.commune[target].name))
        return found

    def near(self, key: str) -> list[str]:
        """Names one slip of the thumb away: a letter more, less, other, or two swapped."""
        if self._near is None:
            self._near = defaultdict(list)
            for name in {*self.names, *self.schools}:
                self._near[name[0], len(name)].append(name)
                self._near[name[-1] + "$", len(name)].append(name)
        near = self._near
        found = {
            name
            for size in (len(key) - 1, len(key), len(key) + 1)
            for end in (key[0], key[-1] + "$")
            for name in near.get((end, size), ())
            if one_slip(key, name)
        }
        return sorted(found)

    def _today(self, place: Place) -> str:
        target = place.targets[0]
        return self.province_of.get(target, target)

    def _load_today(self, facts: Mapping[str, Any]) -> None:
        for code, kind, name in facts["provinces"]:
            self.province[code] = self._add(Place(Level.PROVINCE, kind, name, code, "", code, (code,)))
        for code, kind, name, province in facts["communes"]:
            self.commune[code] = self._add(Place(Level.COMMUNE, kind, name, code, "", province, (code,)))
            self._within[code].add(name_key(self.province[province].name))
            if name[0].isdigit():  # `1 Bảo Lộc` is also asked as `Bảo Lộc 1`
                number, _, rest = name.partition(" ")
                self.names[name_key(rest + number)].append(len(self.places) - 1)

    def _load_before(self, facts: Mapping[str, Any]) -> None:
        for code, kind, name, became in facts["old_provinces"]:
            place = Place(Level.OLD_PROVINCE, kind, name, code, "", code, (became,))
            gone = name != self.province[became].name
            self.old_province[code] = self._add(place) if gone else place
        became_of = _successors(facts)
        for code, kind, name, province, aliases in facts["old_districts"]:
            place = Place(Level.OLD_DISTRICT, kind, name, code, code, province, became_of[code])
            self.old_district[code] = self._add(place, aliases)
            keys = {name_key(name), name_key(self.old_province[province].name)}
            for target in place.targets:
                self._within[target] |= keys
        for kind, name, code, targets, aliases in facts["old_communes"]:
            province = self.old_district[code].province
            self._add(Place(Level.OLD_COMMUNE, kind, name, "", code, province, tuple(targets)), aliases)

    def _load_aliases(self, aliases: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        tables = {
            "provinces": self.province,
            "old_provinces": self.old_province,
            "old_districts": self.old_district,
        }
        index = {id(place): number for number, place in enumerate(self.places)}
        spoken = set()
        for table, held in aliases.items():
            for code, given in held.items():
                number = index.get(id(tables[table][code]))
                for key in map(name_key, given):
                    spoken.add(key)
                    self._name(key, number)
        for place in (*self.province.values(), *self.old_province.values()):
            key = initials(place.name)
            if id(place) in index and key not in spoken:  # `hn` is Hà Nội and not also Hà Nam
                self._name(key, index[id(place)])

    def _load_agencies(self, rows: Iterable[Sequence[str]]) -> None:
        for id, address, kind, name, name_en, sector, code, proper, *_ in rows:
            number = len(self.agencies)
            self.agencies.append(Listed(id, address or id, Kind(kind), name, name_en, sector, code))
            self.at[code, sector].append(number)
            if proper:
                self.schools[name_key(proper)].append(number)

    def _add(self, place: Place, aliases: Iterable[str] = ()) -> Place:
        number = len(self.places)
        self.places.append(place)
        self._name(name_key(place.name), number)
        for alias in aliases:
            self._name(name_key(alias), number)
        return place

    def _name(self, key: str, number: int | None) -> None:
        if key and number is not None and number not in self.names[key]:
            self.names[key].append(number)


def name_key(name: str) -> str:
    """What spellings of one name share: no accents, blanks or marks; y and i, k and c are one letter; `05` is `5`."""
    key = "".join(map(_word_key, name.replace("-", " ").split()))
    return str(int(key)) if key.isdecimal() else key


@lru_cache(maxsize=8192)
def _word_key(word: str) -> str:
    """One word's part of a key; 30,000 names are made of some 4,000 words, so a file is read four times as fast."""
    return _HARD_C.sub("c", folded_key(word).replace("y", "i"))


def marked_key(name: str) -> str:
    """The name with its accents, wherever in a syllable they were put (hoà, hòa), to tell Cẩm Giang from Cẩm Giàng."""
    parts = []
    for word in unicodedata.normalize("NFD", name.casefold()).replace("'", "").split():
        marks = sorted(mark for mark in word if unicodedata.combining(mark))
        parts.append("".join(letter for letter in word if letter.isalnum()) + "".join(marks))
    return "".join(parts)


def initials(name: str) -> str:
    """`Bà Rịa - Vũng Tàu` → `brvt`, in the spelling of keys."""
    words = [folded_key(word) for word in name.replace("-", " ").split()]
    return name_key("".join(word[0] for word in words)) if len(words) > 1 else ""


def one_slip(one: str, other: str) -> bool:
    """Whether a single insertion, removal, change or swap of neighbours lies between two different texts."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    return one[start + 1 :] == other[start + 1 :] or (
        one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    )


def _successors(facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Old district → today's communes that hold a part of it, those with the larger part of it first."""
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _, _, district, targets, _ in facts["old_communes"]:
        for place, target in enumerate(targets):
            parts[district][target] += 1 if place == 0 else 0
    for district, targets in facts["old_islands"]:
        for target in targets:
            parts[district][target] += 1
    return {
        district: tuple(sorted(held, key=lambda target: (-held[target], target))) for district, held in parts.items()
    }
