"""What is on at an agency's exams today: results that are out, results that come within days, a re-mark that ends.

For the home of an agency. It reads exams and the clock, never a number or an edition, so what it says is the same for
everybody. Of what waits behind something that is out already, and of an exam that was withdrawn, it says nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.agencies.model import Agency, Service
from miniapp.core import log
from miniapp.core.clock import Clock, local_day
from miniapp.core.errors import Unavailable
from miniapp.exam_scores.looking_up import countdown
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.remembering import Remembered
from miniapp.exam_scores.store import ExamScoreStore

AHEAD = timedelta(days=7)
MOST = 4
AGENCIES_MOST = 500


class What(StrEnum):
    """What there is to say, the most urgent first."""

    OUT = "out"
    COMING = "coming"
    REMARK = "remark"
    UPDATED = "updated"


URGENCY = tuple(What)


@dataclass(frozen=True)
class News:
    """One thing that is on: of which exam, and its hour: of the release, or the last one for a re-mark."""

    what: What
    exam: Exam
    at: datetime


class Announcing:
    """Knows what is on."""

    def __init__(self, store: ExamScoreStore, clock: Clock, age: int, grace: int) -> None:
        self._clock = clock
        self._age = age
        self._lists = Remembered(store.exams, clock, age, grace, AGENCIES_MOST)
        self._silent_until = float("-inf")

    def today(self, agency: Agency) -> list[News]:
        """What to say first, at most MOST things; one query in `age` seconds, and none where the service is closed.

        A home stands without its news: while the store is silent there are none, and it is asked once in `age`."""
        now = self._clock.now()
        if Service.EXAM_SCORES not in agency.services or now.timestamp() < self._silent_until:
            return []
        try:
            exams = self._lists.get(agency.id) or []
        except Unavailable as failure:
            self._silent_until = now.timestamp() + self._age
            log.warning("news_not_read", agency=agency.id, code=failure.code)
            return []
        found = [news for news in (news_of(exam, now) for exam in exams) if news is not None]
        return sorted(found, key=lambda news: (URGENCY.index(news.what), news.at, news.exam.slug))[:MOST]


def news_of(exam: Exam, now: datetime) -> News | None:
    """The one thing to say of an exam at this moment, if there is any."""
    out = exam.pointer(now)
    if out is None:
        at = countdown(exam, now)
        is_near = at is not None and at - now <= AHEAD
        is_withdrawn = exam.withdrawn_at is not None and exam.coming(now) is None
        return News(What.COMING, exam, at) if at is not None and is_near and not is_withdrawn else None
    is_todays = local_day(out.release_at) == local_day(now)
    if is_todays and exam.correction(out) is None:
        return News(What.OUT, exam, out.release_at)
    remark = exam.remark
    if remark is not None and remark.opens <= now <= remark.closes:
        return News(What.REMARK, exam, remark.closes)
    return News(What.UPDATED, exam, out.release_at) if is_todays else None
