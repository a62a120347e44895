"""What an import leaves in the packs bucket beside the pack: runs of rows, lists of problems and of changes.

For the import, which writes, for reports, which read, and for erasing, which must know every key. Lists are whole; a
list that is not there reads as an empty one, since an edition may stand before its import came to it."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, BinaryIO, cast

from miniapp.core.errors import NotFound
from miniapp.core.files import Files
from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.difference import Change, Difference, Moved
from miniapp.exam_scores.findings import Findings
from miniapp.exam_scores.gathering import Run
from miniapp.exam_scores.lists import PART, Kept, Lines, kept, spool
from miniapp.exam_scores.model import Exam

PACKS = "packs"


@dataclass(frozen=True)
class Changes:
    """The list of changes, and what stands in its head: the first of them, and what they do to each subject."""

    kept: Kept
    sample: list[Change]
    moves: dict[str, Moved]

    def start_at(self, start: int) -> Iterator[Change]:
        """The changes from one on."""
        return map(Change.of, self.kept.lines(start))


class ImportLists:
    """Runs and lists of editions in the bucket."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def keep_run(self, exam: Exam, edition: str, file: str, run: Run) -> str:
        """Keep a file's rows; the key they lie under."""
        key = f"runs/{exam.agency}/{exam.slug}/{edition}/{file}"
        with _packed_run(run) as body:
            self._files.put(PACKS, key, cast(BinaryIO, body))
        return key

    def run(self, key: str) -> Run:
        """The rows of a file as they were kept."""
        return _unpacked_run(self._files.open(PACKS, key).read())

    def keep_findings(self, exam: Exam, edition: str, file: str, findings: Findings) -> None:
        """Keep every problem of one file."""
        codes = [kind.code for kind in findings.kinds()]
        self._put(findings_key(exam, edition, file), findings.lines, {"codes": codes})

    def findings(self, exam: Exam, edition: str, file: str) -> Kept:
        """Every problem of one file: code, row, column, value."""
        return self._open(findings_key(exam, edition, file))

    def keep_together(self, exam: Exam, edition: str, lines: Lines) -> None:
        """Keep what is wrong with files only beside others: the file's id, then as in a file's list."""
        self._put(together_key(exam, edition), lines, {})

    def together(self, exam: Exam, edition: str) -> Kept:
        """What is wrong with files only beside others."""
        return self._open(together_key(exam, edition))

    def keep_changes(self, exam: Exam, edition: str, found: Difference) -> None:
        """Keep every change."""
        facts = {
            "sample": [list(change.line) for change in found.sample],
            "moves": {subject: asdict(move) for subject, move in found.moves.items()},
        }
        self._put(changes_key(exam, edition), found.lines, facts)

    def changes(self, exam: Exam, edition: str) -> Changes:
        """Every change, in the order of numbers."""
        held = self._open(changes_key(exam, edition))
        facts = cast(dict[str, Any], held.facts)
        moves = {subject: Moved(**move) for subject, move in facts.get("moves", {}).items()}
        return Changes(held, [Change.of(line) for line in facts.get("sample", ())], moves)

    def _put(self, key: str, lines: Lines, facts: Mapping[str, object]) -> None:
        with lines.packed(facts) as body:
            self._files.put(PACKS, key, cast(BinaryIO, body))

    def _open(self, key: str) -> Kept:
        def opened() -> BinaryIO | None:
            try:
                return self._files.open(PACKS, key)
            except NotFound:
                return None

        return kept(opened)


def findings_key(exam: Exam, edition: str, file: str) -> str:
    """Where the list of a file's problems lies."""
    return f"findings/{exam.agency}/{exam.slug}/{edition}/{file}"


def together_key(exam: Exam, edition: str) -> str:
    """Where the list of what is wrong with files only beside others lies."""
    return findings_key(exam, edition, "together")


def changes_key(exam: Exam, edition: str) -> str:
    """Where the list of changes of an edition lies."""
    return f"changes/{exam.agency}/{exam.slug}/{edition}"


def _packed_run(run: Run) -> IO[bytes]:
    """A run as an object: one line about the shape, then the records, some at a time: all at once are much memory."""
    head = [run.shape.width, run.shape.subjects, run.shape.extras, run.rows, run.key_version]
    body, packing = spool(), zlib.compressobj(1)
    body.write(json.dumps(head).encode() + b"\n")
    for start in range(0, len(run.records), PART):
        body.write(packing.compress(b"".join(run.records[start : start + PART])))
    body.write(packing.flush())
    body.seek(0)
    return body


def _unpacked_run(body: bytes) -> Run:
    head, _, packed = body.partition(b"\n")
    width, subjects, extras, total, version = json.loads(head)
    shape = Shape(width, tuple(subjects), tuple(extras))
    raw = zlib.decompress(packed)
    records = [raw[start : start + shape.size] for start in range(0, len(raw), shape.size)]
    return Run(shape, records, total, Findings(), version)
