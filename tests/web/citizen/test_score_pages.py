"""All score pages together: what caches may keep, methods, bytes, languages, every candidate of a file."""

import gzip
import re

import pytest

from tests.support import result_pages as stage
from tests.support.result_pages import BASE, Pages, built, english, every_state, pages, visitor
from tests.support.visitor import Page, Visitor

__all__ = ["built", "pages", "visitor"]

OPEN = f"{BASE}/{stage.OPEN}"
TENTH = f"{BASE}/{stage.TENTH}"
SLIP_MOST, PAGE_MOST = 8_000, 14_000


def test_only_open_slips_their_distributions_and_their_hour_may_be_kept_by_others(visitor: Visitor) -> None:
    hours = {f"{BASE}/{stage.COMING}", f"{BASE}/{stage.COMING}/{stage.FULL}"}
    kept = {f"{OPEN}/{stage.FULL}", f"{OPEN}/pho-diem", f"{OPEN}/pho-diem?mon=A00", *hours}
    private = {BASE, OPEN, TENTH, f"{TENTH}/pho-diem", f"{BASE}/{stage.ANNOUNCED}"}
    for path in kept | private:
        answer = visitor.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("public" if path in kept else "private, no-store"), path
    for path in kept:
        strangers = newcomer_cookies(visitor, path)
        assert strangers == []
        age = sum(
            int(seconds)
            for seconds in re.findall(r"max(?:age)?-?age=(\d+)", visitor.client.get(path).headers["Cache-Control"])
        )
        assert age <= 115  # with the five seconds of the exam's row: withdrawn within 120


def newcomer_cookies(visitor: Visitor, path: str) -> list[str]:
    """What a first visit is given to keep."""
    return visitor.client.application.test_client().get(path).headers.getlist("Set-Cookie")


def test_withdrawing_hides_a_slip_within_five_seconds(pages: Pages, visitor: Visitor) -> None:
    gone = stage.graduation("rut-2026")
    out = pages.bureau.released(gone, stage.graduates())
    path = f"{BASE}/rut-2026/{stage.FULL}"
    assert visitor.get(path).h1 == "Số báo danh 02 001 001"
    pages.bureau.office.withdraw(out, "off_approver", "wrong file")
    pages.clock.pass_by(seconds=5)
    assert "tạm dừng công bố" in visitor.get(path).text


@pytest.mark.parametrize(
    "path", [BASE, OPEN, f"{OPEN}/{stage.FULL}", f"{OPEN}/pho-diem", f"{BASE}/{stage.COMING}", TENTH]
)
def test_head_is_get_without_the_body(visitor: Visitor, path: str) -> None:
    head, get = visitor.client.head(path), visitor.client.get(path)
    assert head.status_code == get.status_code == 200
    assert head.data == b""
    assert head.headers["Cache-Control"] == get.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)(f"{OPEN}/{stage.FULL}").status_code == 405
    assert visitor.client.post(f"{OPEN}/{stage.FULL}").status_code == 405


VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_inspected_small_and_in_its_language(visitor: Visitor, language: str) -> None:
    for name, path in every_state(visitor).items():
        answer = visitor.client.get(english(path) if language == "en" else path)
        page = visitor.get(english(path) if language == "en" else path, answer.status_code)
        most = SLIP_MOST if page.soup.select_one("#slip") else PAGE_MOST
        assert len(gzip.compress(page.html.encode(), 6)) <= most, name
        assert page.soup.html and page.soup.html["lang"] == language
        for link in page.soup.select("main a[href^='/'], header a.agency"):
            assert ("lang=en" in str(link["href"])) == (language == "en"), (name, link)


def test_an_english_page_holds_no_vietnamese_but_names(visitor: Visitor) -> None:
    names = (stage.LONG, "Sở GD&ĐT Phú Yên", stage.HALL, "Giấy chứng nhận kết quả thi", "12/QĐ-SGDĐT", "Tiếng Việt")
    untranslated = ("Thi nghề phổ thông 2027", "Thi nghề phổ thông", "Sở Giáo dục và Đào tạo An Giang")
    for name, path in every_state(visitor).items():
        answer = visitor.client.get(english(path))
        text = " ".join(Page(answer).soup.get_text(" ").split())
        for known in (*names, *untranslated):
            text = text.replace(known, "")
        assert not VIETNAMESE.search(text), (name, VIETNAMESE.search(text), text[:3_000])


def test_a_look_up_writes_nothing_on_its_way_to_an_open_slip(pages: Pages, visitor: Visitor) -> None:
    visitor.get(f"{OPEN}/{stage.FULL}")
    asked: list[str] = []
    pages.services.aws.dynamodb.meta.events.register(
        "before-call.dynamodb", lambda model, **rest: asked.append(model.name)
    )
    pages.clock.pass_by(seconds=6)
    visitor.get(f"{OPEN}/{stage.FULL}")
    assert set(asked) <= {"GetItem", "BatchGetItem", "Query"}


def test_every_candidate_of_the_file_finds_exactly_the_files_scores(visitor: Visitor) -> None:
    lines = stage.graduates().decode().splitlines()
    for line in lines[1::10]:
        number, *cells = line.split(",")
        page = visitor.get(f"{OPEN}/{number}")
        if number in (stage.STATES, stage.NOTHING, stage.CORRECTED):
            continue
        shown = [cell.get_text() for cell in page.soup.select("dl.rows")[0].select("dd.big")]
        assert shown == [f"{float(cell):.2f}".replace(".", ",") for cell in cells[:-1] if cell], number
