"""The demo's published quarter, made once: made-up dossiers of the last quarter that may be out, brought in as another system
would bring them, and then published as the clock would.

For `make run`. Whoever stopped it anywhere starts it again, and it goes on; what is out stays."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from handlers.wiring import Services
from infra import seed
from infra.local.demo import Say
from miniapp.accounts.access import Operator
from miniapp.agencies.model import Service
from miniapp.core.clock import VIETNAM, local_day
from miniapp.core.personal import Personal
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.parts import Applicant, Subject
from miniapp.dossiers.reported import Record, Report
from miniapp.dossiers.states import Status
from miniapp.ratings.periods import Quarter

SEED = Path(seed.__file__).parent
MADE_UP = Applicant(Personal("-"), Personal("001099000000"), Personal("0900000000"), Subject.CITIZEN)
MORNING = time(8, 30, tzinfo=VIETNAM)
FIRST_NUMBER = 9_000  # far from what the counter gives
MANY, LATE_EACH, ON_TIME_EACH, REFUSED_EACH = 120, 6, 4, 5
A_DAY, A_WEEK = 3, 5  # so many a day, on so many days of a week
ARTICLE = json.loads((SEED / "quality.json").read_text("utf-8"))["article"]


def load(services: Services, agency: str, say: Say) -> None:
    """Open the page and publish the last quarter, with dossiers in it, unless something is out already."""
    services.agencies.open_service(agency, Service.QUALITY, Operator().id)
    if services.quality.out(agency):
        return
    say("Publishing a made-up quarter …")
    identifier, by = services.agencies.now(agency).identifier, By(Side.MACHINE, Operator().id)
    for record in records(services, agency, identifier):
        services.bringing.bring(agency, identifier, record, by=by)
    services.quality.run([agency], services.rolling_up.run)


def records(services: Services, agency: str, identifier: str) -> Iterator[Record]:
    """A few dossiers on each working morning, each as its system would tell of it."""
    first = _quarter(services)
    monday = first + timedelta(days=-first.weekday() % 7)
    procedure = next(iter(services.catalogue.every(agency))).procedure
    for place in range(MANY):
        weeks, day = divmod(place // A_DAY, A_WEEK)
        at = datetime.combine(monday + timedelta(weeks=weeks, days=day), MORNING)
        code = DossierCode.made(identifier, at.date(), FIRST_NUMBER + place)
        yield Record(procedure.code, procedure.name, MADE_UP, _report(place, at), code=code)


def _report(place: int, at: datetime) -> Report:
    if not place % REFUSED_EACH:
        return Report(Status.NOT_RECEIVED, at, since=at, article=ARTICLE, words="…")
    due = at + timedelta(days=7)
    days = 8 if not place % LATE_EACH else 7 if not place % ON_TIME_EACH else 3
    done = at + timedelta(days=days)
    return Report(Status.RETURNED, at, due, done, done)


def _quarter(services: Services) -> date:
    """The first day of the quarter that came out last."""
    today = local_day(services.clock.now())
    quarter = Quarter.of(today)
    while quarter.published_from > today:
        quarter = Quarter.of((date.fromisoformat(quarter.first_day) - timedelta(1)).isoformat())
    return date.fromisoformat(quarter.first_day)
