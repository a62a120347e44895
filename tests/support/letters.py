"""The chat's side for tests: the outbox, the simulated chat, consents and registrations on one engine, time stopped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Flask

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.accounts.model import Wording
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.queues import decode
from miniapp.exam_scores.model import Exam
from miniapp.messaging.model import Addressed, DeliverMessage, Fact, Said
from miniapp.zalo.model import Button
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, Bureau, csv_file, exam
from tests.support.fakes import CountedIds, StoppedClock
from tests.support.visitor import Visitor

AGENCY = "so-gddt-dak-lak"
LAN, MINH = "84000000000000001", "84000000000000002"
TO = Addressed(AGENCY, LAN)
WORDINGS = {"score_news": (Wording("score_news", "1", date(2026, 1, 1)),)}


class PlainWords:
    """Says the name and the facts."""

    def render(self, name: str, language: str, facts: Mapping[str, Fact]) -> Said:
        text = f"{name} {language} " + " ".join(f"{key}={value}" for key, value in sorted(facts.items()))
        link = str(facts.get("link", ""))
        return Said(text, (Button("open", link),) if link else ())


def services(cloud: Cloud, clock: StoppedClock | None = None, **settings: Any) -> Services:
    """The whole wiring on this engine, with a stopped clock and ids that can be foretold."""
    clock = clock or StoppedClock()
    made = Services(replace(cloud.settings, **settings), clock, CountedIds(), lambda seconds: None)
    made.aws = cloud.aws
    made.bind()
    return made


def notes(cloud: Cloud, queue: str = "messages") -> list[Any]:
    """Take what lies on a queue, as a worker would (delays are waited for by nobody: they are kept short in tests)."""
    sqs = cloud.admin("sqs")
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(queue))["QueueUrl"]
    found = []
    while records := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages", []):
        for record in records:
            sqs.delete_message(QueueUrl=address, ReceiptHandle=record["ReceiptHandle"])
            found.append(record["Body"])
    return found


def deliver_all(made: Services, cloud: Cloud) -> int:
    """What the worker does with everything that waits now."""
    held = [decode(DeliverMessage, body) for body in notes(cloud)]
    for note in held:
        made.outbox.deliver(note)
    return len(held)


SCORES = csv_file(["sbd", "toan"], [[f"0200000{place}", "8"] for place in range(1, 8)])
DEPARTMENT = Agency(
    AGENCY,
    AGENCY,
    Kind.DEPARTMENT,
    "Sở Giáo dục và Đào tạo Đắk Lắk",
    "Dak Lak Department of Education and Training",
    short="Sở GD&ĐT Đắk Lắk",
    hotline="1022",
    services=frozenset({Service.EXAM_SCORES}),
)
COMMITTEE = Agency("ubnd-tinh-dak-lak", "ubnd-tinh-dak-lak", Kind.PROVINCE, "UBND tỉnh Đắk Lắk", "Dak Lak")


class Town:
    """A department with an exam whose hour is tomorrow, the whole app, and people with phones."""

    def __init__(self, cloud: Cloud, **settings: Any) -> None:
        self.cloud = cloud
        self.bureau = Bureau(cloud)
        self.clock = self.bureau.clock
        self.made = services(cloud, self.clock, tell_pace=1, **settings)
        AgencyStore().add([DEPARTMENT, COMMITTEE])
        self.exam: Exam = self.bureau.released(exam(agency=AGENCY), SCORES, at=HOUR)
        self.tell_address = f"/{AGENCY}/diem-thi/{self.exam.slug}/bao-tin"

    def app(self) -> Flask:
        """The app on this wiring."""
        return create_app(self.made.settings, self.made)

    def visitor(self, user: str = LAN) -> Visitor:
        """Somebody who came in from the chat."""
        token = self.made.accounts.citizen_links.enter(
            self.made.accounts.citizen_links.make(user).rpartition("/")[2]
        ).token
        return Visitor(self.app(), s=token)

    def stranger(self) -> Visitor:
        """Somebody nobody knows."""
        return Visitor(self.app())

    def deliver(self) -> int:
        """The worker's work."""
        return deliver_all(self.made, self.cloud)
