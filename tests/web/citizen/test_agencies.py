"""The directory and the home of an agency, as anybody's browser gets them."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.support.exams import exam
from tests.support.markup import collect_html

MOST = 14_000


def seen(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    """The page at an address after what every page must be: one h1, a language, a title, small, labelled, named."""
    answer = client.get(address)
    assert answer.status_code == status, address
    assert len(gzip.compress(answer.data, 6)) <= MOST
    assert "style=" not in answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.find_all("h1")) == 1
    assert page.html
    assert page.html["lang"] in ("vi", "en")
    assert page.title
    assert page.title.string
    labels = {label["for"] for label in page.find_all("label")}
    fields = [field["id"] for field in page.find_all("input") if field.get("type") != "hidden"]
    assert set(fields) <= labels
    collect_html(f"agencies {address[:60]}", answer.text)
    return page


def rows(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in page.select("a.service")]


def words(page: BeautifulSoup) -> str:
    return " ".join(page.main.get_text(" ").split()) if page.main else ""


def test_the_directory_begins_with_ministries_and_provinces(agencies_client: FlaskClient):
    page = seen(agencies_client, "/")
    assert "/bo-gddt/" in rows(page)
    assert "/?thuoc=ubnd-tinh-dak-lak" in rows(page)
    assert len(rows(page)) == 39


def test_the_tree_leads_from_a_province_to_a_school(agencies_client: FlaskClient):
    province = seen(agencies_client, "/?thuoc=ubnd-tinh-dak-lak")
    assert "/so-gddt-dak-lak/" in rows(province)
    commune = seen(agencies_client, "/?thuoc=phuong-tuy-hoa-dak-lak")
    assert "/th-tuy-hoa-dak-lak/" in rows(commune)
    back = commune.select_one("a.back")
    assert back is not None
    assert back["href"] == "/?thuoc=ubnd-tinh-dak-lak"


def test_a_node_with_nothing_below_says_so(agencies_client: FlaskClient):
    assert "Chưa có cơ quan trực thuộc" in words(seen(agencies_client, "/?thuoc=th-tuy-hoa-dak-lak"))


def test_a_node_that_is_none_is_not_found(agencies_client: FlaskClient):
    seen(agencies_client, "/?thuoc=khong-co", 404)


def test_an_old_provinces_department_is_found_with_the_reason(agencies_client: FlaskClient):
    page = seen(agencies_client, "/?q=sở+giáo+dục+phú+yên")
    assert rows(page) == ["/so-gddt-dak-lak/"]
    assert "gồm cả tỉnh Phú Yên cũ" in words(page)


def test_an_ambiguous_name_asks_which_one(agencies_client: FlaskClient):
    page = seen(agencies_client, "/?q=tân+an")
    assert "Có 10 nơi phù hợp. Bạn tìm nơi nào?" in words(page)
    assert "/phuong-tan-an-tay-ninh/" in rows(page)
    provinces = {small.get_text() for small in page.select("a.service small")}
    assert {"Tây Ninh", "Đắk Lắk", "Cần Thơ"} <= provinces


def test_a_slip_is_corrected_and_said(agencies_client: FlaskClient):
    page = seen(agencies_client, "/?q=tyu+hoa")
    assert rows(page)[0] == "/phuong-tuy-hoa-dak-lak/"
    assert "“Tuy Hòa”" in words(page)


def test_what_is_not_found_keeps_the_words_and_says_what_to_try(agencies_client: FlaskClient):
    page = seen(agencies_client, "/?q=qwertyuiop")
    assert page.select_one("input[name=q]")["value"] == "qwertyuiop"  # type: ignore[index]
    assert "Không tìm thấy cơ quan phù hợp" in words(page)
    assert rows(page) == []


def test_a_question_that_is_too_long_is_refused_with_its_reason(agencies_client: FlaskClient):
    page = seen(agencies_client, "/?q=" + "a" * 500, 422)
    assert "Từ tìm kiếm dài hơn 120 ký tự" in words(page)


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "' OR 1=1 --", "%00", "%E2%80%AE", "🙂"],
)
def test_hostile_questions_are_just_words(typed: str, agencies_client: FlaskClient):
    answer = agencies_client.get("/", query_string={"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "49" not in words(BeautifulSoup(answer.text, "html.parser"))


@pytest.mark.parametrize("question", ["", "   ", "%20%09"])
def test_an_empty_question_is_the_directory_itself(question: str, agencies_client: FlaskClient):
    assert len(rows(seen(agencies_client, f"/?q={question}"))) == 39


def test_before_anything_is_loaded_the_directory_says_so(agencies_app: Flask):
    client = agencies_app.test_client()
    assert "Danh bạ đang được nạp" in words(seen(client, "/"))
    assert "Danh bạ cơ quan chưa sẵn sàng" in words(seen(client, "/?q=tuy+hoa", 503))


def test_a_home_shows_the_services_that_are_open(agencies_client: FlaskClient):
    page = seen(agencies_client, "/so-gddt-dak-lak/")
    assert "/so-gddt-dak-lak/diem-thi" in rows(page)
    assert "/so-gddt-dak-lak/thu-tuc" not in rows(page)
    assert "Bạn cần gì?" in words(page)


def test_a_home_without_services_says_whom_to_call(agencies_client: FlaskClient):
    assert "Cơ quan chưa mở dịch vụ nào tại đây" in words(seen(agencies_client, "/th-tuy-hoa-dak-lak/"))


def test_an_agencys_colour_stands_in_its_page(agencies_client: FlaskClient):
    assert "#0b6b4f" in agencies_client.get("/so-gddt-dak-lak/").text


def test_what_is_on_today_comes_first(agencies_app: Flask, agencies_client: FlaskClient):
    services = agencies_app.extensions["motcua"].services
    hour = services.clock.now() + timedelta(hours=1)
    services.exam_office.add_exam(exam(agency="so-gddt-dak-lak", expected_at=hour), "off_1")
    page = seen(agencies_client, "/so-gddt-dak-lak/")
    other = seen(agencies_client, "/so-y-te-dak-lak/")
    first = page.main.find(["nav", "form"]) if page.main else None
    assert first is not None
    assert first.name == "nav"
    assert other.main is not None
    assert other.main.find("nav") is None


def test_a_merged_agency_is_gone_and_leads_to_its_successor(agencies_client: FlaskClient):
    page = seen(agencies_client, "/so-gddt-phu-yen/", 410)
    assert rows(page) == ["/so-gddt-dak-lak/"]
    assert "30/06/2025" in words(page)


def test_an_unknown_agency_is_not_found(agencies_client: FlaskClient):
    seen(agencies_client, "/so-gddt-khong-co/", 404)


def test_a_renamed_agency_is_met_at_its_old_address(agencies_app: Flask, agencies_client: FlaskClient):
    agencies = agencies_app.extensions["motcua"].services.agencies
    agencies.rename("th-tuy-hoa-dak-lak", "Trường mới", "New School", "Mới", "truong-moi", by="off_1")
    answer = agencies_client.get("/th-tuy-hoa-dak-lak/?lang=en")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/truong-moi/?lang=en"
    assert "New School" in words(seen(agencies_client, "/truong-moi/?lang=en"))


@pytest.mark.parametrize(
    "address", ["/", "/?q=tuy+hoa", "/?thuoc=ubnd-tinh-dak-lak", "/so-gddt-dak-lak/", "/?q=xyzzyx"]
)
def test_the_english_page_is_english_and_its_links_stay_so(address: str, agencies_client: FlaskClient):
    glue = "&" if "?" in address else "?"
    page = seen(agencies_client, f"{address}{glue}lang=en")
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert all("lang=en" in link for link in rows(page))


def test_names_no_agency_may_take_are_no_agencys_home(agencies_client: FlaskClient):
    for name in ("console", "toi", "demo", "static"):
        assert "Sở" not in agencies_client.get(f"/{name}/").text


def test_opening_a_page_changes_nothing(agencies_app: Flask, agencies_client: FlaskClient):
    store: Any = agencies_app.extensions["motcua"].services.agencies._store
    before = store.get("so-gddt-dak-lak")
    for address in ("/", "/?q=tuy+hoa", "/so-gddt-dak-lak/", "/so-gddt-phu-yen/"):
        agencies_client.get(address)
    assert store.get("so-gddt-dak-lak") == before
