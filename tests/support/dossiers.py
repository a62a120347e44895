"""Valid dossiers and their parts, with only the interesting part named. For every test of dossiers."""

from datetime import date, datetime, timedelta

from miniapp.core.personal import Personal
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY, Calendar
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Applicant, Channel, Ground, Lack, Step, Wanted
from miniapp.dossiers.pausing import ask_for_papers, ask_for_payment
from miniapp.dossiers.receiving import file, receive, refuse
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import take_up
from tests.support.working_time import local

STATE = Calendar()
CITIZEN = By(Side.CITIZEN, "cit_1")
DESK = By(Side.OFFICER, "off_desk")
EXPERT = By(Side.OFFICER, "off_expert")
LEADER = By(Side.OFFICER, "off_leader")
STEPS = (Step("Tiếp nhận", "Công chức một cửa"), Step("Thẩm tra", "Công chức tư pháp"), Step("Ký", "Chủ tịch"))
PAPERS = (Wanted("Giấy chứng sinh"), Wanted("Ảnh thẻ", Lack.OUTDATED, "Chụp trong 6 tháng"))
ARTICLE = "khoản 2 Điều 9 Nghị định 118/2025/NĐ-CP"
GROUND = Ground("khoản 4 Điều 9 Nghị định 118/2025/NĐ-CP", "Không thuộc thẩm quyền giải quyết")
WHO = Applicant(Personal("Nguyễn Thị Bé"), Personal("038012345689"), Personal("0912345678"))
THREE_DAYS = TimeLimit(Count.WORKING_DAYS, 3 * WORKING_DAY)


MONDAY = local("16/11/2026 09:00")  # a whole week of work lies ahead


def filed(at: datetime = MONDAY, channel: Channel = Channel.ONLINE) -> Dossier:
    """One that a citizen has just filed."""
    code = DossierCode.made("H56.14", date(2026, 11, 16), 1)
    procedure = ("1.001193", "Đăng ký khai sinh")
    return file("xa-hoa-binh", code, procedure, channel, WHO, CITIZEN, at).dossier


def received(limit: TimeLimit = THREE_DAYS, at: datetime = MONDAY, calendar: Calendar = STATE) -> Dossier:
    """One that the desk has received."""
    return receive(filed(at), limit, STEPS, DESK, at, calendar).dossier


def in_progress(limit: TimeLimit = THREE_DAYS, at: datetime = MONDAY) -> Dossier:
    """One that somebody works on."""
    return take_up(received(limit, at), EXPERT, at).dossier


def waiting(at: datetime = MONDAY, days: int = 10) -> Dossier:
    """One that waits for more papers, until some days later."""
    return ask_for_papers(in_progress(), PAPERS, ARTICLE, at + timedelta(days=days), EXPERT, at, STATE).dossier


def unpaid(at: datetime = MONDAY) -> Dossier:
    """One that waits for a payment."""
    return ask_for_payment(in_progress(), 8_000, ARTICLE, EXPERT, at).dossier


def finished(at: datetime = MONDAY) -> Dossier:
    """One whose result is ready."""
    return finish(in_progress(), EXPERT, at).dossier


def in_status(status: Status) -> Dossier:
    """One in any status, come there by moves."""
    late = MONDAY + timedelta(hours=1)
    return {
        Status.FILED: filed,
        Status.RECEIVED: received,
        Status.NOT_RECEIVED: lambda: refuse(filed(), GROUND, DESK, late, STATE).dossier,
        Status.IN_PROGRESS: in_progress,
        Status.SUPPLEMENT: waiting,
        Status.PAYMENT: unpaid,
        Status.WITHDRAWN: lambda: withdraw(received(), CITIZEN, late).dossier,
        Status.STOPPED: lambda: stop(in_progress(), GROUND, EXPERT, late).dossier,
        Status.FINISHED: finished,
        Status.RETURNED: lambda: hand_over(finished(), Channel.DESK, DESK, late).dossier,
    }[status]()
