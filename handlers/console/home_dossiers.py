"""What of an agency's dossiers needs a look today, as figures that lead to its inbox. For the console's home.

Each figure is one short read of a shelf; beyond it stands “more than so many”. What is nobody's turn today has no figure,
so that an empty list means an empty desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from handlers import context
from handlers.console.agency import english
from handlers.console.dossiers import COUNTED, Count, counted, span
from handlers.formats import LOCAL
from miniapp.agencies.model import Agency
from miniapp.dossiers.lists import Shelf

NEAR = timedelta(days=3)  # before the last day for papers


@dataclass(frozen=True)
class Waits:
    """One kind of dossiers that need a look, how many, and where they are."""

    name: str
    count: Count
    address: str


def dossiers_waiting(agency: Agency) -> list[Waits]:
    """What is late, due today, mine of these, to be received, waits for papers that have to come soon, and, for leaders, what
    has to be answered of requests for a second look."""
    return [one for one in _counted(agency) if one.count.figure or one.count.is_more]


def _counted(agency: Agency) -> Iterator[Waits]:
    services, me = context.services(), context.officer().id
    office, now = services.dossier_office, services.clock.now().astimezone(LOCAL)
    for due, word in (("late", "qua-han"), ("today", "hom-nay")):
        since, until = span(due, now)
        found = office.count(agency.id, Shelf.RUNNING, due_from=since, due_before=until, most=COUNTED)
        yield Waits(due, counted(found), _inbox(agency, ke=Shelf.RUNNING.value, loc=word))
    tonight = span("today", now)[1]
    mine = office.shelf(
        agency.id, Shelf.RUNNING, due_before=tonight, most=COUNTED, keep=lambda line: line.officer == me
    )
    yield Waits(
        "mine_due",
        Count(len(mine.lines), bool(mine.cursor)),
        _inbox(agency, ke=Shelf.RUNNING.value, **{"cua-toi": "1"}),
    )
    new = office.count(agency.id, Shelf.NEW, most=COUNTED)
    yield Waits(Shelf.NEW.value, counted(new), _inbox(agency, ke=Shelf.NEW.value))
    papers = office.waiting(agency.id, now + NEAR, COUNTED + 1)
    yield Waits("papers", counted(papers), _inbox(agency, ke=Shelf.WAITING.value))
    if context.officer().may("dossiers.approve", agency.id):
        for due, name in (("late", "again_late"), ("today", "again_today")):
            since, until = span(due, now)
            asked = services.reopenings.count(agency.id, since, until or now, COUNTED)
            yield Waits(name, counted(asked), _inbox(agency, "/xem-lai"))


def _inbox(agency: Agency, below: str = "", **asked: str) -> str:
    more = {"lang": "en"} if english() else {}
    query = urlencode({**asked, **more})
    return f"/console/{agency.address}/ho-so{below}{f'?{query}' if query else ''}"
