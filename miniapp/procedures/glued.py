"""Tables that a crawl glued into one text without borders, told apart again: channels with time and fee. For `national`.

Every letter of a cell ends up in what is returned: what can't be told apart stays in one piece, and is named."""

import re
from itertools import pairwise

from miniapp.procedures.findings import Found
from miniapp.procedures.model import Channel, FeeLine, Way
from miniapp.procedures.terms import fee_line, time_limit
from miniapp.procedures.wording import bare, said

HEADER = "Hinh thuc nopThoi gianPhi, le phiMo ta"
WAYS = {"Truc tuyen": Way.ONLINE, "Truc tiep": Way.DESK, "Dich vu buu chinh": Way.POST}
_NONE = "Khong co thong tin"
_UNIT = r"(?:Ngay lam viec|Ngay|Gio lam viec|Gio|Thang|Nam|Phut|Tuan)"
_MONEY = r"[\d.,]*\d ?(?:Viet Nam Dong|VND|USD|EUR)"
_FEE = rf"(?:Mien phi|{_NONE}|{_MONEY})"
_ANY_WAY = "|".join(WAYS)
_TIME = (
    rf"\d+(?:[.,]\d+)? {_UNIT}(?={_FEE})"
    rf"|{_NONE}(?={_FEE})"
    rf"|\d+(?=Mien phi|{_NONE})"
    rf"|(?={_MONEY})"  # the time and the sum are one number: nobody can tell where it ends
    rf"|[A-Z](?:(?!{_ANY_WAY}|{_FEE})[^\n]){{0,160}}?(?=Mien phi|{_NONE})"
)
_START = re.compile(rf"({_ANY_WAY})({_TIME})")
_COST = re.compile(_FEE)
_MORE = re.compile(rf"{_MONEY}|Mien phi(?=\()")


def channels(cell: str, found: Found) -> tuple[Channel, ...]:
    """The rows of the cell `Hình thức nộp · Thời gian · Phí, lệ phí · Mô tả`."""
    plain = bare(cell)
    if not said(cell):
        found.warn("channels_missing", "channels")
        return ()
    start = len(HEADER) if plain.startswith(HEADER) else 0
    starts = list(_START.finditer(plain, start))
    first = starts[0].start() if starts else len(cell)
    before: tuple[Channel, ...] = ()
    if first != start:
        found.warn("channels_not_split", "channels", cell[start:])
        before = (Channel(Way.OTHER, note=cell[start:first].strip()),)
    edges = pairwise([*(match.start() for match in starts), len(cell)])
    rows = (_channel(cell, plain, match, end, found) for match, (_, end) in zip(starts, edges, strict=True))
    return (*before, *rows)


def _channel(cell: str, plain: str, match: re.Match[str], end: int, found: Found) -> Channel:
    words = cell[match.start(2) : match.end(2)].strip()
    limit = time_limit(words, found)
    at = match.end()
    fees: list[FeeLine] = []
    cost = _COST.match(plain, at)
    while cost is not None:
        stated, at = cell[at : cost.end()], cost.end()
        inside = _bracket_end(cell, at, end)
        if inside < 0:
            found.warn("fee_words_unclosed", "channels", cell[at:end])
            inside = end
        if not words:
            found.warn("limit_and_fee_glued", "channels", stated)
            fee: FeeLine | None = FeeLine(words=f"{stated} {cell[at:inside]}".strip())
            words = stated
        else:
            fee = fee_line(stated, cell[at:inside], found)
        fees += [fee] if fee else []
        at = inside
        cost = _MORE.match(plain, at, end)
    note = cell[at:end].strip()
    return Channel(WAYS[match[1]], limit, tuple(fees), said(note))


def _bracket_end(text: str, at: int, end: int) -> int:
    """Where the bracket that opens here closes; here, if none opens; -1, if it never closes."""
    if text[at : at + 1] != "(":
        return at
    depth = 0
    for place in range(at, end):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    return -1
