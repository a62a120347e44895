"""Time limits and fees from the words that sources write them in. For every importer of this slice.

What is not certain stays as words: a wrong fee is worse than none."""

import re

from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.findings import Found
from miniapp.procedures.model import FeeLine
from miniapp.procedures.wording import bare, is_nothing, said

UNITS = r"ngay lam viec|ngay|gio lam viec|gio|thang|nam|phut|tuan"
CURRENCIES = {"viet nam dong": "VND", "vnd": "VND", "dong": "VND", "usd": "USD", "eur": "EUR"}
SMALLEST_FEE = 1_000  # đồng; the portal's `150` is mostly 150.000
_LIMIT = re.compile(rf"(\d+(?:[.,]\d+)?) ?({UNITS})?\.?")
_AMOUNT = re.compile(r"([\d.,]+) ?(viet nam dong|vnd|dong|usd|eur)")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DECIMAL = re.compile(r"(\d+)[.,](\d{1,2})")
_PER = re.compile(r"\(?[\d.]+ ?(?:dong|d)/ ?(\w+(?: \w+){0,3})[).;]*")
_FREE = re.compile(r"[\s(*+-]*(?:khong|mien|chua)\b")
_SUM = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
WORKING_DAY, HOUR = 480, 60  # minutes of work


def time_limit(words: str, found: Found) -> TimeLimit:
    """The limit that these words tell."""
    plain = bare(words).lower().strip()
    if is_nothing(words):
        return TimeLimit(words=words)
    match = _LIMIT.fullmatch(plain)
    if match is None:
        found.warn("limit_in_words", "channels", words)
        return TimeLimit(words=words)
    amount, unit = float(match[1].replace(",", ".")), match[2] or ""
    if not amount:
        found.warn("limit_zero", "channels", words)
        return TimeLimit(words=words)
    if not unit:
        found.warn("limit_without_unit", "channels", words)
    count, size = _sized(unit, amount)
    return TimeLimit(count, round(size), words)


def _sized(unit: str, amount: float) -> tuple[Count, float]:
    if unit == "ngay lam viec" or (unit in ("", "ngay") and amount % 1):
        return Count.WORKING_DAYS, amount * WORKING_DAY
    if unit.startswith("gio"):
        return Count.HOURS, amount * HOUR
    if unit == "phut":
        return Count.HOURS, max(amount, 1)
    if unit in ("thang", "nam") and amount % 1 == 0:
        return Count.MONTHS, amount * (12 if unit == "nam" else 1)
    return Count.CALENDAR_DAYS, amount * {"tuan": 7, "thang": 30, "nam": 365}.get(unit, 1)


def fee_line(stated: str, words: str, found: Found) -> FeeLine | None:
    """The fee of a stated amount (`10,000 VNĐ`, `Miễn phí`) and the words after it; None where there is no fee to tell.

    The portal writes `Miễn phí` wherever no figure was given, so words beside it count more than it does."""
    plain = bare(stated).lower().strip()
    if plain == "mien phi":
        if is_nothing(words.strip("()")) or (_FREE.match(bare(words).lower()) and not _SUM.search(words)):
            return FeeLine(0, words=f"{stated} {words}".strip())
        found.warn("fee_free_but_words", "channels", words)
        return FeeLine(words=f"{stated} {words}")
    if not said(stated):
        return FeeLine(words=f"{stated} {words}".strip()) if said(words) else None
    match = _AMOUNT.fullmatch(plain)
    amount = None if match is None else whole(match[1], CURRENCIES[match[2]])
    if match is None or amount is None:
        found.warn("fee_in_words", "channels", stated)
        return FeeLine(words=f"{stated} {words}".strip())
    currency = CURRENCIES[match[2]]
    if currency == "VND" and 0 < amount < SMALLEST_FEE:
        amount = _small(amount, words, found)
    return FeeLine(amount, currency, _unit(words), f"{stated} {words}".strip())


def whole(text: str, currency: str = "VND") -> int | None:
    """A figure in whole đồng, or in cents of another currency; None where it can't be read for certain."""
    if _GROUPED.fullmatch(text) and not (currency != "VND" and _DECIMAL.fullmatch(text)):
        units = int(re.sub(r"[.,]", "", text))
        return units if currency == "VND" else units * 100
    if text.isdecimal():
        return int(text) if currency == "VND" else int(text) * 100
    parts = _DECIMAL.fullmatch(text)
    if parts is None or currency == "VND":
        return None
    return int(parts[1]) * 100 + int(parts[2].ljust(2, "0"))


def _small(amount: int, words: str, found: Found) -> int | None:
    """Thousands of đồng, if the words say the same sum in full; else only the words are sure."""
    sums = {whole(one) for one in _SUM.findall(words)}
    if amount * 1_000 in sums:
        found.warn("fee_in_thousands", "channels", f"{amount} {words}")
        return amount * 1_000
    found.warn("fee_too_small", "channels", f"{amount} {words}")
    return None


def _unit(words: str) -> str:
    match = _PER.fullmatch(bare(words))
    return words[match.start(1) : match.end(1)] if match else ""
