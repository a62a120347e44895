"""A reader of Code 39 that shares nothing with what draws it: the standard's table as it is printed, lines narrow and wide
by what is seen. Takes runs of dark and light, in any unit, as a scanner sees them on its way over a picture."""

from collections.abc import Sequence
from itertools import groupby

TABLE = {
    "000110100": "0",
    "100100001": "1",
    "001100001": "2",
    "101100000": "3",
    "000110001": "4",
    "100110000": "5",
    "001110000": "6",
    "000100101": "7",
    "100100100": "8",
    "001100100": "9",
    "100001001": "A",
    "001001001": "B",
    "101001000": "C",
    "000011001": "D",
    "100011000": "E",
    "001011000": "F",
    "000001101": "G",
    "100001100": "H",
    "001001100": "I",
    "000011100": "J",
    "100000011": "K",
    "001000011": "L",
    "101000010": "M",
    "000010011": "N",
    "100010010": "O",
    "001010010": "P",
    "000000111": "Q",
    "100000110": "R",
    "001000110": "S",
    "000010110": "T",
    "110000001": "U",
    "011000001": "V",
    "111000000": "W",
    "010010001": "X",
    "110010000": "Y",
    "011010000": "Z",
    "010000101": "-",
    "110000100": ".",
    "011000100": " ",
    "010010100": "*",
}


def scanned(dark: Sequence[bool]) -> str:
    """The text between the asterisks of one line of samples; empty where no scanner would read one."""
    runs = [(is_dark, len(list(group))) for is_dark, group in groupby(dark)]
    if len(runs) < 3 or runs[0][0] or runs[-1][0]:
        return ""
    quiet, lines = min(runs[0][1], runs[-1][1]), [length for _, length in runs[1:-1]]
    narrow = min(lines)
    if quiet < 9 * narrow or len(lines) % 10 != 9:
        return ""
    wide = "".join("1" if length > 2 * narrow else "0" for length in lines)
    letters = [TABLE.get(wide[at : at + 9], "") for at in range(0, len(wide), 10)]
    gaps = [wide[at] for at in range(9, len(wide), 10)]
    if "" in letters or "1" in gaps or [letters[0], letters[-1]] != ["*", "*"]:
        return ""
    return "".join(letters[1:-1])
