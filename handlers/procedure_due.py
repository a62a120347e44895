"""When a procedure is ready: what was typed (day, time, way to hand in) → the moment, and the days that did not count.

For the page of one procedure. It reads a question from an address, keeps nothing and asks only the working calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from handlers.forms import FieldProblem
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.folding import clean
from miniapp.core.workdays import SATURDAY, Calendar, DayKind
from miniapp.procedures.model import Channel

FIELDS = ("nhan-day", "nhan-month", "nhan-year", "gio", "cach")
YEARS = 3  # further away no calendar is known
LISTED = 40  # days that did not count, by name; more are a number


@dataclass(frozen=True)
class Due:
    """An answer. `off`: days off but weekends, `worked`: days of work on a weekend, `weekend`: how many others."""

    received: datetime
    counted_from: datetime
    at: datetime
    off: Sequence[date]
    worked: Sequence[date]
    weekend: int


@dataclass(frozen=True)
class Question:
    """What was asked, as it was typed, with what is wrong with it; `due` when it could be answered."""

    day: tuple[str, str, str]
    time: str
    way: str
    problems: tuple[FieldProblem, ...] = ()
    due: Due | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def problem(self, name: str) -> FieldProblem | None:
        """The first problem of a field."""
        return next((one for one in self.problems if one.field == name), None)


def ask(
    typed: Mapping[str, str], channels: Sequence[tuple[int, Channel]], calendar: Calendar, now: datetime
) -> Question:
    """The question of an address; an untouched one is about handing in right now and is not answered yet."""
    values = {name: clean(typed.get(name, ""))[:20] for name in FIELDS}
    local = now.astimezone(VIETNAM)
    if not channels or not any(values.values()):
        day = (f"{local.day:02}", f"{local.month:02}", str(local.year))
        return Question(day, local.strftime("%H:%M"), str(channels[0][0]) if channels else "")
    day = (values["nhan-day"], values["nhan-month"], values["nhan-year"])
    question = Question(day, values["gio"], values["cach"])
    problems: list[FieldProblem] = []
    received = _received(question, local, problems)
    channel = dict((str(at), one) for at, one in channels).get(values["cach"] or str(channels[0][0]))
    if channel is None:
        problems.append(FieldProblem("cach", "way_unknown"))
    if received is None or channel is None:
        return Question(question.day, question.time, question.way, tuple(problems))
    return Question(question.day, question.time, question.way, due=_due(received, channel, calendar))


def _received(question: Question, now: datetime, problems: list[FieldProblem]) -> datetime | None:
    found_day, found_time = None, None
    try:
        day, month, year = (int(part) for part in question.day)
        found_day = date(year, month, day)
        if abs((found_day - now.date()).days) > YEARS * 366:
            problems.append(FieldProblem("nhan", "day_too_far", {"years": YEARS}))
            found_day = None
    except ValueError:
        problems.append(FieldProblem("nhan", "date_shape"))
    try:
        found_time = time.fromisoformat(_clock(question.time))
    except ValueError:
        problems.append(FieldProblem("gio", "time_shape"))
    if found_day is None or found_time is None:
        return None
    return datetime.combine(found_day, found_time, VIETNAM)


def _clock(text: str) -> str:
    """`8:30`, `8h30`, `8` → `08:30`."""
    hour, _, minute = text.lower().replace("h", ":").replace(".", ":").partition(":")
    if not hour.isdecimal() or (minute and not minute.isdecimal()) or len(hour) > 2 or len(minute) > 2:
        raise ValueError(text)
    return f"{int(hour):02}:{int(minute or 0):02}"


def _due(received: datetime, channel: Channel, calendar: Calendar) -> Due | None:
    try:
        at = channel.limit.due(received, calendar)
        start = calendar.due(received, 0)
    except Invalid:
        return None
    if at is None:
        return None
    days = [received.date() + timedelta(days=ahead) for ahead in range((at.date() - received.date()).days + 1)]
    off = [day for day in days if calendar.kind(day) is not DayKind.WORKING and day.weekday() < SATURDAY]
    worked = [day for day in days if calendar.kind(day) is not DayKind.OFF and day.weekday() >= SATURDAY]
    weekend = sum(day.weekday() >= SATURDAY for day in days) - len(worked)
    return Due(received, start, at, off[:LISTED], worked[:LISTED], weekend)
