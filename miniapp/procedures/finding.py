"""Finding procedures at an agency: the search's matches, each as this agency shows it. For pages, the bot and the API.

The nation's index is read once, and so is the small one of a layer that has procedures of its own; what an agency changed
is laid over the few that were found. Nothing here asks a table. When the bucket does not answer, the index in memory serves
on."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from miniapp.agencies.model import Kind
from miniapp.core import log
from miniapp.core.clock import Clock, local_day
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.happenings import Kind as Happening
from miniapp.core.ids import NATION
from miniapp.procedures.catalogue import Catalogue
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Procedure
from miniapp.procedures.rules import Rules, said
from miniapp.procedures.searching import SHOWN, Answer, Match, Search
from miniapp.procedures.store import ProcedureStore

MOST = 50
SPARE = 5  # matches more than asked for, since an agency may have closed some
LONGEST = 300  # letters of a question
RULES_MOST = 50  # sets of agencies' own phrases that a process keeps folded
INDEXES_MOST = 50  # small ones of layers, beside the nation's
Phrases = tuple[tuple[str, str], ...]
SEARCHED = Happening("procedures_searched", {"outcome": frozenset({"found", "unsure", "nothing"})})
LEVELS = {Kind.COMMUNE: Level.COMMUNE, Kind.MINISTRY: Level.MINISTRY}


@dataclass(frozen=True)
class Hit:
    """One match, and the procedure as the agency shows it."""

    match: Match
    procedure: Procedure


@dataclass(frozen=True)
class Found:
    """What a question found. `is_empty`: there is no catalogue to find anything in."""

    answer: Answer
    hits: tuple[Hit, ...] = ()
    has_more: bool = False
    is_empty: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing clearly fits here; what fitted elsewhere may be closed at this agency."""
        return self.answer.doubtful or not self.hits

    @property
    def outcome(self) -> str:
        """How it went, as it is counted."""
        return ("unsure" if self.is_doubtful else "found") if self.hits else "nothing"


class Finder:
    """Searches the catalogue that is out."""

    def __init__(self, store: ProcedureStore, catalogue: Catalogue, clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._held: OrderedDict[str, tuple[str, Search]] = OrderedDict()
        self._said: OrderedDict[tuple[str, Phrases], Rules] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, agency: str, text: str, kind: Kind | None = None, most: int = SHOWN) -> Found:
        """What a question finds at an agency; of equals, those come first that agencies of its kind take in."""
        searches = [one for layer in self._catalogue.layers(agency) if (one := self._search(layer))]
        if not searches:
            return Found(Answer(), is_empty=True)
        most = min(most, MOST)
        level = LEVELS.get(kind, Level.PROVINCE) if kind else None
        rules = self._rules(agency, searches[0])
        answers = (one.search(text[:LONGEST], most + SPARE, level, rules) for one in searches)
        answer = reduce(Answer.joined, answers)
        hits = (hit for match in answer.matches if (hit := self._hit(agency, match)))
        found = tuple(islice(hits, most + 1))  # none is put together that nobody will see
        return Found(answer, found[:most], has_more=len(found) > most)

    def of_event(self, agency: str, event: str) -> tuple[Procedure, ...]:
        """The procedures of a life event, in the order in which they are done; NotFound `life_event_unknown`."""
        search = self._search()
        codes = search.events.get(event) if search else None
        if codes is None:
            raise NotFound("life_event_unknown", event=event)
        return tuple(self._shown(agency, codes))

    def events(self, agency: str) -> Sequence[str]:
        """The life events that procedures are grouped by, of which the agency shows at least one."""
        search = self._search()
        grouped = search.events.items() if search else ()
        return tuple(event for event, codes in grouped if any(self._shown(agency, codes)))

    def _shown(self, agency: str, codes: Iterable[str]) -> Iterator[Procedure]:
        """The procedures of codes, without those that are not there or closed."""
        found = (self._procedure(agency, code) for code in codes)
        return (one for one in found if one is not None)

    def _hit(self, agency: str, match: Match) -> Hit | None:
        held = self._procedure(agency, match.code)
        return Hit(match, held) if held else None

    def _procedure(self, agency: str, code: str) -> Procedure | None:
        try:
            held = self._catalogue.get(agency, code).procedure
        except NotFound:
            return None
        return held if held.is_open else None

    def _rules(self, agency: str, search: Search) -> Rules:
        """The index's rules with what this agency and those above it approved."""
        words = self._catalogue.synonyms(agency)
        if not words:
            return search.rules
        key = (search.fingerprint, words)
        with self._guard:
            held = self._said.get(key)
            if held is None:
                held = search.rules.with_said(said({"say": [phrase], "codes": [code]} for phrase, code in words))
                self._said[key] = held
            self._said.move_to_end(key)
            while len(self._said) > RULES_MOST:
                self._said.popitem(last=False)
        return held

    def _search(self, layer: str = NATION) -> Search | None:
        name = self._catalogue.shown(layer).index(local_day(self._clock.now()))
        held = self._held.get(layer)
        if held is not None and held[0] == name:
            return held[1]
        if not name:
            return None
        with self._guard:
            held = self._held.get(layer)
            if held is not None and held[0] == name:
                return held[1]
            try:
                made = Search(self._store.index(layer, name))
            except (Unavailable, ValueError) as failure:  # ValueError: made by another version of ours
                log.warning("procedures_index_stale", layer=layer, cause=type(failure).__name__)
                if held is None and layer == NATION:
                    raise Unavailable("files_unavailable", cause=type(failure).__name__) from failure
                return held[1] if held else None  # without a layer's own, all that the nation has is still found
            self._held[layer] = (name, made)
            if len(self._held) > 1 + INDEXES_MOST:
                del self._held[next(one for one in self._held if one != NATION)]
            return made
