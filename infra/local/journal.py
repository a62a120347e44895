"""An append-only file of changes to keyed values, and its compaction. For the local engine and nobody else.

A folder holds at most one `base-N.log` (everything up to segment N, compacted) and the segments `journal-N+1.log` and
later, all in one format: frames of checked length and sum, each frame the changes of one instant, so that a transaction
is kept whole or not at all. What an interrupted write leaves at the end is cut off; any other damage is named, and
nothing is guessed.
It knows nothing of tables or queues, and it never compacts inside the process that answers requests."""

import contextlib
import fcntl
import os
import re
import struct
import sys
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAGIC = b"MCJ1"
HEAD = struct.Struct(">4sII")  # magic, length of the payload, its CRC-32
FRAME = 4 * 1024 * 1024
COMPACT_BYTES = 32 * 1024 * 1024
COMPACT_SEGMENTS = 16
NAMED = re.compile(r"(base|journal)-(\d{8})\.log")

Groups = dict[bytes, dict[bytes, bytes]]


class Damaged(Exception):
    """A kept file is damaged in a way no interrupted write explains."""

    def __init__(self, path: Path, offset: int) -> None:
        super().__init__(
            f"{path} is damaged at byte {offset} (of {path.stat().st_size}). "
            "Nothing was changed. Put back a copy of this folder, or move it away to begin with an empty one."
        )
        self.path, self.offset = path, offset


class Change(NamedTuple):
    """One value set; without value the key goes, without key the whole group goes. Key and value are JSON texts."""

    group: str
    key: str = ""
    value: str = ""


def encode(changes: Iterable[Change]) -> bytes:
    """One frame's payload: a line per change (JSON has no raw tab or line end)."""
    return "\n".join(f"{change.group}\t{change.key}\t{change.value}" for change in changes).encode()


def apply(groups: Groups, payload: bytes) -> None:
    """Bring `groups` up to date by one frame; a key that is set again keeps its place."""
    for line in payload.split(b"\n"):
        group, key, value = line.split(b"\t")
        if not key:
            groups.pop(group, None)
        elif value:
            groups.setdefault(group, {})[key] = value
        else:
            groups.get(group, {}).pop(key, None)


def frames(path: Path, may_be_torn: bool) -> Iterator[bytes]:
    """The payloads of a file in order. A torn end is cut off the file when `may_be_torn`, else it is damage."""
    with path.open("rb") as file:
        offset = 0
        while (payload := _frame(file)) is not None:
            yield payload
            offset = file.tell()
        if offset == path.stat().st_size:
            return
        file.seek(offset)
        if not may_be_torn or not _is_torn(file.read()):
            raise Damaged(path, offset)
    print(f"journal: cut {path.stat().st_size - offset} torn bytes off {path.name}", file=sys.stderr)
    os.truncate(path, offset)


def _frame(file: BinaryIO) -> bytes | None:
    head = file.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    magic, length, checksum = HEAD.unpack(head)
    if magic != MAGIC:
        return None
    payload = file.read(length)
    return payload if len(payload) == length and zlib.crc32(payload) == checksum else None


def _is_torn(rest: bytes) -> bool:
    """Whether this is what a killed process or a power cut leaves of one write: its beginning, or blocks of zeros.

    A payload is text and holds no zero byte."""
    if not rest.strip(b"\0") or (len(rest) < HEAD.size and MAGIC.startswith(rest[: len(MAGIC)])):
        return True
    if not rest.startswith(MAGIC) or len(rest) < HEAD.size or _whole_frame_in(rest):
        return False
    _, length, _ = HEAD.unpack_from(rest)
    return length > len(rest) - HEAD.size or b"\0" in rest[HEAD.size :]


def _whole_frame_in(rest: bytes) -> bool:
    at = rest.find(MAGIC, 1)
    while at >= 0 and at + HEAD.size <= len(rest):
        _, length, checksum = HEAD.unpack_from(rest, at)
        start = at + HEAD.size
        if start + length <= len(rest) and zlib.crc32(rest[start : start + length]) == checksum:
            return True
        at = rest.find(MAGIC, at + 1)
    return False


class Journal:
    """The writing side of one process: one thread appends, another may `sync`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = 0
        self._file: int | None = None
        self._open = threading.Lock()  # held while the file may not be closed
        self.size = 0

    def load(self) -> Groups:
        """Everything that was kept; afterwards the journal is open for `append`."""
        with _compaction_lock(self._folder):  # an orphaned compactor may still be at work
            groups = _read(self._folder, upto=None)
            _remove_superseded(self._folder)
        self.rotate()
        return groups

    def append(self, changes: Iterable[Change]) -> int:
        """Hand the changes to the system as one frame: no death of this process loses them. The bytes written."""
        payload = encode(changes)
        if not payload or self._file is None:
            return 0
        frame = HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload
        written = memoryview(frame)
        while written:
            written = written[os.write(self._file, written) :]
        self.size += len(frame)
        return len(frame)

    def sync(self) -> None:
        """Wait until the disk has what was appended, so that no power cut loses it. It may take its time."""
        with self._open:
            if self._file is not None:
                os.fsync(self._file)

    def rotate(self) -> int:
        """Begin a new segment; the number of the last sealed one."""
        self.close()
        held = [number for _, number, _ in _files(self._folder)]
        self._number = max([self._number, *held], default=0) + 1
        path = self._folder / f"journal-{self._number:08}.log"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        _fsync_folder(self._folder)
        self.size = 0
        return self._number - 1

    def close(self) -> None:
        """Sync and close the segment."""
        self.sync()
        with self._open:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def wants_compaction(self) -> bool:
        """Whether the sealed segments and this one have grown out of proportion to what they say."""
        bases = sum(path.stat().st_size for kind, _, path in _files(self._folder) if kind == "base")
        segments = [path.stat().st_size for kind, _, path in _files(self._folder) if kind == "journal"]
        return sum(segments) > max(COMPACT_BYTES, bases // 2) or len(segments) > COMPACT_SEGMENTS


def compact(folder: Path, upto: int) -> None:
    """Fold the base and the sealed segments up to `upto` into one new base. Runs in a process of its own."""
    with _compaction_lock(folder):
        groups = _read(folder, upto)
        made = folder / f"base-{upto:08}.log"
        draft = made.with_suffix(".tmp")
        with draft.open("wb") as file:
            for payload in _portions(groups):
                file.write(HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(made)
        _fsync_folder(folder)
        _remove_superseded(folder)


def _portions(groups: Groups) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for group, values in groups.items():
        for key, value in values.items():
            lines.append(b"\t".join((group, key, value)))
            size += len(lines[-1])
            if size > FRAME:
                yield b"\n".join(lines)
                lines, size = [], 0
    if lines:
        yield b"\n".join(lines)


def _read(folder: Path, upto: int | None) -> Groups:
    groups: Groups = {}
    files = [entry for entry in _files(folder) if upto is None or entry[1] <= upto]
    based = max((number for kind, number, _ in files if kind == "base"), default=0)
    for kind, number, path in files:
        if number < based or (kind == "journal" and number == based):
            continue
        for payload in frames(path, may_be_torn=path == files[-1][2] and kind == "journal"):
            apply(groups, payload)
    return groups


def _files(folder: Path) -> list[tuple[str, int, Path]]:
    matches = ((NAMED.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted(
        ((match[1], int(match[2]), path) for match, path in matches if match), key=lambda entry: (entry[1], entry[0])
    )


def _remove_superseded(folder: Path) -> None:
    files = _files(folder)
    based = max((number for kind, number, _ in files if kind == "base"), default=0)
    for kind, number, path in files:
        if number < based or (kind == "journal" and number == based):
            path.unlink()
    for draft in folder.glob("base-*.tmp"):
        draft.unlink()


@contextlib.contextmanager
def _compaction_lock(folder: Path) -> Iterator[None]:
    with (folder / "compact.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fsync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


if __name__ == "__main__":
    os.nice(10)
    compact(Path(sys.argv[1]), int(sys.argv[2]))
