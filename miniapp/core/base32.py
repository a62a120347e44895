"""Bytes as letters that a person can type: Crockford's Base32, upper case, with exactly one spelling of the same bytes.

For signatures and the ids of keys, which stand on paper. Reading forgives case and the letters that look like figures
(O for 0, I and L for 1) and nothing else: bits that stand for nothing must be zero, or one text had several spellings."""

from miniapp.core.ids import CROCKFORD

_BITS = 5
_MEANT = str.maketrans("OIL", "011")


def encoded(raw: bytes) -> str:
    """The letters of some bytes; sixty-four bytes are 103 letters."""
    size = -(-len(raw) * 8 // _BITS)
    number = int.from_bytes(raw, "big") << (size * _BITS - len(raw) * 8)
    return "".join(CROCKFORD[number >> _BITS * place & 31] for place in reversed(range(size)))


def decoded(text: str) -> bytes | None:
    """The bytes that these letters spell; None where no bytes are spelt so."""
    meant = text.upper().translate(_MEANT)
    size = len(meant) * _BITS // 8
    number = 0
    for letter in meant:
        if letter not in CROCKFORD:
            return None
        number = number << _BITS | CROCKFORD.index(letter)
    rest = len(meant) * _BITS - size * 8
    if rest >= _BITS or number & ((1 << rest) - 1):
        return None
    return (number >> rest).to_bytes(size, "big")
