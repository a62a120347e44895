"""The catalogue in the store: records are taken in once, layers are merged for readers, two writers lose nothing."""

import threading
from dataclasses import replace
from datetime import datetime

import pytest

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.ids import NATION
from miniapp.procedures.catalogue import Catalogue
from miniapp.procedures.layers import drift_mark, said_mark
from miniapp.procedures.model import Paper, Procedure, Version
from miniapp.procedures.store import Pointer, pointer_key
from tests.support.catalogue_town import ABOVE, CatalogueTown
from tests.support.cloud import Cloud

BIRTH = Procedure("1.001193", "Đăng ký khai sinh", papers=(Paper("Tờ khai", 1),), owner="Bộ Tư pháp")
COPY = Procedure("2.000815", "Chứng thực bản sao", owner="Bộ Tư pháp")


@pytest.fixture
def town(cloud: Cloud) -> CatalogueTown:
    return CatalogueTown(cloud)


def test_a_record_that_was_taken_in_is_read_at_every_agency(town):
    taken = town.take(NATION, BIRTH, COPY)
    assert (taken.added, taken.changed, taken.same) == (("1.001193", "2.000815"), (), 0)
    assert town.get("xa-a", BIRTH.code).procedure == BIRTH
    assert town.get("tinh-2", "2.000815").procedure == COPY
    with pytest.raises(NotFound):
        town.get("xa-a", "9.999999")


def test_taking_the_same_in_again_leaves_no_trace(town):
    town.take(NATION, BIRTH, COPY)
    entries = len(town.services.audit.page(NATION).entries)
    taken = town.take(NATION, COPY, BIRTH)
    assert (taken.added, taken.changed, taken.same) == ((), (), 2)
    assert len(town.office.versions(NATION)) == 1
    assert len(town.services.audit.page(NATION).entries) == entries


def test_every_change_is_a_version_and_an_entry_of_the_audit_trail(town):
    town.take(NATION, BIRTH)
    town.take(NATION, replace(BIRTH, owner="Cục"), COPY)
    newest, first = town.office.versions(NATION)
    assert (first.number, first.added, first.changed, first.procedures) == (1, 1, 0, 1)
    assert (newest.number, newest.added, newest.changed, newest.procedures) == (2, 1, 1, 2)
    entry = town.services.audit.page(NATION).entries[0]
    assert (entry.event, entry.facts["book"], entry.facts["changed"]) == ("procedures_changed", newest.book, 1)
    old = town.store.book(NATION, first.book)
    assert [one.changes["owner"] for one in old] == ["Bộ Tư pháp"]


def test_an_agency_shows_its_own_over_what_it_inherits(town):
    town.take(NATION, BIRTH)
    town.take("tinh", replace(BIRTH, address="1 Trần Phú"))
    town.take("xa-a", replace(BIRTH, address="1 Trần Phú", owner="Công chức tư pháp"))
    shown = town.get("xa-a", BIRTH.code)
    assert (shown.procedure.address, shown.procedure.owner) == ("1 Trần Phú", "Công chức tư pháp")
    assert (shown.sources["address"], shown.sources["owner"], shown.sources["papers"]) == ("tinh", "xa-a", NATION)
    assert town.get("xa-b", BIRTH.code).procedure.owner == "Bộ Tư pháp"
    assert town.get("tinh-2", BIRTH.code).procedure == BIRTH


def test_an_overlay_that_says_what_is_inherited_is_not_kept(town):
    town.take(NATION, BIRTH)
    assert town.take("xa-a", BIRTH).same == 1
    town.take("xa-a", replace(BIRTH, owner="Xã"))
    town.take("xa-a", BIRTH)
    assert town.get("xa-a", BIRTH.code).procedure == BIRTH
    assert len(town.store.book("xa-a", town.store.pointer("xa-a").book)) == 0


def test_a_change_above_is_shown_to_the_officers_below_until_they_have_seen_it(town):
    town.take(NATION, BIRTH)
    town.take("xa-a", replace(BIRTH, owner="Xã"))
    assert town.office.drifts("xa-a") == {}
    town.take(NATION, replace(BIRTH, owner="Cục Hành chính tư pháp"))
    moved = town.office.drifts("xa-a")["1.001193"]
    (one,) = moved
    assert (one.field, one.ours, one.above) == ("owner", "Xã", "Cục Hành chính tư pháp")
    assert town.office.drifts("xa-b") == {}
    says = said_mark(town.store.book("xa-a", town.store.pointer("xa-a").book).find(BIRTH.code))
    town.office.keep_own("xa-a", "1.001193", by="off_1", expected=says, seen=drift_mark(moved))
    assert town.office.drifts("xa-a") == {}
    assert town.get("xa-a", BIRTH.code).procedure.owner == "Xã"


def test_a_version_to_come_holds_from_midnight_in_vietnam(town):
    town.clock.at = datetime(2026, 6, 1, 9, 0, tzinfo=VIETNAM)
    town.take(NATION, BIRTH)
    town.take(NATION, replace(BIRTH, owner="Mới"), effective="2026-07-01")
    before = datetime(2026, 6, 30, 23, 59, 59, tzinfo=VIETNAM)
    assert town.get("xa-a", BIRTH.code, at=before).procedure.owner == "Bộ Tư pháp"
    assert town.get("xa-a", BIRTH.code, at=datetime(2026, 7, 1, tzinfo=VIETNAM)).procedure.owner == "Mới"
    town.clock.at = datetime(2026, 7, 1, tzinfo=VIETNAM)
    assert town.get("xa-a", BIRTH.code).procedure.owner == "Mới"


def test_only_new_records_are_taken_where_known_ones_are_to_stay(town):
    town.take(NATION, BIRTH)
    taken = town.take(NATION, replace(BIRTH, owner="2021"), COPY, only_new=True)
    assert (taken.added, taken.changed) == (("2.000815",), ())
    assert town.get("xa-a", BIRTH.code).procedure.owner == "Bộ Tư pháp"


def test_a_source_changes_only_what_it_tells(town):
    town.take(NATION, replace(BIRTH, mistakes=("Quên chữ ký",)))
    told = {BIRTH.code: frozenset({"name", "papers", "owner"})}
    town.take(NATION, replace(BIRTH, owner="Cục", papers=()), told=told)
    made = town.get("xa-a", BIRTH.code).procedure
    assert (made.owner, made.papers, made.mistakes) == ("Cục", (), ("Quên chữ ký",))


def test_a_record_that_may_not_be_kept_changes_nothing(town):
    with pytest.raises(Invalid):
        town.take(NATION, BIRTH, replace(COPY, name=""))
    assert town.office.versions(NATION) == []


def test_two_who_write_at_once_lose_nothing(town):
    made = [Procedure(f"1.{place:06}", f"Thủ tục {place}") for place in range(6)]

    def write(procedure):
        town.take(NATION, procedure)

    threads = [threading.Thread(target=write, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [town.get("tinh", one.code).procedure for one in made] == made
    assert [one.number for one in town.office.versions(NATION)] == [6, 5, 4, 3, 2, 1]


def test_a_pointer_moves_only_from_where_it_was(town):
    town.take(NATION, BIRTH)
    version = Version(1, "b" * 40, "2026-07-01T00:00:00.000Z", "operator", "test", 1, 1, 0)
    for before in (Pointer(), Pointer(7, "x")):
        with pytest.raises(Conflict) as conflict:
            town.store.turned(NATION, before, version)[0].alone()
        assert conflict.value.code == "procedures_changed"


def test_readers_ask_no_table_and_the_bucket_once_in_a_while(town):
    town.take(NATION, BIRTH)
    town.take("xa-a", replace(BIRTH, owner="Xã"))
    asked = []
    fresh = Catalogue(town.store, ABOVE.__getitem__, town.clock)
    aws = town.services.aws
    for client, name in ((aws.s3, "s3"), (aws.dynamodb, "dynamodb")):
        client.meta.events.register(
            "before-call", lambda model, params, name=name, **more: asked.append((name, model.name))
        )
    for _ in range(20):
        assert fresh.get("xa-a", "1.001193").procedure.owner == "Xã"
    assert {name for name, _ in asked} == {"s3"}
    assert len(asked) == 3 + 2  # three pointers, two books
    town.clock.pass_by(seconds=6)
    fresh.get("xa-a", "1.001193")
    assert len(asked) == 3 + 2 + 3


def test_who_was_stopped_before_readers_were_told_is_made_good_by_the_next_import(town):
    town.take(NATION, BIRTH)
    town.services.files.remove("packs", pointer_key(NATION))
    with pytest.raises(NotFound):
        town.get("xa-a", BIRTH.code)
    assert town.take(NATION, BIRTH).same == 1
    assert town.get("xa-a", BIRTH.code).procedure == BIRTH
