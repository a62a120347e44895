"""Whoosh with prefix search: each typed word may be the beginning of one in the folded name; BM25F."""

from collections.abc import Sequence

from whoosh.analysis import SimpleAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.query import Or, Prefix

from miniapp.core.folding import folded_words
from miniapp.procedures.entry import Entry

SHORTEST_PREFIX = 2


class Whoosh:
    """In memory, with one searcher kept open."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        schema = Schema(code=ID(stored=True), name=TEXT(analyzer=SimpleAnalyzer()))
        index = RamStorage().create_index(schema)
        writer = index.writer()
        for entry in entries:
            writer.add_document(code=entry.code, name=folded_words(entry.name))
        writer.commit()
        self._searcher = index.searcher()

    def search(self, text: str, most: int) -> list[str]:
        """The best codes."""
        words = [word for word in folded_words(text).split() if len(word) >= SHORTEST_PREFIX]
        found = self._searcher.search(Or([Prefix("name", word) for word in words]), limit=most)
        return [hit["code"] for hit in found]
