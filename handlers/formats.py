"""How figures, scores, dates and times are written: pure functions for every page, chat message and letter.

For templates (handlers/words.py makes each one a filter). The same in every language: the figure on the phone must be
the figure on the paper slip. Will NOT choose words: a state such as "absent" is a sentence and lives in a template.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
# Wide enough for every figure on a page; thin spaces would break copying out of a webview.
NO_BREAK = "\u00a0"


@lru_cache(maxsize=4096)
def score(hundredths: int) -> str:
    """825 -> 8,25. Two decimals always, as authorities print them: 7,50 and 10,00."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole},{rest:02d}"


@lru_cache(maxsize=4096)
def figure(number: int) -> str:
    """1208863 -> 1.208.863."""
    return f"{number:,}".replace(",", ".")


def decimal(number: float, places: int = 2) -> str:
    """1234.5 -> 1.234,50: means, shares; never for scores, which are whole hundredths."""
    return f"{number:,.{places}f}".replace(",", "\0").replace(".", ",").replace("\0", ".")


def percent(share: float, places: int = 1) -> str:
    """0.8394 -> 83,9 %, with a space that does not break."""
    return f"{decimal(share * 100, places)}{NO_BREAK}%"


def share(count: int, of: int) -> str:
    """12 of 4800 -> 0,25 %. One of a million is there: less than the least that two decimals say."""
    part = count / of if of else 0.0
    return f"<{NO_BREAK}{percent(0.0001, 2)}" if 0 < part < 0.00005 else percent(part, 2)


def size(count: int) -> str:
    """Bytes as people read them: 1536 -> 1,5 KB."""
    if count < 1024:
        return f"{count}{NO_BREAK}B"
    amount = float(count)
    unit = "KB"
    for unit in ("KB", "MB", "GB", "TB"):
        amount /= 1024
        if amount < 1023.95 or unit == "TB":
            break
    places = 0 if amount == int(amount) else 1
    return f"{decimal(amount, places)}{NO_BREAK}{unit}"


@lru_cache(maxsize=4096)
def quantity(number: float) -> str:
    """2.0 -> 2, 0.5 -> 0,5: how many days or hours, with no decimal that says nothing."""
    return figure(int(number)) if number == int(number) else decimal(number, 2).rstrip("0")


def minutes(count: int) -> str:
    """450 -> 07:30: minutes after midnight as a time of the day."""
    return f"{count // 60:02}:{count % 60:02}"


@lru_cache(maxsize=4096)
def grouped(number: str) -> str:
    """02001234 -> 02 001 234: groups of three from the right, to be read aloud. The spaces are for the eye only."""
    head = len(number) % 3
    groups = [number[:head]] if head else []
    groups += [number[at : at + 3] for at in range(head, len(number), 3)]
    return " ".join(groups)


@lru_cache(maxsize=1024)
def day(moment: date | datetime | str) -> str:
    """16/07/2026, local. Takes a date, an aware instant, or either as ISO text (rows keep text)."""
    return _local(moment).strftime("%d/%m/%Y")


def clock(moment: datetime | str) -> str:
    """08:00, local."""
    return _local(moment).strftime("%H:%M")


@lru_cache(maxsize=1024)
def moment(instant: datetime | str) -> str:
    """08:00, 16/07/2026, local."""
    return _local(instant).strftime("%H:%M, %d/%m/%Y")


def machine(instant: date | datetime | str) -> str:
    """The value of <time datetime>: ISO 8601 with the local offset, to the second (HTML takes three decimals at most)."""
    local = _local(instant)
    return local.isoformat(timespec="seconds") if isinstance(local, datetime) else local.isoformat()


def _local(value: date | datetime | str) -> date:
    """A date stays a date; an instant becomes local. Naive instants are a bug upstream and refused."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(LOCAL)
    return value


FILTERS = {
    "score": score,
    "figure": figure,
    "decimal": decimal,
    "percent": percent,
    "share": share,
    "size": size,
    "quantity": quantity,
    "minutes": minutes,
    "grouped": grouped,
    "day": day,
    "clock": clock,
    "moment": moment,
    "machine": machine,
}
