"""The walk of every page at the public quality page: nothing out, a rich quarter, a poor one, and a period that is none."""

from __future__ import annotations

from miniapp.agencies.model import Service
from miniapp.quality.files import Issue
from miniapp.quality.model import Measured
from miniapp.quality.sets import of_quarter
from miniapp.quality.store import IssueStore
from miniapp.ratings.counting import ZERO, Counts
from tests.support.looking import Visitor
from tests.support.site import AGENCY
from tests.support.walked_dossiers import SEEN_WITHIN
from tests.support.walked_town import Town

BASE = f"/{AGENCY}/chat-luong"
ARTICLE = "refused:khoản 4 Điều 9 Nghị định 118/2025/NĐ-CP của Chính phủ về thực hiện thủ tục hành chính"
OUTCOMES = {"early": 120, "on_time": 31, "late": 12, "untimed": 20, ARTICLE: 14, "withdrawn": 3, "stopped": 11}
BALLOTS = {"counted": 52, "channel.dossier": 52, "invited": 70}


def reading_quality(town: Town, by: Visitor) -> None:
    """Every state of the page."""
    town.services.agencies.open_service(AGENCY, Service.QUALITY, "operator")
    town.site.clock.pass_by(seconds=SEEN_WITHIN)
    town.walk.visit(by, BASE)
    rich = Measured({(node, "1.001193", "-"): count for node, count in OUTCOMES.items()}, 30, 41, 12)
    leaves = {"/1.001193": Counts({"counted": 52})}
    poor = Measured({("late", "1.001193", "-"): 12, ("early", "1.001193", "-"): 3}, 0, 4, 0)
    now = town.site.clock.now()
    for period, told in (
        ("2025-Q4", of_quarter(rich, leaves, Counts(BALLOTS), 40)),
        ("2026-Q1", of_quarter(poor, {}, ZERO, 0)),
        ("2026-Q2", of_quarter(Measured({}, 0, 0, 0), {}, ZERO, 0)),
    ):
        IssueStore().keep(Issue(AGENCY, period, now, told))
        town.services.quality.publish(AGENCY, period)
        town.walk.visit(by, f"{BASE}/{period.lower()}")
    for address in (BASE, f"{BASE}/2020-q1", f"{BASE}/2026-q1/khong-co.json", f"/{AGENCY}/"):
        town.walk.visit(by, address)
