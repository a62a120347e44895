"""A citizen keeps a dossier by its proof, is told of it, sees who opened it, and lets it go; nobody else's, ever."""

import json
from pathlib import Path

import pytest

from miniapp.dossiers.keeping import PURPOSE
from tests.support.dossier_pages import AGENCY, BASE, DossierPages, built, look_up, pages
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor

__all__ = ["built", "pages"]

MAI, HOA = "84000000000000021", "84000000000000022"


def citizen(pages: DossierPages, user: str = MAI) -> Visitor:
    """Somebody who came in from the chat, and keeps nothing yet."""
    pages.services.dossier_keeping.forget(user)
    pages.services.consents.withdraw_all(user)
    links = pages.services.accounts.citizen_links
    return Visitor(pages.app, s=links.enter(links.make(user).rpartition("/")[2]).token)


def kept(pages: DossierPages, visitor: Visitor, state: str = "received") -> Page:
    """The dossier's page in «Của tôi», after it was kept by its link."""
    return visitor.follow(visitor.submit(f"{pages.link(state)}/giu", 303))


def place(page: Page) -> str:
    """The address of a kept dossier, from its forms."""
    action = str(page.soup.find("form", action=lambda to: bool(to) and to.startswith("/toi/ho-so/"))["action"])
    return action.partition("?")[0].rpartition("/")[0]


def test_a_dossier_is_kept_by_its_link_and_by_its_code_and_is_one_thing(pages: DossierPages):
    visitor = citizen(pages)
    by_link = kept(pages, visitor)
    found = look_up(visitor, pages.code("received"))
    shown = visitor.follow(found)
    keep = next(str(one["href"]) for one in shown.soup.select("a.way") if str(one["href"]).endswith("/giu"))
    by_code = visitor.follow(visitor.submit(keep, 303))
    assert place(by_link) == place(by_code)
    assert pages.code("received") not in place(by_link)
    assert visitor.get("/toi").html.count("/toi/ho-so/") == 1
    assert pages.code("received") in visitor.get("/toi").text


def test_a_stranger_keeps_nothing_and_learns_nothing(pages: DossierPages):
    mine = place(kept(pages, citizen(pages)))
    stranger = pages.newcomer()
    for address in (f"{pages.link('received')}/giu", mine):
        assert pages.code("received") not in stranger.get(address, 403).html
    other = citizen(pages, HOA)
    other.get(mine, 404)
    for below in ("/bao-tin", "/thoi-bao"):
        other.post(f"{mine}{below}", 404, form_token=other.get("/toi").token(), agree="1", version="1")
    other.post(f"{mine}/bo", 303, form_token=other.get("/toi").token())
    assert len(pages.services.dossier_keeping.of(MAI)) == 1
    other.get("/hs/khong-co/giu", 404)
    other.get(f"{BASE}/kq/khong-co/giu", 403)


def test_to_be_told_needs_the_tick_and_nothing_is_told_once_it_is_taken_back(pages: DossierPages):
    visitor = citizen(pages)
    page = kept(pages, visitor)
    at = place(page)
    wrong = visitor.post(f"{at}/bao-tin", 422, form_token=page.token(), version="1")
    assert wrong.soup.select_one("#f-agree[aria-invalid]") is not None
    on = visitor.follow(visitor.post(f"{at}/bao-tin", 303, form_token=wrong.token(), agree="1", version="1"))
    assert "Bạn sẽ nhận tin nhắn Zalo" in on.text
    assert pages.services.consents.holds(MAI, AGENCY, PURPOSE)
    off = visitor.follow(visitor.post(f"{at}/thoi-bao", 303, form_token=on.token()))
    assert "Bạn sẽ nhận tin nhắn Zalo" not in off.text
    again = visitor.follow(visitor.post(f"{at}/bao-tin", 303, form_token=off.token()))
    assert "Bạn sẽ nhận tin nhắn Zalo" in again.text, "the consent is still in force"
    token = visitor.get("/toi").token()
    visitor.post("/toi/dong-y/rut", 303, form_token=token, agency=AGENCY, purpose=PURPOSE)
    (held,) = pages.services.dossier_keeping.of(MAI)
    assert not held.keeper.is_told


def test_who_opened_it_is_shown_by_post_time_and_reason_and_never_by_name(pages: DossierPages):
    visitor = citizen(pages)
    page = kept(pages, visitor)
    assert "Chưa có cán bộ nào mở hồ sơ" in page.text
    openings, held = pages.services.dossier_openings, pages.made["received"]
    openings.opened(held, held.officer, decides=False)
    openings.opened(held, "off_boss", decides=True)
    shown = visitor.get(place(page))
    lines = [" ".join(one.get_text().split()) for one in shown.soup.select("ul.list li")]
    assert any(line.replace(" :", ":").startswith(f"{held.post}: Đang giải quyết hồ sơ") for line in lines), lines
    assert any(line.startswith("Cán bộ khác của cơ quan: Kiểm tra, duyệt") for line in lines)
    assert "off_" not in shown.html
    (mine,) = json.loads(visitor.get("/toi/du-lieu.json").answer.get_data(as_text=True))["dossiers"]
    assert {one["reason"] for one in mine["opened"]} == {"handling", "supervision"}
    assert (mine["code"], mine["told_of_changes"]) == (pages.code("received"), False)
    assert "off_" not in json.dumps(mine)


def test_a_second_person_needs_the_proof_too_and_each_sees_that_there_is_another(pages: DossierPages):
    first, second = citizen(pages), citizen(pages, HOA)
    assert "Chỉ mình bạn giữ" in kept(pages, first, "filed").text
    page = kept(pages, second, "filed")
    assert "Có 1 người khác cũng giữ" in page.text
    at = place(page)
    assert "/toi" in str(second.post(f"{at}/bo", 303, form_token=page.token()).answer.location)
    second.get(at, 404)
    assert "Chỉ mình bạn giữ" in kept(pages, first, "filed").text


def test_erasing_everything_lets_go_of_the_dossiers_too(pages: DossierPages):
    visitor = citizen(pages)
    kept(pages, visitor)
    page = visitor.get("/toi/xoa")
    assert "Hồ sơ giữ trong “Của tôi”: 1" in page.text
    visitor.post("/toi/xoa", form_token=page.token(), understood="1")
    assert pages.services.dossier_keeping.of(MAI) == []


def test_the_pages_are_good_markup_in_both_languages(pages: DossierPages, tmp_path: Path):
    visitor = citizen(pages)
    at = place(kept(pages, visitor, "papers"))
    for language in ("", "?lang=en"):
        for name, address in (
            ("keep", f"{pages.link('papers')}/giu"),
            ("kept", at),
            ("me", "/toi"),
            ("go", "/toi/xoa"),
        ):
            collect_html(f"{name}{language}", visitor.get(f"{address}{language}").html, tmp_path)
    assert_markup(tmp_path)


@pytest.mark.parametrize("state", ["refused", "papers", "returned"])
def test_a_kept_dossier_stands_as_it_stands_by_its_link(pages: DossierPages, state: str):
    visitor = citizen(pages)
    page = kept(pages, visitor, state)
    by_link = visitor.get(pages.link(state))
    assert by_link.soup.select("ol.list li") and page.soup.select("ol.list li")
    assert [str(one) for one in by_link.soup.select("ol.list li")] == [
        str(one) for one in page.soup.select("ol.list li")
    ]
