"""What the optional script does: counting down, fetching progress again, sending a file with a figure."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, redirect, request
from playwright.sync_api import Browser, Page, Route, expect

from handlers.words import build_environment
from miniapp.core.files import UploadForm
from tests.support.axe import PHONE, served

WORDS = build_environment()
HOME = "http://one.test/"
BUCKET = "http://bucket.test/"
FORM = UploadForm(BUCKET, {"key": "a/b", "policy": "p"})


class Site:
    """A site of one page whose body a test may change, with our script in it."""

    def __init__(self, browser: Browser, body: str) -> None:
        self.body = body
        self.asked = 0
        self.page: Page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        self.page.route(HOME + "**", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith(".js"):
            found = WORDS.assets.find(WORDS.assets.address("app.js").rpartition("/")[2])
            assert found is not None
            route.fulfill(body=found.body, content_type="text/javascript")
            return
        self.asked += 1
        html = f"<!doctype html><html lang=vi><title>x</title><script type=module src=/app.js></script>{self.body}"
        route.fulfill(body=html, content_type="text/html; charset=utf-8")


def component(name: str, macro: str, *arguments: Any, **options: Any) -> str:
    return str(WORDS.part("vi", f"components/{name}.html", macro, *arguments, **options))


def test_the_countdown_goes_on_in_words_and_asks_again_after_the_hour(browser: Browser) -> None:
    box = component("time_box", "time_box", "Mở lúc", "2026-07-16T01:00:00+00:00", 2)
    site = Site(browser, box.replace("data-left", 'data-spread="0" data-left'))
    site.page.goto(HOME)
    expect(site.page.get_by_role("timer")).to_have_text("Còn 0 phút 1 giây", timeout=5_000)
    expect(site.page.get_by_role("timer")).to_have_text("Đang mở kết quả, bạn chờ một chút", timeout=5_000)
    site.body = "<h1>Kết quả</h1>"
    expect(site.page.get_by_role("heading", name="Kết quả")).to_be_visible(timeout=8_000)
    site.page.context.close()


def test_a_page_that_still_counts_down_is_asked_ever_more_seldom(browser: Browser) -> None:
    box = component("time_box", "time_box", "Mở lúc", "2026-07-16T01:00:00+00:00", 0)
    site = Site(browser, box)
    site.page.goto(HOME)
    site.page.wait_for_function("sessionStorage.getItem('tries') === '1'", timeout=5_000)
    site.page.evaluate("sessionStorage.setItem('tries', '4')")
    # Math.random decides the wait of the next round: the longest one is 10 * 2 ** 4 seconds.
    site.page.add_init_script("Math.random = () => 0.99")
    site.page.reload()
    site.page.wait_for_function("sessionStorage.getItem('tries') === '5'", timeout=5_000)
    asked = site.asked
    site.page.wait_for_timeout(2_500)
    assert site.asked == asked
    site.page.context.close()


def test_progress_is_fetched_again_until_it_is_done_then_the_page_comes_anew(browser: Browser) -> None:
    site = Site(browser, component("progress", "progress", "import", "Đang kiểm tra", 10, 100, refresh=1))
    site.page.goto(HOME)
    expect(site.page.get_by_role("status")).to_contain_text("10 / 100")
    site.body = component("progress", "progress", "import", "Đang kiểm tra", 60, 100, refresh=1)
    expect(site.page.get_by_role("status")).to_contain_text("60 / 100", timeout=5_000)
    site.body = "<h1>Đã kiểm tra</h1>"
    expect(site.page.get_by_role("heading", name="Đã kiểm tra")).to_be_visible(timeout=5_000)
    site.page.context.close()


def upload(form: UploadForm = FORM, then: str = HOME + "next", most: int = 0) -> str:
    return component("upload", "upload", form, "Tệp điểm", then, most=most)


def send(page: Page, size: int) -> None:
    page.get_by_label("Tệp điểm").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * size})
    page.get_by_role("button", name="Gửi tệp").click()


def sent_file(site: Site, size: int = 2_000) -> None:
    site.page.goto(HOME)
    send(site.page, size)


def bucket(site: Site, status: int, posts: list[str]) -> None:
    def answer(route: Route) -> None:
        request = route.request
        headers = {"access-control-allow-origin": "*", "access-control-allow-headers": "*"}
        if request.method == "POST":
            posts.append(request.post_data or "")
        route.fulfill(status=204 if request.method == "OPTIONS" else status, headers=headers)

    site.page.route(BUCKET + "**", answer)


def test_a_file_is_sent_once_with_its_fields_and_the_next_page_follows(browser: Browser) -> None:
    site = Site(browser, upload(most=5_000))
    posts: list[str] = []
    bucket(site, 204, posts)
    sent_file(site)
    site.page.wait_for_url(HOME + "next", timeout=5_000)
    assert len(posts) == 1
    assert posts[0].index('name="key"') < posts[0].index('name="file"')
    site.page.context.close()


def test_a_refused_file_is_said_in_words_and_can_be_sent_again(browser: Browser) -> None:
    site = Site(browser, upload())
    posts: list[str] = []
    bucket(site, 403, posts)
    sent_file(site)
    expect(site.page.get_by_role("alert")).to_contain_text("Tệp chưa gửi được", timeout=5_000)
    assert site.page.get_by_label("Tệp điểm").evaluate("field => field.files.length") == 1
    site.page.get_by_role("button", name="Gửi tệp").click()
    expect(site.page.get_by_role("alert")).to_be_visible()
    assert len(posts) == 2
    site.page.context.close()


def test_a_file_that_is_too_large_is_not_sent_at_all(browser: Browser) -> None:
    site = Site(browser, upload(most=1_000))
    posts: list[str] = []
    bucket(site, 204, posts)
    sent_file(site)
    expect(site.page.get_by_role("alert")).to_contain_text("lớn hơn mức cho phép")
    assert posts == []
    site.page.context.close()


def test_a_bucket_that_takes_no_scripts_is_posted_to_as_a_form(browser: Browser) -> None:
    # Real servers: Playwright answers a script's preflight by itself wherever it has a route.
    posts: list[str] = []
    bucket = Flask("bucket", static_folder=None)

    @bucket.route("/", methods=["POST", "OPTIONS"])
    def take() -> Any:
        if request.method == "OPTIONS":
            return "", 403
        posts.append(request.form["key"])
        return redirect(request.form["then"], 303)

    with served(bucket) as storage, served(ours := Flask("ours", static_folder=None)) as home:
        form = UploadForm(storage + "/", {"key": "a/b", "then": home + "/next"})
        script = WORDS.assets.find(WORDS.assets.address("app.js").rpartition("/")[2])
        assert script is not None
        body = f"<title>x</title><script type=module src=/app.js></script>{upload(form, home + '/elsewhere')}"
        ours.add_url_rule("/", "page", lambda: body)
        ours.add_url_rule("/next", "next", lambda: "<h1>next</h1>")
        ours.add_url_rule("/app.js", "script", lambda: Response(script.body, content_type="text/javascript"))
        page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        page.goto(home)
        send(page, 2_000)
        page.wait_for_url(home + "/next", timeout=5_000)
        page.context.close()
    assert posts == ["a/b"]
