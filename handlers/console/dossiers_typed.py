"""What officers type into the forms of dossiers, read into what a dossier is made of, or into a problem at its field.

For receiving and for moves. Lists are typed a line each, so that a form needs no script and holds as many as there are."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from handlers.forms import FieldProblem, Form
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid, Problem
from miniapp.core.folding import clean
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY
from miniapp.dossiers.applying import applicant
from miniapp.dossiers.parts import Applicant, Channel, Lack, Step, Subject, Wanted, short_enough
from miniapp.dossiers.receiving import STEPS_MOST

LINE_MOST = 300
AMOUNT_MOST = 3_650  # of whatever a limit counts: ten years of days
LACKS = {"papers": Lack.MISSING, "incorrect": Lack.INCORRECT, "incomplete": Lack.INCOMPLETE, "outdated": Lack.OUTDATED}
MINUTES = {Count.WORKING_DAYS: WORKING_DAY, Count.HOURS: 60}
_DASH = re.compile(r" [-\u2013\u2014] ")
_AMOUNT = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?\Z", re.ASCII)


def at_fields(wrong: Problem) -> list[FieldProblem]:
    """Everything that is wrong, each at its field."""
    return [FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts) for problem in wrong.every]


def applicant_of(form: Form) -> Applicant:
    """Who asks: a name, and a number by which the person can be told from others or reached."""
    subject = subject_of(form.value("subject"))
    return applicant(form.value("name"), form.value("identity"), form.value("phone"), subject)


def subject_of(text: str) -> Subject:
    """Which kind of person or body asks; what is no kind is a citizen."""
    return next((one for one in Subject if str(one.value) == text), Subject.CITIZEN)


def channel_of(text: str) -> Channel:
    """By which way it comes in or goes out."""
    found = next((one for one in Channel if str(one.value) == text), None)
    if found is None:
        raise Invalid("dossier_channel_needed", field="channel")
    return found


def limit_of(amount: str, count: str) -> TimeLimit:
    """A time limit typed as a figure and what it counts."""
    known = next((one for one in Count if one.value == count), None)
    if known is None:
        raise Invalid("dossier_limit_shape", field="amount")
    if known is Count.UNSTATED and amount:
        raise Invalid("dossier_limit_uncounted", field="amount")
    if known is Count.UNSTATED:
        return TimeLimit()
    figure = float(amount.replace(",", ".")) if _AMOUNT.match(amount) else 0.0
    units = figure * MINUTES.get(known, 1)
    if not 0 < figure <= AMOUNT_MOST or units != int(units):
        raise Invalid("dossier_limit_shape", field="amount")
    return TimeLimit(known, int(units))


def limit_typed(limit: TimeLimit) -> dict[str, str]:
    """The same as the form shows it."""
    figure = limit.amount / MINUTES.get(limit.count, 1)
    shown = f"{figure:g}".replace(".", ",") if limit.amount else ""
    return {"amount": shown, "count": limit.count.value}


def steps_of(text: str) -> tuple[Step, ...]:
    """Steps, one a line: what is done, then a colon and the post that does it; a dash between blanks, as our pages show
    steps, does as well."""
    lines = lines_of(text)
    if not 0 < len(lines) <= STEPS_MOST:
        raise Invalid("dossier_steps_shape", field="steps", most=STEPS_MOST)
    found = [Step(*pair_of(line if ":" in line else _DASH.sub(":", line, count=1), "steps")) for line in lines]
    half = next((number for number, step in enumerate(found, 1) if not step.name or not step.post), 0)
    if half:
        raise Invalid("dossier_step_half", field="steps", line=half)
    return tuple(found)


def steps_typed(steps: Sequence[Step]) -> str:
    """The same as the form shows them."""
    return "\n".join(f"{step.name}: {step.post}" for step in steps)


def papers_of(form: Form) -> tuple[Wanted, ...]:
    """Papers, one a line, by what is wrong with them; behind a colon what to do about it."""
    found = []
    for field, lack in LACKS.items():
        for line in lines_of(form.value(field)):
            paper, note = pair_of(line, field)
            found.append(Wanted(paper, lack, note))
    return tuple(found)


def lines_of(text: str) -> list[str]:
    """What stands on the lines of a text, without the empty ones."""
    return [line for line in (clean(one) for one in text.splitlines()) if line]


def pair_of(line: str, field: str) -> tuple[str, str]:
    """What stands before and behind the first colon."""
    short_enough(field, line, LINE_MOST)
    before, _, behind = line.partition(":")
    return before.strip(), behind.strip()


def day_of(form: Form, name: str) -> date:
    """A day typed into three fields."""
    try:
        return date(*(int(form.value(f"{name}-{part}")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        raise Invalid("date_shape", field=name) from None


def end_of(day: date) -> datetime:
    """The last minute of a day: whoever comes on that day comes in time."""
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=VIETNAM)


def dong_of(text: str) -> int:
    """An amount in whole dong, with or without dots between thousands."""
    figures = text.replace(".", "").replace(" ", "")
    if not figures.isascii() or not figures.isdigit() or len(figures) > len("10000000000"):
        raise Invalid("dossier_fee_shape", field="amount")
    return int(figures)
