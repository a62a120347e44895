"""Unpacking gzip and xz piece by piece, within a bound on bytes and on memory: a bomb ends here. For reading files."""

import io
import lzma
import zlib
from typing import Any, BinaryIO

from miniapp.core.errors import Invalid

MOST_BYTES = 200 * 1024 * 1024
XZ_MEMORY = 96 * 1024 * 1024  # the strongest preset asks 65 MiB; a forged header may ask 4 GiB
PIECE = 256 * 1024
GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"


def unpacked(stream: Any, head: bytes) -> Any:
    """The stream itself (buffered), or what is packed in it; reading raises `archive_broken`, `file_too_large`."""
    if head.startswith(GZIP):
        return io.BufferedReader(_Unpacking(stream, GZIP), PIECE)
    if head.startswith(XZ):
        return io.BufferedReader(_Unpacking(stream, XZ), PIECE)
    return stream


class _Gzip:
    """zlib's unpacker with the manners of lzma's."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, most: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, most)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Unpacking(io.RawIOBase):
    """Unpacked bytes of one stream after the other, as `cat a.gz b.gz` makes them."""

    def __init__(self, stream: BinaryIO, kind: bytes) -> None:
        self._stream = stream
        self._kind = kind
        self._inner: Any = self._fresh()
        self._seen = 0

    def _fresh(self) -> Any:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY) if self._kind == XZ else _Gzip()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._more(len(buffer))
        except (EOFError, lzma.LZMAError, zlib.error):
            raise Invalid("archive_broken") from None
        buffer[: len(data)] = data
        self._seen += len(data)
        if self._seen > MOST_BYTES:
            raise Invalid("file_too_large", most=MOST_BYTES)
        return len(data)

    def _more(self, most: int) -> bytes:
        while True:
            rest = b""
            if self._inner.eof:
                rest = self._inner.unused_data.lstrip(b"\0") or self._stream.read(PIECE).lstrip(b"\0")
                if not rest:
                    return b""
                if not rest.startswith(self._kind):
                    raise EOFError
                self._inner = self._fresh()
            elif self._inner.needs_input:
                rest = self._stream.read(PIECE)
            data: bytes = self._inner.decompress(rest, most)
            if data:
                return data
            if not rest and self._inner.needs_input and not self._inner.eof:
                raise EOFError  # it ends in the middle
