"""What a person must know besides the number, made comparable and hashed. For import and for look-up.

A record keeps one 8-byte keyed hash over (salt, number, every factor asked for): no name and no birth date is kept.
Keys have versions; the manifest names the one its hashes were made with."""

import hashlib
import hmac
import re
from datetime import date

from miniapp.core.folding import folded_words
from miniapp.exam_scores.model import FACTORS

SIZE = 8
_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})\Z")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FIGURES = re.compile(r"\D+")


class FactorKeys:
    """The keys by version: `v1:secret,v2:secret`; the last one hashes."""

    def __init__(self, text: str) -> None:
        self._keys = dict(part.split(":", 1) for part in text.split(",") if ":" in part)
        if not self._keys:
            raise ValueError("no factor key")
        self.current = list(self._keys)[-1]

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version there is, oldest first."""
        return tuple(self._keys)

    def knows(self, version: str) -> bool:
        """Whether hashes of this version can still be made."""
        return version in self._keys

    def mark(self, version: str, salt: str, number: str, factors: dict[str, str]) -> bytes:
        """The 8 bytes for a number and its comparable factors (in the order of FACTORS)."""
        said = "\x00".join([salt, number, *(f"{name}={factors[name]}" for name in FACTORS if name in factors)])
        key = hashlib.sha256(self._keys[version].encode()).digest()
        return hashlib.blake2b(said.encode(), key=key, digest_size=SIZE).digest()


def is_same(mine: bytes, given: bytes) -> bool:
    """Whether two marks are one, in constant time; a record without a mark matches nothing."""
    return hmac.compare_digest(mine, given) and mine != b"\0" * SIZE


def comparable(name: str, text: str) -> str:
    """A factor as it is hashed, or empty when it can't be read (which then matches nobody)."""
    if name == "birth_date":
        return read_date(text)
    if name == "full_name":
        return folded_words(text)
    if name == "identity_last4":
        return _FIGURES.sub("", text)[-4:].rjust(4, "-") if _FIGURES.sub("", text) else ""
    return "".join(text.split()).upper().replace("-", "")


def read_date(text: str) -> str:
    """A day typed as 16/07/2009, 16-7-2009 or 2009-07-16 as `2009-07-16`; empty when it is none."""
    text = text.strip()
    match = _DATE.match(text)
    if match:
        day, month, year = (int(part) for part in match.groups())
    else:
        match = _ISO.match(text)
        if not match:
            return ""
        year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
