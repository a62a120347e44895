"""The walk of the figures of use: none, a month with agencies below and one of before, a year, another figure drawn."""

from __future__ import annotations

from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from tests.support.looking import Visitor
from tests.support.site import AGENCY
from tests.support.used_desk import BUSY, used
from tests.support.walked_town import CONSOLE, Town

BASE = f"{CONSOLE}/thong-ke"
GONE, NAME = "so-gddt-truoc-2025", "Sở Giáo dục và Đào tạo của một tỉnh có tên rất dài trước khi sáp nhập"


def reading_figures_of_use(town: Town, by: Visitor) -> None:
    """Every state of the one page."""
    town.walk.visit(by, f"{BASE}?ky=2020-01")
    below = [
        Agency(f"thpt-thu-{at}", f"thpt-thu-{at}", Kind.SCHOOL, f"Trường THPT Thử {at}", f"School {at}", parent=AGENCY)
        for at in range(60)
    ]
    gone = Agency(GONE, GONE, Kind.DEPARTMENT, NAME, "A department before the merger").merged_into(
        (AGENCY,), "2025-06-30"
    )
    AgencyStore().add([*below, gone])
    used(town.services, AGENCY, "2026-07-15", **BUSY)
    used(town.services, AGENCY, "2026-06-15", **{name: often * 1_000 for name, often in BUSY.items()})
    used(town.services, GONE, "2025-06-30", pages_visited__yes=5)
    for at, school in enumerate(below):
        used(town.services, school.id, "2026-07-14", (AGENCY,), pages_visited__yes=at, scores_looked_up__typed=1)
    for part in ("", "?ky=2026", "?ve=look_ups", f"?cua={GONE}&ky=2025"):
        town.walk.visit(by, BASE + part)
