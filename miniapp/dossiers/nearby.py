"""“Did you mean”: the codes one slip of the finger away from a typed one. For look-ups that found nothing.

A slip is one wrong character or two neighbours swapped, the check character among them; dots and hyphens are none. Only
codes whose check character holds are told, about one of thirty, also where what was typed can be no code (a 32nd of
August). Without one typed, there is nothing to go by but which dossiers exist: `one_slip_away` is for an agency's own
officers. Whether there is such a dossier, and who may be told, the asker decides."""

from collections.abc import Collection, Iterator

from miniapp.dossiers.check_character import ALPHABET
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.typed import Letters, letters_of, readings

_FIGURES = ALPHABET[:10]
_LETTERS_AT = (0, 7)  # where an identifier has its letter: in front, or after three, two and two figures


def did_you_mean(typed: str, known: Collection[str] = ()) -> tuple[DossierCode, ...]:
    """The codes that were perhaps meant; none where the check character holds, or where none was typed to go by."""
    letters = letters_of(typed)
    found = readings(letters, known)
    if any(one.holds for one in found):
        return ()
    near = [one for one in found if one.check][:1]  # the code may be right, and only its check character wrong
    for slip in _slips(letters):
        near += [one for one in readings(slip, known) if one.holds][:1]
    fitting = [one for one in near if letters.breaks <= one.apart] or near  # dots and hyphens that were typed are meant
    return tuple(dict.fromkeys(one.code for one in fitting))


def one_slip_away(typed: str, identifier: str) -> tuple[DossierCode, ...]:
    """All codes of one agency that are a slip away from what was typed without a check character, which would tell more.

    They are some hundred: for who may know which of them exist, and for nobody else."""
    letters = letters_of(typed)
    near = [
        one.code
        for slip in _slips(Letters(f"{letters.text}0", letters.breaks))  # the last place is the code's own then
        for one in readings(Letters(slip.text[:-1], slip.breaks), (identifier,))
        if not one.check and one.code.agency == identifier
    ]
    return tuple(dict.fromkeys(near))


def _slips(letters: Letters) -> Iterator[Letters]:
    """What is one swap or one other character away; only figures are tried where no letter can stand."""
    text, breaks = letters.text, letters.breaks
    for at in range(len(text) - 1):
        yield Letters(text[:at] + text[at + 1] + text[at] + text[at + 2 :], breaks)
    for at in range(len(text) - 1):  # the last one is the check character: the code itself stands for it
        for other in ALPHABET if at in _LETTERS_AT else _FIGURES:
            yield Letters(text[:at] + other + text[at + 1 :], breaks)
