"""The whole tree of agencies as it is first loaded: real units, and made-up but plausible schools and police below.

For `flask … agencies seed`, `make run` and the tests. The same data gives the same agencies with the
same ids. Nothing here touches a store."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from miniapp.agencies.model import Agency, Kind, Service
from miniapp.core.folding import folded_words

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Unit:
    """A province or commune of today."""

    code: str
    type: str
    name: str
    province: str


@lru_cache(maxsize=1)
def units() -> dict[str, Any]:
    """Today's and yesterday's units, as `build_units` left them."""
    held: dict[str, Any] = json.loads(gzip.decompress((HERE / "units.json.gz").read_bytes()))
    return held


@lru_cache(maxsize=1)
def names() -> dict[str, Any]:
    """Words that make agencies' names, and the demo province."""
    held: dict[str, Any] = json.loads((HERE / "names.json").read_text("utf-8"))
    return held


def slug(text: str) -> str:
    """`Văn Miếu - Quốc Tử Giám` → `van-mieu-quoc-tu-giam`; an apostrophe joins (`Cư M'gar` → `cu-mgar`)."""
    return folded_words(text.replace("'", "")).replace(" ", "-")


def provinces() -> dict[str, Unit]:
    """Today's provinces by code."""
    later = names()["later"]
    return {
        code: Unit(code, later.get(code, {}).get("type", kind), name, code) for code, kind, name in units()["provinces"]
    }


@lru_cache(maxsize=1)
def tree() -> tuple[Agency, ...]:
    """Every agency: ministries, provinces, then each province whole, the demo province first, the merged ones last."""
    found = [*_ministries(), *(_province(unit) for unit in provinces().values())]
    communes = _communes_by_province()
    for unit in sorted(provinces().values(), key=lambda unit: (unit.code != names()["demo"], unit.code)):
        found += _below(unit, communes[unit.code])
    found += _merged()
    return tuple(_dressed(agency) for agency in _distinct(found))


def province_address(unit: Unit) -> str:
    """Where a province's committee stands: `ubnd-tinh-dak-lak`."""
    return f"ubnd-{unit.type}-{slug(unit.name)}"


def _communes_by_province() -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {code: [] for code in provinces()}
    for code, kind, name, province in units()["communes"]:
        found[province].append(Unit(code, kind, name, province))
    return found


def _ministries() -> Iterator[Agency]:
    for address, sector, vi, en, short in names()["ministries"]:
        yield Agency(address, address, Kind.MINISTRY, vi, en, short=short, sector=sector)


def _province(unit: Unit) -> Agency:
    later = names()["later"].get(unit.code, {})
    return _committee(unit, Kind.PROVINCE, province_address(unit), "", later.get("from", names()["from"]))


def _committee(unit: Unit, kind: Kind, address: str, parent: str, since: str) -> Agency:
    words = {"name": unit.name}
    hotline = names()["hotlines"]["province"] if kind is Kind.PROVINCE else ""
    return Agency(
        address,
        address,
        kind,
        *_named(names()["committee"], unit),
        parent=parent,
        short=names()["committee_short"].format(type=names()["types"][unit.type][0], **words),
        code=unit.code,
        valid_from=since,
        hotline=hotline,
    )


def _named(pattern: list[str], unit: Unit) -> tuple[str, str]:
    vi, en = names()["types"][unit.type]
    return pattern[0].format(type=vi, name=unit.name), pattern[1].format(type=en, name=unit.name)


def _below(unit: Unit, communes: list[Unit]) -> Iterator[Agency]:
    top, place = province_address(unit), slug(unit.name)
    for stem, sector, vi, en, short in names()["departments"]:
        kind_word = names()["types"][unit.type][0]
        yield Agency(
            f"{stem}-{place}",
            f"{stem}-{place}",
            Kind.DEPARTMENT,
            vi.format(name=unit.name, type=kind_word),
            en.format(name=unit.name),
            parent=top,
            short=short.format(name=unit.name),
            sector=sector,
            code=unit.code,
            valid_from=names()["from"],
            hotline=names()["hotlines"]["province"],
        )
    yield _police(unit, f"cong-an-{unit.type}-{place}", top)
    for commune in communes:
        address = f"{commune.type}-{slug(commune.name)}-{place}"
        yield _committee(commune, Kind.COMMUNE, address, top, names()["from"])
        yield _police(commune, f"cong-an-{address}", address)
        yield from _schools(commune, address, place)


def _police(unit: Unit, address: str, parent: str) -> Agency:
    return Agency(
        address,
        address,
        Kind.POLICE,
        *_named(names()["police"], unit),
        parent=parent,
        sector="police",
        code=unit.code,
        valid_from=names()["from"],
        hotline=names()["hotlines"]["police"],
    )


def _schools(commune: Unit, below: str, place: str) -> Iterator[Agency]:
    """A primary and a lower secondary school in every commune, a high school under the department in most."""
    people = names()["people"]
    chance = zlib.crc32(commune.code.encode())
    for level, share in (("th", 100), ("thcs", 100), ("thpt", 70)):
        chance = zlib.crc32(level.encode(), chance)
        if chance % 100 >= share:
            continue
        name = people[chance // 100 % len(people)] if chance // 7 % 3 == 0 else commune.name
        vi, en = names()["schools"][level]
        address = f"{level}-{slug(name)}-{place}"
        yield Agency(
            address,
            address,
            Kind.SCHOOL,
            vi.format(name=name),
            en.format(name=name),
            parent=f"so-gddt-{place}" if level == "thpt" else below,
            short=names()["school_short"][level].format(name=name),
            sector=level,
            code=commune.code,
            valid_from=names()["from"],
        )


def _merged() -> Iterator[Agency]:
    """The 63 provinces until 30/06/2025, and the education departments of those that are no more."""
    today = provinces()
    addresses = {province_address(unit) for unit in today.values()}
    until = names()["until"]
    for code, kind, name, became in units()["old_provinces"]:
        unit, after = Unit(code, kind, name, code), today[became]
        address = f"ubnd-{kind}-{slug(name)}"
        gone = _committee(unit, Kind.PROVINCE, f"{address}-truoc-2025" if address in addresses else address, "", "")
        yield replace(gone, hotline="").merged_into((province_address(after),), until)
        if slug(name) == slug(after.name):
            continue
        stem, sector, vi, en, short = names()["departments"][0]
        office = Agency(
            f"{stem}-{slug(name)}",
            f"{stem}-{slug(name)}",
            Kind.DEPARTMENT,
            vi.format(name=name),
            en.format(name=name),
            parent=gone.id,
            short=short.format(name=name),
            sector=sector,
            code=code,
        )
        yield office.merged_into((f"{stem}-{slug(after.name)}",), until)


def _distinct(found: list[Agency]) -> Iterator[Agency]:
    """Where two would stand at one address (Cẩm Giang and Cẩm Giàng), both carry their unit's code."""
    standing = Counter(agency.address for agency in found)
    moved: dict[tuple[str, str], str] = {}
    for agency in found:
        if standing[agency.address] > 1:
            moved[agency.address, agency.code] = f"{agency.address}-{agency.code}"
    for agency in found:
        address = moved.get((agency.address, agency.code), agency.address)
        parent = moved.get((agency.parent, agency.code), agency.parent)
        yield replace(agency, id=address, address=address, parent=parent)


def _dressed(agency: Agency) -> Agency:
    if agency.kind is Kind.DEPARTMENT and agency.sector == "gddt" and not agency.successors:
        agency = replace(agency, services=frozenset({Service.EXAM_SCORES}))
    look = names()["demo_look"].get(agency.id)
    return replace(agency, accent=look["accent"]) if look else agency
