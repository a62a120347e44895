"""A logo keeps its dots and nothing else, and a file that is none is refused by what it is, not by its name."""

import pytest

from miniapp.agencies.pictures import SIDE, badge
from miniapp.core.errors import Invalid
from tests.support.pictures import SECRET, claiming, opened, picture, with_a_place

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "body",
    [
        picture("PNG"),
        picture("PNG", mode="P"),
        picture("PNG", mode="L"),
        picture("PNG", mode="RGBA"),
        picture("JPEG"),
        picture("JPEG", mode="CMYK"),
        picture("WEBP"),
        picture("PNG", 48, 48),
        picture("PNG", 3000, 60),
    ],
    ids=["png", "palette", "grey", "clear", "jpeg", "printer's jpeg", "webp", "smallest", "long"],
)
def test_every_sound_picture_becomes_one_small_square(body: bytes):
    found = opened(badge(body))
    assert (found.format, found.size, found.mode) == ("PNG", (SIDE, SIDE), "RGBA")


def test_the_picture_keeps_its_proportions_on_clear_ground():
    found = opened(badge(picture("PNG", 200, 100)))
    assert found.getpixel((SIDE // 2, 2))[3] == 0
    assert found.getpixel((10, SIDE // 2)) == (200, 16, 46, 255)
    assert found.getpixel((SIDE - 10, SIDE // 2)) == (0, 60, 160, 255)


def test_where_it_was_taken_is_gone_and_it_stands_upright():
    body = with_a_place()
    assert SECRET in body
    made = badge(body)
    found = opened(made)
    assert SECRET not in made
    assert not found.getexif() and set(found.info) <= {"transparency"}
    top, foot = found.getpixel((SIDE // 2, 20)), found.getpixel((SIDE // 2, SIDE - 20))
    assert top[0] > 150 > foot[0]  # what was on the left is on top once it is turned


def test_what_hangs_behind_the_picture_is_gone():
    assert b"PK\x03\x04" not in badge(picture("PNG") + b"PK\x03\x04" + b"archive" * 100)


def test_the_same_file_gives_the_same_bytes():
    assert badge(picture("WEBP")) == badge(picture("WEBP"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "crest_kind"),
        (SVG, "crest_kind"),
        (b"GIF89a" + b"\0" * 100, "crest_kind"),
        (b"%PDF-1.7", "crest_kind"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "crest_kind"),
        (b"\x89PNG\r\n\x1a\n", "crest_unreadable"),
        (b"\xff\xd8\xff\xe0garbage", "crest_unreadable"),
        (picture("PNG")[:200], "crest_unreadable"),
        (picture("JPEG")[:400], "crest_unreadable"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "crest_unreadable"),
        (picture("PNG", 47, 200), "crest_too_small"),
        (claiming(5000, 5000), "crest_too_large"),
        (claiming(12_000, 12_000), "crest_too_large"),
        (claiming(60_000, 60_000), "crest_too_large"),
        (claiming(200, 200), "crest_unreadable"),
    ],
)
def test_what_is_no_logo_is_refused_with_its_reason(body: bytes, code: str):
    with pytest.raises(Invalid) as refused:
        badge(body)
    assert refused.value.code == code
