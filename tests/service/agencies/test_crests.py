"""A logo's check dies anywhere, comes again, or runs twice at once: one logo, and the picture as it was sent never stays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from miniapp.agencies.crest_store import State
from miniapp.agencies.crests import CheckCrest
from miniapp.agencies.store import AgencyStore
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed
from tests.support.letters import AGENCY, DEPARTMENT, services
from tests.support.pictures import with_a_place

BROKEN = b"no picture, with a name in it"
ENDS = {"sound": State.SHOWN, "broken": State.REFUSED}
BODIES: dict[str, Callable[[], bytes]] = {"sound": with_a_place, "broken": lambda: BROKEN}


class Desk:
    """An agency whose logos are sent and checked."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.made = services(cloud)
        AgencyStore().add([DEPARTMENT])

    def sent(self, body: bytes) -> CheckCrest:
        upload = self.made.crests.new_upload()
        self.made.files.put("uploads", f"crests/{AGENCY}/{upload}", body)
        self.made.crests.take(AGENCY, upload, "off_admin")
        return CheckCrest(AGENCY, upload)

    def state(self) -> State:
        sent = self.made.crests.sent(AGENCY)
        assert sent is not None
        return sent.state

    def uploads(self) -> list[str]:
        return list(self.made.files.keys("uploads", "crests/"))

    def shown(self) -> int:
        """How often the trail says that the logo changed."""
        entries = self.made.audit.of_object(AGENCY, AGENCY)
        return sum(str(entry.facts["changed"]).startswith("crest ") for entry in entries)


@pytest.fixture
def desk(cloud: Cloud) -> Desk:
    return Desk(cloud)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", BODIES)
def test_a_check_that_died_at_any_call_leaves_nothing_behind_once_its_note_came_again(
    desk: Desk, kind: str, after: bool
) -> None:
    shown = 0
    for at in range(40):
        note = desk.sent(BODIES[kind]())
        try:
            with CountedCalls(desk.cloud.aws, at, after):
                desk.made.crests.check(note)
            break
        except Killed:
            desk.made.crests.check(note)
        shown += kind == "sound"
        assert (desk.state(), desk.uploads(), desk.shown()) == (ENDS[kind], [], shown), at
    assert at >= 5
    assert (desk.state(), desk.uploads()) == (ENDS[kind], [])


def test_a_picture_that_a_newer_one_replaced_goes_too(desk: Desk) -> None:
    older, newer = desk.sent(with_a_place()), desk.sent(with_a_place())
    desk.made.crests.check(older)

    assert desk.state() is State.WAITING
    assert desk.uploads() == [f"crests/{AGENCY}/{newer.upload}"]
    desk.made.crests.check(newer)
    assert (desk.state(), desk.uploads()) == (State.SHOWN, [])


@pytest.mark.parametrize("kind", BODIES)
def test_one_note_read_by_four_workers_at_once_is_one_logo(desk: Desk, kind: str) -> None:
    for shown in range(1, 6):
        note = desk.sent(BODIES[kind]())
        workers = [services(desk.cloud) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(worker.crests.check, note) for worker in workers]:
                done.result()

        assert (desk.state(), desk.uploads()) == (ENDS[kind], [])
        assert desk.shown() == (shown if kind == "sound" else 0)
