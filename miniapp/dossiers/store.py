"""Where dossiers are kept. For this slice's services; rows stay in here.

Questions: one dossier by agency and code, as of this moment · many of them · what happened to it, in order · what lies on an
agency's desk, by shelf and by due moment · what ended at an agency in a month · the dossier behind a link · what was made of
an order · the next number of an identifier's day · whether it was rated · what an agency's clock and the telling of news
ask (`marks`).

A dossier is one row, its body one text. Under the same key lies each event, written in the transaction of its move. A line on
a shelf of the agency's desk moves with it in that transaction too, so no list is ever behind; what has ended lies on the
shelf of its month. The agency is in every key but a link's, which is opaque and leads to one, and
that of an identifier's numbers, since an identifier may go from one agency to another within a day."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from miniapp.core.clock import VIETNAM, from_iso, iso, local_day
from miniapp.core.errors import Conflict
from miniapp.core.personal import Personal
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.sealing import digest
from miniapp.core.tables import Write, counted, many, put, put_new, read, remove, rows, tally
from miniapp.core.time_limits import UNSTATED
from miniapp.dossiers.clock import Clock
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import Event
from miniapp.dossiers.lists import SHELVES, Keep, Line, Page, Shelf
from miniapp.dossiers.marks import deadline_moved, news
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Applicant, Channel, Step
from miniapp.dossiers.rows import DossierLineRow, DossierRow, EventRow, LeadRow, LinkRow, NumberRow, RatedRow
from miniapp.dossiers.states import Status

BODY, LINK, LEAD, RATED = "dossier", "link", "lead", "rated"
EVENTS = "event#"
NO_DUE = "9999"  # behind everything that has an appointment
PAGE_MOST = 200
LOOKED_MOST = 1_000  # lines looked through at once for those that somebody asks for
CURSOR_MOST = 200  # letters


def dossier_key(agency: str, code: str) -> str:
    """A dossier and what happened to it."""
    return f"{agency}#{code}"


def desk_key(agency: str) -> str:
    """What an agency has not ended."""
    return f"{agency}#desk"


def month_key(agency: str, month: str) -> str:
    """What ended at an agency in a month (2026-11)."""
    return f"{agency}#ended#{month}"


def link_key(token: str) -> str:
    """What a link leads to; its token is not kept."""
    return f"link#{digest(token)}"


def order_key(agency: str, key: str) -> str:
    """What was made of an order."""
    return f"{agency}#order#{digest(key)}"


def numbers_key(identifier: str) -> str:
    """How many codes were given under an identifier, whichever agency had it: codes go on where the one before stopped."""
    return f"numbers#{identifier}"


def rated_key(agency: str, code: str) -> str:
    """That a dossier was rated; whoever rates may write here and nowhere else among dossiers."""
    return f"{agency}#rated#{code}"


@dataclass(frozen=True)
class Lead:
    """Which dossier something leads to; `order`: the mark of what was ordered."""

    agency: str
    code: str
    order: str = ""


class DossierStore:
    """Reads and conditional writes of dossiers."""

    def find(self, agency: str, code: str) -> Dossier | None:
        """The dossier as it is now."""
        row = read(lambda: DossierRow.get(dossier_key(agency, code), BODY, consistent_read=True))
        return _dossier(row.body) if row else None

    def find_all(self, agency: str, codes: Sequence[str]) -> dict[str, Dossier]:
        """Those of many that are there, as they are now, by code."""
        keys = [(dossier_key(agency, code), BODY) for code in dict.fromkeys(codes)]
        found = [_dossier(row.body) for row in many(DossierRow, keys, consistent=True)]
        return {str(one.code): one for one in found}

    def looked_up(self, agency: str, code: str) -> Dossier | None:
        """The same for who may be guessing: what is not there costs the work of what is."""
        row = read(lambda: DossierRow.get(dossier_key(agency, code), BODY, consistent_read=True))
        held = _dossier(row.body if row else _nobodys())
        return held if row else None

    def event(self, agency: str, code: str, version: int) -> Event | None:
        """What made this version of it."""
        place = dossier_key(agency, code), f"{EVENTS}{version:06}"
        row = read(lambda: EventRow.get(*place, consistent_read=True))
        return from_plain(Event, json.loads(row.body)) if row else None

    def events(self, agency: str, code: str) -> list[Event]:
        """What happened to it, in order."""
        key = dossier_key(agency, code)
        found = rows(lambda: EventRow.query(key, EventRow.sk.startswith(EVENTS), consistent_read=True))
        return [from_plain(Event, json.loads(row.body)) for row in found]

    def shelf(
        self,
        agency: str,
        shelf: Shelf,
        *,
        since: str = "",
        until: str = "",
        after: str = "",
        most: int = PAGE_MOST,
        keep: Keep | None = None,
    ) -> Page:
        """What lies on a shelf, what is due first first; only what is due from one moment to before another (ISO, UTC),
        and only lines to `keep`. A cursor that is none of this shelf's begins anew."""
        first, last = _span(shelf, since, until)
        after = after if first <= after <= last and len(after) <= CURSOR_MOST else ""
        return _page(desk_key(agency), DossierLineRow.sk.between(after or first, last), after, most, keep)

    def count(self, agency: str, shelf: Shelf, *, since: str = "", until: str = "", most: int) -> int:
        """How much lies on a shelf, or is due from one moment to before another; beyond `most`, one more than that."""
        return tally(DossierLineRow, desk_key(agency), DossierLineRow.sk.between(*_span(shelf, since, until)), most)

    def ended(
        self, agency: str, month: str, *, after: str = "", most: int = PAGE_MOST, keep: Keep | None = None
    ) -> Page:
        """What ended in a month, in order; only lines to `keep`."""
        after = after if len(after) <= CURSOR_MOST else ""
        return _page(month_key(agency, month), DossierLineRow.sk >= (after or "0"), after, most, keep)

    def lead(self, key: str) -> Lead | None:
        """What a link or an order leads to."""
        row = read(lambda: LeadRow.get(key, LEAD, consistent_read=True))
        return Lead(row.agency, row.code, row.order) if row else None

    def link(self, agency: str, code: str) -> str:
        """The token of a dossier's link; empty where there is none."""
        row = read(lambda: LinkRow.get(dossier_key(agency, code), LINK, consistent_read=True))
        return str(row.token) if row else ""

    def next_number(self, identifier: str, day: str) -> int:
        """A number that nobody else gets. One that is then not used leaves a gap."""
        row = NumberRow(numbers_key(identifier), day)
        counted(row, NumberRow.given, 1)
        return int(row.given)

    def is_rated(self, agency: str, code: str) -> bool:
        """Whether somebody rated it."""
        return read(lambda: RatedRow.get(rated_key(agency, code), RATED, consistent_read=True)) is not None

    # Writes, for one transaction.

    def rated(self, agency: str, code: str) -> Write:
        """The write that a dossier was rated; Conflict `rating_exists` where it was."""
        return put_new(RatedRow(rated_key(agency, code), RATED), Conflict("rating_exists"))

    def added(self, dossier: Dossier, events: Sequence[Event]) -> list[Write]:
        """The writes of a new dossier; Conflict `dossier_exists` where its code is taken."""
        taken = Conflict("dossier_exists", dossier=str(dossier.code))
        writes = [put_new(_row(dossier), taken), *_told(dossier, events, taken), put_new(_line(dossier), taken)]
        return [*writes, *deadline_moved(None, dossier)]

    def lined(self, dossier: Dossier) -> Write:
        """The write of another line and nothing else; Conflict `dossier_changed` where it was moved meanwhile."""
        faster = Conflict("dossier_changed", dossier=str(dossier.code))
        return put(_row(dossier), DossierRow.version == dossier.version, faster)

    def moved(self, before: Dossier, after: Dossier, events: Sequence[Event]) -> list[Write]:
        """The writes of a move; Conflict `dossier_changed` where somebody was faster."""
        faster = Conflict("dossier_changed", dossier=str(after.code))
        writes = [put(_row(after), DossierRow.version == before.version, faster), *_told(after, events, faster)]
        writes += [*deadline_moved(before, after), *news(after, events)]
        old, new = _line(before), _line(after)
        if (old.pk, old.sk) == (new.pk, new.sk):
            return [*writes, put(new, DossierLineRow.version == before.version, faster)]
        return [*writes, remove(old, DossierLineRow.version == before.version, faster), put_new(new, faster)]

    def ordered(self, dossier: Dossier, key: str, order: str) -> Write:
        """The write that remembers what was made of an order; Conflict `order_made_already`."""
        row = LeadRow(order_key(dossier.agency, key), LEAD, agency=dossier.agency, code=str(dossier.code), order=order)
        return put_new(row, Conflict("order_made_already"))

    def linked(self, dossier: Dossier, token: str, instead: str = "") -> list[Write]:
        """The writes of a link, in place of another one that leads nowhere from then on.

        Conflict `dossier_link_changed` where somebody was faster."""
        code, faster = str(dossier.code), Conflict("dossier_link_changed")
        row = LinkRow(dossier_key(dossier.agency, code), LINK, token=token)
        lead = put_new(LeadRow(link_key(token), LEAD, agency=dossier.agency, code=code), faster)
        if not instead:
            return [put_new(row, faster), lead]
        old = LeadRow(link_key(instead), LEAD)
        return [put(row, LinkRow.token == instead, faster), remove(old, LeadRow.code == code, faster), lead]


def _span(shelf: Shelf, since: str, until: str) -> tuple[str, str]:
    """Between which places lie the lines of a shelf, or those due from one moment to before another."""
    return f"{shelf.value}#{since}", f"{shelf.value}#{until}" if until else f"{shelf.value}$"


def _page(key: str, under: Any, after: str, most: int, keep: Keep | None) -> Page:
    # One more than asked for tells whether there are more; the one at the cursor was shown already.
    most = min(most, PAGE_MOST)
    wanted = LOOKED_MOST if keep else most + 1 + bool(after)
    found = rows(lambda: DossierLineRow.query(key, under, limit=wanted, consistent_read=True))
    shown: list[Line] = []
    last = after
    for row in found:
        line = _shown(row)
        if row.sk == after or (keep and not keep(line)):
            last = row.sk
            continue
        if len(shown) == most:
            return Page(tuple(shown), last)
        shown.append(line)
        last = row.sk
    return Page(tuple(shown), last if keep and len(found) == wanted else "")


def _row(dossier: Dossier) -> DossierRow:
    who = {name: getattr(dossier.applicant, name).reveal for name in ("name", "identity", "phone")}
    applicant = {**who, "subject": dossier.applicant.subject.value}
    plain = {**to_plain(dossier), "code": str(dossier.code), "applicant": applicant}
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return DossierRow(dossier_key(dossier.agency, str(dossier.code)), BODY, version=dossier.version, body=body)


def _dossier(body: str) -> Dossier:
    plain = json.loads(body)
    agency, day, sequence = plain["code"].split("-")
    who = {**plain["applicant"], **{name: Personal(plain["applicant"][name]) for name in ("name", "identity", "phone")}}
    return from_plain(
        Dossier, {**plain, "code": {"agency": agency, "day": day, "sequence": sequence}, "applicant": who}
    )


@cache
def _nobodys() -> str:
    """The body of a dossier that nobody handed in, to be read in place of what is not there."""
    nobody, long_ago = Personal(""), datetime(2000, 1, 3, 8, tzinfo=VIETNAM)
    clock, steps = Clock(long_ago, UNSTATED, long_ago), (Step("-", "-"), Step("-", "-"))
    who = Applicant(nobody, nobody, nobody)
    code = DossierCode("A00", "000103", "0001")
    made = Dossier("-", code, "-", "-", Channel.DESK, who, long_ago, long_ago, Status.RECEIVED, steps, clock=clock)
    return str(_row(made).body)


def _told(dossier: Dossier, events: Sequence[Event], otherwise: Conflict) -> list[Write]:
    key = dossier_key(dossier.agency, str(dossier.code))
    return [
        put_new(
            EventRow(key, f"{EVENTS}{one.version:06}", body=json.dumps(to_plain(one), ensure_ascii=False)), otherwise
        )
        for one in events
    ]


def _line(dossier: Dossier) -> DossierLineRow:
    key, place = _place(dossier)
    return DossierLineRow(
        key,
        place,
        code=str(dossier.code),
        status=dossier.status.value,
        procedure=dossier.procedure,
        procedure_name=dossier.procedure_name,
        post=dossier.post,
        officer=dossier.officer,
        due=iso(dossier.due) if dossier.due else "",
        changed_at=iso(dossier.changed_at),
        version=dossier.version,
    )


def _place(dossier: Dossier) -> tuple[str, str]:
    """Where its line lies: on a shelf by what is due first, or in the month of its end."""
    shelf, code = SHELVES[dossier.status], str(dossier.code)
    if shelf is Shelf.ENDED:
        ended = dossier.returned_at or dossier.ended_at or dossier.changed_at
        return month_key(dossier.agency, local_day(ended)[:7]), f"{iso(ended)}#{code}"
    # Until it is received, who came first is first; while it waits for the citizen, what was asked first.
    order = {Shelf.NEW: dossier.filed_at, Shelf.WAITING: dossier.changed_at}.get(shelf, dossier.due)
    return desk_key(dossier.agency), f"{shelf.value}#{iso(order) if order else NO_DUE}#{code}"


def _shown(row: DossierLineRow) -> Line:
    return Line(
        agency=row.pk.partition("#")[0],
        code=row.code,
        status=Status(int(row.status)),
        procedure=row.procedure,
        procedure_name=row.procedure_name,
        post=row.post,
        officer=row.officer,
        due=from_iso(row.due) if row.due else None,
        changed_at=from_iso(row.changed_at),
        version=int(row.version),
    )
