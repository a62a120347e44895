"""Where each layer's book is kept, and what is read of it. For this slice's services; rows and objects stay in here.

Questions: which book of a layer is out (as of this moment, for whoever changes it) · which layers there are (for operators) ·
what was changed, newest first · one change by its number · what was decided of the words that people use.

The nation's layer stands under a name that no agency can have. Books and indexes are objects named by their content; the
row of a layer says by compare-and-set which book is out, and a small object says the same to readers, who ask no table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from miniapp.core.errors import Conflict, NotFound, Unavailable
from miniapp.core.files import Files
from miniapp.core.tables import SortedTable, Write, put, put_new, read, rows
from miniapp.procedures import book
from miniapp.procedures.model import Synonym, Version

BUCKET = "packs"
POINTER = "pointer"
VERSIONS = "version#"
SYNONYMS = "synonym#"
SYNONYMS_MOST = 500
BOOK_MOST = 64 * 1024 * 1024
INDEX_MOST = 64 * 1024 * 1024
POINTER_MOST = 256 * 1024


def version_key(number: int) -> str:
    """A version's place below its layer, in the order of time."""
    return f"{VERSIONS}{number:08}"


def book_key(layer: str, name: str) -> str:
    """The object of a book."""
    return f"procedures/{layer}/{name}.jsonl.gz"


def index_key(layer: str, name: str) -> str:
    """The object of an index."""
    return f"procedures/{layer}/{name}.index"


def pointer_key(layer: str) -> str:
    """The object that tells readers what is out."""
    return f"procedures/{layer}/out.json"


class ProceduresTable(SortedTable):
    """Layers of the catalogue."""

    class Meta:
        table_name = "procedures"


class PointerRow(ProceduresTable):
    """Which book of a layer is out."""

    number = NumberAttribute()
    book = UnicodeAttribute()
    synonyms = NumberAttribute(null=True)  # how often they were decided on


class VersionRow(ProceduresTable):
    """One change of a layer; never changed itself."""

    number = NumberAttribute()
    book = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    source = UnicodeAttribute()
    procedures = NumberAttribute()
    added = NumberAttribute()
    changed = NumberAttribute()


class SynonymRow(ProceduresTable):
    """What was decided of one phrase."""

    say = UnicodeAttribute()
    code = UnicodeAttribute()
    approved = BooleanAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (PointerRow, VersionRow, SynonymRow)


@dataclass(frozen=True)
class Pointer:
    """The book of a layer that is out, and how many there were (0: none yet); how often its synonyms were decided on."""

    number: int = 0
    book: str = ""
    synonyms: int = 0


@dataclass(frozen=True)
class Shown:
    """What readers are told of a layer. `indexes`: from which day each holds (empty: since ever), by day. `synonyms`:
    phrase and code, those that were approved."""

    number: int = 0
    book: str = ""
    indexes: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()

    def index(self, day: str) -> str:
        """The index that holds on a day; empty where there is none."""
        return next((name for start, name in reversed(self.indexes) if start <= day), "")


class ProcedureStore:
    """Rows and books of this slice."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def pointer(self, layer: str) -> Pointer:
        """What is out as of this moment."""
        row = read(lambda: PointerRow.get(layer, POINTER, consistent_read=True))
        return Pointer(int(row.number), row.book, int(row.synonyms or 0)) if row else Pointer()

    def layers(self) -> Sequence[str]:
        """Every layer that has a pointer. Reads the whole table, so for operators."""
        return sorted(row.pk for row in rows(lambda: PointerRow.scan(PointerRow.sk == POINTER, consistent_read=True)))

    def turned(self, layer: str, before: Pointer, version: Version) -> list[Write]:
        """The writes that bring a version out, if nobody else did since `before`."""
        moved = Conflict("procedures_changed")
        now = replace(before, number=version.number, book=version.book)
        facts = {name: getattr(version, name) for name in VersionRow.get_attributes() if name not in ("pk", "sk")}
        return [
            _pointed(layer, before, now, moved),
            put_new(VersionRow(layer, version_key(version.number), **facts), moved),
        ]

    def versions(self, layer: str, most: int = 50) -> Sequence[Version]:
        """What was changed, newest first."""
        found = rows(
            lambda: VersionRow.query(
                layer, VersionRow.sk.startswith(VERSIONS), scan_index_forward=False, limit=most, consistent_read=True
            )
        )
        return [_version(row) for row in found]

    def version(self, layer: str, number: int) -> Version | None:
        """One change, if there was one of that number."""
        row = read(lambda: VersionRow.get(layer, version_key(number)))
        return _version(row) if row else None

    def decided(self, layer: str, before: Pointer, key: str, synonym: Synonym) -> list[Write]:
        """The writes that decide on a phrase, if nothing was decided since `before`."""
        moved = Conflict("procedures_changed")
        row = SynonymRow(layer, f"{SYNONYMS}{key}", say=synonym.say, code=synonym.code, approved=synonym.approved)
        row.at, row.by = synonym.at, synonym.by
        now = replace(before, synonyms=before.synonyms + 1)
        # No condition on the row: whatever was decided of it before, the pointer says that nothing was since.
        return [_pointed(layer, before, now, moved), Write("put", row, moved)]

    def synonyms(self, layer: str) -> Sequence[Synonym]:
        """What was decided, by phrase."""
        found = rows(
            lambda: SynonymRow.query(
                layer, SynonymRow.sk.startswith(SYNONYMS), limit=SYNONYMS_MOST, consistent_read=True
            )
        )
        return [Synonym(row.say, row.code, bool(row.approved), row.at, row.by) for row in found]

    def put_book(self, layer: str, body: bytes) -> str:
        """Keep a book; its name."""
        name = book.name(body)
        self._files.put(BUCKET, book_key(layer, name), body, "application/gzip")
        return name

    def book(self, layer: str, name: str) -> book.Book:
        """A book by its name; an empty one where the layer has none."""
        if not name:
            return book.Book(book.packed([]))
        return book.Book(self._files.get(BUCKET, book_key(layer, name), BOOK_MOST))

    def put_index(self, layer: str, body: bytes) -> str:
        """Keep an index; its name."""
        name = sha256(body).hexdigest()[:40]
        self._files.put(BUCKET, index_key(layer, name), body)
        return name

    def index(self, layer: str, name: str) -> bytes:
        """An index by its name."""
        return self._files.get(BUCKET, index_key(layer, name), INDEX_MOST)

    def show(self, layer: str, shown: Shown) -> None:
        """Tell readers what is out."""
        told = json.dumps(asdict(shown)).encode()
        self._files.put(BUCKET, pointer_key(layer), told, "application/json")

    def shown(self, layer: str) -> Shown:
        """What readers were told is out; asks no table."""
        try:
            held = json.loads(self._files.get(BUCKET, pointer_key(layer), POINTER_MOST))
            indexes = tuple((str(start), str(name)) for start, name in held["indexes"])
            synonyms = tuple((str(say), str(code)) for say, code in held.get("synonyms", ()))
            return Shown(int(held["number"]), str(held["book"]), indexes, synonyms)
        except NotFound:
            return Shown()
        except (ValueError, LookupError, TypeError) as failure:
            raise Unavailable("files_unavailable", cause=type(failure).__name__) from failure


def _pointed(layer: str, before: Pointer, now: Pointer, moved: Conflict) -> Write:
    """The pointer moves on from what it was."""
    row = PointerRow(layer, POINTER, number=now.number, book=now.book, synonyms=now.synonyms or None)
    if before == Pointer():
        return put(row, PointerRow.pk.does_not_exist(), moved)
    words = PointerRow.synonyms == before.synonyms if before.synonyms else PointerRow.synonyms.does_not_exist()
    return put(row, (PointerRow.number == before.number) & words, moved)


def _version(row: VersionRow) -> Version:
    counts = (int(row.procedures), int(row.added), int(row.changed))
    return Version(int(row.number), row.book, row.at, row.by, row.source, *counts)
