"""The console's home counts the dossiers that need a look today, and each figure leads to them."""

from datetime import timedelta
from pathlib import Path

import pytest

from miniapp.dossiers.working import hand_on
from tests.support.dossier_acts import MISSING, asking, giving
from tests.support.dossier_desk import clerk, moved, officer, taken
from tests.support.dossier_town import AT_DESK, LEADER, OFFICER, ONLINE
from tests.support.faults import CountedCalls
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

__all__ = ["clerk", "officer"]

HOME = "/console/"


def figures(page: Page) -> dict[str, str]:
    """Each figure that leads to dossiers, and where."""
    return {
        " ".join(one.get_text().split()): str(one["href"])
        for one in page.soup.select("nav.narrowing a")
        if "/ho-so?" in str(one["href"])
    }


def test_what_is_late_due_today_mine_new_or_waits_for_papers_is_counted_and_leads_to_its_list(
    office: Office, officer: Desk, clerk: Visitor
):
    assert figures(clerk.get(HOME)) == {}
    held = taken(office, key="mine", by=officer.id)
    taken(office, key="another")
    taken(office, ONLINE, "new")
    moved(office, taken(office, key="papers"), asking(MISSING, timedelta(days=7)))
    assert held.due is not None
    office.clock.pass_by(seconds=(held.due - office.clock.now()).total_seconds() - 600)
    today = figures(office.at_desk(officer).get(HOME))  # the session of that week is over
    assert list(today) == [
        "Hẹn trả hôm nay (2)",
        "Đang ở tôi, quá hạn hoặc hẹn hôm nay (1)",
        "Chờ tiếp nhận (1)",
        "Chờ bổ sung, sắp hết hạn (1)",
    ]
    office.clock.pass_by(days=3)
    clerk = office.at_desk(officer)
    late = figures(clerk.get(HOME))
    assert "Quá hạn (2)" in late and "Chờ bổ sung, sắp hết hạn (1)" in late
    assert "Hẹn trả hôm nay" not in " ".join(late)
    shown = clerk.get(late["Quá hạn (2)"])
    assert len(shown.soup.select("tbody tr")) == 2
    mine = clerk.get(late["Đang ở tôi, quá hạn hoặc hẹn hôm nay (1)"])
    assert [link.get_text().strip() for link in mine.soup.select("tbody th a")] == [str(held.code)]


def test_who_gave_a_dossier_away_has_it_among_theirs_no_more_and_papers_that_came_are_not_waited_for(
    office: Office, officer: Desk, clerk: Visitor
):
    held = taken(office, by=officer.id)
    moved(office, held, lambda one, at, calendar: hand_on(one, 1, LEADER.id, OFFICER, at))
    waiting = moved(office, taken(office, key="papers"), asking(MISSING[:1], timedelta(days=7)))
    office.clock.pass_by(days=6)
    clerk = office.at_desk(officer)
    names = " ".join(figures(clerk.get(HOME)))
    assert "Đang ở tôi" not in names and "Chờ bổ sung, sắp hết hạn (1)" in names
    moved(office, waiting, giving(0))
    assert "Chờ bổ sung" not in " ".join(figures(clerk.get(HOME)))


def test_home_shows_no_figures_to_who_handles_no_dossiers(office: Office, clerk: Visitor):
    taken(office, ONLINE)
    assert "Chờ tiếp nhận (1)" in figures(clerk.get(HOME))
    assert figures(office.at_desk(office.desk("bien-tap@x.vn", "publisher")).get(HOME)) == {}


def test_english_figures_are_english_and_lead_to_english_pages(office: Office, clerk: Visitor):
    taken(office, ONLINE)
    ((words, address),) = figures(clerk.get(f"{HOME}?lang=en")).items()
    assert (words, address.endswith("lang=en")) == ("To be received (1)", True)
    clerk.get(address)


@pytest.mark.parametrize("many", [3, 12])
def test_however_many_dossiers_there_are_home_asks_as_often(office: Office, clerk: Visitor, many: int):
    for at in range(many):
        taken(office, ONLINE if at % 2 else AT_DESK, f"k{at}")
    clerk.get(HOME)
    with CountedCalls(office.services.aws) as counted:
        clerk.get(HOME)
    assert counted.calls.count("Query") == 7, "five of dossiers, one of exams, one of wishes about officers"
    assert f"/console/{AGENCY}/ho-so" in clerk.get(HOME).html


def test_home_with_figures_is_good_markup(office: Office, clerk: Visitor, tmp_path: Path):
    taken(office, ONLINE)
    for language in ("", "?lang=en"):
        collect_html(f"home{language}", clerk.get(f"{HOME}{language}").html, tmp_path)
    assert_markup(tmp_path)
