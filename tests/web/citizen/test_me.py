"""`/toi`: what is kept about me, my consents, my data, the way out; nobody else's, ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from miniapp.exam_scores.telling import PURPOSE
from tests.support.cloud import Cloud
from tests.support.letters import AGENCY, LAN, MINH, TO, Town
from tests.support.markup import assert_markup, collect_html


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def lived(town: Town, user: str = LAN, number: str = "02000001") -> None:
    """Somebody who registered, agreed and was written to."""
    town.made.consents.give(user, AGENCY, PURPOSE, "1")
    town.made.telling.register(AGENCY, town.exam.slug, user, number)
    to = TO if user == LAN else type(TO)(AGENCY, user)
    town.made.outbox.queue("entry_link", to, f"entry#{user}", {"agency_name": "Sở"})
    town.deliver()


def test_a_stranger_and_an_ended_session_see_nothing(town: Town) -> None:
    lived(town)
    for path in ("/toi", "/toi/du-lieu.json", "/toi/xoa", f"/toi/dong-y/{AGENCY}/score_news/1"):
        page = town.stranger().get(path, 403)
        assert "02000001" not in page.html
        assert "…001" not in page.html
    visitor = town.visitor()
    town.clock.pass_by(hours=13)
    visitor.get("/toi", 403)


def test_empty_things_say_why_they_are_empty(town: Town) -> None:
    page = town.visitor().get("/toi")
    for words in ("Chưa đăng ký kỳ thi nào", "Bạn chưa đồng ý việc gì", "Chưa có tin nào"):
        assert words in page.text


def test_what_is_kept_is_shown_and_only_my_own(town: Town) -> None:
    lived(town)
    lived(town, MINH, "02000007")
    page = town.visitor().get("/toi")
    assert "…001" in page.text
    assert "…007" not in page.text
    assert "Nhắn tin khi có điểm thi" in page.text
    assert "Đã gửi" in page.text
    assert "/toi/vao/" not in page.html


def test_the_text_that_was_agreed_to_can_be_read_again(town: Town) -> None:
    page = town.visitor().get(f"/toi/dong-y/{AGENCY}/score_news/1")
    assert "Tôi đồng ý để Sở Giáo dục và Đào tạo Đắk Lắk" in page.text
    for path in (f"{AGENCY}/score_news/2", f"{AGENCY}/../../etc/1", f"{AGENCY}/other/1", "no-such/score_news/1"):
        town.visitor().get(f"/toi/dong-y/{path}", 404)


def test_taking_a_consent_back_ends_the_registration_and_stays_in_the_history(town: Town) -> None:
    lived(town)
    visitor = town.visitor()
    visitor.follow(
        visitor.post("/toi/dong-y/rut", form_token=visitor.get("/toi").token(), agency=AGENCY, purpose=PURPOSE)
    )
    assert town.made.telling.of(LAN) == []
    assert not town.made.consents.in_force(LAN, AGENCY, PURPOSE)
    steps = town.made.consents.history(LAN)
    assert [(step.version, step.withdrawn_at is None) for step in steps] == [("1", True), ("1", False)]
    assert "Đã rút" in visitor.get("/toi").text
    for agency, purpose in (("no-such", PURPOSE), (AGENCY, "no-such"), ("", "")):
        token = visitor.get("/toi").token()
        visitor.post("/toi/dong-y/rut", form_token=token, agency=agency, purpose=purpose)


def test_my_data_comes_as_json_with_whole_numbers_and_no_way_in(town: Town) -> None:
    lived(town)
    answer = town.visitor().client.get("/toi/du-lieu.json")
    held = json.loads(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert held["registrations"][0]["candidate_numbers"] == ["02000001"]
    assert held["chat_user"] == LAN
    assert [len(held[part]) for part in ("sessions", "registrations", "messages", "consents")] == [1, 1, 1, 1]
    assert "/toi/vao/" not in answer.get_data(as_text=True)


def test_erasing_asks_first_and_then_leaves_only_the_proof_of_consent(town: Town) -> None:
    lived(town)
    lived(town, MINH, "02000007")
    visitor = town.visitor()
    page = visitor.submit("/toi/xoa", 422)
    assert page.soup.find(id="f-understood-problem")
    assert len(town.made.telling.of(LAN)) == 1
    visitor.submit("/toi/xoa", understood="1")
    assert (town.made.telling.of(LAN), town.made.outbox.of(LAN)) == ([], [])
    assert town.made.consents.history(LAN)
    visitor.get("/toi", 403)
    assert len(town.made.telling.of(MINH)) == 1


def test_leaving_everywhere_ends_every_session(town: Town) -> None:
    here, there = town.visitor(), town.visitor()
    here.post("/toi/ra-moi-noi", form_token=here.get("/toi").token())
    there.get("/toi", 403)
    here.get("/toi", 403)


@pytest.mark.parametrize(
    ("form", "act", "fields"), [("/toi/xoa", "/toi/xoa", {"understood": "1"}), ("/toi", "/toi/ra-moi-noi", {})]
)
@pytest.mark.parametrize("keeps_cookie", [True, False], ids=["three taps", "sent again later"])
def test_an_act_that_ended_the_session_ends_on_the_same_page_when_it_comes_again(
    form: str, act: str, fields: dict[str, Any], keeps_cookie: bool, town: Town
) -> None:
    lived(town)
    visitor = town.visitor()
    cookie = visitor.client.get_cookie("s")
    assert cookie
    token = visitor.get(form).token()
    first = visitor.post(act, form_token=token, **fields)
    for _ in range(2):
        if keeps_cookie:
            visitor.client.set_cookie("s", cookie.value)
        again = visitor.post(act, form_token=token, **fields)
        assert again.answer.headers["Location"] == first.answer.headers["Location"] == "/toi/ra"
        assert visitor.follow(again).h1 == "Đã thoát"
    answer = visitor.client.post(act, data={"form_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_what_was_never_done_is_not_said_to_be_done(town: Town) -> None:
    lived(town)
    visitor = town.visitor()
    erasing, taking_back = visitor.get("/toi/xoa").token(), visitor.get("/toi").token()
    visitor.post("/toi/dong-y/rut", form_token=taking_back, agency=AGENCY, purpose=PURPOSE)
    town.clock.pass_by(hours=13)
    visitor.post("/toi/xoa", 403, form_token=erasing, understood="1")
    visitor.post("/toi/xoa", 403, form_token="", understood="1")
    visitor.post("/toi/dong-y/rut", 403, form_token=taking_back, agency=AGENCY, purpose=PURPOSE)
    assert town.made.outbox.of(LAN)


def test_forms_from_elsewhere_and_old_ones_do_nothing(town: Town) -> None:
    lived(town)
    visitor = town.visitor()
    visitor.post("/toi/xoa", 422, form_token="x.y.z", understood="1")
    visitor.post("/toi/ra-moi-noi", 422, form_token="x.y.z")
    visitor.post("/toi/dong-y/rut", 422, form_token="x.y.z", agency=AGENCY, purpose=PURPOSE)
    answer = visitor.client.post("/toi/xoa", data={"understood": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert len(town.made.telling.of(LAN)) == 1


def test_every_state_is_correct_markup_in_both_languages(town: Town, tmp_path: Path) -> None:
    visitor = town.visitor()
    for state in ("empty", "full", "withdrawn"):
        if state == "full":
            lived(town)
        if state == "withdrawn":
            town.made.consents.withdraw(LAN, AGENCY, PURPOSE)
        for more in ("", "?lang=en"):
            for path in ("/toi", "/toi/xoa", f"/toi/dong-y/{AGENCY}/score_news/1"):
                collect_html(f"me-{state}-{path}-{more}", visitor.get(path + more).html, tmp_path)
    assert_markup(tmp_path)
