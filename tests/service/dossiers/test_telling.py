"""Whoever keeps a dossier and asked to be told hears of each move that concerns them: once, and never of none."""

import threading
from collections.abc import Sequence

import pytest

from miniapp.core.errors import Conflict, NotFound, Refused
from miniapp.dossiers.events import Happened
from miniapp.dossiers.keepers import KEEPERS_MOST, KEPT_MOST
from miniapp.dossiers.keeping import PURPOSE
from miniapp.dossiers.marks import TOLD
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.service import Act
from miniapp.messaging.model import MESSAGES, State
from tests.support.cloud import Cloud
from tests.support.dossier_acts import (
    MISSING,
    annulled,
    apologised,
    asking,
    finished,
    giving,
    gone_on,
    handed_on,
    handed_over,
    received,
    refused,
    stopped,
    taken_up,
    to_be_paid,
    withdrawn,
)
from tests.support.dossier_town import LAN, LEADER, OFFICER, ONLINE, OTHER, WARD, DossierTown
from tests.support.faults import CountedCalls, Killed

MAI, HOA = "84000000000000001", "84000000000000002"


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def told(town: DossierTown, held: Dossier, user: str = MAI, language: str = "vi") -> str:
    """Somebody keeps a dossier and asks to be told; the mark."""
    keeping = town.services.dossier_keeping
    mark = keeping.keep(held.agency, str(held.code), user, language)
    town.services.consents.give(user, held.agency, PURPOSE, "1")
    keeping.tell(user, mark, language)
    return mark


def heard(town: DossierTown, user: str = MAI) -> Sequence[str]:
    """What lies in the outbox for a person, by name, in the order of its making."""
    found = sorted(town.services.outbox.of(user), key=lambda one: int(one.fact.rpartition("#")[2]))
    return [one.name.removeprefix("dossier_") for one in found]


def test_a_dossier_that_goes_its_whole_way_is_told_step_by_step_and_what_is_internal_is_not(town: DossierTown):
    held = town.taken(ONLINE)
    told(town, held)
    for act in (received, taken_up, asking(MISSING[:1]), giving(0), gone_on, handed_on, apologised):
        held = town.moved(held, act)
        town.services.dossier_telling.run()
    for act in (finished, handed_over):
        held = town.moved(held, act)
    town.services.dossier_telling.run()
    assert heard(town) == ["received", "supplement_asked", "supplemented", "apologised", "finished", "returned"]


@pytest.mark.parametrize(
    ("acts", "last"),
    [
        ((refused,), "refused"),
        ((received, taken_up, to_be_paid), "payment_asked"),
        ((received, withdrawn), "withdrawn"),
        ((received, taken_up, stopped), "stopped"),
        ((received, asking(), annulled), "supplement_annulled"),
    ],
)
def test_each_other_end_and_demand_is_told_too(town: DossierTown, acts: Sequence[Act], last: str):
    held = town.taken(ONLINE)
    told(town, held)
    for act in acts:
        held = town.moved(held, act, LEADER if act is annulled else OFFICER)
    town.services.dossier_telling.run()
    assert heard(town)[-1] == last


def test_every_kind_of_news_has_its_message_in_words_of_both_languages_without_a_name(town: DossierTown):
    assert len(TOLD) == 13
    for what in TOLD:
        kind = MESSAGES[what.value]
        facts = {name: 2 if name in ("papers", "amount") else "2026-11-26T02:00:00.000Z" for name in kind.facts}
        facts |= {"dossier": "H56.14-261120-0001", "procedure": "Đăng ký khai sinh", "agency_name": "UBND"}
        for language in ("vi", "en"):
            said = town.services.message_words.render(what.value, language, {**facts, "address": "/toi/ho-so/x"})
            assert said.text.startswith(("Hồ sơ H56.14", "Dossier H56.14", "The ", "All "))
            assert "H56.14-261120-0001" in said.text.partition("\n")[0] and "Đăng ký khai sinh" in said.text
            (button,) = said.buttons
            assert "/toi/ho-so/x" in button.address
            assert len(said.text) < 500


def test_a_message_says_nothing_of_who_asked_or_who_works(town: DossierTown):
    held = town.taken(ONLINE)
    told(town, held)
    town.moved(held, received)
    town.services.dossier_telling.run()
    (message,) = town.services.outbox.of(MAI)
    text = town.services.outbox.said(message).text
    for secret in (LAN.name.reveal, LAN.phone.reveal, LAN.identity.reveal, "off_desk"):
        assert secret not in text and secret not in str(message.facts)
    assert "Hẹn trả kết quả: 09:00, 26/11/2026." in text
    assert message.state is State.QUEUED


def test_who_did_not_ask_who_asked_later_who_stopped_and_who_took_the_consent_back_hear_nothing(town: DossierTown):
    keeping, consents = town.services.dossier_keeping, town.services.consents
    held = town.taken(ONLINE)
    keeping.keep(WARD, str(held.code), "84000000000000009", "vi")
    stopping, taking_back = told(town, held, "84000000000000003"), told(town, held, "84000000000000004")
    keeping.tell_no_more("84000000000000003", stopping)
    consents.withdraw("84000000000000004", WARD, PURPOSE)
    gone = told(town, held, "84000000000000005")
    keeping.let_go("84000000000000005", gone)
    held = town.moved(held, received)
    told(town, held, HOA)
    town.services.dossier_telling.run()
    for user in ("84000000000000009", "84000000000000003", "84000000000000004", "84000000000000005", HOA):
        assert heard(town, user) == []
    assert taking_back
    town.moved(town.moved(held, taken_up), finished)
    town.services.dossier_telling.run()
    assert heard(town, HOA) == ["finished"]


def test_nobody_is_told_without_consent_and_a_mark_is_good_for_its_person_only(town: DossierTown):
    keeping = town.services.dossier_keeping
    held = town.taken()
    mark = keeping.keep(WARD, str(held.code), MAI, "vi")
    with pytest.raises(Refused) as refusal:
        keeping.tell(MAI, mark, "vi")
    assert refusal.value.code == "consent_missing"
    keeping.keep(WARD, str(held.code), HOA, "vi")
    for user, wrong in ((HOA, mark), (MAI, ""), (MAI, "x" * 500)):
        with pytest.raises(NotFound):
            keeping.find(user, wrong)
    assert keeping.find(MAI, mark).others == 1


def test_keeping_twice_is_once_and_letting_go_twice_too(town: DossierTown):
    keeping, code = town.services.dossier_keeping, str(town.taken().code)
    marks = {keeping.keep(WARD, code, MAI, "vi") for _ in range(3)}
    assert len(marks) == 1 and len(keeping.of(MAI)) == 1
    for _ in range(2):
        keeping.let_go(MAI, *marks)
    assert keeping.of(MAI) == []
    with pytest.raises(NotFound):
        keeping.keep(OTHER, code, MAI, "vi")


def test_a_person_keeps_some_dossiers_and_a_dossier_has_some_keepers_and_no_more(town: DossierTown):
    keeping = town.services.dossier_keeping
    codes = [str(town.taken(key=f"k{at}").code) for at in range(KEPT_MOST + 1)]
    for code in codes[:-1]:
        keeping.keep(WARD, code, MAI, "vi")
    with pytest.raises(Conflict) as conflict:
        keeping.keep(WARD, codes[-1], MAI, "vi")
    assert conflict.value.code == "too_many_kept"
    for at in range(KEEPERS_MOST - 1):
        keeping.keep(WARD, codes[0], f"8400000000000010{at}", "vi")
    with pytest.raises(Conflict) as conflict:
        keeping.keep(WARD, codes[0], HOA, "vi")
    assert conflict.value.code == "too_many_keepers"
    assert keeping.keep(WARD, codes[0], MAI, "vi"), "who keeps it already keeps it"


def test_tellers_at_once_tell_once(town: DossierTown):
    held = town.taken(ONLINE)
    told(town, held)
    town.moved(held, received)
    counts: list[int] = []
    many = [threading.Thread(target=lambda: counts.append(town.services.dossier_telling.run())) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert (sum(counts), heard(town)) == (1, ["received"])
    assert town.services.dossier_telling.run() == 0


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "its answer lost"])
def test_killed_at_any_call_of_the_move_or_the_telling_no_news_is_lost_and_none_told_twice(cloud: Cloud, after: bool):
    kills = 0
    for place in range(60):
        cloud.engine.empty()
        town = DossierTown(cloud)
        held = town.taken(ONLINE)
        told(town, held)
        told(town, held, HOA)
        try:
            with CountedCalls(town.services.aws, place, after):
                town.moved(held, received)
                town.services.dossier_telling.run()
        except Killed:
            kills += 1
        else:
            break
        if Happened.RECEIVED not in [one.what for one in town.office.story(WARD, str(held.code))]:
            town.moved(held, received)
        town.services.dossier_telling.run()
        assert heard(town) == heard(town, HOA) == ["received"]
    assert kills >= 6
