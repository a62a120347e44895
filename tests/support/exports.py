"""Rows that nobody keeps, made as they are asked for; and exports of them. For tests of files of any size."""

import hashlib
from dataclasses import dataclass

from handlers.wiring import Services
from miniapp.exports.model import Batch, Export, Kind, Order
from miniapp.exports.service import Exports
from miniapp.exports.store import ExportStore
from miniapp.exports.writing import Writing

AGENCY = "phuong-hoa-mai"
SMALLEST = 5 * 1024 * 1024  # of a part, by the bucket's own rule
BATCH = 500


@dataclass
class Counting:
    """Rows 0 to `most`, as wide as told; the cursor is the next row's number. Its first readings may be broken."""

    most: int
    wide: int = 0
    batch: int = BATCH
    asked: int = 0
    broken: int = 0

    def after(self, cursor: str) -> Batch:
        if self.broken:
            self.broken -= 1
            raise ValueError("broken")
        first = int(cursor or 0)
        last = min(first + self.batch, self.most)
        self.asked += last - first
        fill = "x" * self.wide
        return Batch([(f"{n:08}", n % 10, fill) for n in range(first, last)], str(last) if last < self.most else "")


def plain(most: int, wide: int = 0) -> bytes:
    """The file that these rows make, written the plain way."""
    lines = [f'"{n:08}","{n % 10}","{"x" * wide}"\r\n' for n in range(most)]
    return b"\xef\xbb\xbf" + ('"a","b","c"\r\n' + "".join(lines)).encode()


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class ExportTown:
    """Exports of generated rows on a test's services."""

    def __init__(self, services: Services, rows: int, wide: int = 0, batch: int = BATCH) -> None:
        self.services = services
        self.source = Counting(rows, wide, batch)
        kinds = {"counting": Kind("dossiers.read", lambda agency, order: self.source)}
        held = services
        self.store = ExportStore()
        self.exports = Exports(self.store, kinds, held.files, held.audit, held.ids, held.clock)
        self.writing = Writing(self.store, kinds, held.files, held.audit, held.clock, SMALLEST)

    def ordered(self, actor: object) -> Export:
        return self.exports.order(actor, AGENCY, Order("counting", {}, ("a", "b", "c")))  # type: ignore[arg-type]

    def body(self, held: Export) -> bytes:
        return self.services.files.get("packs", held.key, 2**30)
