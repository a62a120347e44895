"""Records of the national portal, as crawls publish them, made procedures. For importers.

Three shapes: glued page text of 2026, a ministry's tables of 2025, and an export of 2021 without codes, whose records are
matched by their folded name. A record is read whole or its problem is named; see `findings`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_words
from miniapp.procedures import glued, glued_lists
from miniapp.procedures.findings import Found
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Online, Procedure, Way, checked, national_code
from miniapp.procedures.wording import bare, is_strange, line, lines, said

Reader = Callable[[Mapping[str, Any], Found], Procedure | None]
LEVELS = {"cap bo": Level.MINISTRY, "cap tinh": Level.PROVINCE, "cap xa": Level.COMMUNE, "co quan khac": Level.OTHER}
_STEP = re.compile(r"^[-+*\s]*Buoc \d+", re.MULTILINE)
_COMMA = re.compile(r",\s*(?![^(]*\))")
_LINE_FIELDS = {
    "linh_vuc": "field",
    "co_quan_thuc_hien": "agency",
    "co_quan_co_tham_quyen": "authority",
    "co_quan_phoi_hop": "partners",
    "co_quan_duoc_uy_quyen": "delegated",
    "dia_chi_tiep_nhan": "address",
    "thu_tuc_lien_quan": "related",
    "loai_thu_tuc": "kind",
    "so_quyet_dinh": "decision",
    "ministry": "ministry",
    "detail_url": "portal",
}


def procedure(record: Mapping[str, Any], found: Found) -> Procedure | None:
    """One record of 2026; None if it can't be kept, and then `found` says why."""
    held = {key: _cleaned(key, str(value), found) for key, value in record.items()}
    texts = {ours: said(line(held.get(theirs, ""))) for theirs, ours in _LINE_FIELDS.items()}
    made_results, keywords = glued_lists.results(held.get("ket_qua_xu_ly", ""), found)
    channels = glued.channels(held.get("cach_thuc_thuc_hien", ""), found)
    return kept(
        found,
        code=held.get("ma_thu_tuc", ""),
        name=line(held.get("ten_thu_tuc", "")),
        levels=levels(held.get("cap_thuc_hien", ""), found),
        for_whom=listed(held.get("doi_tuong_thuc_hien", "")),
        steps=steps(held.get("trinh_tu_thuc_hien", "")),
        channels=channels,
        papers=glued_lists.papers(held.get("thanh_phan_ho_so", ""), found),
        legal=glued_lists.legal(held.get("can_cu_phap_ly", ""), found),
        results=made_results,
        conditions=said(glued_lists.without_empty_results(held.get("yeu_cau_dieu_kien", ""))),
        online=Online.UNSTATED if any(one.way is Way.ONLINE for one in channels) else Online.NONE,
        keywords=keywords,
        **texts,
    )


def _cleaned(key: str, text: str, found: Found) -> str:
    if is_strange(text):
        found.warn("strange_characters", key)
    return glued_lists.without_furniture(lines(text))


def kept(found: Found, **fields: Any) -> Procedure | None:
    """A procedure of these fields, if they make one."""
    try:
        return checked(Procedure(**(fields | {"code": national_code(fields["code"])})))
    except Invalid as problem:
        found.fail(problem.code, str(problem.facts.get("field", "")), str(fields.get("name", "")))
        return None


def levels(text: str, found: Found) -> tuple[Level, ...]:
    """`Cấp bộ, Cấp tỉnh` as levels."""
    made: list[Level] = []
    for part in listed(text):
        level = LEVELS.get(bare(part).lower())
        if level is None:
            found.warn("level_unknown", "levels", part)
        made.append(level or Level.OTHER)
    return tuple(dict.fromkeys(made))


def listed(text: str) -> tuple[str, ...]:
    """The parts between commas, those in brackets aside."""
    return tuple(part.strip() for part in _COMMA.split(said(text)) if part.strip())


def steps(text: str) -> tuple[str, ...]:
    """The steps of a text: at each `Bước 2`, or line by line where none is numbered."""
    starts = [match.start() for match in _STEP.finditer(bare(text))]
    if not starts:
        return tuple(one for one in said(text).split("\n") if one)
    edges = [0, *[start for start in starts if start], len(text)]
    return tuple(part.strip() for start, end in pairwise(edges) if (part := text[start:end].strip()))


def by_name(procedures: Iterable[Procedure]) -> dict[str, str]:
    """Folded name → code, of names that one procedure alone has."""
    seen: dict[str, str] = {}
    for one in procedures:
        key = name_key(one.name)
        seen[key] = "" if key in seen and seen[key] != one.code else one.code
    return {key: code for key, code in seen.items() if code}


def name_key(name: str) -> str:
    """What names are compared by: without accents, and without the `Thủ tục` that one export writes and another doesn't."""
    return folded_words(name).removeprefix("thu tuc ")


def read_all(records: Iterable[Mapping[str, Any]], read: Reader) -> Iterator[tuple[Procedure | None, Found]]:
    """Every record with what was found in it."""
    for row, record in enumerate(records, 1):
        found = Found(
            record=str(record.get("ma_thu_tuc") or record.get("thu_tuc_id") or record.get("title") or ""), row=row
        )
        yield read(record, found), found
