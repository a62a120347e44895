"""What an act asks of the store does not depend on how much lies there: the same calls and units among 1,000 and 30,000 rows.

The rows are neighbours of those that the act reads: other officers, other days of an agency's trail, other exams' rows,
ended messages. `make test` asks among 3,000, the sweep among 30,000."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from miniapp.accounts.store import OFFICER, officer_key
from miniapp.audit.store import day_key, place_key
from miniapp.core.aws import Aws
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.store import BODY, desk_key, dossier_key
from miniapp.messaging.store import messages_key
from tests.support.billed import Billed
from tests.support.cloud import Cloud
from tests.support.dossier_acts import taken_up
from tests.support.dossier_town import WARD, DossierTown
from tests.support.exams import UPLOADER, Bureau, changed, csv_file, exam
from tests.support.letters import AGENCY, TO, services
from tests.support.officers import officer

FEW = 1_000
LONG = [3_000, pytest.param(30_000, marks=pytest.mark.sweep)]
SPAN = 600  # bytes of a neighbour, as many as one of ours has
Act = Callable[[], object]


@dataclass
class Scene:
    """A table, what fills it, and the act; `act` is asked anew each time and does the same again."""

    table: str
    neighbours: Callable[[int], tuple[str, str]]
    aws: Aws
    act: Act


def fill(cloud: Cloud, scene: Scene, places: Iterable[int]) -> None:
    """Neighbours, past our own code: no act of ours wrote them."""
    client, name = cloud.admin("dynamodb"), cloud.settings.resource(scene.table)
    rows: list[dict[str, Any]] = []
    for pk, sk in map(scene.neighbours, places):
        rows.append({"pk": {"S": pk}, "sk": {"S": sk}, "filling": {"S": "x" * SPAN}})
    for at in range(0, len(rows), 25):
        left = {name: [{"PutRequest": {"Item": row}} for row in rows[at : at + 25]]}
        while left:
            left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]


def signing_in(cloud: Cloud) -> Scene:
    made = services(cloud)
    lan = officer(made.accounts, made.clock, "lan@sogddt.vn", AGENCY, "publisher")  # type: ignore[arg-type]
    return Scene("accounts", lambda place: (officer_key(f"off_neighbour{place}"), OFFICER), cloud.aws, lan.come_in)


def writing_to_the_trail(cloud: Cloud) -> Scene:
    bureau = Bureau(cloud)
    made = bureau.office.add_exam(exam(), UPLOADER)
    held = [made]

    def act() -> None:
        held[0] = bureau.office.change_exam(held[0], UPLOADER, title_en=f"National exam {len(held[0].title_en)}")

    act()

    def other_day(place: int) -> tuple[str, str]:
        return day_key(made.agency, f"2025-{place % 12 + 1:02d}-{place // 12 % 28 + 1:02d}"), place_key(place)

    return Scene("audit", other_day, cloud.aws, act)


def listing_exams(cloud: Cloud) -> Scene:
    bureau = Bureau(cloud)
    for year in (2018, 2019):
        bureau.office.add_exam(changed(exam(), year=year, slug=f"thpt-{year}"), UPLOADER)
    return Scene(
        "exam_scores",
        lambda place: (f"agc_edu{place}", "exam#thpt-2019"),
        cloud.aws,
        lambda: bureau.office.exams("agc_edu"),
    )


def looking_up(cloud: Cloud) -> Scene:
    bureau = Bureau(cloud)
    made = bureau.released(exam(), csv_file(["sbd", "toan"], [[f"02{n:06d}", "5"] for n in range(300)]))

    def act() -> None:
        fresh = bureau.fresh_process()
        found = fresh.exam(made.agency, made.slug)
        pointer = found.pointer(bureau.clock.now())
        assert pointer is not None
        fresh.build(found, pointer)
        fresh.segments.get(found, pointer.build, 0)

    return Scene("exam_scores", lambda place: (f"agc_edu#thpt-2019#b{place}", "manifest"), cloud.aws, act)


def sweeping_the_outbox(cloud: Cloud) -> Scene:
    made = services(cloud)
    made.outbox.queue("assistant_later", TO, "hello#1", FACTS)
    made.clock.pass_by(hours=2)  # type: ignore[attr-defined]
    assert made.outbox.sweep() == 1
    return Scene(
        "messages", lambda place: (messages_key(AGENCY, f"84{place:015d}"), "msg"), cloud.aws, made.outbox.sweep
    )


def at_the_desk_of_dossiers(cloud: Cloud) -> Scene:
    town = DossierTown(cloud)
    made = [town.taken(key=f"key-{place}") for place in range(12)]

    def act() -> None:
        town.office.shelf(WARD, Shelf.RUNNING, most=10)
        town.office.count(WARD, Shelf.RUNNING, most=10)
        town.office.story(WARD, str(made[0].code))

    return Scene(
        "dossiers", lambda place: (desk_key(WARD), f"{Shelf.RUNNING.value}#9998#{place:06d}"), town.services.aws, act
    )


def taking_a_dossier_in_and_up(cloud: Cloud) -> Scene:
    town = DossierTown(cloud)
    keys = (f"key-{place}" for place in range(9))

    def act() -> None:
        town.moved(town.taken(key=next(keys)), taken_up)

    def neighbour(place: int) -> tuple[str, str]:
        return dossier_key(WARD, f"H56.14-26{place % 9 + 1:02d}01-{place:06d}"), BODY

    return Scene("dossiers", neighbour, town.services.aws, act)


FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}
SCENES = [signing_in, writing_to_the_trail, listing_exams, looking_up, sweeping_the_outbox]
SCENES += [at_the_desk_of_dossiers, taking_a_dossier_in_and_up]


@pytest.mark.parametrize("many", LONG)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_calls_and_units_of_an_act_do_not_grow_with_the_rows_around_it(
    scene: Callable[[Cloud], Scene], many: int, cloud: Cloud
) -> None:
    set_up = scene(cloud)
    set_up.act()
    asked = {}
    for before, count in ((0, FEW), (FEW, many)):
        fill(cloud, set_up, range(before, count))
        with Billed(set_up.aws) as billed:
            set_up.act()
        asked[count] = (billed.calls, billed.units)

    assert billed.calls
    assert billed.units > 0
    assert asked[many] == asked[FEW]


def test_an_act_that_reads_its_neighbours_is_found_out(cloud: Cloud) -> None:
    """The measure itself: a query over a partition that grows is told by its units."""
    client, name = cloud.aws.dynamodb, cloud.settings.resource("messages")
    reading = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "all"}}}
    scene = Scene(
        "messages", lambda place: ("all", f"{place:06d}"), cloud.aws, lambda: client.query(TableName=name, **reading)
    )
    units = []
    for before, count in ((0, 100), (100, 300)):
        fill(cloud, scene, range(before, count))
        with Billed(cloud.aws) as billed:
            scene.act()
        units.append(billed.units)
    assert units[1] > 2 * units[0]
