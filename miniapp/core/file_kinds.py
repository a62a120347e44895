"""Files that are no tables, told by their first bytes. For reading files: to say what came instead of rows.

Names what people really upload by mistake; it never looks at a file's name, which anybody can choose."""

import codecs
import re

from miniapp.core.errors import Invalid

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
MAGIC = (
    (b"%PDF", "file_is_pdf"),
    (b"\x89PNG", "file_is_picture"),
    (b"\xff\xd8\xff", "file_is_picture"),
    (b"GIF8", "file_is_picture"),
    (b"{\\rtf", "file_is_document"),
    (b"Rar!\x1a", "file_is_archive"),
    (b"7z\xbc\xaf", "file_is_archive"),
    (b"BZh9", "file_is_archive"),
    (b"PK\x05\x06", "file_is_archive"),
)
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
LOOKED_AT = 4_096

_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]0-9-])")
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def refuse_other_kinds(head: bytes) -> None:
    """Raise Invalid for the beginning of a file that is no text: `file_is_…`, `encoding` (UTF-16 without its mark),
    `file_kind_unknown`, `file_empty`."""
    head = head[:LOOKED_AT]
    code = next((code for magic, code in MAGIC if head.startswith(magic)), "") or text_kind(head)
    if code:
        raise Invalid(code)
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _refuse_binary(head)


def text_kind(head: bytes) -> str:
    """What a text is instead of rows: `file_empty`, `file_is_json`, `file_is_web_page`; empty where it may be rows."""
    text = head.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        return "file_empty"
    if _JSON.match(text):
        return "file_is_json"
    return "file_is_web_page" if _MARKUP.match(text) else ""


def _refuse_binary(head: bytes) -> None:
    controls = len(_CONTROLS.findall(head))
    if head.startswith(PROGRAMS) and controls:
        raise Invalid("file_is_program")
    if _is_bare_utf16(head):
        raise Invalid("encoding", row=1)
    if controls * 20 > len(head):
        raise Invalid("file_kind_unknown")


def _is_bare_utf16(head: bytes) -> bool:
    """Whether every other byte of the first letters is NUL: two bytes a letter without the mark that says so."""
    start = head[:64]
    even, odd = start[0::2], start[1::2]
    return len(start) >= 4 and max(even.count(0) * 3 > 2 * len(even), odd.count(0) * 3 > 2 * len(odd))
