"""Vietnamese text made comparable. For search keys, header names and names people type; never for what is shown.

Folding drops case, accents and tone marks, turns đ into d, and forgets invisible characters, so NFC, NFD, hoà and hòa
meet (quality F50). `clean` is what we do to every text a person sends before we keep it: NFC, no controls."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ASCII = re.compile(r"[\x20-\x7e]*\Z")


def clean(text: str) -> str:
    """NFC, one blank between words, no control, zero-width or direction characters; what is kept and shown."""
    if _ASCII.match(text):
        return _BLANKS.sub(" ", text).strip()
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if character.isspace() else character
        for character in composed
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )
    return _BLANKS.sub(" ", kept).strip()


def fold(text: str) -> str:
    """Lower case without accents; blanks as they are: `Đăng ký` → `dang ky`. Folding twice is folding once."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if unicodedata.category(character) not in ("Mn", "Cf", "Cc"))
    return unicodedata.normalize("NFC", bare.replace("đ", "d").casefold())


def folded_words(text: str) -> str:
    """Words of letters and figures with one blank between: the key of searches and of people's names."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def folded_key(text: str) -> str:
    """Letters and figures only: `Số báo danh`, `so_bao_danh` and `SOBAODANH` are one key."""
    return _NOT_WORD.sub("", fold(text))
