"""A logo made safe: somebody's file is read as a picture, made small and square, and written anew.

For the worker that checks logos; no page imports it. Nothing of the file but its dots is kept: no place where it was
taken, no thumbnail, no profile, nothing hidden behind it. It takes PNG, JPEG and WebP by their content, whatever the
file is called; SVG can carry script and is no picture here."""

import struct
from io import BytesIO
from typing import Any

from miniapp.core.errors import Invalid

SIDE = 144  # shown 36 wide, on phones with four dots to a point
SMALLEST = 48
PIXELS_MOST = 16_000_000
KINDS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}


def badge(body: bytes) -> bytes:
    """The logo as a square PNG; Invalid `crest_kind`, `crest_unreadable`, `crest_too_small`, `crest_too_large`."""
    kind = next((name for name, start in KINDS.items() if body.startswith(start)), "")
    if not kind or (kind == "WEBP" and body[8:12] != b"WEBP"):
        raise Invalid("crest_kind")
    from PIL import Image, ImageOps

    broken = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, struct.error, OverflowError)
    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(BytesIO(body), formats=(kind,)) as picture:
            _measured(*picture.size)
            upright = ImageOps.exif_transpose(picture)
            return _square(_plain(upright))
    except bombs as failure:
        raise Invalid("crest_too_large", most=PIXELS_MOST) from failure
    except broken as failure:
        raise Invalid("crest_unreadable") from failure


def _measured(width: int, height: int) -> None:
    if width * height > PIXELS_MOST:
        raise Invalid("crest_too_large", most=PIXELS_MOST)
    if min(width, height) < SMALLEST:
        raise Invalid("crest_too_small", least=SMALLEST)


def _plain(picture: Any) -> Any:
    """Red, green, blue and how much shines through, whatever it was before."""
    sees_through = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA") if sees_through else picture.convert("RGB").convert("RGBA")


def _square(picture: Any) -> bytes:
    from PIL import Image

    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    square.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    made = BytesIO()
    square.save(made, "PNG", optimize=True)
    return made.getvalue()
