"""The API of exam scores: what it shows, to whom, when, and what it refuses."""

from datetime import timedelta
from typing import Any

import pytest

from miniapp.core.guarding import ADDRESS_FREE, ADDRESS_WAIT, NUMBER_FREE, WINDOW
from tests.support.site import BORN, CANDIDATES, CODED, COMING, OPEN, OTHER, VERIFIED, WITHDRAWN, Site, number

LOOK_UP = "/look-up"


def ask(site: Site, slug: str, number: str, address: str = "198.51.100.7", **factors: str) -> Any:
    body = {"number": number, "factors": factors} if factors else {"number": number}
    return site.client().post(site.api(slug, LOOK_UP), json=body, environ_base={"REMOTE_ADDR": address})


def test_the_list_shows_an_agency_its_own_exams_only(site: Site):
    listed = site.client().get(site.api()).json["exams"]
    assert {one["exam"]: one["state"] for one in listed} == {
        OPEN: "released",
        VERIFIED: "released",
        CODED: "released",
        COMING: "upcoming",
        WITHDRAWN: "withdrawn",
    }
    assert site.client().get(f"/api/v1/agencies/{OTHER}/exams").json == {"exams": []}


def test_an_exam_says_what_it_asks_for_and_names_subjects_in_both_languages(site: Site):
    shown = site.client().get(site.api(VERIFIED)).json
    assert shown["factors"] == ["birth_date"]
    assert shown["subjects"][0] == {"code": "toan", "name": {"vi": "Toán", "en": "Mathematics"}}
    assert shown["release_at"] == "2026-07-16T01:00:00.000Z"


def test_a_result_has_the_scores_of_the_file_and_its_correction(site: Site):
    shown = ask(site, OPEN, number(1)).json
    scores = {one["subject"]["code"]: one["score"] for one in shown["scores"]}
    assert scores["toan"] == "10.00"
    assert shown["correction"] == {"reason": "remark", "decision": "12/QĐ", "released_at": "2026-07-16T01:00:00.000Z"}
    assert ask(site, OPEN, number(2)).json["correction"] is None


def test_an_absent_candidate_has_a_state_and_no_score(site: Site):
    states = {one["subject"]["code"]: (one["state"], one["score"]) for one in ask(site, OPEN, number(5)).json["scores"]}
    assert states["hoa"] == ("absent", None)


def test_factors_are_compared_as_people_write_them(site: Site):
    for typed in (BORN, "2011-03-09", "9-3-2011"):
        assert ask(site, VERIFIED, number(1, 6), birth_date=typed).json["number"] == number(1, 6)
    assert ask(site, CODED, number(1, 6), card_code=" k7q-2m ").status_code == 200


def test_an_unknown_number_and_a_wrong_pair_get_one_answer(site: Site):
    wrong = ask(site, VERIFIED, number(1, 6), birth_date="10/03/2011")
    unknown = ask(site, VERIFIED, "999999", birth_date=BORN)
    assert (wrong.status_code, wrong.data, dict(wrong.headers)) == (404, unknown.data, dict(unknown.headers))
    assert wrong.json["code"] == "result_mismatch"


@pytest.mark.parametrize("typed", [number(1, 6), "999999", "1", "NOT-A-NUMBER"])
def test_before_release_every_number_gets_the_same_answer(site: Site, typed: str):
    answer = ask(site, COMING, typed, birth_date=BORN)
    known = ask(site, COMING, number(1, 6), birth_date=BORN)
    assert (answer.status_code, answer.data) == (403, known.data)
    assert site.client().get(site.api(COMING, "/distributions")).json["code"] == "not_released"


def test_at_its_hour_a_result_is_there_and_no_cache_was_told_to_wait_longer(site: Site):
    site.clock.pass_by(minutes=59, seconds=57)
    before = site.client().get(site.api(COMING))
    assert (before.json["state"], before.headers["Cache-Control"]) == ("upcoming", "public, max-age=3")
    site.clock.pass_by(seconds=3)
    assert site.client().get(site.api(COMING)).json["state"] == "released"
    assert ask(site, COMING, number(1, 6), birth_date=BORN).status_code == 200


def test_a_correction_that_is_to_come_is_not_announced(site: Site):
    corrections = site.client().get(site.api(OPEN)).json["corrections"]
    assert [one["reason"] for one in corrections] == ["remark"]
    assert site.client().get(site.api(COMING)).json["corrections"] == []


def test_what_was_withdrawn_is_gone(site: Site):
    assert ask(site, WITHDRAWN, number(1)).status_code == 410
    assert site.client().get(site.api(WITHDRAWN)).json["release_at"] is None


def test_a_number_without_its_zero_is_offered_with_it(site: Site):
    refused = ask(site, OPEN, number(1).lstrip("0"))
    assert (refused.status_code, refused.json["zero_padded"]) == (404, number(1))
    nobody = ask(site, OPEN, "9999999")
    assert (nobody.status_code, nobody.json["code"]) == (404, "result_unknown")
    assert "zero_padded" not in nobody.json


def test_distributions_leave_small_groups_out(site: Site):
    shown = site.client().get(site.api(OPEN, "/distributions")).json
    assert shown["population"] == CANDIDATES
    assert all(sum(one["counts"]) == one["candidates"] >= 10 for one in shown["subjects"] + shown["combinations"])


def test_a_title_comes_in_the_language_asked_for(site: Site):
    vi, en = (site.client().get(site.api("no-such-exam", f"?lang={lang}")).json["title"] for lang in ("vi", "en"))
    assert vi != en
    assert en.isascii()


MALFORMED: dict[str, tuple[bytes, str, int, str]] = {
    "nothing": (b"", "application/json", 400, "json_malformed"),
    "half an object": (b'{"number": "1"', "application/json", 400, "json_malformed"),
    "not UTF-8": (b'{"number": "\xff"}', "application/json", 400, "json_malformed"),
    "UTF-16": ('{"number": "1"}'.encode("utf-16"), "application/json", 400, "json_malformed"),
    "deep": (b'{"number":' + b"[" * 4_000, "application/json", 400, "json_malformed"),
    "a name twice": (b'{"number": "1", "number": "2"}', "application/json", 400, "json_name_repeated"),
    "an inner name twice": (
        b'{"number": "1", "factors": {"birth_date": "a", "birth_date": "b"}}',
        "application/json",
        400,
        "json_name_repeated",
    ),
    "a list": (b'["number"]', "application/json", 422, "field_kind"),
    "5,000 figures": (b'{"number": ' + b"9" * 4_000 + b"}", "application/json", 422, "field_kind"),
    "not a number": (b'{"number": NaN}', "application/json", 422, "field_kind"),
    "half a character": (b'{"number": "\\ud800"}', "application/json", 422, "field_kind"),
    "a NUL": (b'{"number": "1\\u0000"}', "application/json", 422, "field_kind"),
    "an empty number": (b'{"number": ""}', "application/json", 422, "field_missing"),
    "no number": (b"{}", "application/json", 422, "field_missing"),
    "an unknown field": (b'{"number": "1", "admin": true}', "application/json", 422, "field_unknown"),
    "a factor nobody asks": (
        b'{"number": "1", "factors": {"birth_date": "x", "card_code": "y"}}',
        "application/json",
        422,
        "field_unknown",
    ),
    "factors as text": (b'{"number": "1", "factors": "birth_date"}', "application/json", 422, "field_kind"),
    "a factor missing": (b'{"number": "1"}', "application/json", 422, "field_missing"),
    "too long": (b'{"number": "' + b"1" * 33 + b'"}', "application/json", 422, "field_too_long"),
    "huge": (b'{"number": "' + b"1" * 70_000 + b'"}', "application/json", 413, "body_too_large"),
    "more than allowed": (b'{"number": "1"' + b" " * 4_096 + b"}", "application/json", 413, "body_too_large"),
    "a form": (b"number=1", "application/x-www-form-urlencoded", 415, "body_kind_unknown"),
    "text": (b'{"number": "1"}', "text/plain", 415, "body_kind_unknown"),
    "another charset": (b'{"number": "1"}', "application/json; charset=utf-16", 415, "body_kind_unknown"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_body_that_is_not_declared_is_refused_by_name(site: Site, kind: str):
    body, media, status, code = MALFORMED[kind]
    answer = site.client().post(site.api(VERIFIED, LOOK_UP), data=body, content_type=media)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("query", ["?lang=fr", "?lang=vi&lang=en", "?debug=1", "?%00=1", "?lang="])
def test_a_parameter_that_is_not_declared_is_refused(site: Site, query: str):
    answer = site.client().get(site.api(OPEN, query))
    assert (answer.status_code, answer.json["code"]) == (422, "parameter_unknown")


@pytest.mark.parametrize("slug", ["x" * 3_000, "Caps", "a%00b", "..", "%F0%9F%98%80", "a_b", "-"])
def test_what_cannot_be_an_exam_never_reaches_the_store(site: Site, slug: str):
    before = site.services.editions.rows.reads
    assert site.client().get(site.api(slug)).status_code == 404
    assert site.services.editions.rows.reads == before


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_only_declared_methods_are_answered(site: Site, method: str):
    for address in (site.api(), site.api(OPEN), site.api(OPEN, LOOK_UP), "/api/openapi.json"):
        answer = site.client().open(address, method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD", "POST"}
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_walk_gets_at_most_a_hundred_wrong_answers_per_address_and_window(site: Site):
    wrong = 0
    place = 0
    end = site.clock.now() + timedelta(seconds=WINDOW - 1)
    while site.clock.now() < end:
        place += 1
        answer = ask(site, VERIFIED, f"{130_000 + place}", birth_date=BORN)
        wrong += answer.status_code == 404
        if answer.status_code == 429:
            assert answer.json["code"] == "form_must_wait"
            assert 0 < int(answer.headers["Retry-After"]) <= ADDRESS_WAIT + 1
            site.clock.pass_by(seconds=int(answer.headers["Retry-After"]))
    assert ADDRESS_FREE < wrong <= 100


def test_a_walk_harms_nobody_at_another_address_nor_with_a_number_that_is_right(site: Site):
    for place in range(ADDRESS_FREE):
        ask(site, VERIFIED, f"{130_000 + place}", birth_date=BORN)
    assert ask(site, VERIFIED, number(1, 6), birth_date=BORN).status_code == 429
    assert ask(site, VERIFIED, number(1, 6), address="203.0.113.9", birth_date=BORN).status_code == 200
    site.clock.pass_by(seconds=ADDRESS_WAIT + 1)
    assert ask(site, VERIFIED, number(1, 6), birth_date=BORN).status_code == 200


def test_a_number_waits_but_is_never_locked(site: Site):
    codes = [
        ask(site, VERIFIED, number(3, 6), address=f"192.0.2.{place}", birth_date="01/01/2000").json["code"]
        for place in range(NUMBER_FREE + 1)
    ]
    assert codes[-1] == "too_many_tries"
    site.clock.pass_by(seconds=60)
    assert ask(site, VERIFIED, number(3, 6), birth_date=BORN).status_code == 200


def test_right_answers_cost_nobody_anything(site: Site):
    answers = {ask(site, VERIFIED, number(place % CANDIDATES, 6), birth_date=BORN).status_code for place in range(150)}
    assert answers == {200}
