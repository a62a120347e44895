"""Exam scores for programs: an agency's exams, one exam, a look-up, the distributions (`/api/v1`).

The same service, policy, budgets and hour as on the citizens' pages: nothing here knows a result before its release,
and a look-up's answer to a wrong pair is the answer to an unknown number. A program brings no form token; in its place
stand its address and the number it asks for, so that an address gets the same share of wrong answers whichever way it
asks, with no proof of work to buy more."""

from datetime import datetime

from flask import Response

from handlers import answers, context
from handlers.api import reading
from handlers.api.exam_json import distributions_json, exam_json, result_json
from handlers.doors import anyone, pages
from miniapp.core.errors import Invalid
from miniapp.core.guarding import Asker
from miniapp.exam_scores.looking_up import Found, LookingUp
from miniapp.exam_scores.model import Exam, Policy

exam_scores = pages("api_exam_scores", door=anyone, url_prefix="/api/v1/agencies/<agency>/exams", audience="json")
exam_scores.before_request(reading.parameters)

LIST_AGE = 5  # seconds: what a list says of a release may be this old, like the exam row itself
OPEN_COUNTS = "public, max-age=30, s-maxage=60"


@exam_scores.get("")
def exams(agency: str) -> Response:
    """An agency's exams, newest first; the same for everybody, so caches may help (each asks the store)."""
    held, now = context.agency(), _now()
    found = _looking_up().exams(held)
    listed = [exam_json(exam, held.address, _base(exam), now) for exam in found]
    return answers.data({"exams": listed}, edge=_until_release(found, now))


@exam_scores.get("/<slug>")
def exam(agency: str, slug: str) -> Response:
    """One exam: what it asks for and when it releases."""
    found, now = _exam(slug), _now()
    return answers.data(
        exam_json(found, context.agency().address, _base(found), now), edge=_until_release([found], now)
    )


@exam_scores.post("/<slug>/look-up")
def look_up(agency: str, slug: str) -> Response:
    """One candidate's result, for who knows what the exam asks for."""
    found = _exam(slug)
    asked = reading.LookUp.read()
    _exactly(asked, found)
    shown = _looking_up().open(found, asked.number) if found.policy is Policy.OPEN else _verified(found, asked)
    return answers.data(result_json(shown, context.agency().address))


@exam_scores.get("/<slug>/distributions")
def distributions(agency: str, slug: str) -> Response:
    """What was counted of the edition that is out."""
    found = _exam(slug)
    pointer, build = _looking_up().released(found)
    counted = distributions_json(found, build.statistics, context.agency().address, pointer.release_at)
    return answers.data(counted, edge=OPEN_COUNTS if found.policy is Policy.OPEN else "")


def _verified(found: Exam, asked: reading.LookUp) -> Found:
    address = context.client_address()
    asker = Asker(address=address, form=f"api {address} {asked.number}", born=0.0)
    token, _ = _looking_up().verified(found, asked.number, asked.factors, asker)
    return _looking_up().sealed(found, token, asker.cookie)


def _exactly(asked: reading.LookUp, found: Exam) -> None:
    """Refuse factors that this exam does not ask for, and name one that is missing."""
    reading.known(asked.factors, found.factors, "factors/")
    for factor in found.factors:
        if factor not in asked.factors:
            raise Invalid("field_missing", field=f"factors/{factor}")


def _until_release(found: list[Exam], now: datetime) -> str:
    """How long caches may keep what is said of these exams: never past the next release."""
    ahead = [(coming.release_at - now).total_seconds() for exam in found if (coming := exam.coming(now))]
    age = int(min([LIST_AGE, *ahead]))
    return f"public, max-age={age}" if age > 0 else ""


def _looking_up() -> LookingUp:
    return context.services().looking_up


def _exam(slug: str) -> Exam:
    return _looking_up().exam(context.agency(), slug)


def _now() -> datetime:
    return context.services().clock.now()


def _base(exam: Exam) -> str:
    return f"/api/v1/agencies/{context.agency().address}/exams/{exam.slug}"
