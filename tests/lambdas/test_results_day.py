"""Results day from the first file to the last word, through the package: every function in its place, every front door.

An officer sends files, the bucket and the queue wake their functions, a second officer decides; a citizen comes in from
the chat, asks to be told, and is told after the hour. The wall clock runs in the functions, so the hour is moved to
where it has passed, and a job that just had its turn is given another, instead of waiting."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import cast

import pyotp
import pytest

from handlers.wiring import Services
from infra.lambdas.doors import DOORS, Answer, Door
from infra.lambdas.function import Function
from infra.lambdas.sources import QueueSource, schedule_event, stored_event
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import WallClock
from miniapp.exam_scores.model import Reason
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.exams import csv_file
from tests.support.fakes import StoppedClock
from tests.support.lambdas import (
    SECRET,
    WEB,
    Browser,
    Maker,
    browser,
    h1,
    signed_in,
    soup_of,
    token_of,
    where,
)
from tests.support.letters import AGENCY, DEPARTMENT
from tests.support.score_desk import BAD, GOOD, HEADER, ScoreDesk, upload
from tests.support.visitor import Page

EVERY = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
NUMBER = "02000001"
DECISION = "12/QĐ-SGDĐT"
CHAT = f"/demo/chat?agency={AGENCY}&citizen=lan"


@dataclass
class Town:
    """A department with its officers, and the functions that serve it; each starts when it is first needed."""

    cloud: Cloud
    made: Services
    functions: Maker
    clock: StoppedClock
    exams: int = field(default=0)

    @cached_property
    def public(self) -> Function:
        """Sees what was decided at once; a deployed one does so after five seconds."""
        return self.functions(WEB, role="public", origin_secret=SECRET, exam_row_age=0)

    @cached_property
    def console(self) -> Function:
        return self.functions(WEB, role="console", origin_secret=SECRET)

    @cached_property
    def uploads(self) -> Function:
        return self.functions("handlers.lambdas.uploads.arrived")

    @cached_property
    def clockwork(self) -> Function:
        return self.functions("handlers.lambdas.schedules.handle")

    @cached_property
    def imports(self) -> QueueSource:
        return self._reader("score_imports", "import_scores")

    @cached_property
    def tellings(self) -> QueueSource:
        return self._reader("score_tellings", "tell_waves")

    @cached_property
    def messages(self) -> QueueSource:
        return self._reader("messages", "deliver_messages")

    def _reader(self, queue: str, entry: str) -> QueueSource:
        function = self.functions(f"handlers.lambdas.workers.{entry}", tell_pace=1)
        return QueueSource(self.cloud.admin("sqs"), self.cloud.settings.resource(queue), function, batch=1)

    def desk(self) -> ScoreDesk:
        """An exam of its own with two officers of its own, since each code of theirs is good once."""
        self.exams += 1
        people = [
            officers.officer(self.made.accounts, self.clock, f"{role}{self.exams}@dak-lak.gov.vn", AGENCY, role)
            for role in ("publisher", "approver")
        ]
        made = ScoreDesk(self.made, AGENCY, *people)
        made.add(slug=f"ky-thi-{self.exams}")
        return made

    def job(self, name: str) -> int:
        """The clock starts a job, as after its span."""
        self.made.once.turn_failed(name)
        return int(self.clockwork.invoke(schedule_event(name)))


@pytest.fixture(scope="module")
def town(kept_cloud: Cloud, functions: Maker) -> Town:
    """It was made two hours ago."""
    clock = StoppedClock(WallClock().now() - timedelta(hours=2))
    made = Services(kept_cloud.settings, clock, sleep=lambda seconds: None)
    made.bind()
    AgencyStore().add([DEPARTMENT])
    return Town(kept_cloud, made, functions, clock)


def words(answer: Answer) -> str:
    """What a person reads on a page."""
    assert answer.status == 200, (answer.status, answer.text[:300])
    return " ".join(soup_of(answer).get_text(" ").split())


# --- officers


def began(lan: Browser, desk: ScoreDesk, **given: str) -> str:
    """Begin an edition; its address."""
    return where(lan.submit(f"{desk.base}/bat-dau", **given))


def sent(town: Town, lan: Browser, edition: str, body: bytes) -> Answer:
    """Send a file with the page's own form; the bucket, the desk and the queue do their part. The page after it."""
    landed = upload(cast(Page, SimpleNamespace(soup=soup_of(lan.get(edition)))), body)
    assert lan.get(landed).status == 200
    page = lan.get(edition)
    arrived = soup_of(page).select_one(f'form[action="{edition}/tep"] input[name=file]')
    assert arrived is not None
    key = "/".join(
        ["scores", *edition.removeprefix("/console/").replace("/diem-thi/", "/").split("/"), arrived["value"]]
    )
    notice = stored_event(town.cloud.settings.resource("uploads"), key)
    assert town.uploads.invoke(notice) == {"stayed": 1, "dropped": 0}
    taken = lan.post(f"{edition}/tep", form_token=token_of(page), file=str(arrived["value"]), name="diem.csv")
    assert where(taken) == edition
    assert town.imports.until_empty() == 1
    return lan.get(edition)


def dropped(lan: Browser, edition: str, page: Answer) -> None:
    """Take the one file out again."""
    form = soup_of(page).find("form", action=re.compile(rf"{edition}/tep/[^/]+/bo\Z"))
    assert form is not None
    assert where(lan.post(str(form["action"]), form_token=token_of(page))) == edition


def approved(lan: Browser, edition: str, code: Callable[[], str]) -> None:
    """Decide by the form, for now; the code where the form asks for it."""
    page = lan.get(f"{edition}/duyet")
    held = {str(one["name"]): str(one["value"]) for one in soup_of(page).select("form input[type=hidden]")}
    given = {"code": code()} if soup_of(page).find(id="f-code") else {}
    assert where(lan.post(f"{edition}/duyet", **held, mode="now", understood="1", **given)) == edition


@EVERY
def test_from_the_first_file_to_the_withdrawal(town: Town, door: Door) -> None:
    desk = town.desk()
    publisher = signed_in(town.console, desk.uploader, door)
    approver = signed_in(town.console, desk.approver, door)
    citizen = browser(town.public, door)
    slip = f"/{AGENCY}/diem-thi/{desk.exam.slug}/{NUMBER}"

    edition = began(publisher, desk, reason=Reason.RELEASE.value, rows="all")
    page = sent(town, publisher, edition, BAD)
    assert "02000005" in words(publisher.get(f"{edition}/van-de")).replace(" ", "")
    dropped(publisher, edition, page)
    sent(town, publisher, edition, GOOD)
    assert "Toán" in words(approver.get(f"{edition}/pho-diem"))
    assert publisher.get(f"{edition}/duyet").status == 403
    assert "8,25" not in citizen.get(slip).text

    phone = pyotp.TOTP(desk.approver.secret)
    approved(approver, edition, lambda: phone.at(WallClock().now() + timedelta(seconds=30)))
    first = citizen.get(slip)
    assert h1(first) == "Số báo danh 02 000 001"
    assert "8,25" in words(first)
    assert DECISION not in words(first)

    correction = began(publisher, desk, reason=Reason.CORRECTION.value, decision=DECISION, rows="changed")
    sent(town, publisher, correction, csv_file(HEADER[:2], [[NUMBER, "9.5"]]))
    assert "Đổi điểm Toán 8,25 9,50" in words(approver.get(f"{correction}/khac-biet"))
    approved(approver, correction, lambda: "")
    second = words(citizen.get(slip))
    assert "9,50" in second
    assert DECISION in second

    gone = approver.submit(f"{desk.base}/thu-hoi", reason="nhầm môn", understood="1")
    assert where(gone) == desk.base
    after = words(citizen.get(slip))
    assert "9,50" not in after
    assert "Kết quả đang tạm dừng công bố" in after
    assert "nhầm môn" not in after


# --- citizens


def newest_way(lan: Browser) -> str:
    """Where the newest message's button leads: what the frame beside the conversation shows."""
    button = soup_of(lan.get(CHAT)).select(".bubble a.way")[-1]
    frame = soup_of(lan.get(str(button["href"]))).find("iframe")
    assert frame is not None
    return str(frame["src"])


def came_in(town: Town, lan: Browser) -> Answer:
    """By the chat: ask for the way in, get it from the account, look at it, press the button. The page after it."""
    asked = lan.post("/demo/chat/toi", form_token=token_of(lan.get(CHAT)), agency=AGENCY, citizen="lan")
    assert where(asked).startswith("/demo/chat")
    assert town.messages.until_empty() == 1
    link = newest_way(lan)
    assert h1(lan.get(link)) == "Vào trang của bạn"
    assert lan.get("/toi").status == 403, "looking enters nobody"
    entered = lan.submit(link)
    assert browser(town.public, lan.door).submit(link).status == 403, "it is good once"
    return entered


@EVERY
def test_who_came_in_from_the_chat_is_told_there_after_the_hour(town: Town, door: Door) -> None:
    desk, lan = town.desk(), browser(town.public, door)
    edition = desk.checked(GOOD)
    hour = WallClock().now() + timedelta(hours=1)
    waiting = town.made.exam_office.approve(desk.now(), edition.id, desk.approver.id, hour)
    address = f"/{AGENCY}/diem-thi/{desk.exam.slug}"

    assert where(came_in(town, lan)) == "/toi"
    assert h1(lan.get("/toi")) == "Của tôi"

    form = lan.get(f"{address}/bao-tin")
    version = soup_of(form).find("input", attrs={"name": "version"})
    agreed = {"agree": "1", "version": str(version["value"])} if version else {}
    registered = lan.post(f"{address}/bao-tin", form_token=token_of(form), number=NUMBER, **agreed)
    assert where(registered) == f"{address}/bao-tin"
    assert "…001" in words(lan.get("/toi"))
    assert (town.job("begin_rounds"), town.messages.until_empty()) == (0, 0)

    town.made.exam_office.move_release(waiting, WallClock().now() - timedelta(seconds=20), desk.approver.id)
    assert where(lan.get(f"{address}/bao-tin")) == address
    assert town.job("begin_rounds") == 1
    assert town.tellings.until_empty() >= 1
    assert town.messages.until_empty() == 1
    assert newest_way(lan) == address
    assert "Toán" in words(lan.get(f"{address}/{NUMBER}"))
    assert "đã báo lúc" in words(lan.get("/toi"))


def test_all_this_took_one_environment_of_each_function(town: Town) -> None:
    workers = (town.imports, town.tellings, town.messages)
    for function in (town.public, town.console, town.uploads, town.clockwork, *(one.function for one in workers)):
        assert function.starts <= 1, function.log.read_text()[-2000:]
