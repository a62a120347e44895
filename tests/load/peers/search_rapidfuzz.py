"""rapidfuzz's token_set_ratio over folded names."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from miniapp.core.folding import folded_words
from miniapp.procedures.entry import Entry


class Rapidfuzz:
    """Every name is compared."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._codes = [entry.code for entry in entries]
        self._names = [folded_words(entry.name) for entry in entries]

    def search(self, text: str, most: int) -> list[str]:
        """The best codes."""
        found = process.extract(folded_words(text), self._names, scorer=fuzz.token_set_ratio, limit=most)
        return [self._codes[at] for _, _, at in found]
