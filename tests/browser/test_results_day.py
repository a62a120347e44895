"""The whole story in a real browser, on the very system that `make run` starts: a department publishes a real national
year, a citizen looks a number up in the chat window, a correction follows.

Here in the environment of the tests; in the sweep on a clean clone in an empty home, which sets itself up, is stopped by
Ctrl-C and started again."""

import csv
import io
import lzma
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import real_scores
from tests.support.axe import DESK, PHONE, assert_accessible, assert_no_horizontal_scroll
from tests.support.code import ROOT
from tests.support.running import Running, free_port, started

pytestmark = pytest.mark.browser

SHOTS = ROOT / "screenshots"
AGENCY = "so-gddt-dak-lak"
EXAM = "thpt-2019"
FILE = next(year for year in real_scores.YEARS if year.path == "thpt_2019.csv.xz")
DEMO_SLIP = f"/{AGENCY}/diem-thi/thpt-2026/66000003"
SUBJECTS = ("toan", "van", "nn", "li", "hoa", "sinh", "su", "dia", "gdcd")
LONG = 240_000  # milliseconds: a whole year on a busy machine
START, SET_UP = 180.0, 900.0  # seconds
expect.set_options(timeout=60_000)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Running]:
    """What `make run` starts, without its set-up."""
    folder, port = tmp_path / "data", free_port()
    command = [sys.executable, "-m", "infra.local.run", "--port", str(port), "--data", str(folder)]
    made = started(command, ROOT, folder, port, START)
    yield made
    made.stop()
    assert made.process.returncode == 0


class Clone:
    """The project as somebody has just cloned it, who has never used this machine before."""

    def __init__(self, folder: Path) -> None:
        self.place, self.home, self.data, self.port = folder / "clone", folder / "home", folder / "data", free_port()
        self.home.mkdir()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(self.place)], check=True)

    def make_run(self) -> Running:
        """`make run` with a port and a folder for its data."""
        command = ["make", "run", f"PORT={self.port}", f"DATA_DIR={self.data}"]
        return started(command, self.place, self.data, self.port, SET_UP, HOME=str(self.home))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole real year as a plain CSV file; it never enters the project."""
    plain = tmp_path_factory.mktemp("year") / "diem-2019.csv"
    plain.write_bytes(lzma.decompress(FILE.file.read_bytes()))
    return plain


class Desk:
    """An officer at a computer."""

    def __init__(self, system: Running, browser: Browser, role: str) -> None:
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
        page.get_by_label("Thêm mã của mọi hội đồng thi trong cả nước").check()
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

    def newest(self) -> None:
        """The newest edition's own page."""
        self.page.goto(f"/console/{AGENCY}/diem-thi/{EXAM}")
        self.page.locator("main a[href*='/edn_']").first.click()

    def look_over(self) -> None:
        """What an officer reads before deciding: every kind of problem with its places, every subject as a picture."""
        page, census = self.page, real_scores.facts()["thpt"]["thpt_2019"]
        page.get_by_role("link", name="Vấn đề").click()
        for sentence, code in (("Điểm lẻ khác thường", "score_off_step"), ("không có điểm môn nào", "no_score_at_all")):
            line = page.get_by_role("row").filter(has=page.get_by_role("rowheader").filter(has_text=sentence))
            expect(line).to_contain_text(_figure(FILE.found[code]))
            expect(line).to_contain_text("Cảnh báo")
        expect(page.get_by_role("table", name="Từng dòng").locator("tbody tr")).to_have_count(50)
        assert_accessible(page)
        shoot(page, "console-edition-problems")
        page.get_by_role("link", name="Phân bố điểm").click()
        expect(page.locator("figure")).to_have_count(len(SUBJECTS))
        mathematics, known = page.locator("figure").first, census["subject"]["toan"]
        expect(mathematics).to_contain_text(f"{_figure(known['n'])} bài")
        expect(mathematics).to_contain_text(f"{_figure(known['n_ten'])} điểm tối đa")
        councils = page.get_by_role("table", name="theo mã hội đồng thi").locator("tbody tr")
        expect(councils).to_have_count(census["prefixes"])
        expect(councils.first).to_contain_text("01 Hà Nội")
        expect(councils.first).to_contain_text(_figure(census["rows_by_prefix"]["01"]))
        expect(page.get_by_text("Thiếu hội đồng thi")).to_have_count(0)
        assert_accessible(page)
        shoot(page, "console-edition-preview")
        page.get_by_role("link", name="Tổng quan").click()

    def approve(self) -> None:
        """Let the edition out now, with a fresh code."""
        page = self.page
        page.get_by_role("link", name="Duyệt và hẹn giờ").click()
        page.get_by_label("Ngay sau khi duyệt").check()
        page.get_by_label("Tôi đã xem vấn đề").check()
        if page.locator("#f-code").count():
            page.locator("#f-code").fill(self.code())
        page.get_by_role("button", name="Duyệt", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text("Đang công bố", timeout=LONG)


def first_row(year: Path) -> dict[str, str]:
    """A candidate of the file with many scores."""
    with year.open() as file:
        return next(row for row in csv.DictReader(file) if row["toan"] and row["ngu_van"] and row["vat_li"])


def shoot(page: Page, name: str) -> None:
    """A picture for the eye."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def test_a_real_year_is_published_looked_up_in_the_chat_and_corrected(
    system: Running, browser: Browser, year: Path, tmp_path: Path
) -> None:
    publish_look_up_and_correct(system, browser, year, tmp_path)


@pytest.mark.sweep
def test_on_a_clean_clone_in_an_empty_home_too_and_ctrl_c_loses_nothing(
    browser: Browser, year: Path, tmp_path: Path
) -> None:
    clone = Clone(tmp_path)
    system = clone.make_run()
    try:
        assert_only_what_runs_is_there(clone)
        assert "Đăng nhập" in fetched(system, "/console/sign-in")
        assert "Tra cứu điểm" in fetched(system, f"/demo/chat?agency={AGENCY}")
        assert 'id="slip"' in fetched(system, DEMO_SLIP)
        number = publish_look_up_and_correct(system, browser, year, tmp_path)
        slips = [DEMO_SLIP, f"/{AGENCY}/diem-thi/{EXAM}/{number}"]
        before = [fetched(system, slip) for slip in slips]
    finally:
        system.stop()
    assert_stopped_cleanly(system)
    again = clone.make_run()
    try:
        assert [fetched(again, slip) for slip in slips] == before
        assert "Installing" not in again.said
        assert "Publishing" not in again.said
    finally:
        again.stop()
    assert_stopped_cleanly(again)


def fetched(system: Running, path: str) -> str:
    """A page as anybody gets it."""
    with urllib.request.urlopen(system.base + path, timeout=60) as answer:
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


def assert_only_what_runs_is_there(clone: Clone) -> None:
    """The set-up made an environment of infra/requirements.txt, not that of the tests, and left no file to commit."""
    python = clone.place / ".venv" / "bin" / "python"
    asked = "import importlib.util as u; print([bool(u.find_spec(name)) for name in ('ministack', 'pytest', 'ruff')])"
    found = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[True, False, False]"
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone.place, capture_output=True, check=True)
    assert status.stdout == b""


def assert_stopped_cleanly(system: Running) -> None:
    """It said that it stops, nothing failed on the way, and its address is free."""
    assert "Stopping …" in system.said
    assert "Traceback" not in system.said
    assert "Error" not in system.said
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(system.base, timeout=5)


def publish_look_up_and_correct(system: Running, browser: Browser, year: Path, tmp_path: Path) -> str:
    """The story; the number of the candidate whose slip was corrected."""
    candidate = first_row(year)
    number, mark = candidate["sbd"], _shown(candidate["toan"])
    publisher = Desk(system, browser, "publisher")
    publisher.sign_in()
    publisher.add_exam()
    publisher.upload(year)
    expect(publisher.page.get_by_role("main")).to_contain_text(_figure(FILE.candidates))
    assert_accessible(publisher.page)
    shoot(publisher.page, "console-edition-checked")

    approver = Desk(system, browser, "approver")
    approver.sign_in()
    approver.newest()
    approver.look_over()
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
    approver.newest()
    approver.approve()
    time.sleep(6)  # what a process knows of an exam is at most five seconds old
    citizen.goto(f"/{AGENCY}/diem-thi/{EXAM}/{number}")
    expect(citizen.locator("main")).to_contain_text("9,80")
    expect(citizen.locator("main")).to_contain_text("815/QĐ-SGDĐT")
    assert_accessible(citizen)
    assert_no_horizontal_scroll(citizen)
    shoot(citizen, "slip-corrected")
    return number


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


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _shown(text: str) -> str:
    whole, _, rest = text.partition(".")
    return f"{whole},{rest.ljust(2, '0')}"


def _changed(candidate: dict[str, str], toan: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(candidate), lineterminator="\n")
    writer.writeheader()
    writer.writerow({**candidate, "toan": toan})
    return text.getvalue()
