"""Keeps the directory's file true: names that changed and agencies that ended, laid over what the seed knew.

For the worker that is told of changes, the clock that comes by in case a note was lost, and the command. Reading the
same changes again makes the same bytes, so it may run twice, late or at once on two machines: whoever wrote looks
whether anything changed meanwhile and goes round again. It changes no agency and knows no old place names itself."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from miniapp.agencies import listing_store
from miniapp.agencies.directory import BUCKET, FILE_MOST, KEY
from miniapp.agencies.listing_store import Line, facts_of
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.places import FORMAT
from miniapp.core import log
from miniapp.core.errors import Conflict, NotFound, Unavailable
from miniapp.core.files import Files

ROUNDS = 5
COALESCED = 3  # seconds: an officer who saves twice is listed once
STEPS_MOST = 50
ENDED = 8  # the column that names the agency for whose old name a line stands


@dataclass(frozen=True)
class RelistAgencies:
    """A note: something that the directory shows has changed. What, stands in the rows."""

    queue: ClassVar[str] = "agency_listings"
    v: int = 1


class Listing:
    """Writes the directory's file anew."""

    def __init__(self, files: Files, find: Callable[[str], Agency | None]) -> None:
        self._files = files
        self._find = find

    def rewrite(self) -> bool:
        """Bring the file up to date; whether it had to be written. Nothing to do before the tree is loaded."""
        wrote = False
        for _ in range(ROUNDS):
            lines = listing_store.lines()
            if not lines:
                return wrote
            try:
                body = self._files.get(BUCKET, KEY, FILE_MOST)
            except NotFound:
                return wrote
            made = relisted(body, lines, self._find)
            if made == body:
                return wrote
            self._files.put(BUCKET, KEY, made, "application/gzip")
            log.info("directory_written", lines=len(lines), size=len(made))
            wrote = True
        raise Conflict("directory_busy")


def packed(facts: Mapping[str, Any]) -> bytes:
    """The facts of a directory as its file: the same facts are always the same bytes."""
    return gzip.compress(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)


def relisted(body: bytes, lines: Sequence[Line], find: Callable[[str], Agency | None]) -> bytes:
    """A directory file with these lines laid over it."""
    facts = _unpacked(body)
    changed = {line.id: line for line in lines}
    shorts: Mapping[str, str] = facts.get("school_short", {})
    ahead = {line.id: _rows(line, changed, shorts, find) for line in lines}
    kept: list[list[str]] = []
    for row in facts["agencies"]:  # their order is that of the tree: a changed one keeps its place
        about = row[ENDED] if len(row) > ENDED else row[0]
        kept += ahead.pop(about, []) if about in changed else [row]
    facts["agencies"] = [*kept, *(row for rows in ahead.values() for row in rows)]
    return packed(facts)


def _rows(
    line: Line, changed: Mapping[str, Line], shorts: Mapping[str, str], find: Callable[[str], Agency | None]
) -> list[list[str]]:
    """The agency itself, or whoever took over under its old name, unit and kind."""
    proper = _proper(line.facts, shorts)
    if not line.successors:
        return [_row(line.id, line.facts, proper)]
    unit = {name: line.facts[name] for name in ("code", "sector")}
    found = _successors(line, changed, find)
    return [[*_row(id, {**successor, **unit}, proper), line.id] for id, successor in found]


def _unpacked(body: bytes) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(gzip.decompress(body))
        if facts["v"] == FORMAT:
            return facts
    except (OSError, EOFError, ValueError, TypeError, LookupError, zlib.error) as failure:
        raise Unavailable("directory_unavailable", cause=type(failure).__name__) from failure
    raise Unavailable("directory_unavailable", format=str(facts["v"]))


def _successors(
    line: Line, changed: Mapping[str, Line], find: Callable[[str], Agency | None]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Who took over, as they are called now; one that ended itself leads on, and a ring ends."""
    ahead, seen = list(line.successors), {line.id}
    while ahead and len(seen) < STEPS_MOST:
        id = ahead.pop(0)
        if id in seen:
            continue
        seen.add(id)
        facts, further = _known(id, changed, find)
        if further:
            ahead.extend(further)
        elif facts:
            yield id, facts


def _known(
    id: str, changed: Mapping[str, Line], find: Callable[[str], Agency | None]
) -> tuple[Mapping[str, str], Sequence[str]]:
    if id in changed:
        return changed[id].facts, changed[id].successors
    found = find(id)
    return (facts_of(found), found.successors) if found else ({}, ())


def _row(id: str, facts: Mapping[str, str], proper: str) -> list[str]:
    address = "" if facts["address"] == id else facts["address"]
    return [id, address, facts["kind"], facts["name"], facts["name_en"], facts["sector"], facts["code"], proper]


def _proper(facts: Mapping[str, str], shorts: Mapping[str, str]) -> str:
    """A school's name without what every school of its level is called."""
    if facts["kind"] != Kind.SCHOOL:
        return ""
    return facts["short"].removeprefix(shorts.get(facts["sector"], "").replace("{name}", ""))
