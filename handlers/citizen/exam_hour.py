"""The page while nothing can be read: before the hour, without an hour, after a withdrawal. For every page of an exam.

It is the same for every number, known, unknown or malformed, because it never looks at one, and for every person: it has
no form. So shared caches may keep it for seconds where slips are open, never beyond the hour. Here too: how an exam is
called and where its pages stand. It counts nothing and looks nothing up."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context
from handlers.citizen.tell_me import TellMe
from miniapp.core.errors import Refused
from miniapp.exam_scores.looking_up import countdown
from miniapp.exam_scores.model import Exam, Policy

SHARED_MOST = 5  # seconds


@dataclass(frozen=True)
class HourPage:
    """Before the hour, or after a withdrawal."""

    exam: Exam
    title: str
    at: datetime | None
    seconds: int
    withdrawn: bool
    tell_me: TellMe  # a link only: the same page for everybody


def exam_of(slug: str) -> Exam:
    """The exam of this request's agency; NotFound `exam_unknown`, `service_closed`."""
    return context.services().looking_up.exam(context.agency(), slug)


def title_of(exam: Exam) -> str:
    """The exam's name in this request's language, where it has one."""
    return exam.title_en if context.language() == "en" and exam.title_en else exam.title


def address_of(slug: str, below: str = "") -> str:
    """Where an exam's page, or one below it, stands; in this request's language."""
    return f"/{context.agency().address}/diem-thi/{slug}{below}{context.suffix()}"


def list_address() -> str:
    """Where the agency's exams stand."""
    return f"/{context.agency().address}/diem-thi{context.suffix()}"


def hour(exam: Exam, refusal: Refused) -> Response:
    """The page for an exam of which nothing may be read now; other refusals are not for this page."""
    if refusal.code not in ("not_released", "exam_withdrawn"):
        raise refusal
    now = context.services().clock.now()
    at = countdown(exam, now)
    page = HourPage(
        exam=exam,
        title=title_of(exam),
        at=at,
        seconds=max(0, int((at - now).total_seconds())) if at else 0,
        withdrawn=refusal.code == "exam_withdrawn",
        tell_me=TellMe(address_of(exam.slug, "/bao-tin")),
    )
    kept = min(SHARED_MOST, page.seconds) if at else SHARED_MOST
    edge = f"public, max-age={kept}" if kept and exam.policy is Policy.OPEN else ""
    return answers.show("citizen/exam_scores/hour.html", page, back=list_address(), edge=edge)
