"""How an index lies in its one object: a header with a version and a hash, a table of named parts, then their bytes.

Numbers are little-endian arrays that load by one copy, texts are UTF-8. A part is squeezed where that halves it; the
rest, mostly numbers without a pattern, would only cost time to open. The hash vouches for all that is read; an object
of another version is refused, and the caller keeps the one it has."""

import struct
import sys
import zlib
from array import array
from collections.abc import Mapping
from hashlib import sha256
from typing import TypeAlias

MAGIC = b"MOTCUA/P"
VERSION = 1
PLAIN_MOST = 32 * 1024 * 1024
WORTH_SQUEEZING = 0.5
_HEADER = struct.Struct("<8sHH32s")  # magic, version, number of parts, hash of all that follows
_PART = struct.Struct("<12ss?2xII")  # name, kind, squeezed or not, length as it lies and as it is

Part: TypeAlias = "array[int] | str"


def packed(parts: Mapping[str, Part]) -> bytes:
    """One object of these parts; the same bytes for the same parts."""
    table, bodies = [], []
    for name in sorted(parts):
        part = parts[name]
        plain = part.encode() if isinstance(part, str) else _little(part).tobytes()
        squeezed = zlib.compress(plain, 9)
        worth = len(squeezed) < WORTH_SQUEEZING * len(plain)
        body = squeezed if worth else plain
        kind = "T" if isinstance(part, str) else part.typecode
        table.append(_PART.pack(name.encode(), kind.encode(), worth, len(body), len(plain)))
        bodies.append(body)
    rest = b"".join((*table, *bodies))
    return _HEADER.pack(MAGIC, VERSION, len(table), sha256(rest).digest()) + rest


def fingerprint(packed_object: bytes) -> str:
    """The hash of what is inside: two objects with one fingerprint answer alike."""
    return _header(packed_object)[1].hex()


def parts(packed_object: bytes) -> dict[str, Part]:
    """The parts again; ValueError when the object is not whole or of another version."""
    count, digest = _header(packed_object)
    view = memoryview(packed_object)[_HEADER.size :]
    if sha256(view).digest() != digest:
        raise ValueError("the index is not whole, or of another version")
    at = count * _PART.size
    found: dict[str, Part] = {}
    for number in range(count):
        name, kind, squeezed, length, plain = _PART.unpack_from(view, number * _PART.size)
        body = view[at : at + length]
        at += length
        found[name.rstrip(b"\0").decode()] = _read(kind.decode(), _plain(body, plain) if squeezed else body)
    return found


def _header(packed_object: bytes) -> tuple[int, bytes]:
    if len(packed_object) < _HEADER.size or not packed_object.startswith(MAGIC):
        raise ValueError("the index is not whole, or of another version")
    _, version, count, digest = _HEADER.unpack_from(packed_object)
    if version != VERSION:
        raise ValueError("the index is not whole, or of another version")
    return count, digest


def _plain(squeezed: memoryview, length: int) -> bytes:
    plain = zlib.decompressobj().decompress(squeezed, min(length, PLAIN_MOST) + 1)
    if len(plain) != length:
        raise ValueError("a part of the index has another length")
    return plain


def _read(kind: str, body: bytes | memoryview) -> Part:
    if kind == "T":
        return str(body, "utf-8")
    numbers = array(kind)
    numbers.frombytes(body)
    return _little(numbers)


def _little(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return numbers
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped
