"""The second factor: six figures from a phone that change every 30 seconds, and ten recovery codes for a lost phone.

For sign-in, step-up and set-up. A code works once: the caller keeps the counter that `counter_of` gives and passes it
back as `last`. The secret is kept sealed. Drawing the picture of it is the page's work."""

import hmac
from datetime import UTC, datetime

from miniapp.core.errors import Refused
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer, digest

STEP = 30
DRIFT = 1  # one step early or late: phones' clocks differ
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16  # 30 letters and figures: 78 bits, too many to try even with the hashes at hand
ISSUER = "Mot Cua"
SECRET = "officer totp"  # noqa: S105 - the purpose of a seal
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def new_secret() -> Personal:
    """160 random bits in base 32, as authenticator apps want them."""
    import pyotp  # loaded late, as in every function here: citizens' pages never need it

    return Personal(pyotp.random_base32())


def address_of(secret: Personal, login: Personal) -> str:
    """The otpauth: address that the QR picture shows; it holds the secret."""
    import pyotp

    return pyotp.TOTP(secret.reveal).provisioning_uri(name=login.reveal, issuer_name=ISSUER)


def counter_of(secret: Personal, code: str, now: datetime, last: int) -> int | None:
    """The counter a code belongs to, or None when it is wrong, too old, too early, or not newer than `last`."""
    import pyotp

    figures = "".join(code.split())
    if not (len(figures) == 6 and figures.isascii() and figures.isdigit()):
        return None
    present = int(now.timestamp()) // STEP
    otp = pyotp.HOTP(secret.reveal)
    found = None
    for counter in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(otp.at(counter), figures) and counter > last:
            found = counter
    return found


def new_recovery_codes(ids: Ids) -> list[str]:
    """Ten codes such as `7KQ2-M9XA-…`, shown once."""
    codes = [ids.code(RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def recovery_hash(officer: str, code: str) -> str:
    """How a recovery code is kept; blanks, hyphens and case don't matter to the one who types it."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return digest(f"recovery {officer} {plain}")


def looks_like_recovery(code: str) -> bool:
    """Whether what was typed is meant as a recovery code and not as six figures."""
    return sum(character.isalnum() for character in code) == RECOVERY_LENGTH


def sealed(vault: Sealer, secret: Personal) -> str:
    """A secret as rows keep it."""
    return vault.seal(SECRET, {"s": secret.reveal}, FOREVER)


def unsealed(vault: Sealer, kept: Personal, now: datetime) -> Personal:
    """The secret of a kept one; Refused `factor_unreadable` when the key that sealed it is gone."""
    try:
        return Personal(vault.open(SECRET, kept.reveal, now)["s"])
    except Refused:
        raise Refused("factor_unreadable") from None
