"""The official code of a dossier: who took it, the day, its number on that day. For desks, receipts and look-ups.

`000.17.22.H56-210531-0001` begins with the agency's identifier as of QCVN 102:2016, read from right to left;
`H56.14-240823-0001` with the one as of QĐ 20/2020/QĐ-TTg, from left to right (domain 4.2). The check character is ours:
it is printed apart, as `H56.14-240823-0001 [K]`, and never becomes part of the code, of its barcode or of what is sent
to other systems. Reading what people type is `typed`'s business."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from miniapp.core.errors import Conflict, Invalid
from miniapp.core.identifiers import IDENTIFIER
from miniapp.dossiers.check_character import check_character

EXAMPLE = "H56.14-240823-0001"
CENTURY = 2000
SEQUENCE_SIZES = (4, 5, 6)
MOST_A_DAY = 999_999
_DAY = re.compile(r"\d{6}\Z", re.ASCII)
_SEQUENCE = re.compile(r"\d{4,6}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class DossierCode:
    """A code in its parts, as they stand in it: `H56.14`, `240823`, `0001`."""

    agency: str
    day: str
    sequence: str

    def __post_init__(self) -> None:
        if not IDENTIFIER.match(self.agency) or not _SEQUENCE.match(self.sequence) or date_of(self.day) is None:
            raise Invalid("dossier_code_shape", example=EXAMPLE)

    @classmethod
    def made(cls, agency: str, day: date, number: int) -> Self:
        """The code of an agency's so-manieth dossier of a day, counted from 1."""
        if not IDENTIFIER.match(agency):
            raise Invalid("agency_identifier_shape", agency=agency)
        if not 0 < number <= MOST_A_DAY:
            raise Conflict("dossier_codes_used_up", most=MOST_A_DAY)
        return cls(agency, day.strftime("%y%m%d"), f"{number:04}")

    @classmethod
    def of(cls, text: str) -> Self:
        """The code that is written exactly so, as our own rows and other systems write it."""
        agency, day, sequence = ([*text.split("-"), "", ""])[:3]
        code = cls(agency, day, sequence)
        if str(code) != text:
            raise Invalid("dossier_code_shape", example=EXAMPLE)
        return code

    def __str__(self) -> str:
        return f"{self.agency}-{self.day}-{self.sequence}"

    @property
    def letters(self) -> str:
        """Its letters and figures alone: what the check character is about."""
        return str(self).replace(".", "").replace("-", "")

    @property
    def check(self) -> str:
        """Its check character."""
        return check_character(self.letters)

    @property
    def printed(self) -> str:
        """As it stands on a receipt: the code itself, and its check character clearly apart."""
        return f"{self} [{self.check}]"


def date_of(day: str) -> date | None:
    """The day that six figures of a code name; None where there is no such day."""
    if not _DAY.match(day):
        return None
    try:
        return date(CENTURY + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        return None
