"""The catalogue as people read it: one procedure at one agency, or all of them. For pages, the search and the API.

Reads no table: a layer's pointer is a small object that is asked for at most every few seconds, a book never changes and
is read once in a process's life. When the bucket does not answer, the last known pointer serves on. Nothing here writes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miniapp.core.clock import Clock, local_day
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.ids import NATION
from miniapp.procedures.book import Book
from miniapp.procedures.layers import Merged, in_force, merged
from miniapp.procedures.store import ProcedureStore, Shown

AGE = 5  # seconds that a pointer is believed
LAYERS_MOST = 2_000
BOOKS_MOST = 60
MERGED_MOST = 500  # procedures kept as they are shown: those that people look at again and again

Lineage = Callable[[str], Sequence[str]]


@dataclass(slots=True)
class _Told:
    shown: Shown
    asked: float


class Catalogue:
    """All layers, as of a few seconds ago."""

    def __init__(self, store: ProcedureStore, lineage: Lineage, clock: Clock) -> None:
        self._store = store
        self._lineage = lineage  # an agency and those above it, topmost first
        self._clock = clock
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._books: OrderedDict[tuple[str, str], Book] = OrderedDict()
        self._merged: OrderedDict[tuple[Any, ...], Merged] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, agency: str, code: str, at: datetime | None = None) -> Merged:
        """The procedure as this agency shows it at a moment (now); NotFound `procedure_unknown`."""
        day = local_day(at or self._clock.now())
        layers = self.layers(agency)
        key = (code, day, *((layer, self.shown(layer).book) for layer in layers))
        with self._guard:
            if key in self._merged:
                self._merged.move_to_end(key)
                return self._merged[key]
        books = [(layer, self.book(layer)) for layer in layers]
        found = merged(code, [(layer, in_force(book.find(code), day)) for layer, book in books])
        if found is None:
            raise NotFound("procedure_unknown", procedure=code)
        with self._guard:
            self._merged[key] = found
            while len(self._merged) > MERGED_MOST:
                self._merged.popitem(last=False)
        return found

    def every(self, agency: str, at: datetime | None = None) -> Iterator[Merged]:
        """Every procedure that this agency shows, by code."""
        day = local_day(at or self._clock.now())
        books = [(layer, self.book(layer).by_code()) for layer in self.layers(agency)]
        for code in sorted({code for _, held in books for code in held}):
            found = merged(code, [(layer, in_force(held.get(code, ()), day)) for layer, held in books])
            if found is not None:
                yield found

    def edition(self, agency: str) -> tuple[str, ...]:
        """The names of the books that an agency's pages are made of: what is built of them changes when one does."""
        return tuple(self.shown(layer).book for layer in self.layers(agency))

    def synonyms(self, agency: str) -> tuple[tuple[str, str], ...]:
        """Phrases and the codes that they mean, as this agency and those above it approved them."""
        return tuple(one for layer in self.layers(agency) for one in self.shown(layer).synonyms)

    def book(self, layer: str) -> Book:
        """All that a layer says now."""
        key = (layer, self.shown(layer).book)
        with self._guard:
            held = self._books.get(key)
            if held is not None:
                self._books.move_to_end(key)
                return held
        held = self._store.book(*key)
        with self._guard:
            self._books[key] = held
            while len(self._books) > BOOKS_MOST:
                self._books.popitem(last=False)
        return held

    def layers(self, agency: str) -> Sequence[str]:
        """What an agency's pages are laid together from, topmost first."""
        return (NATION, *self._lineage(agency))

    def shown(self, layer: str) -> Shown:
        """What a layer has out, as of a few seconds ago."""
        now = self._clock.now().timestamp()
        held = self._told.get(layer)
        if held is not None and now - held.asked < AGE:
            return held.shown
        try:
            shown = self._store.shown(layer)
        except Unavailable:
            if held is None:
                raise
            shown = held.shown
        with self._guard:
            self._told[layer] = _Told(shown, now)
            self._told.move_to_end(layer)
            while len(self._told) > LAYERS_MOST:
                self._told.popitem(last=False)
        return shown
