"""Where batches of moves are kept. For `batching`.

Questions: one batch by agency and id · what became of each of its dossiers, piece by piece · an agency's batches, newest
first · which batches of all agencies are not at their end.

A batch is a row, and beside it a row for every fifty dossiers. A dossier's outcome is a word in a set of its piece, added in
the transaction of its move and only if it is not there: so nothing is done twice, whoever comes back to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import Write, change, put_new, read, remove, rows
from miniapp.dossiers.batches import Batch, BatchState, Chosen, Outcome, pieces_of
from miniapp.dossiers.rows import BatchRow, OpenBatchRow, PieceRow

OPEN = "batches#open"
SHOWN_MOST = 30


def list_key(agency: str) -> str:
    """An agency's batches, by when they were ordered."""
    return f"{agency}#batches"


def pieces_key(agency: str, batch: str) -> str:
    """A batch's pieces."""
    return f"{agency}#batch#{batch}"


@dataclass(frozen=True)
class Piece:
    """Some of a batch's dossiers, and what became of each."""

    number: int
    outcomes: tuple[Outcome, ...]

    @property
    def waiting(self) -> list[Chosen]:
        """Those whose turn has not come."""
        return [one.chosen for one in self.outcomes if one.is_waiting]


class BatchStore:
    """Reads and conditional writes of batches."""

    def find(self, agency: str, batch: str) -> Batch | None:
        """A batch as of this moment."""
        row = read(lambda: BatchRow.get(list_key(agency), batch, consistent_read=True))
        return _batch(row) if row else None

    def beat_at(self, agency: str, batch: str) -> datetime | None:
        """When a worker was last at it."""
        row = read(lambda: BatchRow.get(list_key(agency), batch, consistent_read=True))
        return from_iso(row.beat_at) if row else None

    def newest(self, agency: str) -> list[Batch]:
        """The last ones that were ordered, newest first."""
        key = list_key(agency)
        found = rows(lambda: BatchRow.query(key, scan_index_forward=False, limit=SHOWN_MOST, consistent_read=True))
        return [_batch(row) for row in found]

    def pieces(self, agency: str, batch: str) -> list[Piece]:
        """Every dossier of a batch, and what became of it."""
        key = pieces_key(agency, batch)
        return [_piece(row) for row in rows(lambda: PieceRow.query(key, consistent_read=True))]

    def open(self) -> list[tuple[str, str]]:
        """Agency and id of every batch that is not at its end, the one that was ordered first first."""
        return [(row.agency, row.batch) for row in rows(lambda: OpenBatchRow.query(OPEN, consistent_read=True))]

    # Writes, for one transaction.

    def ordered(self, batch: Batch, chosen: Sequence[Chosen]) -> list[Write]:
        """The writes of a new batch; Conflict `batch_exists`."""
        taken = Conflict("batch_exists")
        lines = [" ".join(f"{one.code}:{one.version}" for one in piece) for piece in pieces_of(chosen)]
        key = pieces_key(batch.agency, batch.id)
        added = [put_new(PieceRow(key, f"{number:03}", lines=text), taken) for number, text in enumerate(lines)]
        mark = OpenBatchRow(OPEN, _mark(batch), agency=batch.agency, batch=batch.id)
        body = json.dumps(to_plain(batch), ensure_ascii=False, separators=(",", ":"))
        head = BatchRow(
            list_key(batch.agency), batch.id, state=batch.state.value, body=body, beat_at=iso(batch.held_until)
        )
        return [put_new(head, taken), *added, put_new(mark, taken)]

    def goes_on(self, batch: Batch, state: BatchState, now: datetime) -> Write:
        """The write by which a batch comes from where it stands to another state; Conflict `batch_changed`."""
        actions = [BatchRow.state.set(state.value), BatchRow.beat_at.set(iso(now))]
        row = BatchRow(list_key(batch.agency), batch.id)
        return change(row, actions, BatchRow.state == batch.state.value, Conflict("batch_changed"))

    def closed(self, batch: Batch) -> Write:
        """The write that takes it from those that are not at their end."""
        row = OpenBatchRow(OPEN, _mark(batch))
        return remove(row, OpenBatchRow.batch == batch.id, Conflict("batch_changed"))

    def moved(self, batch: Batch, piece: int, code: str) -> Write:
        """The write that notes a dossier as moved; Conflict `batch_line_done` where its turn was before."""
        return self._done(batch, piece, code, [])

    def refused(self, batch: Batch, piece: int, code: str, problem: str) -> Write:
        """The write that notes why a dossier was not moved; Conflict `batch_line_done` as well."""
        return self._done(batch, piece, code, [PieceRow.refused.add({f"{code}:{problem}"})])

    def _done(self, batch: Batch, piece: int, code: str, more: list[Any]) -> Write:
        row = PieceRow(pieces_key(batch.agency, batch.id), f"{piece:03}")
        actions = [PieceRow.done.add({code}), *more]
        return change(row, actions, ~PieceRow.done.contains(code), Conflict("batch_line_done"))


def _mark(batch: Batch) -> str:
    return f"{iso(batch.at)}#{batch.agency}#{batch.id}"


def _batch(row: BatchRow) -> Batch:
    return from_plain(Batch, {**json.loads(row.body), "state": row.state})


def _piece(row: PieceRow) -> Piece:
    done = row.done or set()
    refused = dict(one.split(":") for one in row.refused or ())
    outcomes = []
    for line in row.lines.split(" "):
        code, version = line.split(":")
        is_moved = code in done and code not in refused
        outcomes.append(Outcome(Chosen(code, int(version)), is_moved, refused.get(code, "")))
    return Piece(int(row.sk), tuple(outcomes))
