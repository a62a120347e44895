"""The directory: finds an agency by what people call it and the place it is in, by today's names or those of before.

For the page `/` and the bot. An ambiguous name is answered with all it may mean, never with a guess; every match says
why it was found. It reads no table: the file of `places` is fetched at most once a minute, and older ones serve
meanwhile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from miniapp.agencies.asking import Asked, Span, Words, ask
from miniapp.agencies.model import Kind
from miniapp.agencies.places import Level, Listed, Place, Places, marked_key, name_key
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import NotFound, Unavailable

BUCKET = "packs"
KEY = "agencies/directory.json.gz"
FILE_MOST = 8 * 1024 * 1024
LOOK_EVERY = 60.0
SHOWN = 24
OTHERS_SHOWN = 12
PROVINCE_WIDE = frozenset({"gddt", "noi-vu", "tu-phap", "y-te", "xay-dung", "nnmt", "hcc"})
SCHOOLS = {"school": ("th", "thcs", "thpt"), "th": ("th",), "thcs": ("thcs",), "thpt": ("thpt",)}
SAME_SIZE = {
    "tinh": {Level.PROVINCE, Level.OLD_PROVINCE},
    "tp": {Level.PROVINCE, Level.OLD_PROVINCE, Level.OLD_DISTRICT},
    "quan": {Level.OLD_DISTRICT},
    "huyen": {Level.OLD_DISTRICT},
    "tx": {Level.OLD_DISTRICT},
    "tt": {Level.COMMUNE, Level.OLD_COMMUNE},
    "xa": {Level.COMMUNE, Level.OLD_COMMUNE},
    "phuong": {Level.COMMUNE, Level.OLD_COMMUNE},
    "dk": {Level.COMMUNE, Level.OLD_DISTRICT},
}
TIER = {
    Level.PROVINCE: 0,
    Level.OLD_PROVINCE: 0,
    Level.COMMUNE: 1,
    Level.OLD_DISTRICT: 2,
    Level.OLD_COMMUNE: 3,
}


@dataclass(frozen=True)
class Match:
    """An agency and why it was found: `name`, `province_of` (a place in its province was named), or a name of before
    (`old_province`, `old_district`, `old_commune`).

    `within` tells namesakes apart: the province of today it is in."""

    agency: Listed
    why: str
    within: str = ""
    old_type: str = ""
    old_name: str = ""
    old_within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the question may mean: `matches` first (several: the asker must say which), then less likely ones."""

    matches: tuple[Match, ...] = ()
    total: int = 0
    others: tuple[Match, ...] = ()
    corrected: str = ""  # the name we took for one with a slip in it
    loose: bool = False  # some words were not understood or not heeded
    strange: tuple[str, ...] = field(default=())

    @property
    def is_ambiguous(self) -> bool:
        """Whether to ask which one."""
        return self.total > 1


class Source(Protocol):
    """Where the file lies: `miniapp.core.files.Files`."""

    def find(self, bucket: str, key: str) -> object | None: ...
    def get(self, bucket: str, key: str, most: int) -> bytes: ...


class Directory:
    """Searches; one per process."""

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._lock = Lock()
        self._found: Finder | None = None
        self._tag: object = None
        self._looked = float("-inf")

    def search(self, text: str) -> Answer:
        """What `text` may mean; `search_too_long`, or `directory_unavailable` before the first file is there."""
        return self._finder().search(text)

    def _finder(self) -> "Finder":
        now = self._clock.now().timestamp()
        with self._lock:
            if now - self._looked >= LOOK_EVERY or self._found is None:
                self._looked = now
                self._refresh()
            if self._found is None:
                raise Unavailable("directory_unavailable")
            return self._found

    def _refresh(self) -> None:
        try:
            tag = self._source.find(BUCKET, KEY)
            if tag is not None and tag != self._tag:
                self._found = Finder(Places.from_file(self._source.get(BUCKET, KEY, FILE_MOST)))
                self._tag = tag
        except (Unavailable, NotFound) as failure:
            log.warning("directory_stale", code=failure.code)


class Finder:
    """One directory file and how questions are answered from it."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._words = Words(places.words)

    def search(self, text: str) -> Answer:
        """What `text` may mean."""
        asked = ask(text, self._places, self._words)
        if asked is None or not asked.is_understood:
            return Answer(strange=asked.strange if asked else (), loose=bool(asked))
        if asked.sector.startswith("ministry:"):
            ministries = self._places.at["", asked.sector.partition(":")[2]]
            return self._answer(asked, [[self._match(number, None) for number in ministries]], True)
        if asked.sector in SCHOOLS or not any(self._candidates(span) for span in asked.names):
            return self._answer(asked, *self._schools(asked))
        return self._answer(asked, *self._located(asked))

    def _answer(self, asked: Asked, tiers: Sequence[Iterable[Match]], whole: bool) -> Answer:
        seen: set[str] = set()
        matches: list[Match] = []
        others: list[Match] = []
        for tier in tiers:
            into = others if matches else matches
            for match in _distinct(tier, seen):
                into.append(match)
                if len(others) == OTHERS_SHOWN:
                    break
        return Answer(
            tuple(matches[:SHOWN]),
            len(matches),
            tuple(others),
            self._corrected(asked, matches) if matches else "",
            bool(asked.strange) or not whole,
            asked.strange,
        )

    # places

    def _candidates(self, span: Span) -> list[Place]:
        """Places of this name: of the level that was said if there is one, with the accents that were typed if any."""
        found = [self._places.places[number] for key in span.keys for number in self._places.names.get(key, ())]
        if span.level:
            exact = [place for place in found if place.type == span.level]
            found = exact or [place for place in found if place.level in SAME_SIZE[span.level]] or found
        if span.marked and not span.marked.isascii():
            spelled = [place for place in found if marked_key(place.name) == span.marked]
            called = [place for place in found if name_key(place.name) not in span.keys]  # `Sài Gòn`: another name
            found = [place for place in found if place in spelled or place in called] if spelled else found
        return found

    def _located(self, asked: Asked) -> tuple[list[Iterable[Match]], bool]:
        main, candidates, whole = self._narrowed(asked.names)
        tiers: dict[int, list[Place]] = {}
        for place in candidates:
            exact_type = bool(main.level) and place.type == main.level
            tier = TIER[place.level] - (4 if exact_type and place.level != Level.OLD_COMMUNE else 0)
            tiers.setdefault(tier, []).append(place)
        order = sorted(tiers)
        if asked.sector in PROVINCE_WIDE and min(candidates, key=lambda place: place.level).level <= Level.OLD_PROVINCE:
            order = order[:1]  # whoever names a province and its department means no hamlet of that name
        return [self._expanded(tiers[tier], asked.sector) for tier in order], whole

    def _expanded(self, places: Iterable[Place], sector: str) -> Iterable[Match]:
        for place in places:
            yield from self._matches(place, sector)

    def _narrowed(self, spans: Sequence[Span]) -> tuple[Span, list[Place], bool]:
        """The name that the others locate best, its places there, and whether all the others fit.

        In `12 Nguyễn Huệ, phường 5, Tuy Hòa` the street is a place elsewhere: it fits least and is let go."""
        best: tuple[int, Span, list[Place]] | None = None
        for main in spans:
            around = [self._meant(span) for span in spans if span is not main]
            for place in self._candidates(main):
                near = self._places.containers(place)
                fitting = sum(1 for meant in around if near & meant)
                if best is None or fitting > best[0]:
                    best = (fitting, main, [place])
                elif fitting == best[0] and main is best[1]:
                    best[2].append(place)
        if best is None:
            raise ValueError("no name of a place")
        return best[1], best[2], best[0] == len(spans) - 1

    def _meant(self, span: Span) -> set[str]:
        """Keys of the places a name may stand for: `hcm` stands for `hochiminh`."""
        return {*span.keys, *(name_key(place.name) for place in self._candidates(span))}

    def _matches(self, place: Place, sector: str) -> list[Match]:
        sector = "" if sector == "committee" else sector
        codes: Sequence[str] = place.targets
        if sector in PROVINCE_WIDE:
            codes = sorted({self._places.province_of.get(code, code) for code in codes})
        found = [self._match(number, place) for code in codes for number in self._places.at.get((code, sector), ())]
        own = name_key(place.name)
        return sorted(found, key=lambda match: own not in name_key(match.agency.name))

    # schools

    def _schools(self, asked: Asked) -> tuple[list[Iterable[Match]], bool]:
        levels = SCHOOLS.get(asked.sector, SCHOOLS["school"])
        for main in asked.names:
            around = [span for span in asked.names if span is not main]
            found = self._schools_named(main, levels, around)
            if found:
                return [[self._match(number, None) for number in found]], True
        located = [span for span in asked.names if self._candidates(span)]
        unnamed = [span for span in located if not self._schools_named(span, levels, ())]
        for spans in (located, unnamed):
            if spans:
                candidates, whole = self._narrowed(spans)[1:]
                schools = self._schools_in(candidates, levels) if whole else []
                if schools:
                    return [schools], len(spans) == len(asked.names)
        return [], False

    def _schools_in(self, candidates: Sequence[Place], levels: Sequence[str]) -> list[Match]:
        """The schools of the largest places that have any."""
        for tier in sorted({TIER[place.level] for place in candidates}):
            codes = {code: 0 for place in candidates if TIER[place.level] == tier for code in place.targets}
            whole = {code for code in codes if code in self._places.province}
            codes.update((code, 0) for code, province in self._places.province_of.items() if province in whole)
            found = [number for code in codes for level in levels for number in self._places.at.get((code, level), ())]
            if found:
                return [self._match(number, None) for number in found]
        return []

    def _schools_named(self, main: Span, levels: Sequence[str], around: Sequence[Span]) -> list[int]:
        found = []
        for key in main.keys:
            for number in self._places.schools.get(key, ()):
                agency = self._places.agencies[number]
                commune = self._places.commune.get(agency.code)
                if agency.sector in levels and commune and self._stands_in(commune, around):
                    found.append(number)
        return found

    def _stands_in(self, commune: Place, around: Sequence[Span]) -> bool:
        near = self._places.containers(commune) | {name_key(commune.name)}
        return all(near & self._meant(span) for span in around)

    # answers

    def _match(self, number: int, place: Place | None) -> Match:
        agency = self._places.agencies[number]
        within = "" if agency.kind in (Kind.PROVINCE, Kind.MINISTRY, Kind.DEPARTMENT) else self._province(agency.code)
        if place is None or (place.level in (Level.PROVINCE, Level.COMMUNE) and agency.code == place.code):
            return Match(agency, "name", within)
        if place.level is Level.COMMUNE:
            return Match(agency, "province_of", within, self._places.types[place.type], place.name)
        old_within = []
        if place.level is Level.OLD_COMMUNE:
            district = self._places.old_district[place.district]
            old_within.append(f"{self._places.types[district.type]} {district.name}")
        if place.level is not Level.OLD_PROVINCE:
            old_within.append(self._places.old_province[place.province].name)
        why = place.level.name.lower()
        return Match(agency, why, within, self._places.types[place.type], place.name, tuple(old_within))

    def _province(self, code: str) -> str:
        found = self._places.province.get(self._places.province_of.get(code, code))
        return found.name if found else ""

    def _corrected(self, asked: Asked, matches: Sequence[Match]) -> str:
        """The name that stood for a mistyped one: the first match's own where it is one of those that come near."""
        slip = next((span for span in asked.names if span.value == "slip"), None)
        if slip is None:
            return ""
        places = [place for place in self._candidates(slip)]
        first = matches[0]
        named = [
            place.name for place in places if place.name == first.old_name or first.agency.name.endswith(place.name)
        ]
        schools = [self._places.agencies[number].name for number in self._places.schools.get(slip.keys[0], ())]
        return (named or [place.name for place in places] or schools)[0]


def _distinct(matches: Iterable[Match], seen: set[str]) -> Iterable[Match]:
    for match in matches:
        if match.agency.id not in seen:
            seen.add(match.agency.id)
            yield match
