"""Signatures that anybody can check by what we publish, with no network at that moment (Ed25519, RFC 8032).

For receipts on paper and for what is handed out as a file. A text is signed for one purpose, so that a signature over one
kind of thing is worthless on another. Keys are data: each has the days on which it signs, and its id follows from the key
itself, so nothing can be called what it is not. A key that no longer signs keeps its public half and its days: what it
signed stays good, and what bears a day outside them does not. It keeps no key and knows no store (infra/KEYS.md)."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from miniapp.core.base32 import encoded

SIZE, SIGNATURE_SIZE = 32, 64
ID_SIZE = 5  # bytes of a digest: eight letters
PRIVATE, PUBLIC = "private", "public"


class Verdict(StrEnum):
    """What a signature is worth."""

    GENUINE = "genuine"
    FALSE = "false"
    UNKNOWN_KEY = "unknown_key"
    OTHER_TIME = "other_time"  # the key is known and the signature its own, but it did not sign on that day


@dataclass(frozen=True, slots=True)
class Signature:
    """Which key signed, and what came out."""

    key: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What anybody may have of a key: it signs from a day on, until the day before another one."""

    raw: bytes
    since: date
    until: date | None = None

    @property
    def id(self) -> str:
        """Eight letters that follow from the key."""
        return encoded(hashlib.sha256(self.raw).digest()[:ID_SIZE])

    def signs_on(self, day: date) -> bool:
        """Whether it signs on a day."""
        return self.since <= day and (self.until is None or day < self.until)


class PublicKeys:
    """All keys that are known, whether they sign today or not."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        self._keys = {key.id: key for key in keys}

    @classmethod
    def read(cls, published: Mapping[str, Any]) -> Self:
        """What `published` wrote; ValueError where it is something else. Keys of other kinds are left alone."""
        try:
            own = [one for one in published["keys"] if (one["kty"], one.get("crv")) == ("OKP", "Ed25519")]
            keys = [PublicKey(_bytes(one["x"]), _day(one["since"]), _day(one.get("until"))) for one in own]
        except (KeyError, TypeError, AttributeError) as failure:
            raise ValueError("no set of keys") from failure
        return cls(_sized(key) for key in keys)

    @classmethod
    def of(cls, keys: str) -> Self:
        """Those of a setting, be it `signing_keys` or `signing_keys_public`."""
        return cls(_Held.read(part).public for part in keys.split(",") if part)

    def verify(self, purpose: str, text: str, signature: Signature, day: date) -> Verdict:
        """Whether a text of that day was signed so for this purpose."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        key = self._keys.get(signature.key)
        if key is None:
            return Verdict.UNKNOWN_KEY
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature.raw, _said(purpose, text))
        except InvalidSignature:
            return Verdict.FALSE
        return Verdict.GENUINE if key.signs_on(day) else Verdict.OTHER_TIME

    def published(self) -> dict[str, Any]:
        """As a JSON Web Key Set (RFC 7517, 8037); `since` and `until` are days that others may ignore."""
        return {"keys": [_published(key) for key in self._keys.values()]}

    def __iter__(self) -> Any:
        return iter(self._keys.values())


class Signer:
    """The keys of a process, from the setting `signing_keys`; one without any signs nothing and knows none."""

    def __init__(self, keys: str) -> None:
        self._held = [_Held.read(part) for part in keys.split(",") if part]

    @cached_property
    def public(self) -> PublicKeys:
        """What of them is published."""
        return PublicKeys(held.public for held in self._held)

    def sign(self, purpose: str, text: str, day: date) -> Signature | None:
        """The signature of the newest key that signs on that day; None where there is none."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        held = self._signing_on(day)
        if held is None:
            return None
        made = Ed25519PrivateKey.from_private_bytes(held.raw)
        return Signature(held.public.id, made.sign(_said(purpose, text)))

    def signing_on(self, day: date) -> str:
        """The id of the key that signs on a day, for texts that say it; empty where there is none."""
        held = self._signing_on(day)
        return held.public.id if held else ""

    def _signing_on(self, day: date) -> "_Held | None":
        able = (held for held in reversed(self._held) if held.kind == PRIVATE and held.public.signs_on(day))
        return next(able, None)


@dataclass(frozen=True)
class _Held:
    """One part of the setting: `private:2026-11-30:<hex>`, or `public:2026-11-30/2027-12-01:<hex>`."""

    kind: str
    since: date
    until: date | None
    raw: bytes

    @classmethod
    def read(cls, part: str) -> Self:
        kind, days, raw = part.split(":")
        since, _, until = days.partition("/")
        if kind not in (PRIVATE, PUBLIC):
            raise ValueError("a key is private or public")
        held = cls(kind, date.fromisoformat(since), _day(until), bytes.fromhex(raw))
        if len(held.raw) != SIZE:
            raise ValueError("a key has 32 bytes")
        return held

    @property
    def written(self) -> str:
        days = self.since.isoformat() + (f"/{self.until.isoformat()}" if self.until else "")
        return f"{self.kind}:{days}:{self.raw.hex()}"

    @property
    def published(self) -> str:
        return _Held(PUBLIC, self.since, self.until, self.public.raw).written

    @cached_property
    def public(self) -> PublicKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        raw = self.raw
        if self.kind == PRIVATE:
            raw = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
        return PublicKey(raw, self.since, self.until)


def with_new_key(keys: str, raw: bytes, begins: date) -> str:
    """The setting with another key that signs from a day on. Until then it is only published, so that readers who keep
    our keys have it in time; what the other keys sign ends with the day before."""
    before = [_Held.read(part) for part in keys.split(",") if part]
    ended = [_Held(one.kind, one.since, one.until or begins, one.raw) for one in before]
    return ",".join(one.written for one in [*ended, _Held(PRIVATE, begins, None, raw)])


def without_old_secrets(keys: str, today: date) -> str:
    """The setting with the public half alone of every key that will sign no more."""
    kept = []
    for part in keys.split(","):
        held = _Held.read(part)
        over = held.kind == PRIVATE and held.until is not None and held.until <= today
        kept.append(held.published if over else held.written)
    return ",".join(kept)


def public_halves(keys: str) -> str:
    """The setting for who checks and signs nothing: the public half alone of every key, with its days."""
    return ",".join(_Held.read(part).published for part in keys.split(",") if part)


def _said(purpose: str, text: str) -> bytes:
    return f"{purpose}\n{text}".encode()


def _sized(key: PublicKey) -> PublicKey:
    if len(key.raw) != SIZE:
        raise ValueError("a key has 32 bytes")
    return key


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _published(key: PublicKey) -> dict[str, str]:
    x = urlsafe_b64encode(key.raw).rstrip(b"=").decode()
    told = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": x}
    told["since"] = key.since.isoformat()
    return told | ({"until": key.until.isoformat()} if key.until else {})
