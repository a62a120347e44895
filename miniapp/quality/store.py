"""Where it is kept what was published of an agency. For publishing and its page; rows stay in here.

Questions: what an agency has published, in order (one query) · everything that a period tells (one read).

A period is written once and never again: first what it tells, then, when its files lie in the bucket, that it is out. Nobody
finds it before. What the page shows of it lies apart from its whole tables, which may be large."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, put_new, read, rows
from miniapp.quality.files import Issue
from miniapp.quality.sets import Split, Told
from miniapp.ratings.store import RatingsTable
from miniapp.ratings.suppression import Published
from miniapp.ratings.tables import ROOT

OUT, WHOLE = "out#", "whole#"


class IssueRow(RatingsTable):
    """What is published of a period: the whole of it, and once it is out, what the page shows."""

    at = UnicodeAttribute()
    body: BinaryAttribute = BinaryAttribute(legacy_encoding=False)


TABLES: tuple[type[SortedTable], ...] = (IssueRow,)


def issues_key(agency: str) -> str:
    """What an agency has published."""
    return f"{agency}#quality"


class IssueStore:
    """Reads, and writes that are done once."""

    def out(self, agency: str) -> Sequence[Issue]:
        """What is out, by period, as its page shows it: without procedures and units."""
        key = issues_key(agency)
        found = rows(lambda: IssueRow.query(key, IssueRow.sk.startswith(OUT)))
        return [_issue(agency, row, OUT) for row in found]

    def is_out(self, agency: str, period: str) -> bool:
        """Whether it is out as of this moment."""
        place = issues_key(agency), f"{OUT}{period}"
        return read(lambda: IssueRow.get(*place, consistent_read=True)) is not None

    def find(self, agency: str, period: str) -> Issue | None:
        """The whole of a period, out or not."""
        place = issues_key(agency), f"{WHOLE}{period}"
        row = read(lambda: IssueRow.get(*place, consistent_read=True))
        return _issue(agency, row, WHOLE) if row else None

    def keep(self, issue: Issue) -> None:
        """What is going to be published, whatever happens; Conflict `quality_made` where it is there already."""
        _write(WHOLE, issue).alone()

    def release(self, issue: Issue) -> list[Write]:
        """The write that lets it be out; Conflict `quality_made` where it is."""
        return [_write(OUT, issue)]


def _write(prefix: str, issue: Issue) -> Write:
    told = issue.told if prefix == WHOLE else _short(issue.told)
    body = zlib.compress(json.dumps(_plain(told), ensure_ascii=False, separators=(",", ":")).encode())
    row = IssueRow(issues_key(issue.agency), f"{prefix}{issue.period}", at=iso(issue.at), body=body)
    return put_new(row, Conflict("quality_made"))


def _issue(agency: str, row: IssueRow, prefix: str) -> Issue:
    held = json.loads(zlib.decompress(row.body))
    shares = [Split(**held[name]) if held[name] else None for name in ("response", "satisfied")]
    numbers = [held[name] for name in ("came", "open", "late_open")]
    told = Told(_published(held["dossiers"]), _published(held["ballots"]), *numbers, *shares)
    return Issue(agency, row.sk.removeprefix(prefix), from_iso(row.at), told)


def _short(told: Told) -> Told:
    """The same without what is told by procedure and unit."""
    held = {name: getattr(told, name) for name in ("came", "open", "late_open", "response", "satisfied")}
    return Told(_first(told.dossiers), _first(told.ballots), **held)


def _first(shown: Published) -> Published:
    """Of a set, what is told on its first axis alone."""
    cells = {cell: count for cell, count in shown.cells.items() if all(node == ROOT for node in cell[1:])}
    withheld = frozenset(cell for cell in shown.withheld if all(node == ROOT for node in cell[1:]))
    return Published(cells, withheld, min(shown.axes, 1), shown.silent)


def _plain(told: Told) -> dict[str, Any]:
    return {
        **{name: getattr(told, name) for name in ("came", "open", "late_open")},
        **{name: asdict(held) if (held := getattr(told, name)) else None for name in ("response", "satisfied")},
        **{name: _plain_set(getattr(told, name)) for name in ("dossiers", "ballots")},
    }


def _plain_set(shown: Published) -> dict[str, Any]:
    cells = [[*cell, count] for cell, count in sorted(shown.cells.items())]
    return {"cells": cells, "withheld": sorted(shown.withheld), "axes": shown.axes, "silent": shown.silent}


def _published(held: dict[str, Any]) -> Published:
    cells = {tuple(cell): count for *cell, count in held["cells"]}
    return Published(cells, frozenset(tuple(cell) for cell in held["withheld"]), held["axes"], held["silent"])
