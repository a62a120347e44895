"""The whole story in a real browser, on the very system that `make run` starts: a department publishes a real national
year, a citizen looks a number up in the chat window, a correction follows."""

import csv
import io
import lzma
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.local import demo
from tests.support.axe import DESK, PHONE, assert_accessible, assert_no_horizontal_scroll
from tests.support.real_data import real

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "screenshots"
AGENCY = "so-gddt-dak-lak"
EXAM = "thpt-2019"
SUBJECTS = ("toan", "van", "nn", "li", "hoa", "sinh", "su", "dia", "gdcd")
LONG = 240_000  # milliseconds: a whole year on a busy machine
START = 180.0
expect.set_options(timeout=60_000)


@dataclass
class System:
    """What `make run` started."""

    base: str
    folder: Path
    process: subprocess.Popen[str]

    def officer(self, role: str) -> demo.DemoOfficer:
        """One of the demo's officers by role."""
        return next(one for one in demo.officers(self.folder) if role in one.roles)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTCUA_"))}
    command = [sys.executable, "-m", "infra.local.run", "--port", str(port), "--data", str(folder)]
    with (folder / "run.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True)
        until = time.monotonic() + START
        while "is running" not in (folder / "run.log").read_text():
            assert process.poll() is None, (folder / "run.log").read_text()
            assert time.monotonic() < until, (folder / "run.log").read_text()
            time.sleep(0.5)
        yield System(f"http://localhost:{port}", folder, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole real year as a plain CSV file; it never enters the project."""
    plain = tmp_path_factory.mktemp("year") / "diem-2019.csv"
    plain.write_bytes(lzma.decompress(real("scores/thpt_2019.csv.xz").read_bytes()))
    return plain


class Desk:
    """An officer at a computer."""

    def __init__(self, system: System, browser: Browser, role: str) -> None:
        self.officer = system.officer(role)
        self.base = system.base
        self.context: BrowserContext = browser.new_context(viewport=DESK, locale="vi-VN", base_url=system.base)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self._used = ""

    def code(self) -> str:
        """A code of the phone that was not used yet."""
        while (code := self.officer.code()) == self._used:
            time.sleep(1)
        self._used = code
        return code

    def sign_in(self) -> None:
        """Password, then the code."""
        page = self.page
        page.goto("/console/sign-in")
        page.get_by_label("Tên đăng nhập hoặc thư điện tử").fill(self.officer.login)
        page.get_by_label("Mật khẩu").fill(self.officer.password)
        page.get_by_role("button", name="Tiếp tục").click()
        page.get_by_label("Mã xác thực").fill(self.code())
        page.locator("form button").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")

    def add_exam(self) -> None:
        """The exam as data."""
        page = self.page
        page.goto(f"/console/{AGENCY}/diem-thi/them")
        page.get_by_label("Tên kỳ thi").fill("Kỳ thi THPT quốc gia 2019")
        page.get_by_label("Tên tiếng Anh").fill("National high-school exam 2019")
        page.get_by_label("Tên trong địa chỉ").fill(EXAM)
        page.locator("#f-year").fill("2019")
        page.get_by_label("Mẫu số báo danh").fill("99999999")
        page.get_by_label("Số báo danh ví dụ").fill("02001234")
        page.get_by_label("Chỉ số báo danh").check()
        for code in SUBJECTS:
            page.locator(f"#f-subject-{code}").check()
        page.locator("form button[type=submit], form button:not([type])").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Kỳ thi THPT quốc gia 2019")

    def upload(self, file: Path, *, changed_only: bool = False) -> None:
        """Begin an edition, send the file, wait until it is checked."""
        page = self.page
        page.goto(f"/console/{AGENCY}/diem-thi/{EXAM}/bat-dau")
        page.get_by_label("Phúc khảo" if changed_only else "Công bố kết quả").check()
        if changed_only:
            page.get_by_label("Số quyết định").fill("815/QĐ-SGDĐT")
            page.get_by_label("Chỉ những dòng thay đổi").check()
        else:
            page.get_by_label("Toàn bộ kết quả").check()
        page.get_by_role("button", name="Tiếp tục").click()
        page.get_by_label("Tệp điểm").set_input_files(file)
        page.get_by_role("button", name="Gửi tệp").click()
        expect(page.get_by_text("Xem phân bố").first).to_be_visible(timeout=LONG)

    def approve(self) -> None:
        """Look the newest edition over and let it out now, with a fresh code."""
        page = self.page
        page.goto(f"/console/{AGENCY}/diem-thi/{EXAM}")
        page.locator("main a[href*='/edn_'], main a[href*='/lan/']").first.click()
        page.get_by_role("link", name="Duyệt và hẹn giờ").click()
        page.get_by_label("Ngay sau khi duyệt").check()
        page.get_by_label("Tôi đã xem vấn đề").check()
        if page.locator("#f-code").count():
            page.locator("#f-code").fill(self.code())
        page.get_by_role("button", name="Duyệt", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text(re.compile("Đang công bố|đã công bố|Đã duyệt"), timeout=LONG)


def first_row(year: Path) -> dict[str, str]:
    """A candidate of the file with many scores."""
    with year.open() as file:
        return next(row for row in csv.DictReader(file) if row["toan"] and row["ngu_van"] and row["vat_li"])


def shoot(page: Page, name: str) -> None:
    """A picture for the eye."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def test_a_real_year_is_published_looked_up_in_the_chat_and_corrected(
    system: System, browser: Browser, year: Path, tmp_path: Path
) -> None:
    candidate = first_row(year)
    number, mark = candidate["sbd"], _shown(candidate["toan"])
    publisher = Desk(system, browser, "publisher")
    publisher.sign_in()
    publisher.add_exam()
    publisher.upload(year)
    expect(publisher.page.get_by_role("main")).to_contain_text("881.331")
    assert_accessible(publisher.page)
    shoot(publisher.page, "console-edition-checked")

    approver = Desk(system, browser, "approver")
    approver.sign_in()
    approver.approve()
    shoot(approver.page, "console-edition-released")

    phone = browser.new_context(viewport=PHONE, locale="vi-VN", is_mobile=True, has_touch=True, base_url=system.base)
    citizen = phone.new_page()
    citizen.set_default_timeout(60_000)
    slip = look_up_in_chat(citizen, number)
    expect(slip.locator("main")).to_contain_text(mark)
    expect(slip.locator("main")).not_to_contain_text("cập nhật")
    shoot(citizen, "chat-slip")

    fixed = tmp_path / "phuc-khao.csv"
    fixed.write_text(_changed(candidate, "9.8"))
    publisher.upload(fixed, changed_only=True)
    approver.approve()
    time.sleep(6)  # what a process knows of an exam is at most five seconds old
    citizen.goto(f"/{AGENCY}/diem-thi/{EXAM}/{number}")
    expect(citizen.locator("main")).to_contain_text("9,80")
    expect(citizen.locator("main")).to_contain_text("815/QĐ-SGDĐT")
    assert_accessible(citizen)
    assert_no_horizontal_scroll(citizen)
    shoot(citizen, "slip-corrected")


def look_up_in_chat(citizen: Page, number: str) -> Page:
    """Open the chat, tap the menu, type the number, see the slip in the frame."""
    citizen.goto(f"/demo/chat?agency={AGENCY}")
    shoot(citizen, "chat")
    citizen.get_by_role("link", name="Tra cứu điểm").click()
    frame = citizen.frame_locator("iframe")
    frame.get_by_role("link", name="Kỳ thi THPT quốc gia 2019").first.click()
    frame.get_by_role("textbox", name="Số báo danh").fill(number)
    frame.get_by_role("button", name="Xem điểm").click()
    expect(frame.locator("#slip")).to_be_visible()
    return frame  # type: ignore[return-value]


def _shown(text: str) -> str:
    whole, _, rest = text.partition(".")
    return f"{whole},{rest.ljust(2, '0')}"


def _changed(candidate: dict[str, str], toan: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(candidate), lineterminator="\n")
    writer.writeheader()
    writer.writerow({**candidate, "toan": toan})
    return text.getvalue()
