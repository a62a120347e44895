"""Sealed tokens and keyed hashes. For sessions, form tokens, one-time links and result tokens.

`seal` hides and protects (AES-256-GCM), `sign` only protects (HMAC-SHA-256, cut to 128 bits). Every token names its purpose, so one
made for a form is worthless as a link. Keys rotate: the first key makes, all keys read (F57). It keeps no state: a token
that must work only once needs a row (`once`)."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from miniapp.core.errors import Refused

TAG = 16
NONCE = 12


class Sealer:
    """Makes and opens tokens under one purpose each."""

    def __init__(self, *keys: str) -> None:
        self._keys = [key.encode() for key in dict.fromkeys(keys) if key]
        if not self._keys:
            raise ValueError("a sealer needs a key")

    @property
    def newest(self) -> "Sealer":
        """The same with the key that makes and no other: what it can't open will go with the keys of before."""
        return Sealer(self._keys[0].decode())

    def sign(self, purpose: str, text: str) -> str:
        """A 128-bit mark that only we can make for this purpose and text, URL-safe."""
        return _text(self._mark(self._keys[0], purpose, text))

    def marks(self, purpose: str, text: str) -> tuple[str, ...]:
        """The mark under every key, the newest first: where a mark is a row's key, rows of before are found by the others."""
        return tuple(_text(self._mark(key, purpose, text)) for key in self._keys)

    def is_signed(self, purpose: str, text: str, mark: str) -> bool:
        """Whether `mark` is ours, letter for letter, compared in constant time under every key.

        As text: Base64 has many spellings of the same bytes, and what is counted by its text must have one."""
        given = mark.encode(errors="replace")
        return any(hmac.compare_digest(_text(self._mark(key, purpose, text)).encode(), given) for key in self._keys)

    def seal(self, purpose: str, facts: Mapping[str, Any], until: datetime) -> str:
        """Hide `facts` (JSON) until a moment; the token is URL-safe and as long as its facts."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE)
        body = json.dumps({"t": int(until.timestamp()), "f": facts}, separators=(",", ":"), ensure_ascii=False).encode()
        return _text(nonce + AESGCM(self._derived(self._keys[0], purpose)).encrypt(nonce, body, purpose.encode()))

    def open(self, purpose: str, token: str, now: datetime) -> dict[str, Any]:
        """The facts of a token made by `seal`; Refused `token_unknown` or `token_expired` otherwise."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        raw = _bytes(token)
        for key in self._keys if len(raw) > NONCE + TAG else []:
            try:
                body = AESGCM(self._derived(key, purpose)).decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())
            except InvalidTag:
                continue
            held = json.loads(body)
            if held["t"] < now.timestamp():
                raise Refused("token_expired")
            facts: dict[str, Any] = held["f"]
            return facts
        raise Refused("token_unknown")

    @staticmethod
    def _mark(key: bytes, purpose: str, text: str) -> bytes:
        return hmac.new(key, f"{purpose}\x00{text}".encode(), hashlib.sha256).digest()[:TAG]

    @staticmethod
    def _derived(key: bytes, purpose: str) -> bytes:
        return hmac.new(key, b"seal\x00" + purpose.encode(), hashlib.sha256).digest()


def digest(text: str) -> str:
    """How rows keep a secret that only its holder knows (sessions, links): SHA-256, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        return b""
