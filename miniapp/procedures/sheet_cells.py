"""One column of our form as sheets: from a cell to a plain value of our own form, and back. For `sheet_form`.

A value goes where its path says (`limit.words`); one that is several fields at once, as a time limit is, is laid among
those that stand there. What a cell says that it can't say is `Unread`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from miniapp.core.folding import folded_key
from miniapp.core.time_limits import Count
from miniapp.core.workdays import WORKING_DAY
from miniapp.procedures import sheet_words

_PER = {Count.WORKING_DAYS: WORKING_DAY, Count.HOURS: 60, Count.CALENDAR_DAYS: 1, Count.MONTHS: 1}
_LIMIT = re.compile(r"(\d{1,6}(?:[.,]\d{1,2})?|\d{1,7}/\d{1,4})\s*(\D+)")
_DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"),
    re.compile(r"(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-](?P<y>\d{4})"),
)
_MONEY = re.compile(r"([\d., ]*)(\D*)")
_DONG = re.compile(r"\d{1,12}|\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_CENTS = re.compile(r"(\d{1,10})(?:[.,](\d{1,2}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_BETWEEN = re.compile(r"[\n;,]")
DONG = "VND"


class Unread(Exception):
    """A cell that does not say what its column asks for; the code of the problem."""


@dataclass(frozen=True)
class Column:
    """What stands in a column, and how."""

    key: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    choices: tuple[str, ...] = ()
    path: str | None = None  # where its value goes, if not to its key

    def put(self, cell: str, item: dict[str, Any]) -> None:
        """Lay what a cell says into a plain item; raises Unread."""
        value = self.read(cell)
        *above, last = self._path()
        for part in above:
            item = item.setdefault(part, {})
        if isinstance(value, dict):
            (item.setdefault(last, {}) if last else item).update(value)
        else:
            item[last] = value

    def cell(self, item: Any) -> str:
        """What the column says of a plain item."""
        for part in self._path():
            item = item[part] if part else item
        return self.write(item)

    def _path(self) -> list[str]:
        return (self.key if self.path is None else self.path).split(".")


def text(key: str) -> Column:
    """Words as they are."""
    return Column(key, str, str)


def listed(key: str) -> Column:
    """Several texts in a cell, each on its own line."""
    return Column(key, lambda cell: [one.strip() for one in cell.split("\n") if one.strip()], "\n".join)


def whole(key: str, problem: str) -> Column:
    """A whole number; none is 0."""

    def read(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 6):
            raise Unread(problem)
        return int(cell)

    return Column(key, read, lambda value: str(value) if value else "")


def day(key: str) -> Column:
    """A day."""
    return Column(key, _read_day, lambda value: "/".join(reversed(value.split("-"))))


def word(key: str, kind: str) -> Column:
    """One of certain words."""
    return Column(
        key, lambda cell: _meant(kind, cell), lambda value: sheet_words.said(kind, value), sheet_words.offered(kind)
    )


def words(key: str, kind: str) -> Column:
    """Some of certain words."""

    def read(cell: str) -> list[str]:
        return list(dict.fromkeys(_meant(kind, one) for one in _BETWEEN.split(cell) if one.strip()))

    return Column(key, read, lambda values: ", ".join(sheet_words.said(kind, one) for one in values))


def yes_or_no(key: str) -> Column:
    """Whether something is so."""
    kind = "bool"
    return Column(
        key,
        lambda cell: _meant(kind, cell) == "true",
        lambda value: sheet_words.said(kind, "true" if value else "false"),
        sheet_words.offered(kind),
    )


def rule(key: str) -> Column:
    """Conditions over answers, all of which must hold: `who = parent, guardian; married = no`."""
    return Column(key, _read_rule, _write_rule)


def limit(key: str) -> Column:
    """A number with what it counts: three working days, half a one, two months."""
    return Column(key, _read_limit, _write_limit)


def money(key: str) -> Column:
    """A sum with its currency, đồng where none is named."""
    return Column(key, _read_money, _write_money, path="")


def _meant(kind: str, cell: str) -> str:
    found = sheet_words.meant(kind).get(folded_key(cell))
    if found is None:
        raise Unread("word_unknown")
    return found


def _read_day(cell: str) -> str:
    for pattern in _DAYS:
        found = pattern.fullmatch(cell)
        if found is not None:
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
            except ValueError:
                break
    raise Unread("procedure_day_shape")


def _read_rule(cell: str) -> list[dict[str, Any]]:
    conditions = []
    for part in filter(None, map(str.strip, re.split(r"[;\n]", cell))):
        question, sign, choices = part.partition("=")
        if not sign:
            raise Unread("rule_shape")
        conditions.append({"question": question.strip(), "choices": [one.strip() for one in choices.split(",")]})
    return conditions


def _write_rule(held: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['question']} = {', '.join(one['choices'])}" for one in held)


def _read_limit(cell: str) -> dict[str, Any]:
    found = _LIMIT.fullmatch(cell)
    count = sheet_words.meant("Count").get(folded_key(found[2])) if found else None
    if found is None or count is None or found[1].endswith("/0"):
        raise Unread("time_limit_shape")
    amount = Fraction(found[1].replace(",", ".")) * _PER[Count(count)]
    if amount.denominator != 1 or not amount:
        raise Unread("time_limit_shape")
    return {"count": count, "amount": int(amount)}


def _write_limit(held: dict[str, Any]) -> str:
    count = Count(held["count"])
    if count is Count.UNSTATED:
        return ""
    amount = Fraction(held["amount"], _PER[count])
    figure = f"{float(amount):.2f}".rstrip("0").rstrip(".").replace(".", ",")
    if (amount * 100).denominator != 1:
        figure = str(amount)
    return f"{figure} {sheet_words.said('Count', count)}"


def _read_money(cell: str) -> dict[str, Any]:
    if folded_key(cell) in sheet_words.meant("free"):
        return {"amount": 0}
    found = _MONEY.fullmatch(cell)
    if found is None:
        raise Unread("fee_shape")
    figure, name = found[1].strip(), found[2].strip()
    currency = sheet_words.meant("currency").get(folded_key(name), name.upper()) if folded_key(name) else DONG
    if not _CURRENCY.fullmatch(currency):
        raise Unread("fee_shape")
    return {"amount": _amount(figure, currency) if figure else None, "currency": currency}


def _amount(figure: str, currency: str) -> int:
    if currency == DONG:
        if not _DONG.fullmatch(figure):
            raise Unread("fee_shape")
        return int(re.sub(r"\D", "", figure))
    found = _CENTS.fullmatch(figure)
    if found is None:
        raise Unread("fee_shape")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _write_money(held: dict[str, Any]) -> str:
    amount, currency = held["amount"], held["currency"]
    if amount is None:
        others = any(value for name, value in held.items() if name not in ("amount", "currency"))
        return "" if currency == DONG and others else currency
    return str(amount) if currency == DONG else f"{amount // 100},{amount % 100:02d} {currency}"
