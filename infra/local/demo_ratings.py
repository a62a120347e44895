"""The demo's ratings, loaded once: what `infra.seed.ratings` makes up, cast as people would have cast it.

For `make run`. Whoever stopped it anywhere starts it again, and it goes on; what is there stays."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from handlers.wiring import Services
from infra.local import demo
from infra.local.demo import Say
from infra.seed.ratings import MadeUp, made_up
from miniapp.core.clock import iso, local_day
from miniapp.core.errors import Conflict
from miniapp.core.tables import transact
from miniapp.ratings.store import Held
from miniapp.ratings.tokens import ballot_ids

PROCEDURES = 8  # that are rated
RATED = ("officer", "approver")


def load(services: Services, folder: Path, agency: str, say: Say) -> None:
    """Half a year of ratings of an agency that has none yet."""
    loaded = list(_under_their_ids(services, folder, agency))
    newest = next(one.ballot.id for one in reversed(loaded) if one.ballot)
    if not services.ballots.find(agency, [newest]):
        _cast(services, loaded, say)
    services.rolling_up.run()  # who was stopped before may have left some uncounted


def _cast(services: Services, loaded: list[MadeUp], say: Say) -> None:
    say("Casting made-up ratings …")
    hour = iso(services.clock.now())[:13]
    for one in loaded:
        with suppress(Conflict):  # of what was stopped half-way some is there
            held = Held(one.invitation, one.day)
            transact(*services.ballots.invite(one.token, held, one.day, hour))
        if one.ballot:
            with suppress(Conflict):
                transact(*services.ballots.cast(one.ballot, hour))


def _under_their_ids(services: Services, folder: Path, agency: str) -> Iterator[MadeUp]:
    """What is made up, with the ids that ballots of such tokens have here."""
    people = [officer.id for officer in demo.officers(folder) if not set(RATED).isdisjoint(officer.roles)]
    codes = [one.procedure.code for one in services.catalogue.every(agency)][:PROCEDURES]
    today = date.fromisoformat(local_day(services.clock.now()))
    for one in made_up(agency, codes, people, today):
        id = ballot_ids(services.sealer, one.token)[0]
        yield replace(one, ballot=replace(one.ballot, id=id) if one.ballot else None)
