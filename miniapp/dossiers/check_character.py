"""One character more, by which a mistyped code gives itself away. For codes of letters and figures, of any length.

After Damm (Total anti-symmetrische Quasigruppen, doctoral thesis, Marburg 2004): characters are taken in one by one,
each combined with what came before, in a quasigroup in which neither `(c*x)*y = (c*y)*x` nor `x*y = y*x` unless x = y.
So every wrong character and every swap of two different neighbours changes the end, the check character's own included.

There is no field with 36 elements, but 36 = 4 · 9: a symbol is a pair of GF(4) × GF(9), and `x*y = a·x + y`, where a is
(ω, 1+i). This is such a quasigroup because a and a − 1 can be divided by in both fields. Since a + 1 and a² − 1 can be
too, equal pairs (11 for 22) and swaps over one place (1x2 for 2x1) are found as well; none of this finds an added 0 in
front, which the shape of a code does."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORDER = len(ALPHABET)
_OMEGA = (0, 2, 3, 1)  # times ω in GF(4), whose elements are written as two bits and added by XOR


def combined(held: int, symbol: int) -> int:
    """`held * symbol` in the quasigroup: a·held + symbol, where addition is by parts."""
    four, real, imaginary = _parts(_times(held))
    other_four, other_real, other_imaginary = _parts(symbol)
    return _whole(four ^ other_four, real + other_real, imaginary + other_imaginary)


def check_character(text: str) -> str:
    """The character that ends a text of the alphabet; the one with which `holds` is true."""
    four, real, imaginary = _parts(_times(_taken_in(text)))
    return ALPHABET[_whole(four, -real, -imaginary)]


def holds(text: str) -> bool:
    """Whether the last character of a text is the check character of the others."""
    return _taken_in(text) == 0


def _taken_in(text: str) -> int:
    held = 0
    for character in text:
        held = combined(held, ALPHABET.index(character))
    return held


def _times(symbol: int) -> int:
    four, real, imaginary = _parts(symbol)
    return _whole(_OMEGA[four], real - imaginary, real + imaginary)  # (u + vi)(1 + i), where i² = −1


def _parts(symbol: int) -> tuple[int, int, int]:
    four, nine = divmod(symbol, 9)
    return four, *divmod(nine, 3)


def _whole(four: int, real: int, imaginary: int) -> int:
    return four * 9 + real % 3 * 3 + imaginary % 3
