"""What people call a procedure: proposed from what they chose, approved by a person, found by everybody below at once."""

import pytest

from miniapp.core.errors import Invalid
from miniapp.core.ids import NATION
from miniapp.procedures.model import Procedure
from miniapp.procedures.publishing import Publishing
from miniapp.procedures.store import Pointer, pointer_key
from tests.support.catalogue_town import CatalogueTown
from tests.support.cloud import Cloud

BEES = Procedure("1.000001", "Xác nhận cơ sở chăn nuôi")
OTHERS = [Procedure(f"1.00001{place}", f"Đăng ký khai sinh loại {place}") for place in range(4)]


@pytest.fixture
def town(cloud: Cloud) -> CatalogueTown:
    made = CatalogueTown(cloud)
    made.take(NATION, BEES, *OTHERS)
    return made


def codes(town: CatalogueTown, agency: str, text: str) -> list[str]:
    return [one.code for one in town.found(agency, text)]


def test_what_several_people_chose_is_proposed_and_what_one_chose_is_not(town: CatalogueTown) -> None:
    for place in range(3):
        town.signals.picked("tinh", "giấy đõ ong", "1.000001", f"10.0.0.{place}")
    town.signals.missed("tinh", "giay do ong", "10.0.0.8")
    town.signals.picked("tinh", "con gì đó", "1.000010", "10.0.0.1")
    (one,) = town.synonyms.proposals("tinh")
    assert (one.say, one.code, one.picked, one.missed) == ("giấy đõ ong", "1.000001", 3, 1)
    assert town.synonyms.proposals("tinh-2") == []


def test_proposals_of_last_month_are_there_and_older_ones_are_not(town: CatalogueTown) -> None:
    for place in range(2):
        town.signals.picked("tinh", "giấy đõ ong", "1.000001", f"10.0.0.{place}")
    town.clock.pass_by(days=21)
    assert len(town.synonyms.proposals("tinh")) == 1
    town.clock.pass_by(days=14)
    assert town.synonyms.proposals("tinh") == []


def test_an_approved_phrase_finds_the_procedure_here_and_below_and_nowhere_else(town: CatalogueTown) -> None:
    assert "1.000001" not in codes(town, "tinh", "giay do ong")
    town.synonyms.decide("tinh", "giấy đõ ong", "1.000001", True, by="off_1")
    assert codes(town, "tinh", "giay do ong")[0] == "1.000001"
    assert codes(town, "xa-a", "giấy đõ ong")[0] == "1.000001"
    assert "1.000001" not in codes(town, "tinh-2", "giay do ong")


def test_a_declined_phrase_is_not_proposed_again_and_finds_nothing(town: CatalogueTown) -> None:
    for place in range(2):
        town.signals.picked("tinh", "giấy đõ ong", "1.000001", f"10.0.0.{place}")
    town.synonyms.decide("tinh", "giấy đõ ong", "1.000001", False, by="off_1")
    assert town.synonyms.proposals("tinh") == []
    assert "1.000001" not in codes(town, "tinh", "giay do ong")
    town.synonyms.decide("tinh", "giay do ong", "1.000001", True, by="off_1")
    assert len(town.synonyms.decided("tinh")) == 1
    assert codes(town, "tinh", "giay do ong")[0] == "1.000001"


def test_every_decision_is_in_the_trail_once(town: CatalogueTown) -> None:
    for _ in range(3):
        town.synonyms.decide("tinh", "giấy đõ ong", "1.000001", True, by="off_1")
    (entry,) = [one for one in town.services.audit.page("tinh").entries if one.event == "synonym_decided"]
    assert (entry.by, entry.facts["phrase"], entry.facts["procedure"], entry.facts["approved"]) == (
        *("off_1", "giấy đõ ong", "1.000001"),
        True,
    )


@pytest.mark.parametrize("say", ["", "   ", "0912345678", "x" * 200, "!!!"])
def test_a_phrase_that_says_nothing_is_refused_and_changes_nothing(town: CatalogueTown, say: str) -> None:
    with pytest.raises(Invalid):
        town.synonyms.decide("tinh", say, "1.000001", True, by="off_1")
    assert town.store.pointer("tinh") == Pointer()


def test_words_and_books_change_side_by_side(town: CatalogueTown) -> None:
    town.synonyms.decide("tinh", "giấy đõ ong", "1.000001", True, by="off_1")
    town.office.take("tinh", [Procedure("1.000001", "Xác nhận trại ong")], by="off_1", source="test")
    town.synonyms.decide("tinh", "nuôi ong lấy mật", "1.000001", True, by="off_1")
    pointer = town.store.pointer("tinh")
    assert (pointer.number, pointer.synonyms) == (1, 2)
    assert dict(town.store.shown("tinh").synonyms) == {"giấy đõ ong": "1.000001", "nuôi ong lấy mật": "1.000001"}
    assert town.store.shown("tinh").book == pointer.book


def test_who_was_stopped_before_readers_were_told_is_made_good_by_the_next_showing(town: CatalogueTown) -> None:
    town.synonyms.decide("tinh", "giấy đõ ong", "1.000001", True, by="off_1")
    town.services.files.remove("packs", pointer_key("tinh"))
    Publishing(town.store, town.clock).show("tinh")
    assert codes(town, "tinh", "giay do ong")[0] == "1.000001"
