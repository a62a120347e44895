"""Where each layer's book is kept, and what is read of it. For this slice's services; rows and objects stay in here.

Questions: which book of a layer is out (as of this moment, for whoever changes it) · what was changed, newest first.

The nation's layer stands under a name that no agency can have. Books and indexes are objects named by their content; the
row of a layer says by compare-and-set which book is out, and a small object says the same to readers, who ask no table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.errors import Conflict, NotFound, Unavailable
from miniapp.core.files import Files
from miniapp.core.tables import SortedTable, Write, put, put_new, read, rows
from miniapp.procedures import book

BUCKET = "packs"
POINTER = "pointer"
VERSIONS = "version#"
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


TABLES: tuple[type[SortedTable], ...] = (PointerRow, VersionRow)


@dataclass(frozen=True)
class Pointer:
    """The book of a layer that is out, and how many there were; number 0: none yet."""

    number: int = 0
    book: str = ""


@dataclass(frozen=True)
class Shown:
    """What readers are told of a layer. `indexes`: from which day each holds (empty: since ever), by day."""

    number: int = 0
    book: str = ""
    indexes: tuple[tuple[str, str], ...] = ()

    def index(self, day: str) -> str:
        """The index that holds on a day; empty where there is none."""
        return next((name for start, name in reversed(self.indexes) if start <= day), "")


@dataclass(frozen=True)
class Version:
    """One change of a layer: which book came out of it, when, by whom, from what, and how much changed."""

    number: int
    book: str
    at: str
    by: str
    source: str
    procedures: int  # in the book
    added: int
    changed: int


class ProcedureStore:
    """Rows and books of this slice."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def pointer(self, layer: str) -> Pointer:
        """What is out as of this moment."""
        row = read(lambda: PointerRow.get(layer, POINTER, consistent_read=True))
        return Pointer(int(row.number), row.book) if row else Pointer()

    def turned(self, layer: str, before: Pointer, version: Version) -> list[Write]:
        """The writes that bring a version out, if nobody else did since `before`."""
        moved = Conflict("procedures_changed")
        now = PointerRow(layer, POINTER, number=version.number, book=version.book)
        unmoved = PointerRow.number == before.number if before.number else PointerRow.pk.does_not_exist()
        facts = {name: getattr(version, name) for name in VersionRow.get_attributes() if name not in ("pk", "sk")}
        return [put(now, unmoved, moved), put_new(VersionRow(layer, version_key(version.number), **facts), moved)]

    def versions(self, layer: str, most: int = 50) -> Sequence[Version]:
        """What was changed, newest first."""
        found = rows(
            lambda: VersionRow.query(
                layer, VersionRow.sk.startswith(VERSIONS), scan_index_forward=False, limit=most, consistent_read=True
            )
        )
        return [
            Version(
                *(int(row.number), row.book, row.at, row.by, row.source),
                *(int(row.procedures), int(row.added), int(row.changed)),
            )
            for row in found
        ]

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
            return Shown(int(held["number"]), str(held["book"]), indexes)
        except NotFound:
            return Shown()
        except (ValueError, LookupError, TypeError) as failure:
            raise Unavailable("files_unavailable", cause=type(failure).__name__) from failure
