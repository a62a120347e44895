"""Exam councils (hội đồng thi): which codes the numbers of a national exam begin with in a year, and whose they are.

For the form of an exam and for what is missing from an edition. The lists are data (`data/councils.json`, facts with
their source); years before them, 2016's clusters above all, are typed. Local exams number their councils as they like."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from miniapp.exam_scores.subjects import DATA


@dataclass(frozen=True, slots=True)
class Councils:
    """The councils of some years, code to name; `besides` may be there and are missed by nobody."""

    first: int
    last: int | None
    codes: Mapping[str, str]
    besides: Mapping[str, str]


@cache
def known_years() -> tuple[Councils, ...]:
    """What is known, the earliest years first."""
    held = json.loads((DATA / "councils.json").read_text("utf-8"))
    return tuple(Councils(each["first"], each["last"], each["councils"], each["besides"]) for each in held["years"])


def councils_of(year: int) -> Mapping[str, str]:
    """The councils that a national exam of a year must have; none where the year is not known."""
    found = _of(year)
    return found.codes if found else {}


def council_names(year: int, expected: Collection[str]) -> Mapping[str, str]:
    """Whose the codes of an exam are: told only of a national exam, which expects most of its year's codes and no other.

    A local exam's 01 is not Hà Nội."""
    found = _of(year)
    if found is None or not set(expected) <= {*found.codes, *found.besides} or 2 * len(expected) <= len(found.codes):
        return {}
    return {**found.codes, **found.besides}


def _of(year: int) -> Councils | None:
    return next(
        (each for each in known_years() if each.first <= year and (each.last is None or year <= each.last)), None
    )
