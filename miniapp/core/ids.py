"""Identity and chance. For everyone: ids that sort by time, secrets that nobody guesses, codes that people can read out.

Nothing random happens at import (a frozen Lambda image would hand every copy the same value)."""

import secrets
import time
from typing import Protocol

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NATION = "-"  # stands where an agency's id would, for what is the same everywhere; no agency may be called so
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U: read out on the phone, typed by a thumb


class Ids(Protocol):
    """Gives ids, secrets and codes."""

    def new(self, kind: str) -> str:
        """A fresh id such as `edn_01J…`, sortable by the millisecond it was made in."""
        ...

    def secret(self, size: int = 32) -> str:
        """`size` random bytes as URL-safe text (128 bits are 16)."""
        ...

    def code(self, length: int = 8) -> str:
        """A code for people: 30 letters and figures that can't be mistaken for one another."""
        ...


class RandomIds:
    """Ids from the system's cryptographic source."""

    def new(self, kind: str) -> str:
        return f"{kind}_{_base32(time.time_ns() // 1_000_000, 10)}{_base32(secrets.randbits(80), 16)}"

    def secret(self, size: int = 32) -> str:
        return secrets.token_urlsafe(size)

    def code(self, length: int = 8) -> str:
        return "".join(secrets.choice(READABLE) for _ in range(length))


def _base32(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits = CROCKFORD[digit] + digits
    return digits
