"""Pictures for tests of logos: sound ones of every kind, with things hidden in them, and broken ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

SECRET = b"taken at home"


def picture(kind: str = "PNG", width: int = 200, height: int = 120, mode: str = "RGB", **more: Any) -> bytes:
    """A sound picture: red on the left, blue on the right."""
    made = Image.new("RGB", (width, height), (200, 16, 46))
    made.paste((0, 60, 160), (width // 2, 0, width, height))
    body = BytesIO()
    made.convert(mode).save(body, kind, **more)
    return body.getvalue()


def with_a_place(turned: int = 6) -> bytes:
    """A JPEG that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010E] = SECRET.decode()
    return picture("JPEG", exif=exif)


def claiming(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def opened(body: bytes) -> Image.Image:
    """A picture as anybody's program reads it."""
    found = Image.open(BytesIO(body))
    found.load()
    return found
