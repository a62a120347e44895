"""The receipt's signed line lies with its dossier: of each move by who holds a key, genuine ever after; what lacks is made."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.wiring import Services
from miniapp.core.signing import Verdict
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.receipts import Receipt, check, line_of
from miniapp.dossiers.reported import Record
from miniapp.dossiers.rows import DossierRow
from miniapp.dossiers.service import DossierOffice
from miniapp.dossiers.store import BODY, dossier_key
from tests.service.dossiers.test_bringing import FINISHED, MACHINE, RECORD
from tests.support.cloud import Cloud
from tests.support.dossier_acts import apologised, refused, taken_up
from tests.support.dossier_town import IDENTIFIER, OFFICER, ONLINE, WARD, DossierTown
from tests.support.faults import CountedCalls


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def held(town: DossierTown, dossier: Dossier) -> Dossier:
    """The dossier as it lies there now."""
    return town.office.find(WARD, str(dossier.code))


def said(town: DossierTown, dossier: Dossier) -> Receipt:
    """What the line that lies with it says; it is genuine."""
    found = check(held(town, dossier).line, town.services.public_keys)
    assert found.verdict is Verdict.GENUINE and found.receipt is not None
    return found.receipt


def aged(town: DossierTown, dossier: Dossier) -> Dossier:
    """The dossier as releases before this one kept it."""
    row = DossierRow.get(dossier_key(WARD, str(dossier.code)), BODY)
    row.body = json.dumps({name: value for name, value in json.loads(row.body).items() if name != "line"})
    row.save()
    return held(town, dossier)


def keyless(town: DossierTown) -> DossierOffice:
    """The office in a function that holds no key."""
    settings = replace(town.services.settings, signing_keys="")
    return Services(settings, clock=town.clock, sleep=lambda seconds: None).dossier_office


def test_a_line_is_there_from_receipt_on_and_of_every_move(town: DossierTown):
    made = town.taken()
    assert said(town, made) == line_of(made, WARD, town.clock.now())
    town.clock.pass_by(seconds=120)
    moved = town.moved(town.moved(made, taken_up), apologised)
    assert said(town, moved) == line_of(moved, WARD, town.clock.now())
    assert said(town, moved).due != made.due


def test_what_was_not_received_has_no_line(town: DossierTown):
    filed = town.taken(ONLINE)
    assert held(town, filed).line == held(town, town.moved(filed, refused)).line == ""


@pytest.mark.parametrize("by_api", [True, False])
def test_other_systems_dossiers_have_one_too(town: DossierTown, by_api: bool):
    bringing = town.services.bringing

    def brought(record: Record) -> Dossier:
        return bringing.bring(WARD, IDENTIFIER, record, by=MACHINE).dossier

    made = bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="k") if by_api else brought(RECORD)
    assert said(town, made) == line_of(made, WARD, town.clock.now())
    town.clock.pass_by(seconds=120)
    moved = brought(replace(RECORD, report=FINISHED))
    assert said(town, moved) == line_of(moved, WARD, town.clock.now())


def test_a_move_without_a_key_leaves_the_line_of_before_which_is_genuine_as_that(town: DossierTown):
    made = town.taken()
    moved = keyless(town).move(WARD, str(made.code), made.version, taken_up, by=OFFICER)
    assert moved.line == made.line
    assert said(town, moved).version == made.version < moved.version


def test_one_that_lacks_or_lags_behind_is_made_by_the_next_print_and_nothing_else_is_changed(town: DossierTown):
    made = town.taken()
    old = aged(town, made)
    assert old == replace(made, line="")
    told, story = town.told(), town.office.story(WARD, str(made.code))

    town.clock.pass_by(seconds=120)
    lined = town.office.lined(old)
    assert held(town, made) == lined == replace(made, line=lined.line)
    assert said(town, made) == line_of(made, WARD, town.clock.now())
    assert (town.told(), town.office.story(WARD, str(made.code))) == (told, story)

    moved = keyless(town).move(WARD, str(made.code), made.version, taken_up, by=OFFICER)
    assert town.office.lined(moved).line == held(town, moved).line != lined.line
    assert said(town, moved).version == moved.version


def test_a_second_print_writes_nothing_and_says_the_same(town: DossierTown):
    first = town.office.lined(aged(town, town.taken()))
    town.clock.pass_by(seconds=int(timedelta(days=1).total_seconds()))
    with CountedCalls(town.services.aws) as counted:
        assert town.office.lined(held(town, first)) == first
    assert [call for call in counted.calls if not call.startswith(("Get", "Query", "BatchGet"))] == []


def test_a_print_never_undoes_a_move_that_was_faster(town: DossierTown):
    old = aged(town, town.taken())
    moved = town.moved(old, taken_up)
    printed = town.office.lined(old)
    assert check(printed.line, town.services.public_keys).verdict is Verdict.GENUINE
    assert held(town, old) == moved
    assert said(town, moved).version == moved.version


def test_who_holds_no_key_makes_none_and_writes_nothing(town: DossierTown):
    old = aged(town, town.taken())
    assert keyless(town).lined(old).line == held(town, old).line == ""
