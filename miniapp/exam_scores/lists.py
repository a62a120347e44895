"""Long lists that are kept whole: lines of a few short values, compressed a part at a time. For the import and reports.

A year in which every row has something wrong is a million lines; as objects they would need more memory than the import
has, so a part is compressed as soon as it is full and what is compressed goes to a file of its own once it is much.
Whoever reads later skips whole parts without unpacking them. It knows neither problems nor changes, and it drops lines
only beyond a bound that a file of honest size never meets; how many there were is always told."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from shutil import copyfileobj
from struct import Struct
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

Line = Sequence[str | int]

PART = 20_000
MOST = 10_000_000
IN_MEMORY = 8 * 1024 * 1024
LENGTH = Struct(">I")
Opened = Callable[[], BinaryIO | None]


class Lines:
    """A list while it grows; at most `most` lines are kept, all are counted."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.total = 0
        self._last: list[Line] = []
        self._parts: list[tuple[int, int]] = []  # lines and bytes of each
        self._packed: IO[bytes] | None = None

    @property
    def kept(self) -> int:
        """How many lines can be read again."""
        return min(self.total, self.most)

    def add(self, line: Line) -> None:
        """One more line, of strings and whole numbers."""
        self.total += 1
        if self.total <= self.most:
            self._last.append(line)
            if len(self._last) >= PART:
                self._pack()

    def extend(self, lines: Iterable[Line]) -> None:
        """Several more."""
        for line in lines:
            self.add(line)

    def __iter__(self) -> Iterator[Line]:
        at = 0
        for _, size in self._parts:
            assert self._packed is not None
            self._packed.seek(at)
            yield from json.loads(zlib.decompress(self._packed.read(size)))
            at += size
        yield from self._last

    def packed(self, facts: Mapping[str, object] | None = None) -> IO[bytes]:
        """The list as one object, from its first byte: a head with `facts` for who needs no lines, then the parts."""
        if self._last:
            self._pack()
        head = json.dumps({"total": self.total, "parts": self._parts, "facts": dict(facts or {})}).encode()
        whole = spool()
        whole.write(LENGTH.pack(len(head)) + head)
        if self._packed is not None:
            self._packed.seek(0)
            copyfileobj(self._packed, whole)
        whole.seek(0)
        return whole

    def _pack(self) -> None:
        self._packed = self._packed or spool()
        body = zlib.compress(json.dumps(self._last, ensure_ascii=False, separators=(",", ":")).encode(), 1)
        self._packed.seek(0, 2)
        self._packed.write(body)
        self._parts.append((len(self._last), len(body)))
        self._last = []


@dataclass(frozen=True)
class Kept:
    """A list as it was kept: how many lines there were, how many can be read, and what its head says besides."""

    total: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    opened: Opened = lambda: None

    @property
    def kept(self) -> int:
        """How many lines can be read."""
        return sum(lines for lines, _ in self.parts)

    def lines(self, start: int = 0) -> Iterator[Line]:
        """The lines from a place on, one part in memory at a time; parts before it are not unpacked."""
        stream = self.opened() if start < self.kept else None
        if stream is None:
            return
        _head(stream)
        for count, size in self.parts:
            body = _exactly(stream, size)
            if start < count:
                yield from islice(json.loads(zlib.decompress(body)), start, None)
            start = max(0, start - count)


def kept(opened: Opened) -> Kept:
    """The head of a list; `opened` gives its object as a new stream each time, or None where there is none."""
    stream = opened()
    if stream is None:
        return Kept()
    head = _head(stream)
    stream.close()
    return Kept(head["total"], tuple((lines, size) for lines, size in head["parts"]), head["facts"], opened)


def _head(stream: BinaryIO) -> dict[str, Any]:
    (size,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    head: dict[str, Any] = json.loads(_exactly(stream, size))
    return head


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = stream.read(size - len(found))
        if not more:
            raise ValueError("a kept list ends early")
        found += more
    return found


def spool() -> IO[bytes]:
    """Bytes on their way into the bucket: in memory while they are few, then in a file that nobody else sees."""
    return cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))
