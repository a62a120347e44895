"""What people see through a cache that many share and the cache of their own browser: a correction and a withdrawal after
two minutes at most, the hour never before it (F11).

Every address that shared caches may keep is asked each second. Caches stand at several places and are first asked at
different seconds, also in those in which the app itself still goes by what it knew; so are the browsers behind them.
Once with caches that say how old their answers are, once without."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from werkzeug.test import Client

from miniapp.exam_scores.model import Exam, Reason
from tests.support import result_pages as stage
from tests.support.exams import APPROVER, HOUR, csv_file
from tests.support.result_pages import AGENCY, BASE, Pages, built, graduates, graduation, pages
from tests.support.shared_cache import Cache

__all__ = ["built", "pages"]

STALE_MOST = 120  # seconds
CHANGE = 31  # the second of the change: what the app knows of an exam may be five seconds old
PLACES = (0, 30, 31, 32, 33, 34)  # when a place's cache is first asked
BROWSERS = (0, 14, 29)  # and when after that a browser there begins: a slip stays in one for 30 seconds
SLIP = f"/{stage.CORRECTED}"
CITIZENS = (SLIP, f"{SLIP}?lang=en", "/pho-diem", "/pho-diem?lang=en", "/pho-diem?mon=A00")
API = ("", "/distributions")
WORSE, BETTER = "5,00", "10,00"  # the candidate's first score, before the correction and after
EITHER = pytest.mark.parametrize("says_age", [True, False], ids=["says how old", "says nothing"])


class Crowd:
    """Browsers behind caches at several places, and the addresses that they ask for."""

    def __init__(self, pages: Pages, exam: str, says_age: bool) -> None:
        self._pages = pages
        self._says_age = says_age
        self._second = 0
        self._places: dict[int, Cache] = {}
        self._browsers: list[Client] = []
        self._api = f"/api/v1/agencies/{AGENCY}/exams"
        own = [*(f"{BASE}/{exam}{tail}" for tail in CITIZENS), *(f"{self._api}/{exam}{tail}" for tail in API)]
        self.paths = [*own, self._api]
        self.slip = own[0]
        self.asked = 0

    @property
    def passed_on(self) -> int:
        """How many requests reached the app."""
        return sum(place.passed_on for place in self._places.values())

    def wait(self, seconds: int) -> Iterable[tuple[int, str, str]]:
        """Let seconds pass; at each, what somebody sees: the second, the address, the body."""
        for second in range(seconds):
            self._join()
            for path in self.paths:
                for body in {browser.get(path).get_data(as_text=True) for browser in self._browsers}:
                    yield second, path, body
            self.asked += len(self.paths) * len(self._browsers)
            self._second += 1
            self._pages.clock.pass_by(seconds=1)

    def _join(self) -> None:
        app, clock = self._pages.app.wsgi_app, self._pages.clock
        if self._second in PLACES:
            self._places[self._second] = Cache(app, clock, says_age=self._says_age)
        for begun, place in self._places.items():
            if self._second - begun in BROWSERS:
                self._browsers.append(Client(Cache(place, clock, shared=False)))

    def now(self) -> dict[str, str]:
        """What the app itself says."""
        return {path: Client(self._pages.app).get(path).get_data(as_text=True) for path in self.paths}


def stale(crowd: Crowd, change: Callable[[], object]) -> dict[str, int]:
    """Per address: how many seconds after a change somebody still sees what was there before it."""
    before = crowd.now()
    for _ in crowd.wait(CHANGE):
        pass
    change()
    last = dict.fromkeys(crowd.paths, -1)
    for second, path, body in crowd.wait(STALE_MOST + 10):
        if body == before[path]:
            last[path] = second
    after = crowd.now()
    assert all(before[path] != after[path] for path in crowd.paths)
    assert crowd.passed_on < crowd.asked / 3  # or no cache was tried
    assert last[crowd.slip] > 60  # or no cache kept it as long as it may
    return last


@EITHER
def test_a_correction_has_reached_everybody_after_two_minutes(pages: Pages, says_age: bool) -> None:
    exam = pages.bureau.released(graduation(f"sua-{says_age:d}"), graduates())
    fix = csv_file(["sbd", "toan"], [(stage.CORRECTED, "10")])
    edition = pages.bureau.imported(exam, fix, reason=Reason.REMARK, partial=True, decision="31/QĐ-SGDĐT")
    crowd = Crowd(pages, exam.slug, says_age)
    last = stale(crowd, lambda: pages.bureau.office.approve(exam, edition.id, APPROVER, None))
    assert {path: seconds for path, seconds in last.items() if seconds > STALE_MOST} == {}
    for _, path, body in crowd.wait(1):
        assert path != crowd.slip or ("31/QĐ-SGDĐT" in body and BETTER in body)


@EITHER
def test_what_was_withdrawn_is_seen_by_nobody_after_two_minutes(pages: Pages, says_age: bool) -> None:
    exam = pages.bureau.released(graduation(f"thu-hoi-{says_age:d}"), graduates())
    crowd = Crowd(pages, exam.slug, says_age)
    assert WORSE in crowd.now()[crowd.slip]
    last = stale(crowd, lambda: pages.bureau.office.withdraw(exam, APPROVER, "wrong file"))
    assert {path: seconds for path, seconds in last.items() if seconds > STALE_MOST} == {}
    assert [path for _, path, body in crowd.wait(1) if shows_results(exam, path, body)] == []


@EITHER
def test_nobody_sees_a_result_before_the_hour_and_everybody_soon_after_it(pages: Pages, says_age: bool) -> None:
    at = HOUR + timedelta(seconds=60)
    exam = pages.bureau.released(graduation(f"gio-{says_age:d}"), graduates(), at=at)
    crowd = Crowd(pages, exam.slug, says_age)
    early = [path for _, path, body in crowd.wait(60) if shows_results(exam, path, body)]
    assert (early, pages.clock.now()) == ([], at)
    late = {(second, path) for second, path, body in crowd.wait(20) if not shows_results(exam, path, body)}
    assert max((second for second, _ in late), default=0) <= 10
    assert all(shows_results(exam, path, body) for path, body in crowd.now().items())


def shows_results(exam: Exam, path: str, body: str) -> bool:
    """Whether anything of the exam's edition stands in what an address says."""
    if not path.startswith("/api/"):
        return 'class="bars' in body or 'id="slip"' in body
    told = json.loads(body)
    if path.endswith("/distributions"):
        return "subjects" in told
    return any(one["state"] == "released" for one in told.get("exams", [told]) if one["exam"] == exam.slug)
