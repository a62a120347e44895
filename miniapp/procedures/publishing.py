"""Bringing a layer out to readers: the small object that names its book, and for the nation what is searched in.

For the desk of the catalogue. An index is made for today and for every day on which something begins, so that at 00:00
nothing has to happen: readers take the one that holds. Whoever was stopped half-way shows again; the same book makes the
same indexes under the same names. Nothing here decides which book is out."""

from collections.abc import Callable, Iterable, Iterator

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
            indexes = self._indexes(self._store.book(layer, pointer.book), tell) if layer == NATION else ()
            synonyms = tuple((one.say, one.code) for one in self._store.synonyms(layer) if one.approved)
            self._store.show(layer, Shown(pointer.number, pointer.book, indexes, synonyms))
            now = self._store.pointer(layer)
            if now == pointer:
                break
            pointer = now
        return pointer

    def _indexes(self, book: Book, tell: Tell) -> tuple[tuple[str, str], ...]:
        held = _by_code(book)
        today = local_day(self._clock.now())
        later = sorted({one.effective for overlays in held.values() for one in overlays if one.effective > today})
        rules = compiled()
        made = []
        for done, day in enumerate([today, *later]):
            tell("indexing", done, 1 + len(later))
            made.append((day if done else "", self._store.put_index(NATION, build(entries(_on(held, day)), rules))))
        tell("indexing", len(made), len(made))
        return tuple(made)


def _by_code(book: Iterable[Overlay]) -> dict[str, list[Overlay]]:
    held: dict[str, list[Overlay]] = {}
    for overlay in book:
        held.setdefault(overlay.code, []).append(overlay)
    return held


def _on(held: dict[str, list[Overlay]], day: str) -> Iterator[Procedure]:
    """The nation's procedures as they are on a day."""
    for code, overlays in held.items():
        found = merged(code, [(NATION, in_force(overlays, day))])
        if found is not None:
            yield found.procedure
