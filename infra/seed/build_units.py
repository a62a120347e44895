"""Builds `units.json.gz`: today's 34 provinces and 3,321 communes, and the old units that became them.

For maintainers: `python -m infra.seed.build_units`, after a new release of the package it reads. The result is
committed, so that seeding needs no package; it says nothing about agencies. Source: `vietnamadminunits` (MIT, notice
inside the file). `vietnam-provinces` is only compared with it in a test: its wheel names no licence."""

import gzip
import json
import re
import sqlite3
from importlib import resources
from pathlib import Path
from typing import Any

from miniapp.core.folding import clean, fold

HERE = Path(__file__).parent
TARGET = HERE / "units.json.gz"
TYPES = {  # as the package spells them, folded: it mixes `Thành phố` and `Thành Phố`
    "tinh": "tinh",
    "thanh pho": "tp",
    "quan": "quan",
    "huyen": "huyen",
    "thi xa": "tx",
    "thi tran": "tt",
    "xa": "xa",
    "phuong": "phuong",
    "dac khu": "dk",
}
NOTICE = "Derived from vietnamadminunits 1.0.4, (c) 2025 Tran Ngoc Minh Hieu, MIT; see infra/seed/NOTICE.md"
_PREFIXES = re.compile(r"\A(thanhpho|tp|quan|q|district|huyen|thixa|tx|thitran|phuong|p|ward|xa)(?=.)")
Rows = list[list[Any]]


def main() -> None:
    """Write the file; the same package gives the same bytes."""
    TARGET.write_bytes(packed(build()))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


def packed(units: dict[str, Any]) -> bytes:
    """Units as compressed JSON without a time stamp in it."""
    body = json.dumps(units, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(body, 9, mtime=0)


def build() -> dict[str, Any]:
    """Everything we take from the package."""
    folder = resources.files("vietnamadminunits") / "data"
    converter = json.loads((folder / "converter_2025.json").read_text("utf-8"))
    with resources.as_file(folder / "dataset.db") as path:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        new = connection.execute("SELECT * FROM admin_units ORDER BY provinceCode, wardCode").fetchall()
        old = connection.execute("SELECT * FROM admin_units_legacy ORDER BY districtCode, wardCode").fetchall()
        connection.close()
    successors = _successors(converter, new)
    return {
        "notice": NOTICE,
        "provinces": _distinct([row["provinceCode"], *_split(row["province"])] for row in new),
        "communes": [[row["wardCode"], *_split(row["ward"]), row["provinceCode"]] for row in new],
        "old_provinces": _old_provinces(converter, new, old),
        "old_districts": _distinct(
            [row["districtCode"], *_split(row["district"]), row["provinceCode"], _aliases(row, "district")]
            for row in old
        ),
        "old_communes": [
            [*_split(row["ward"]), row["districtCode"], successors[_old_key(row)], _aliases(row, "ward")]
            for row in old
            if row["ward"]
        ],
        "old_islands": [[row["districtCode"], successors[_old_key(row)]] for row in old if not row["ward"]],
    }


def _old_provinces(converter: dict[str, Any], new: list[Any], old: list[Any]) -> Rows:
    code_of = {row["provinceKey"]: row["provinceCode"] for row in new}
    became = {before: code_of[after] for after, olds in converter["DICT_PROVINCE"].items() for before in olds}
    return _distinct([row["provinceCode"], *_split(row["province"]), became[row["provinceKey"]]] for row in old)


def _successors(converter: dict[str, Any], new: list[Any]) -> dict[str, list[str]]:
    """Old commune → codes of the communes it became, the default one first where it was divided."""
    code_of = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    found: dict[str, list[str]] = {}
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for before in olds:
                found.setdefault(before, []).append(code_of[province, commune])
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for before, parts in divided.items():
            parts.sort(key=lambda part: not part["isDefaultNewWard"])
            found.setdefault(before, []).extend(code_of[province, part["newWardKey"]] for part in parts)
    return found


def _old_key(row: Any) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def _split(full: str) -> tuple[str, str]:
    """`Thị xã Sơn Tây` → `tx`, `Sơn Tây`."""
    composed = clean(full)
    folded = fold(composed)
    for title, kind in TYPES.items():
        if folded.startswith(title + " "):
            return kind, composed[len(title) + 1 :]
    raise ValueError(full)


def _aliases(row: Any, level: str) -> list[str]:
    """Older names without their type words; numbers without their letters (`quan9` → `9`)."""
    given = json.loads(row[f"{level}Alias"] or "[]")
    own = row[f"{level}ShortKey"]
    kept = []
    for alias in given:
        rest = _PREFIXES.sub("", alias)
        if rest == own or (rest != alias and rest in given):
            continue
        kept.append(str(int(rest)) if rest.isdigit() else alias)
    return sorted(set(kept) - {own})


def _distinct(rows: Any) -> Rows:
    kept: dict[str, list[Any]] = {}
    for row in rows:
        kept.setdefault(row[0], row)
    return sorted(kept.values())


if __name__ == "__main__":
    main()
