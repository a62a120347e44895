"""What officers may do with a dossier: each act with the fields of its form, the move it makes, and when it is offered.

For the pages of one dossier. When an act is offered follows from where the dossier stands; whether it then holds, the
model decides. Words are in templates/console/dossiers/_acts.html."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.console.dossiers_typed import (
    LACKS,
    channel_of,
    day_of,
    dong_of,
    end_of,
    limit_of,
    papers_of,
    steps_of,
)
from handlers.forms import Form
from miniapp.accounts.access import Permission
from miniapp.core.errors import Invalid, both
from miniapp.core.workdays import Calendar
from miniapp.dossiers.apologising import apologise, excuse, later_day
from miniapp.dossiers.clock import pausing_article
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.events import By
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Ground
from miniapp.dossiers.pausing import (
    annul_request,
    ask_for_papers,
    ask_for_payment,
    give_paper,
    go_on,
    open_day,
    pay,
    whole_dong,
    whole_list,
)
from miniapp.dossiers.receiving import receive, refuse
from miniapp.dossiers.service import Act
from miniapp.dossiers.states import RUNNING, Status
from miniapp.dossiers.working import hand_on, take_up

Fits = Callable[[Dossier], bool]
Made = Callable[[Form, By], Act]


@dataclass(frozen=True)
class Deed:
    """One act: the fields that its form sends, the move that they are, when it is offered, and to whom."""

    made: Made
    fits: Fits
    fields: tuple[str, ...] = ()
    may: Permission = "dossiers.manage"


def _receive(form: Form, by: By) -> Act:
    limit, steps = both(
        lambda: limit_of(form.value("amount"), form.value("count")), lambda: steps_of(form.value("steps"))
    )
    return lambda one, at, calendar: receive(one, limit, steps, by, at, calendar)


def _hand_on(form: Form, by: By) -> Act:
    step, officer = number_of(form.value("step"), "step"), form.value("officer")
    return lambda one, at, calendar: hand_on(one, step, officer, by, at)


def _ask(form: Form, by: By) -> Act:
    def act(one: Dossier, at: datetime, calendar: Calendar) -> Move:
        one.running()
        papers, (article, deadline) = both(
            lambda: whole_list(papers_of(form)),
            lambda: both(
                lambda: pausing_article(form.value("article")),
                lambda: open_day(end_of(day_of(form, "deadline")), at, calendar),
            ),
        )
        return ask_for_papers(one, papers, article, deadline, by, at, calendar)

    return act


def _given(form: Form, by: By) -> Act:
    place = number_of(form.value("paper"), "paper")
    return lambda one, at, calendar: give_paper(one, place, by, at)


def _annul(form: Form, by: By) -> Act:
    words = form.value("words")
    return lambda one, at, calendar: annul_request(one, words, by, at, calendar)


def _charge(form: Form, by: By) -> Act:
    amount, article = both(
        lambda: whole_dong(dong_of(form.value("amount"))), lambda: pausing_article(form.value("article"))
    )
    return lambda one, at, calendar: ask_for_payment(one, amount, article, by, at)


def _apologise(form: Form, by: By) -> Act:
    def act(one: Dossier, at: datetime, calendar: Calendar) -> Move:
        was = one.running().due
        reason, due = both(
            lambda: excuse(form.value("reason")),
            lambda: later_day(_closing(day_of(form, "due"), calendar), was or at, calendar),
        )
        return apologise(one, reason, due, by, at, calendar)

    return act


def _closing(day: date, calendar: Calendar) -> datetime:
    """When a day's work ends; of a day off, its last minute."""
    open_at = calendar.spans(day)
    return open_at[-1][1] if open_at else end_of(day)


def _hand_over(form: Form, by: By) -> Act:
    channel = channel_of(form.value("channel"))
    return lambda one, at, calendar: hand_over(one, channel, by, at)


def _stop(form: Form, by: By) -> Act:
    ground = Ground(form.value("article"), form.value("words"))
    return lambda one, at, calendar: stop(one, ground, by, at)


def _refuse(form: Form, by: By) -> Act:
    ground = Ground(form.value("article"), form.value("words"))
    return lambda one, at, calendar: refuse(one, ground, by, at, calendar)


def number_of(text: str, field: str) -> int:
    """A place in a list of the form."""
    if not text.isascii() or not text.isdigit() or len(text) > len("99"):
        raise Invalid("required", field=field)
    return int(text)


def _runs(one: Dossier) -> bool:
    return one.status in RUNNING


def _lacks_papers(one: Dossier) -> bool:
    return one.status is Status.SUPPLEMENT and one.supplement is not None and bool(one.supplement.missing)


def _has_papers(one: Dossier) -> bool:
    return one.status is Status.SUPPLEMENT and one.supplement is not None and not one.supplement.missing


def _may_annul(one: Dossier) -> bool:
    return one.supplement is not None and one.annulled is None and one.status in RUNNING | {Status.SUPPLEMENT}


def _may_apologise(one: Dossier) -> bool:
    return _runs(one) and one.apology is None and one.due is not None


def _reaches(status: Status) -> Fits:
    return lambda one: one.may(status)


GROUND = ("article", "words")
# By the word in the address, in the order in which they are offered.
DEEDS: Mapping[str, Deed] = {
    "tiep-nhan": Deed(_receive, lambda one: one.status is Status.FILED, ("amount", "count", "steps")),
    "xu-ly": Deed(
        lambda form, by: lambda one, at, calendar: take_up(one, by, at), lambda one: one.status is Status.RECEIVED
    ),
    "nhan-giay": Deed(_given, _lacks_papers, ("paper",)),
    "giai-quyet-tiep": Deed(lambda form, by: lambda one, at, calendar: go_on(one, by, at, calendar), _has_papers),
    "da-nop-tien": Deed(
        lambda form, by: lambda one, at, calendar: pay(one, by, at, calendar), lambda one: one.status is Status.PAYMENT
    ),
    "chuyen": Deed(_hand_on, _runs, ("step", "officer")),
    "xong": Deed(lambda form, by: lambda one, at, calendar: finish(one, by, at), _reaches(Status.FINISHED)),
    "tra-ket-qua": Deed(_hand_over, _reaches(Status.RETURNED), ("channel",)),
    "bo-sung": Deed(
        _ask,
        lambda one: _runs(one) and one.supplement is None,
        (*LACKS, "article", "deadline-day", "deadline-month", "deadline-year"),
    ),
    "nop-tien": Deed(_charge, _runs, ("amount", "article")),
    "xin-loi": Deed(_apologise, _may_apologise, ("reason", "due-day", "due-month", "due-year")),
    "huy-yeu-cau": Deed(_annul, _may_annul, ("words",), "dossiers.approve"),
    "rut": Deed(lambda form, by: lambda one, at, calendar: withdraw(one, by, at), _reaches(Status.WITHDRAWN)),
    "dung": Deed(_stop, _reaches(Status.STOPPED), GROUND),
    "tu-choi": Deed(_refuse, _reaches(Status.NOT_RECEIVED), GROUND),
}
LISTS = (*LACKS, "steps")  # typed line by line
