"""Following a dossier: by its link, by its code and four figures however they are typed; a walk teaches nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from miniapp.agencies.model import Agency, Kind, Service
from miniapp.core.errors import Invalid, NotFound, Problem, Refused
from miniapp.core.guarding import NUMBER_FREE, WINDOW, Asker
from miniapp.core.personal import Personal
from miniapp.core.tables import transact
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.following import last_figures
from miniapp.dossiers.parts import Applicant
from miniapp.dossiers.store import DossierStore
from tests.support.askers import ADDRESS, asker
from tests.support.cloud import Cloud
from tests.support.dossier_town import AT_DESK, LAN, NOON, OFFICER, OTHER, WARD, DossierTown
from tests.support.faults import READS, CountedCalls

CODE = "H56.14-261120-0001"
PHONE, IDENTITY, WRONG = "5678", "3456", "9999"
MOST, TRIES, GIVES_UP = 100, 400, 60
STRIDE, A_DAY = 7_919, 5_000  # a prime, so that every code comes once; codes of a day


def open_at(agency: str) -> Agency:
    return Agency(agency, agency, Kind.COMMUNE, agency, agency, services=frozenset({Service.DOSSIERS}))


HELD, NEIGHBOUR = open_at(WARD), open_at(OTHER)


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    made = DossierTown(cloud)
    made.taken()
    return made


def asked(town: DossierTown, typed: str, figures: str, form: str = "form", held: Agency = HELD, **more: object) -> str:
    """What a look-up says: the code that was found, or why none was."""
    try:
        return town.services.following.by_code(held, typed, figures, asker(town.clock, form, **more))[1]
    except Problem as problem:
        return problem.code


def test_a_link_leads_to_its_dossier_at_once_until_it_is_taken_back(town: DossierTown):
    following, token = town.services.following, town.office.link(WARD, CODE)
    lead = following.lead(token)
    assert lead.agency == WARD
    assert str(following.of(HELD, lead.code).code) == CODE
    anew = town.office.link_anew(WARD, CODE, by=OFFICER)
    assert following.lead(anew).code == CODE
    for gone in (token, "", "x" * 22, "x" * 5_000, "%00", "link#" + token):
        with pytest.raises(NotFound, match="dossier_link_unknown"):
            following.lead(gone)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "h56.14-261120-0001",
        " H56 14 261120 0001 ",
        "H56142611200001",
        "H5614-261120-OOO1",
        "H56.14–261120–0001 [K]",
    ],
)
@pytest.mark.parametrize("figures", [PHONE, IDENTITY, "0912 345 678", "001099123456", "+84 912.345.678"])
def test_a_code_is_found_however_it_is_typed_with_figures_of_either_number(typed: str, figures: str, town: DossierTown):
    assert asked(town, typed, figures) == CODE


def test_the_check_character_is_no_part_of_what_must_be_known(town: DossierTown):
    printed = town.office.find(WARD, CODE).code.printed
    letters = printed.replace("[", "").replace("]", "").replace(" ", "")
    assert asked(town, printed, PHONE, "a") == asked(town, letters, PHONE, "b") == CODE
    wrong = f"{CODE} {'A' if not printed.endswith('[A]') else 'B'}"
    assert asked(town, wrong, PHONE, "c") == CODE


@pytest.mark.parametrize("figures", ["", "678", "bốn số", "****"])
def test_figures_that_are_too_few_count_as_no_try(figures: str, town: DossierTown):
    for place in range(NUMBER_FREE + 2):
        assert asked(town, CODE, figures, f"form-{place}") == "last_figures_shape"
    assert asked(town, CODE, PHONE) == CODE


def test_who_gave_no_number_is_found_by_no_figures(town: DossierTown):
    nobody = Applicant(LAN.name, Personal(""), Personal("12"))
    made = town.taken(replace(AT_DESK, applicant=nobody), "key-2")
    for place, figures in enumerate(("0000", "0012", "1212")):
        assert asked(town, str(made.code), figures, f"form-{place}") == "dossier_mismatch"


def test_a_dossier_is_looked_for_in_the_agency_of_the_page_alone(town: DossierTown):
    assert asked(town, CODE, PHONE, held=NEIGHBOUR) == "dossier_mismatch"
    token, _ = town.services.following.by_code(HELD, CODE, PHONE, asker(town.clock, "form"))
    with pytest.raises(Refused, match="token_unknown"):
        town.services.following.sealed(NEIGHBOUR, token, "c")
    with pytest.raises(NotFound, match="dossier_link_unknown"):
        town.services.following.of(NEIGHBOUR, CODE)


def test_where_the_service_is_closed_every_way_in_is_shut(town: DossierTown):
    shut = replace(HELD, services=frozenset())
    following = town.services.following
    token, _ = following.by_code(HELD, CODE, PHONE, asker(town.clock, "form"))
    ways: list[Callable[[], object]] = [
        lambda: following.by_code(shut, CODE, PHONE, asker(town.clock, "form")),
        lambda: following.by_code(shut, "x", "", asker(town.clock, "form")),
        lambda: following.sealed(shut, token, "c"),
        lambda: following.of(shut, CODE),
    ]
    for way in ways:
        with pytest.raises(NotFound, match="service_closed"):
            way()


def test_a_sealed_dossier_opens_for_ten_minutes_where_it_was_asked_for(town: DossierTown):
    following = town.services.following
    token, _ = following.by_code(HELD, CODE, PHONE, asker(town.clock, "form"))
    assert CODE not in token
    assert str(following.sealed(HELD, token, "c").code) == CODE
    with pytest.raises(Refused, match="token_unknown"):
        following.sealed(HELD, token, "another")
    town.clock.pass_by(minutes=10, seconds=1)
    with pytest.raises(Refused, match="token_expired"):
        following.sealed(HELD, token, "c")


def cost(town: DossierTown, cloud: Cloud, typed: str, figures: str, held: Agency) -> tuple[object, ...]:
    """What one look-up says and does: its answer, its calls by name."""
    with CountedCalls(town.services.aws) as calls:
        said = asked(town, typed, figures, f"{typed}{figures}", held, address=f"a-{typed}-{figures}-{held.id}")
    reads = [name for name in calls.calls if name.startswith(READS)]
    return said, reads, [name for name in calls.calls if name not in reads]


@pytest.mark.parametrize("shape", ["{}", "{} [K]", "{}7"])
def test_a_wrong_code_and_a_wrong_factor_are_one_answer_for_one_price(shape: str, town: DossierTown, cloud: Cloud):
    there, missing = shape.format(CODE), shape.format("H56.14-261120-0002")
    right = cost(town, cloud, there, PHONE, HELD)
    wrong = cost(town, cloud, there, WRONG, HELD)
    assert wrong == cost(town, cloud, missing, PHONE, HELD) == cost(town, cloud, there, PHONE, NEIGHBOUR)
    assert (right[0], wrong[0]) == (CODE, "dossier_mismatch")
    assert right[1] == wrong[1]
    assert right[2] == [] and set(wrong[2]) == {"UpdateItem"}  # only failures are written


Next = Callable[[DossierTown, int], Asker]


def transcript(town: DossierTown, cloud: Cloud, held: Agency, count: int) -> list[tuple[object, ...]]:
    """What a walk through codes in no order hears and costs, each from a new address with a new form."""
    town.clock.at = NOON
    heard = []
    for number in range(count):
        town.clock.pass_by(milliseconds=50)
        place = number * STRIDE % count
        code = f"H56.14-2611{20 - place // A_DAY:02}-{place % A_DAY + 1:04}"
        heard.append(cost(town, cloud, code, WRONG, held))
    return heard


@pytest.mark.parametrize("count", [120, pytest.param(10_000, marks=pytest.mark.sweep)])
def test_a_walk_over_ever_new_addresses_learns_not_even_which_codes_are_there(
    count: int, town: DossierTown, cloud: Cloud
):
    for number in range(6):
        town.taken(key=f"another {number}")
    there, empty = (transcript(town, cloud, held, count) for held in (HELD, NEIGHBOUR))
    assert there == empty
    assert {said for said, *_ in there} <= {"dossier_mismatch", "too_many_tries", "proof_needed"}


def one_form_kept(town: DossierTown, attempt: int) -> Asker:
    return asker(town.clock, "kept")


def a_fresh_form_per_try(town: DossierTown, attempt: int) -> Asker:
    return asker(town.clock, f"fresh-{attempt}", cookie=f"cookie-{attempt}")


def walk(town: DossierTown, who: Next, is_patient: bool) -> set[str]:
    """Codes of a day, one after the other; what was said, and at most a hundred times that nothing fits."""
    end = town.clock.now().timestamp() + WINDOW
    said: list[str] = []
    in_vain = 0
    for attempt in range(TRIES):
        town.clock.pass_by(milliseconds=50)
        if town.clock.now().timestamp() >= end or in_vain > GIVES_UP:
            break
        try:
            town.services.following.by_code(HELD, f"H56.14-261120-{attempt % 200 + 1:04}", WRONG, who(town, attempt))
        except NotFound as answer:
            said.append(answer.code)
            in_vain = 0
        except Refused as refusal:
            in_vain += 1
            if is_patient and "wait" in refusal.facts:
                town.clock.pass_by(seconds=refusal.facts["wait"])
    assert 0 < len(said) <= MOST
    return set(said)


@pytest.mark.parametrize("is_patient", [False, True], ids=["hasty", "patient"])
@pytest.mark.parametrize("who", [one_form_kept, a_fresh_form_per_try])
def test_a_walk_of_codes_ends_early_and_hears_one_sentence(who: Next, is_patient: bool, town: DossierTown):
    assert walk(town, who, is_patient) == {"dossier_mismatch"}


def test_others_behind_the_same_address_go_on_after_a_walk(town: DossierTown):
    code = asked(town, CODE, PHONE)
    mark = town.services.following.served(HELD, code)
    town.clock.pass_by(seconds=1)
    walk(town, a_fresh_form_per_try, False)
    town.clock.pass_by(seconds=60)
    assert asked(town, CODE, PHONE, "served", served=mark) == CODE
    assert town.services.following.is_strict(HELD, ADDRESS, "")
    assert not town.services.following.is_strict(HELD, ADDRESS, mark)
    assert not town.services.following.is_strict(HELD, "198.51.100.9", "")
    assert asked(town, CODE, PHONE, "elsewhere", address="198.51.100.9") == CODE


def test_no_way_of_typing_a_code_buys_more_tries_at_it(town: DossierTown):
    late_in_the_day = replace(town.office.find(WARD, CODE), code=DossierCode("H56.14", "261120", "1234"))
    transact(*DossierStore().added(late_in_the_day, []))
    code = str(late_in_the_day.code)
    assert asked(town, "H561426112012347", PHONE, "first") == code  # which may as well be the 12347th of the day
    ways = [*(f"H56142611201234{figure}" for figure in range(10)), code, f"{code} A"]
    heard = [asked(town, way, WRONG, f"form-{place}", address=f"198.51.100.{place}") for place, way in enumerate(ways)]
    assert heard.count("dossier_mismatch") == NUMBER_FREE
    assert set(heard[NUMBER_FREE:]) == {"too_many_tries"}
    town.clock.pass_by(seconds=61)
    assert asked(town, code, PHONE, "owner", address="192.0.2.4") == code


def test_what_can_be_no_code_is_told_without_a_try_or_a_read(town: DossierTown, cloud: Cloud):
    with CountedCalls(town.services.aws) as calls:
        for typed in ("", "   ", "xin chào", "H56.14-261320-0001", "9" * 500, "' OR 1=1 --"):
            with pytest.raises(Invalid):
                town.services.following.by_code(HELD, typed, PHONE, asker(town.clock, "form"))
    assert calls.calls == []


def test_the_last_figures_are_those_of_the_whole_number_too():
    assert [last_figures(text) for text in ("5678", "0912345678", "0912 345 678", "５６７８", "12", "a1b2c3d4")] == [
        "5678",
        "5678",
        "5678",
        "5678",
        "",
        "1234",
    ]
