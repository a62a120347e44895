"""The moves of a dossier in their plainest form, as the office takes them. For tests of the service and of pages."""

from datetime import datetime, timedelta

from miniapp.core.workdays import Calendar
from miniapp.dossiers import apologising, ending, pausing, receiving, working
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Channel, Ground, Lack, Wanted
from miniapp.dossiers.service import Act
from tests.support.dossier_town import AT_DESK, LEADER, OFFICER, STEPS

GROUND = Ground("Điều 5 Nghị định 123/2015/NĐ-CP", "Việc này do Ủy ban nhân dân cấp tỉnh giải quyết")
FORTNIGHT = timedelta(days=14)  # the same day of the week, so one of work
REASON = "Chờ xác minh nơi sinh"
MISSING = (
    Wanted("Giấy chứng sinh", Lack.MISSING, "Xin cấp lại tại bệnh viện"),
    Wanted("Tờ khai", Lack.INCORRECT, "Ghi lại ngày sinh của con"),
)


def received(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return receiving.receive(one, AT_DESK.limit, STEPS, OFFICER, at, calendar)


def refused(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return receiving.refuse(one, GROUND, OFFICER, at, calendar)


def taken_up(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return working.take_up(one, OFFICER, at)


def handed_on(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return working.hand_on(one, 1, LEADER.id, OFFICER, at)


def asking(papers: tuple[Wanted, ...] = MISSING, within: timedelta = FORTNIGHT) -> Act:
    """The act of asking for these papers."""

    def asked(one: Dossier, at: datetime, calendar: Calendar) -> Move:
        return pausing.ask_for_papers(one, papers, "Điều 18 Luật Hộ tịch", at + within, OFFICER, at, calendar)

    return asked


def giving(place: int) -> Act:
    """The act of giving one of the papers that were asked for."""

    def given(one: Dossier, at: datetime, calendar: Calendar) -> Move:
        return pausing.give_paper(one, place, OFFICER, at)

    return given


def gone_on(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return pausing.go_on(one, OFFICER, at, calendar)


def annulled(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return pausing.annul_request(one, "Tờ khai đã đúng", LEADER, at, calendar)


def to_be_paid(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return pausing.ask_for_payment(one, 8_000, "Thông tư 281/2016/TT-BTC", OFFICER, at)


def apologised(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return apologising.apologise(one, REASON, at + FORTNIGHT, OFFICER, at, calendar)


def finished(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return ending.finish(one, OFFICER, at)


def handed_over(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return ending.hand_over(one, Channel.DESK, OFFICER, at)


def withdrawn(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return ending.withdraw(one, OFFICER, at)


def stopped(one: Dossier, at: datetime, calendar: Calendar) -> Move:
    return ending.stop(one, GROUND, OFFICER, at)
