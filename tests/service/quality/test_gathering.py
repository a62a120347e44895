"""Dossiers as figures find them: each once, wherever it lies, and what they say is what happened to them."""

from miniapp.dossiers.model import Dossier
from miniapp.dossiers.rows import DossierRow
from miniapp.dossiers.store import DossierStore
from miniapp.quality.gathering import Gathering
from tests.support.cloud import Cloud
from tests.support.dossier_acts import finished, handed_over, taken_up
from tests.support.dossier_pages import STATES, brought_about
from tests.support.dossier_town import OTHER, WARD, DossierTown


def ended(town: DossierTown) -> Dossier:
    return town.moved(town.moved(town.taken(), taken_up), finished)


def test_every_dossier_of_an_agency_is_found_once_and_is_what_happened_to_it(cloud: Cloud):
    town = DossierTown(cloud)
    made = [brought_about(town.office, state, WARD) for state in STATES]
    brought_about(town.office, next(iter(STATES)), OTHER)
    gathering = Gathering(DossierStore(), town.clock)
    found = list(gathering.lines(WARD, "2026-01-01"))
    assert sorted(line.code for line in found) == sorted(str(one.code) for one in made)
    assert {line.outcome for line in found} >= {"refused", "withdrawn", "stopped", ""}
    assert list(gathering.differences(WARD, "2026-01-01")) == []


def test_a_dossier_that_ended_before_is_not_needed_and_one_that_is_handed_over_later_is(cloud: Cloud):
    town = DossierTown(cloud)
    first = ended(town)
    town.clock.pass_by(days=40)
    town.moved(first, handed_over)
    gathering = Gathering(DossierStore(), town.clock)
    [line] = gathering.lines(WARD, "2026-11-01")
    assert line.ended == "2026-11-20"
    assert list(gathering.lines(WARD, "2027-01-01")) == []


def test_a_dossier_that_says_something_else_than_its_events_is_named(cloud: Cloud):
    town = DossierTown(cloud)
    held = ended(town)
    row = DossierRow.get(f"{WARD}#{held.code}", "dossier")
    row.body = row.body.replace('"status":9', '"status":7')
    row.save()
    [found] = Gathering(DossierStore(), town.clock).differences(WARD, "2026-01-01")
    assert (found.line.outcome, found.told.outcome) == ("withdrawn", "early")
