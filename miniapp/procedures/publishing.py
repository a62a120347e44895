"""Bringing a layer out to readers: the small object that names its book, and what is searched in.

For the desk of the catalogue. The nation's index holds all that it knows; another layer's, only what it gives a name to:
mostly what no one above it has. An index is made for today and for every day on which something begins, so that at 00:00
nothing has to happen: readers take the one that holds. Whoever was stopped half-way shows again; the same book makes the
same indexes under the same names. Nothing here decides which book is out."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from miniapp.core.clock import Clock, local_day
from miniapp.core.ids import NATION
from miniapp.procedures.book import Book
from miniapp.procedures.entries import entries
from miniapp.procedures.indexing import build
from miniapp.procedures.layers import Overlay, in_force, merged
from miniapp.procedures.model import Procedure
from miniapp.procedures.rules import compiled
from miniapp.procedures.store import Pointer, ProcedureStore, Shown

Tell = Callable[[str, int, int], None]


def in_silence(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


class Publishing:
    """Tells readers what is out."""

    def __init__(self, store: ProcedureStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def show(self, layer: str, tell: Tell = in_silence) -> Pointer:
        """Tell what is out. Of two who tell at once, the last one tells what is out then."""
        pointer = self._store.pointer(layer)
        while pointer != Pointer():
            indexes = self._indexes(layer, self._store.book(layer, pointer.book), tell)
            synonyms = tuple((one.say, one.code) for one in self._store.synonyms(layer) if one.approved)
            self._store.show(layer, Shown(pointer.number, pointer.book, indexes, synonyms))
            now = self._store.pointer(layer)
            if now == pointer:
                break
            pointer = now
        return pointer

    def _indexes(self, layer: str, book: Book, tell: Tell) -> tuple[tuple[str, str], ...]:
        held = book.by_code()
        today = local_day(self._clock.now())
        if layer != NATION:
            held = {code: overlays for code, overlays in held.items() if any("name" in one.changes for one in overlays)}
            if not held:
                return ()
        later = sorted({day for overlays in held.values() for one in overlays if (day := one.effective) > today})
        rules = compiled()
        made = []
        for done, day in enumerate([today, *later]):
            tell("indexing", done, 1 + len(later))
            body = build(entries(_on(layer, held, day)), rules)
            made.append((day if done else "", self._store.put_index(layer, body)))
        tell("indexing", len(made), len(made))
        return tuple(made)


def _on(layer: str, held: Mapping[str, Sequence[Overlay]], day: str) -> Iterator[Procedure]:
    """The procedures that a layer has a name for, as it tells them on a day."""
    for code, overlays in held.items():
        found = merged(code, [(layer, in_force(overlays, day))])
        if found is not None:
            yield found.procedure
