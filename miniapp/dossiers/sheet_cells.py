"""One cell of another system's table → a moment, a number of the portal, an amount; or an Invalid that says what is wrong.

For `sheet`. Moments are local where no zone stands beside them; a day without a time begins in the morning where
something begins, and ends with the day where something is due."""

import re
from datetime import datetime, time, timedelta

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_key
from miniapp.dossiers.parts import DONG_MOST
from miniapp.dossiers.sheet_words import sheet_words

_PEOPLE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2})[:hg](\d{2})?(?::(\d{2}))?)?\Z", re.ASCII)
_PEOPLE_TIME_FIRST = re.compile(r"(\d{1,2})[:hg](\d{2})?(?::\d{2})?[ ,]+(.*)\Z", re.ASCII)
_PORTAL = re.compile(r"\d{14}\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?\Z", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d{1,12})?\Z", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+\Z", re.ASCII | re.IGNORECASE)
_AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d{1,11})\s?[^\W\d]{0,4}\Z")  # the currency's name may stand behind
SERIAL_START = datetime(1899, 12, 30, tzinfo=VIETNAM)
SERIALS = range(36_526, 73_051)  # the years 2000 to 2099
MORNING, EVENING = time(7, 0), time(17, 0)
IDENTITY_WITHOUT_ZERO, PHONE_WITHOUT_ZERO = 11, 9


def moment(text: str, column: str, *, is_end: bool = False) -> datetime:
    """A moment as people, the portal, ISO 8601 and spreadsheets write it; Invalid `dossier_import_moment`."""
    try:
        found = _moment(text.strip(), EVENING if is_end else MORNING)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Invalid("dossier_import_moment", field=column)
    return found


def number_of(text: str, column: str) -> int:
    """What a status, a way or a kind is to the portal, from its number or its words; Invalid `dossier_import_word`."""
    found = sheet_words().kinds[column].get(folded_key(text))
    if found is None:
        raise Invalid("dossier_import_word", field=column)
    return found


def amount(text: str, column: str) -> int:
    """Whole đồng, with or without marks between thousands."""
    held = _AMOUNT.match(text.strip())
    if held is None:
        raise Invalid("dossier_fee_shape", field=column)
    found = int(held[1].replace(".", "").replace(",", ""))
    if not 0 < found <= DONG_MOST:
        raise Invalid("dossier_fee_shape", field=column)
    return found


def figures(text: str, column: str) -> str:
    """A number of a person that no spreadsheet has spoilt; Invalid `dossier_import_zero_lost`, `dossier_import_scientific`."""
    bare = text.strip()
    if _SCIENTIFIC.match(bare):
        raise Invalid("dossier_import_scientific", field=column)
    short = IDENTITY_WITHOUT_ZERO if column == "identity" else PHONE_WITHOUT_ZERO
    if bare.isascii() and bare.isdigit() and len(bare) == short and (column == "identity" or bare[0] != "0"):
        raise Invalid("dossier_import_zero_lost", field=column)
    return bare


def _moment(text: str, otherwise: time) -> datetime | None:
    if _PORTAL.match(text):
        return datetime.strptime(f"{text}+0700", "%Y%m%d%H%M%S%z").astimezone(VIETNAM)
    if _ISO.match(text):
        if len(text) == len("2026-11-20"):
            return datetime.combine(datetime.fromisoformat(text).date(), otherwise, VIETNAM)
        held = datetime.fromisoformat(text)
        return held if held.tzinfo else held.replace(tzinfo=VIETNAM)
    if _SERIAL.match(text):
        return _of_serial(float(text), otherwise)
    if found := _PEOPLE_TIME_FIRST.match(text):
        text = f"{found[3]} {found[1]}:{found[2] or '00'}"
    if found := _PEOPLE.match(text):
        day, month, year, hour, minute, second = found.groups()
        at = time(int(hour), int(minute or 0), int(second or 0)) if hour else otherwise
        return datetime(int(year), int(month), int(day), at.hour, at.minute, at.second, tzinfo=VIETNAM)
    return None


def _of_serial(days: float, otherwise: time) -> datetime | None:
    if int(days) not in SERIALS:
        return None
    found = SERIAL_START + timedelta(seconds=round(days * 86_400))
    return found if days != int(days) else datetime.combine(found.date(), otherwise, VIETNAM)
