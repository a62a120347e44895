"""Another formula or benchmark in a real browser: proposed by one officer, approved by another, on every slip from then on."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from miniapp.exam_scores.model import Formula
from tests.browser.test_publishing_scores import looked_at, signed_in
from tests.browser.test_publishing_scores import town as town
from tests.support.axe import PHONE
from tests.support.markup import assert_markup, collect_html


def test_a_benchmark_is_changed_by_two_people(browser: Browser, town: object, tmp_path: Path) -> None:
    desk = town.desk  # type: ignore[attr-defined]
    desk.services.exam_office.change_exam(
        desk.now(), desk.uploader.id, formula=Formula((("toan", 2), ("van", 1)), 150, 0), benchmark=2000
    )
    desk.released()
    page = signed_in(browser, town, desk.uploader, f"{desk.base}/sua")  # type: ignore[arg-type]
    seen(page, tmp_path, "form")
    page.get_by_role("link", name="Đề nghị đổi công thức, điểm chuẩn").click()
    page.get_by_label("Điểm chuẩn chung").fill("nhiều")
    page.get_by_label("Đính chính").check()
    page.get_by_label("Số quyết định").fill("15/QĐ-SGDĐT")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen(page, tmp_path, "wrong")
    page.get_by_label("Điểm chuẩn chung").fill("24,5")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Người đề nghị không thể tự duyệt.")).to_be_visible()
    seen(page, tmp_path, "mine")

    judge = signed_in(browser, town, desk.approver, desk.base)  # type: ignore[arg-type]
    seen(judge, tmp_path, "waiting")
    judge.get_by_role("link", name="Xem đề nghị").click()
    judge.get_by_role("checkbox").check()
    seen(judge, tmp_path, "decide")
    judge.get_by_label("Mã xác thực").fill(desk.approver.code())
    judge.get_by_role("button", name="Duyệt", exact=True).click()
    expect(judge.get_by_text("24,50").first).to_be_visible()
    seen(judge, tmp_path, "approved")
    assert desk.now().benchmark == 2450
    assert_markup(tmp_path)


def seen(page: Page, folder: Path, name: str) -> None:
    """Accessible in both lights, narrow enough for a phone, and kept for the markup check."""
    looked_at(page)
    collect_html(name, page.content(), folder)
    page.set_viewport_size(PHONE)
    page.screenshot(path=folder / f"{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.screenshot(path=folder / f"{name}-desk.png", full_page=True)
