"""A receipt is checked by its text alone: five answers in plain words, nothing of the store read, nothing kept."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.core.signing import PublicKeys, Verdict, public_halves
from miniapp.dossiers.receipts import check, line_of
from tests.support.cloud import settings_for
from tests.support.dossier_pages import AGENCY, DossierPages, built, look_up, pages
from tests.support.dossier_town import LAN, NOON
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.unit.dossiers.test_receipts import KEYS, LINE, OTHERS, SAMPLE, resealed

__all__ = ["built", "pages"]
ADDRESS = "/kiem-tra-giay-hen"
NOWHERE = "http://127.0.0.1:9"  # a store that was asked would not answer
FALSE = resealed(LINE.replace("202611261540", "202611251540"))


def site(keys: str = KEYS) -> Flask:
    settings = settings_for(NOWHERE, signing_keys=keys)
    return create_app(settings, Services(settings))


@pytest.fixture(scope="module")
def app() -> Flask:
    return site()


def told(app: Flask, text: str, more: str = "") -> Page:
    visitor = Visitor(app)
    return visitor.post(ADDRESS + more, 200, form_token=visitor.get(ADDRESS + more).token(), text=text)


def test_a_genuine_one_says_what_was_signed_that_it_may_differ_now_and_not_who_asked(app: Flask):
    page = told(app, LINE.lower().replace("/", " / "))
    for said in (
        "Giấy hẹn thật",
        "Nội dung đã ký",
        SAMPLE.code.printed,
        "15:40, 26/11/2026",
        "nay hồ sơ có thể đã khác",
        "không nói ai là người nộp",
    ):
        assert said in page.text
    assert page.one('main dl a[href="/phuong-hoa-mai/"]')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FALSE, "Giấy hẹn không đúng"),
        (LINE[:-2], "Chưa đọc được"),
        ("xin chào", "Chưa đọc được"),
    ],
)
def test_what_is_not_genuine_is_told_with_what_to_do_and_without_a_way_to_an_agency(app: Flask, text: str, words: str):
    page = told(app, text)
    assert words in page.text and "Giấy hẹn thật" not in page.text
    assert page.soup.select("main dl a") == []
    assert page.one("textarea").get_text() == text


def test_a_key_that_is_not_known_is_no_verdict(app: Flask):
    page = told(site(OTHERS), LINE)
    assert "Chưa kiểm tra được" in page.text and "chưa được xác nhận" in page.text


def test_nothing_pasted_and_a_page_open_too_long_lose_nothing(app: Flask):
    visitor = Visitor(app)
    page = visitor.post(ADDRESS, 422, form_token=visitor.get(ADDRESS).token(), text=" ")
    assert "bắt đầu bằng MC1/" in page.text
    page = visitor.post(ADDRESS, 422, form_token="x", text=LINE)
    assert page.one("textarea").get_text() == LINE


def test_the_published_keys_check_a_receipt_by_themselves(app: Flask):
    answer = app.test_client().get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    held: dict[str, Any] = json.loads(answer.data)
    assert check(LINE, PublicKeys.read(held)).verdict is Verdict.GENUINE
    assert all("d" not in key for key in held["keys"])


def test_public_halves_alone_publish_and_check_the_same(app: Flask):
    settings = settings_for(NOWHERE, signing_keys="", signing_keys_public=public_halves(KEYS))
    bare = create_app(settings, Services(settings))
    address = "/.well-known/jwks.json"
    assert bare.test_client().get(address).data == app.test_client().get(address).data
    assert "Giấy hẹn thật" in told(bare, LINE).text


def test_every_answer_s_markup_is_sound_in_both_languages(app: Flask, tmp_path: Path):
    for language in ("", "?lang=en"):
        collect_html(f"form{language}", Visitor(app).get(ADDRESS + language).html, tmp_path)
        for name, text in (("genuine", LINE), ("false", FALSE), ("damaged", "MC1/")):
            collect_html(f"{name}{language}", told(app, text, language).html, tmp_path)
        collect_html(f"unknown{language}", told(site(OTHERS), LINE, language).html, tmp_path)
    assert_markup(tmp_path)


def test_a_followed_receipt_is_kept_as_a_picture_that_names_nobody(pages: DossierPages):
    link = pages.link("in-progress")
    assert pages.newcomer().get(link).one(f'main a[href="{link}/giu-lai"]')
    page = pages.newcomer().get(f"{link}/giu-lai")
    assert pages.made["in-progress"].code.printed in page.text
    assert len(page.soup.select("main img")) == 3
    found = check(page.one("code").get_text(), pages.services.signer.public)
    assert found.verdict is Verdict.GENUINE
    assert found.receipt == line_of(pages.made["in-progress"], AGENCY, NOON)
    assert not any(told.reveal in page.html for told in (LAN.name, LAN.phone, LAN.identity))


def test_the_picture_needs_no_key_that_signs_and_leaves_out_a_line_that_nobody_could_check(pages: DossierPages):
    address = f"{pages.link('in-progress')}/giu-lai"
    whole = pages.newcomer().get(address).one("code").get_text()
    for keys, shown in ((pages.cloud.settings.signing_keys, [whole]), (OTHERS, [])):
        settings = replace(pages.cloud.settings, signing_keys="", signing_keys_public=public_halves(keys))
        bare = create_app(settings, Services(settings, clock=pages.clock, sleep=lambda seconds: None))
        page = Visitor(bare).get(address)
        assert [one.get_text() for one in page.soup.select("main details code")] == shown
        assert len(page.soup.select("main img")) == 2 + len(shown)


def test_who_came_by_code_gets_no_link_with_the_picture(pages: DossierPages):
    visitor = pages.newcomer()
    page = visitor.follow(look_up(visitor, pages.code("in-progress")))
    kept = visitor.get(str(page.one('main a[href$="/giu-lai"]')["href"]))
    assert len(kept.soup.select("main img")) == 2
    assert pages.link("in-progress") not in kept.html
    assert "Trang hồ sơ đã đóng" in pages.newcomer().get(str(page.one('main a[href$="/giu-lai"]')["href"]), 403).text


def test_what_was_not_received_has_no_picture(pages: DossierPages):
    for state in ("filed", "refused"):
        link = pages.link(state)
        assert "/giu-lai" not in pages.newcomer().get(link).html
        pages.newcomer().get(f"{link}/giu-lai", 404)


def test_every_picture_is_sound_in_both_languages(pages: DossierPages, tmp_path: Path):
    for state in ("received", "unlimited", "returned"):
        for language in ("", "?lang=en"):
            page = pages.newcomer().get(f"{pages.link(state)}/giu-lai{language}")
            collect_html(f"{state}{language}", page.html, tmp_path)
    assert_markup(tmp_path)
