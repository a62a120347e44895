"""Passwords: which are good enough, how they are kept, and checking one without telling whether the account exists.

For sign-in and invitations. argon2id with 19 MiB, two passes, one lane (OWASP). No rule about capital letters or signs:
length, and not one that everybody tries first. It never logs, trims or changes what was typed but for Unicode form."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from miniapp.core.errors import Invalid
from miniapp.core.folding import fold
from miniapp.core.sealing import digest

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 256
DIFFERENT = 5  # fewer different characters than this are a pattern, not a password
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb")
COMMON = Path(__file__).with_name("common_passwords.txt")
_LEET = str.maketrans("013457@$!", "oieastasi")
# A hash of nothing anybody knows: an unknown login costs as much time as a known one (ASVS 6.3.8).
DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$ocjcZh1Ya0IOhDRn6ElN9A$eS+BTotj9ITVzFv9pw1Rc252k2t9633zpPEHSfRNuOE"


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(_form(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one; without an account the same work is done and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        password = ""
    try:
        return _hasher().verify(kept or DUMMY, _form(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a kept hash was made with weaker settings than today's."""
    return _hasher().check_needs_rehash(kept)


def require_good(password: str, about: Sequence[str] = ()) -> None:
    """Invalid with the reason when a password is too short, too long, obvious, or made of what its owner is called."""
    form = _form(password)
    if len(form) < SHORTEST:
        raise Invalid("password_short", least=SHORTEST)
    if len(form) > LONGEST:
        raise Invalid("password_long", most=LONGEST)
    plain = fold(form)
    if any(len(word) >= 4 and len(plain.replace(word, "")) < SHORTEST // 2 for word in map(fold, about)):
        raise Invalid("password_about_you")
    if is_obvious(plain):
        raise Invalid("password_common")


def is_obvious(plain: str) -> bool:
    """Whether a folded password is on the list, with figures around it or twice over or not, or only a pattern."""
    letters = "".join(character for character in plain if character.isalnum() or character in "@$!")
    if len(set(letters)) < DIFFERENT or _is_walk(letters):
        return True
    cores = {letters, letters.strip("0123456789@$!"), letters.translate(_LEET)}
    cores |= {core.translate(_LEET) for core in cores} | {_half(core) for core in cores}
    return any(digest(core)[:16] in _common() for core in cores)


def _is_walk(letters: str) -> bool:
    """Only runs along the keyboard or the alphabet, forwards or backwards, of three and more."""
    rest = letters
    while rest:
        length = max((size for size in range(3, len(rest) + 1) if _is_run(rest[:size])), default=0)
        if not length:
            return False
        rest = rest[length:]
    return True


def _is_run(piece: str) -> bool:
    return any(piece in row * 3 or piece in row[::-1] * 3 for row in ROWS)


def _half(core: str) -> str:
    half = len(core) // 2
    return core[:half] if core[:half] * 2 == core else core


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # loaded late: the function that answers citizens never hashes a password

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _common() -> frozenset[str]:
    return frozenset(line for line in COMMON.read_text("ascii").split("\n") if line and not line.startswith("#"))


def _form(password: str) -> str:
    """One form for what two keyboards write differently (NFC and NFD Vietnamese)."""
    return unicodedata.normalize("NFC", password)
