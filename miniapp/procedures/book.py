"""All that one layer says, as one immutable object: lines of JSON by code, gzipped in blocks of some. For the store.

`zcat` shows the lines. The first block says where the others begin, so that one procedure costs one small block. The
same overlays make the same bytes, and the object's name is made of them. Pure."""

import gzip
import hashlib
import json
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from miniapp.core.plain import to_plain
from miniapp.procedures.layers import Overlay

FORMAT = 1
BLOCK = 64 * 1024  # bytes of lines, before they are packed
LEVEL = 6


def packed(overlays: Iterable[Overlay]) -> bytes:
    """The object of these overlays, in whatever order they come."""
    ordered = sorted(overlays, key=lambda one: (one.code, one.effective))
    blocks: list[bytes] = []
    firsts: list[str] = []
    lines: list[bytes] = []
    size = 0
    for code, group in groupby(ordered, key=lambda one: one.code):
        written = [_line(one) for one in group]
        if size >= BLOCK:
            blocks.append(_gzip(b"".join(lines)))
            lines, size = [], 0
        if not lines:
            firsts.append(code)
        lines += written
        size += sum(map(len, written))
    if lines:
        blocks.append(_gzip(b"".join(lines)))
    codes = len({one.code for one in ordered})
    head = {"format": FORMAT, "codes": codes, "firsts": firsts, "sizes": list(map(len, blocks))}
    return b"".join([_gzip(json.dumps(head).encode() + b"\n"), *blocks])


def name(body: bytes) -> str:
    """What an object of these bytes is called."""
    return hashlib.sha256(body).hexdigest()[:40]


def _line(overlay: Overlay) -> bytes:
    text = json.dumps(to_plain(overlay), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _gzip(lines: bytes) -> bytes:
    return gzip.compress(lines, LEVEL, mtime=0)


@dataclass(frozen=True)
class _Head:
    codes: int
    firsts: tuple[str, ...]
    edges: tuple[int, ...]


class Book:
    """A packed object, open."""

    def __init__(self, body: bytes) -> None:
        first = zlib.decompressobj(zlib.MAX_WBITS | 16)
        held: dict[str, Any] = json.loads(first.decompress(body))
        start = len(body) - len(first.unused_data)
        self._body = body
        self._head = _Head(held["codes"], tuple(held["firsts"]), tuple(accumulate(held["sizes"], initial=start)))

    def __len__(self) -> int:
        """How many procedures it speaks of."""
        return self._head.codes

    def find(self, code: str) -> tuple[Overlay, ...]:
        """What it says of a procedure, by day."""
        place = bisect_right(self._head.firsts, code) - 1
        if place < 0:
            return ()
        start = f'"code":"{code}",'.encode()
        lines = (line for line in self._block(place).splitlines() if start in line)
        return tuple(one for one in map(_overlay, lines) if one.code == code)

    def __iter__(self) -> Iterator[Overlay]:
        """Everything, by code and day; a block at a time in memory."""
        for place in range(len(self._head.firsts)):
            yield from map(_overlay, self._block(place).splitlines())

    def by_code(self) -> dict[str, tuple[Overlay, ...]]:
        """Everything, as `find` tells it, for whoever needs all of it."""
        return {code: tuple(group) for code, group in groupby(self, key=lambda one: one.code)}

    def _block(self, place: int) -> bytes:
        return gzip.decompress(self._body[self._head.edges[place] : self._head.edges[place + 1]])


def _overlay(line: bytes) -> Overlay:
    held = json.loads(line)
    return Overlay(held["code"], held["effective"], held["changes"], held["seen"])
