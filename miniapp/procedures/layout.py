"""How an index lies in its one object: a header with a version and a hash, then named parts, squeezed.

Numbers are little-endian arrays that load by one copy, texts are UTF-8. Nothing is read that the hash does not vouch
for; an object of another version is refused, and the caller keeps the one it has."""

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
_HEADER = struct.Struct("<8sHxxI32s")
_PART = struct.Struct("<12ss3xI")

Part: TypeAlias = "array[int] | str"


def packed(parts: Mapping[str, Part]) -> bytes:
    """One object of these parts; the same bytes for the same parts."""
    table, bodies = [], []
    for name in sorted(parts):
        part = parts[name]
        body = part.encode() if isinstance(part, str) else _little(part).tobytes()
        kind = "T" if isinstance(part, str) else part.typecode
        table.append(_PART.pack(name.encode(), kind.encode(), len(body)))
        bodies.append(body)
    plain = struct.pack("<H", len(table)) + b"".join(table) + b"".join(bodies)
    return _HEADER.pack(MAGIC, VERSION, len(plain), sha256(plain).digest()) + zlib.compress(plain, 9)


def fingerprint(packed_object: bytes) -> str:
    """The hash of what is inside: two objects with one fingerprint answer alike."""
    return _header(packed_object)[1].hex()


def parts(packed_object: bytes) -> dict[str, Part]:
    """The parts again; ValueError when the object is not whole or of another version."""
    length, digest = _header(packed_object)
    try:
        plain = zlib.decompressobj().decompress(memoryview(packed_object)[_HEADER.size :], length + 1)
    except zlib.error:
        raise ValueError("the index is not whole, or of another version") from None
    if len(plain) != length or sha256(plain).digest() != digest:
        raise ValueError("the index is not whole, or of another version")
    return _split(plain)


def _header(packed_object: bytes) -> tuple[int, bytes]:
    if len(packed_object) < _HEADER.size:
        raise ValueError("the index is not whole, or of another version")
    magic, version, length, digest = _HEADER.unpack_from(packed_object)
    if magic != MAGIC or version != VERSION or length > PLAIN_MOST:
        raise ValueError("the index is not whole, or of another version")
    return length, digest


def _split(plain: bytes) -> dict[str, Part]:
    view = memoryview(plain)
    (count,) = struct.unpack_from("<H", plain)
    at = 2 + count * _PART.size
    found: dict[str, Part] = {}
    for number in range(count):
        name, kind, length = _PART.unpack_from(plain, 2 + number * _PART.size)
        body = view[at : at + length]
        at += length
        found[name.rstrip(b"\0").decode()] = str(body, "utf-8") if kind == b"T" else _read(kind.decode(), body)
    return found


def _read(kind: str, body: memoryview) -> "array[int]":
    numbers = array(kind)
    numbers.frombytes(body)
    return _little(numbers)


def _little(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return numbers
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped
