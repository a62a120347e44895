"""The national statuses and which may follow which; how a dossier stands to its due moment."""

from itertools import product

import pytest

from miniapp.core.errors import Conflict
from miniapp.dossiers.states import DONE, MOVES, PAUSING, RUNNING, Lateness, Status, lateness
from tests.support.dossiers import MONDAY, in_status
from tests.support.working_time import local

# Domain 4.3, as numbers of the national portal; everything else is refused.
ALLOWED = {
    *((1, 2), (1, 3), (1, 7)),
    *((2, 4), (2, 5), (2, 6), (2, 7)),
    *((4, 5), (4, 6), (4, 8), (4, 9), (4, 7)),
    *((5, 2), (5, 4), (5, 8)),
    (6, 4),
    (9, 10),
}


def test_every_status_is_in_the_table():
    assert set(MOVES) == set(Status)
    assert [status.value for status in Status] == list(range(1, 11))


@pytest.mark.parametrize(("was", "wanted"), list(product(Status, Status)))
def test_a_dossier_moves_where_the_table_leads_and_nowhere_else(was: Status, wanted: Status):
    dossier = in_status(was)
    assert dossier.status is was
    if (was.value, wanted.value) in ALLOWED:
        assert dossier.may(wanted)
        after = dossier.moved(wanted, MONDAY)
        assert (after.status, after.version) == (wanted, dossier.version + 1)
    else:
        assert not dossier.may(wanted)
        with pytest.raises(Conflict, match="dossier_move_not_allowed") as refused:
            dossier.moved(wanted, MONDAY)
        assert refused.value.facts == {"was": was.value, "wanted": wanted.value}


def test_only_a_supplement_and_a_payment_pause_and_only_what_is_finished_is_done():
    assert {status.value for status in PAUSING} == {5, 6}
    assert {status.value for status in RUNNING} == {2, 4}
    assert {status.value for status in DONE} == {9, 10}


@pytest.mark.parametrize(
    ("at", "finished", "running"),
    [
        ("25/11/2026 16:00", Lateness.EARLY, Lateness.ON_TIME),
        ("26/11/2026 08:00", Lateness.ON_TIME, Lateness.ON_TIME),
        ("26/11/2026 15:40", Lateness.ON_TIME, Lateness.ON_TIME),
        ("26/11/2026 15:41", Lateness.LATE, Lateness.LATE),
    ],
)
def test_what_is_finished_is_early_on_a_day_before_and_late_after_the_moment(
    at: str, finished: Lateness, running: Lateness
):
    due = local("26/11/2026 15:40")
    assert lateness(due, local(at), True) is finished
    assert lateness(due, local(at), False) is running
