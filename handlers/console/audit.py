"""The audit trail of an agency, newest first, day by day. For its admin and for auditors; it only reads.

Officers are named as far as they are the agency's own people; everything else is an id, as the trail keeps it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context
from handlers.doors import officers, pages
from miniapp.agencies.service import said_anew, said_done
from miniapp.audit.model import Entry, Fact
from miniapp.core.errors import Invalid

audit = pages(
    "console_audit", door=officers(may="audit.read"), url_prefix="/console/<agency>/audit", audience="console"
)

OFFICERS = ("officer", "asked_by", "proposed_by")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One entry as shown. `said`: fields of the agency's description, each before and after; `done`: another act on the
    agency and its facts."""

    at: str
    by: str
    event: str
    facts: Mapping[str, Fact]
    said: Sequence[tuple[str, str, str]]
    done: tuple[str, list[str]] | None
    place: str


@dataclass(frozen=True)
class TrailPage:
    lines: Sequence[Line]
    day: str
    earlier: str
    newest: str
    about: str


@audit.get("")
def trail(agency: str) -> Response:
    """A page of the trail; `day` goes back to a day, `about` shows one thing's history."""
    held = context.agency().id
    day, cursor, about = (request.args.get(name, "") for name in ("day", "cursor", "about"))
    if day and not DAY.match(day):
        raise Invalid("date_shape")
    service = context.services().audit
    if about:
        entries, after = service.of_object(held, about[:100]), ""
    else:
        found = service.page(held, day=day, cursor=cursor)
        entries, after = list(found.entries), found.cursor
    lines = _lines(entries)
    newest = _address() if cursor or day or about else ""
    return answers.show("console/officers/trail.html", TrailPage(lines, day, _earlier(after), newest, about))


def _lines(entries: Sequence[Entry]) -> list[Line]:
    named = {entry.by for entry in entries}
    named |= {str(entry.facts.get(name, "")) for entry in entries for name in OFFICERS}
    found = context.services().accounts.people.names(named - {""})
    names = {officer: name.reveal for officer, name in found.items()}
    return [_line(entry, names) for entry in entries]


def _line(entry: Entry, names: Mapping[str, str]) -> Line:
    facts = {
        name: names.get(str(fact), fact) if name in OFFICERS else fact
        for name, fact in entry.facts.items()
        if name != "place" and fact not in ("", None, entry.by)
    }
    changed = str(facts.get("changed", "")) if entry.event == "agency_changed" else ""
    said, done = said_anew(changed), said_done(changed)
    if said or done:
        del facts["changed"]
    return Line(entry.at, names.get(entry.by, entry.by), entry.event, facts, said, done, f"{entry.day} {entry.seq}")


def _earlier(cursor: str) -> str:
    return _address(cursor=cursor) if cursor else ""


def _address(**asked: str) -> str:
    kept = {**asked, **({"lang": "en"} if context.language() == "en" else {})}
    base = f"/console/{context.agency().address}/audit"
    return f"{base}?{urlencode(kept)}" if kept else base
