"""Makes the directory's file: every open agency and every old place name, small enough to be read at a process's start.

For the loader, `flask … agencies seed`; `miniapp.agencies.listing` lays later changes over it. `miniapp.agencies.places`
reads it; both know the version number."""

import json
from collections.abc import Iterable
from typing import Any

from infra.seed.tree import HERE, names, provinces, units
from miniapp.agencies.listing import packed
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.places import FORMAT


def directory_file(agencies: Iterable[Agency]) -> bytes:
    """The file for these agencies; merged ones are found by their old names instead."""
    held = units()
    facts = {
        "v": FORMAT,
        "agencies": [_row(agency) for agency in agencies if not agency.successors],
        "provinces": [[unit.code, unit.type, unit.name] for unit in provinces().values()],
        "communes": held["communes"],
        "old_provinces": held["old_provinces"],
        "old_districts": held["old_districts"],
        "old_communes": held["old_communes"],
        "old_islands": held["old_islands"],
        "types": {kind: words[0] for kind, words in names()["types"].items()},
        "school_short": names()["school_short"],
        "words": json.loads((HERE / "words.json").read_text("utf-8")),
    }
    return packed(facts)


def _row(agency: Agency) -> list[Any]:
    address = "" if agency.address == agency.id else agency.address
    return [
        agency.id,
        address,
        agency.kind.value,
        agency.name,
        agency.name_en,
        agency.sector,
        agency.code,
        _proper(agency),
    ]


def _proper(agency: Agency) -> str:
    """A school's name without what every school of its level is called."""
    pattern = names()["school_short"].get(agency.sector, "")
    lead = pattern.replace("{name}", "")
    if agency.kind is not Kind.SCHOOL:
        return ""
    return agency.short.removeprefix(lead) if pattern else agency.short
