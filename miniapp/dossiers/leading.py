"""How a dossier comes to stand where another system says that it stands: by the moves of the table, never past them.

Systems tell where a dossier is, not what happened between two tellings. What lies between needs nobody's word (received,
being worked on, finished), so those moves are made along the way; whatever needs a reason, papers or an amount is only
reached when it is what was told. For whoever brings dossiers in; it stores nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.time_limits import UNSTATED
from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import Clock, answer_by
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.events import By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import Channel, Ground, Step
from miniapp.dossiers.pausing import ask_for_papers, ask_for_payment, go_on, pay
from miniapp.dossiers.receiving import file, refuse
from miniapp.dossiers.reported import Record, Report
from miniapp.dossiers.states import DONE, MOVES, Status

SILENT = (Status.RECEIVED, Status.IN_PROGRESS, Status.FINISHED)
Lead = Callable[[Dossier, Report, By, datetime, Calendar], Move]


def begun(agency: str, code: DossierCode, record: Record, by: By, now: datetime, calendar: Calendar) -> list[Move]:
    """The moves by which another system's dossier begins here and comes to stand where it stands."""
    report = record.report
    report.check(now)
    if report.status is not Status.FILED and report.received is None:
        raise Invalid("dossier_receipt_needed", field="received")
    if report.status in DONE and report.finished is None:
        raise Invalid("dossier_finish_needed", field="finished")
    procedure = (record.procedure, record.procedure_name)
    at = report.received or report.since or now
    first = file(agency, code, procedure, record.channel, record.applicant, by, at)
    return [first, *led(first.dossier, report, by, now, calendar)]


def led(dossier: Dossier, report: Report, by: By, now: datetime, calendar: Calendar) -> list[Move]:
    """The moves from where a dossier stands to where it is told to stand; none when it stands there.

    Conflict `dossier_move_not_allowed` where no way of the table leads there."""
    report.check(now)
    moves: list[Move] = []
    while dossier.status is not report.status:  # papers that came lead back to where it was before they were asked for
        status = way(dossier.status, report.status)[0]
        moves.append(_LEADS[status](dossier, report, by, _when(report, status, now), calendar))
        dossier = moves[-1].dossier
    return moves


def way(start: Status, end: Status) -> tuple[Status, ...]:
    """The shortest way from one status to another, over silent ones only; Conflict where there is none."""
    ways: list[tuple[Status, ...]] = [()]
    while ways:
        held = ways.pop(0)
        at = held[-1] if held else start
        if at is end:
            return held
        ways += [(*held, after) for after in sorted(MOVES[at]) if after not in held and after in (*SILENT, end)]
    raise Conflict("dossier_move_not_allowed", was=start.value, wanted=end.value)


def _when(report: Report, status: Status, now: datetime) -> datetime:
    """When it came to a status, as far as it was told; on the way to an end never later than that end."""
    if status is Status.RECEIVED and report.status is not status:
        return report.received or now
    if status is Status.FINISHED:
        return report.finished or report.since or now
    if status is report.status:
        return report.since or (report.received if status is Status.RECEIVED else None) or now
    return report.received or report.finished or report.since or now


def _receive(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    if dossier.status is Status.SUPPLEMENT:
        return _supplemented(dossier, report, by, at, calendar)
    at = dossier.moment(report.received or at)
    clock = Clock.started(at, UNSTATED, calendar)
    if report.due is not None:
        clock = clock.promised(at, report.due, calendar)
    steps = (Step(report.post, report.post),) if report.post else ()
    after = dossier.moved(Status.RECEIVED, at, steps=steps, clock=clock)
    late = dossier.channel is Channel.ONLINE and at > answer_by(dossier.filed_at, calendar)
    due = iso(clock.due) if clock.due else None
    return told(after, Happened.RECEIVED, by, due=due, post=after.post, answered_late=late)


def _work(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    if dossier.status is Status.SUPPLEMENT:
        return _supplemented(dossier, report, by, at, calendar)
    if dossier.status is Status.PAYMENT:
        return pay(dossier, by, at, calendar)
    dossier.running()
    return told(dossier.moved(Status.IN_PROGRESS, at), Happened.TAKEN_UP, by, post=dossier.post)


def _supplemented(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    """Everything has come: whoever says that work goes on says that, too."""
    asked = dossier.supplement
    if asked is not None:
        dossier = replace(dossier, supplement=replace(asked, given=tuple(range(len(asked.papers)))))
    return go_on(dossier, by, at, calendar)


def _ask(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    if report.deadline is None:
        raise Invalid("supplement_deadline_shape", field="deadline")
    return ask_for_papers(dossier, report.papers, report.article, report.deadline, by, at, calendar)


def _charge(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return ask_for_payment(dossier, report.amount, report.article, by, at)


def _finish(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return finish(dossier, by, at)


def _hand_over(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return hand_over(dossier, report.returned_by, by, at)


def _withdraw(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return withdraw(dossier, by, at)


def _refuse(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return refuse(dossier, Ground(report.article, report.words), by, at, calendar)


def _stop(dossier: Dossier, report: Report, by: By, at: datetime, calendar: Calendar) -> Move:
    return stop(dossier, Ground(report.article, report.words), by, at)


_LEADS: dict[Status, Lead] = {
    Status.RECEIVED: _receive,
    Status.NOT_RECEIVED: _refuse,
    Status.IN_PROGRESS: _work,
    Status.SUPPLEMENT: _ask,
    Status.PAYMENT: _charge,
    Status.WITHDRAWN: _withdraw,
    Status.STOPPED: _stop,
    Status.FINISHED: _finish,
    Status.RETURNED: _hand_over,
}
