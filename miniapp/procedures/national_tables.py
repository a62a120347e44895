"""Older exports of the national portal whose tables kept their cells: a ministry's of 2025, and one of 2021. For importers.

Records of 2021 bear no code: their name is looked for among the procedures that are known, and one that is nobody's, or
several's, is named as a problem."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from miniapp.core.folding import folded_words
from miniapp.procedures.findings import Found
from miniapp.procedures.glued_lists import without_furniture
from miniapp.procedures.model import Channel, FeeLine, Form, LegalBasis, Online, Paper, Procedure, Result, Way
from miniapp.procedures.national import kept, levels, listed, name_key, steps
from miniapp.procedures.terms import fee_line, time_limit
from miniapp.procedures.wording import bare, is_nothing, is_strange, line, lines, said

WAYS = {"truc tuyen": Way.ONLINE, "truc tiep": Way.DESK, "dich vu buu chinh": Way.POST}
_COUNTS = re.compile(r"ban chinh: ?(\d+)\s*-?\s*ban sao: ?(\d+)")
_FEE = re.compile(r"(?:le )?phi ?: ?")
_NEXT_FEE = re.compile(r"\n(?=(?:le )?phi ?:)|(?<=xem chi tiet) (?=(?:le )?phi ?:)")
_STATED = re.compile(r"([\d.,]*\d|khong|o)? ?(?:dong|usd|eur)(?![a-wyz])")
_MORE = re.compile(r"xem chi tiet|file dinh kem:[^\n]*")
_TAG = re.compile(r"</?[a-z]+[^<>]*>")
_NO_FILE = re.compile(r"[?&]ma=$")

Row = Mapping[str, Any]


def by_2025(record: Row, found: Found) -> Procedure | None:
    """One record of 2025, its tables apart."""
    about, content, tables = (_folded(record.get(part) or {}) for part in ("metadata", "content", "tables"))
    texts = {key: _text(value, key, found) for key, value in (about | content).items()}
    ways = [_channel(_folded(row), "hinh thuc", found) for row in tables["hinh thuc nop"]]
    result = said(texts["ket qua thuc hien"])
    return kept(
        found,
        code=texts["ma thu tuc"],
        name=line(texts["ten thu tuc"]),
        field=said(texts["linh vuc"]),
        levels=levels(texts["cap thuc hien"], found),
        agency=said(texts["co quan thuc hien"]),
        authority=said(texts["co quan co tham quyen"]),
        partners=said(texts["co quan phoi hop"]),
        address=said(texts["dia chi tiep nhan hs"]),
        for_whom=listed(texts["doi tuong thuc hien"]),
        steps=steps(texts["trinh tu thuc hien"]),
        channels=tuple(ways),
        papers=tuple(_paper(_folded(row), found) for row in tables["thanh phan ho so"]),
        legal=tuple(LegalBasis(line(row["so_ky_hieu"]), line(row["trich_yeu"])) for row in tables["can cu phap ly"]),
        results=tuple(Result(one) for one in result.split("\n") if one),
        conditions=said(texts["yeu cau dieu kien thuc hien"]),
        online=Online.UNSTATED if any(one.way is Way.ONLINE for one in ways) else Online.NONE,
        kind=said(texts["loai thu tuc"]),
        decision=said(texts["so quyet dinh"]),
    )


def by_2021(known: Mapping[str, str]) -> Callable[[Row, Found], Procedure | None]:
    """A reader of records of 2021; `known` is folded name → code (`national.by_name`)."""

    def read(record: Row, found: Found) -> Procedure | None:
        held = _folded(record)
        name = line(str(held["title"]))
        code = known.get(name_key(name), "")
        if not code:
            found.fail("no_national_code", "code", name)
            return None
        ways = [_channel(_folded(row), "hinh thuc nop", found) for row in held["cach thuc thuc hien"]]
        return kept(
            found,
            code=code,
            name=name,
            agency=said(_text(held.get("co quan thuc hien", ""), "agency", found)),
            steps=steps(_text(held["trinh tu thuc hien"], "steps", found)),
            channels=tuple(ways),
            papers=tuple(_paper(_folded(row), found) for row in held["thanh phan ho so"]),
            online=Online.UNSTATED if any(one.way is Way.ONLINE for one in ways) else Online.NONE,
        )

    return read


def _folded(row: Row) -> dict[str, Any]:
    return {folded_words(key): value for key, value in row.items()}


def _text(value: Any, name: str, found: Found) -> str:
    if is_strange(str(value)):
        found.warn("strange_characters", name)
    return without_furniture(lines(_TAG.sub(" ", str(value))))


def _channel(row: Row, way: str, found: Found) -> Channel:
    named = line(str(row.get(way, "")))
    known = WAYS.get(bare(named).lower(), Way.OTHER)
    note = lines(str(row.get("mo ta", "")))
    if known is Way.OTHER:
        found.warn("channel_unknown", "channels", named)
        note = f"{named} {note}".strip()
    words = line(str(row.get("thoi han giai quyet", "")))
    return Channel(known, time_limit(words, found), tuple(_fees(str(row.get("phi le phi", "")), found)), note)


def _fees(cell: str, found: Found) -> Iterable[FeeLine]:
    """`Phí : 50.000 Đồng (…)`, several of them one behind the other."""
    text = lines(cell)
    seams = list(_NEXT_FEE.finditer(bare(text).lower()))
    starts, ends = [0, *(seam.end() for seam in seams)], [*(seam.start() for seam in seams), len(text)]
    for start, end in zip(starts, ends, strict=True):
        if start < end:
            yield from _fee(text[start:end], found)


def _fee(part: str, found: Found) -> Iterable[FeeLine]:
    plain = bare(part).lower()
    head = _FEE.match(plain)
    body, at = (part[head.end() :], plain[head.end() :]) if head else (part, plain)
    stated = _STATED.match(at)
    if stated is None or not stated[1]:
        rest = _MORE.sub("", at).replace("dong", "").strip(" :\n")
        if rest:
            found.warn("fee_in_words", "channels", part)
            yield FeeLine(words=part)
        return
    words = body[stated.end() :].strip()
    if stated[1] in ("khong", "o") or not float(stated[1].replace(".", "").replace(",", ".")):
        yield FeeLine(0, "VND", words=part)
        return
    made = fee_line(body[: stated.end()].strip(), words, found)
    yield FeeLine(made.amount, made.currency, made.unit, part) if made else FeeLine(words=part)


def _paper(row: Row, found: Found) -> Paper:
    name = lines(str(row.get("ten giay to", "")))
    counts = line(str(row.get("ghi chu", row.get("so luong ban chinh", ""))))
    match = _COUNTS.fullmatch(bare(counts).lower())
    if match is None:
        found.warn("paper_count_in_words", "papers", counts)
        name = f"{name} {counts}".strip()
    file = line(str(row.get("so luong", row.get("mau don to khai", ""))))
    link = file if file.startswith("https://") else ""
    forms = () if is_nothing(file) or _NO_FILE.search(file) else (Form("" if link else file, link),)
    if not name:
        found.warn("paper_without_name", "papers", file)
        name = file or counts
    return Paper(name, int(match[1]) if match else 0, int(match[2]) if match else 0, forms)
