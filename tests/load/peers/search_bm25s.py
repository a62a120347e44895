"""bm25s over folded names, words and pairs of neighbours: the strongest that was measured before there was ours."""

from collections.abc import Sequence
from itertools import pairwise

import bm25s

from miniapp.core.folding import folded_words
from miniapp.procedures.entry import Entry


class Bm25s:
    """Its own defaults: k1 1.5, b 0.75, Lucene's formula."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._codes = [entry.code for entry in entries]
        self._retriever = bm25s.BM25()
        self._retriever.index([_terms(entry.name) for entry in entries], show_progress=False)

    def search(self, text: str, most: int) -> list[str]:
        """The best codes."""
        found, _ = self._retriever.retrieve([_terms(text)], k=most, show_progress=False, n_threads=0)
        return [self._codes[at] for at in found[0]]


def _terms(text: str) -> list[str]:
    words = folded_words(text).split()
    return [*words, *map(" ".join, pairwise(words))]
