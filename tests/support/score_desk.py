"""Exam scores at the desk, for tests of the console and the commands: people, an exam, files sent the way browsers do.

Everything is made through services or pages, as in life; whoever uploads is not who approves."""

import re
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from handlers.wiring import Services
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, Exam, Reason
from tests.support import exams
from tests.support.exams import csv_file
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor

HEADER = ["sbd", "toan", "ngu_van", "vat_li", "hoa_hoc"]
ROWS = [
    ["02000001", "8.25", "7,5", "6", ""],
    ["02000002", ".75", "0", "VẮNG", "10"],
    ["02000003", "7", "", "5", "9.25"],
]
GOOD = csv_file(HEADER, ROWS)
BAD = csv_file(HEADER, [*ROWS, ["2000004", "5", "5", "5", "5"], ["02000005", "=1+1", "11", "", ""]])
BOUNDARY = "----formOfTheTest"


def many(count: int = 300, plus: int = 0) -> bytes:
    """A file with scores spread over the scale; `plus` moves every fiftieth candidate's first score."""
    rows = []
    for place in range(count):
        scores = [f"{(place * (7 + subject * 2) + subject * 13) % 41 * 25 / 100:.2f}" for subject in range(4)]
        if plus and place % 50 == 0:
            scores[0] = f"{min(1000, round(float(scores[0]) * 100) + plus) / 100:.2f}"
        rows.append([f"{1 + place % 3:02d}{place:06d}", *scores])
    return csv_file(HEADER, rows)


@dataclass
class ScoreDesk:
    """One agency's exam, its people and their browsers."""

    services: Services
    agency: str
    uploader: Desk
    approver: Desk
    exam: Exam = field(init=False)

    def __post_init__(self) -> None:
        self.exam = exams.exam(agency=self.agency, slug="thpt-2019")

    @property
    def base(self) -> str:
        """Where the exam's pages are."""
        return f"/console/{self.agency}/diem-thi/{self.exam.slug}"

    def at(self, edition: Edition, *parts: str) -> str:
        """An address below an edition."""
        return "/".join([self.base, edition.id, *parts])

    def add(self, **more: Any) -> Exam:
        """The exam, made by the uploader."""
        self.exam = exams.exam(agency=self.agency, **{"slug": "thpt-2019", **more})
        return self.services.exam_office.add_exam(self.exam, self.uploader.id)

    def now(self) -> Exam:
        """The exam as it is now."""
        return self.services.exam_office.exam(self.agency, self.exam.slug)

    def begun(self, reason: Reason = Reason.RELEASE, partial: bool = False) -> Edition:
        """An edition without files."""
        decision = "" if reason is Reason.RELEASE else "12/QĐ-SGDĐT"
        return self.services.exam_office.begin(self.now(), self.uploader.id, reason, decision, partial)

    def sent(self, edition: Edition, body: bytes) -> str:
        """A file in the bucket that nobody has said anything about; its id."""
        file_id, _ = self.services.exam_office.upload_form(self.now(), edition, "http://localhost/then")
        key = f"scores/{self.agency}/{self.exam.slug}/{edition.id}/{file_id}"
        self.services.files.put("uploads", key, body)
        return file_id

    def taken(self, edition: Edition, body: bytes, name: str = "diem.csv") -> Edition:
        """A file that waits for a worker."""
        file_id = self.sent(edition, body)
        return self.services.exam_office.take_file(self.now(), edition.id, file_id, name, self.uploader.id)

    def work(self, edition: Edition) -> Edition:
        """What a worker does when its note comes."""
        return self.services.importing.run(ImportEdition(self.agency, self.exam.slug, edition.id))

    def checked(self, body: bytes = GOOD, **options: Any) -> Edition:
        """An edition with one file, checked."""
        return self.work(self.taken(self.begun(**options), body))

    def released(self, body: bytes = GOOD) -> Edition:
        """An edition that is out."""
        edition = self.checked(body)
        self.services.exam_office.approve(self.now(), edition.id, self.approver.id, None)
        return self.services.exam_office.edition(self.now(), edition.id)


def upload(page: Page, body: bytes, name: str = "diem.csv") -> str:
    """Send a file by the page's form as a browser without script does; where storage sends the browser then."""
    form = page.soup.find("form", attrs={"data-upload": True})
    assert form is not None, "an upload form"
    fields = {str(item["name"]): str(item["value"]) for item in form.find_all("input", type="hidden")}
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    sent = "".join(parts).encode() + head.encode() + body + f"\r\n--{BOUNDARY}--\r\n".encode()
    request = urllib.request.Request(str(form["action"]), sent, method="POST")
    request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(request, timeout=20)
    except urllib.error.HTTPError as answer:
        assert answer.code == 303, answer.read()
        there = urlsplit(answer.headers["Location"])
        return f"{there.path}?{there.query}"
    raise AssertionError("storage did not send the browser back")


def send(visitor: Visitor, page: Page, action: str, status: int = 303, **fields: str) -> Page:
    """Send the form of a page that posts to `action`, with its hidden fields and what is typed."""
    form = page.soup.find("form", attrs={"action": re.compile(re.escape(action) + r"(\?|\Z)")})
    assert form is not None, f"no form to {action}"
    held = {str(item["name"]): str(item.get("value", "")) for item in form.find_all("input", type="hidden")}
    return visitor.post(str(form["action"]), status, **{**held, **fields})
