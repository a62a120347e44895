"""Imports that nobody is at: which a worker is woken for now, and which a person must look at. For the schedule.

A lost note or a dead worker is mended within a minute. What still stands after a quarter of an hour fails for a reason of
its own: it is tried once a quarter and no more often, for each failed try is a dead letter in the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from miniapp.core.stuck import AFTER, Stuck
from miniapp.exam_scores.model import Edition, Exam
from miniapp.exam_scores.store import ExamScoreStore

PIPELINE = "imports"
ROUND = timedelta(minutes=1)  # how often the schedule looks


def idle(store: ExamScoreStore, now: datetime) -> Iterator[tuple[Exam, Edition]]:
    """Every import that was begun and that no worker is at."""
    for agency, slug, edition_id in store.imports():
        exam = store.exam(agency, slug)
        work = store.work(exam, edition_id, now)
        if work is None or not work.live:
            yield exam, store.edition(exam, edition_id)


def is_due(edition: Edition, now: datetime) -> bool:
    """Whether a worker is to be woken in this round of the schedule."""
    waited = now - since(edition, now)
    return waited < AFTER or waited % AFTER < ROUND


def stuck(store: ExamScoreStore, now: datetime) -> list[Stuck]:
    """Imports that have waited too long."""
    return [
        Stuck(PIPELINE, exam.agency, f"{exam.slug}/{edition.id}", since(edition, now))
        for exam, edition in idle(store, now)
        if now - since(edition, now) >= AFTER
    ]


def since(edition: Edition, now: datetime) -> datetime:
    """When its last file came in."""
    return edition.waiting_since or now
