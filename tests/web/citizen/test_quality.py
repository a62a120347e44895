"""The public quality page: what is out in plain words with formulas and of how many; why what is withheld is; its files."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.app import create_app
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.quality.files import ALL, KINDS, check
from tests.support.cloud import Cloud
from tests.support.dossier_pages import open_ward
from tests.support.markup import assert_markup, collect_html
from tests.support.quality_town import IN_JANUARY, OTHER, WARD, QualityTown
from tests.support.visitor import Visitor

EMPTY, SHUT = "phuong-hoa-dao", "phuong-hoa-cuc"
BASE = f"/{WARD}/chat-luong"
PAGE_MOST = 14_000


@pytest.fixture(scope="module")
def town(_session_cloud: Cloud) -> QualityTown:
    """A ward with a rich quarter, one with a poor one, one with none, and one that does not show it."""
    _session_cloud.engine.empty()
    town = QualityTown(_session_cloud)
    AgencyStore().add(
        [
            open_ward(WARD, "phường Hoa Mai", Service.QUALITY, Service.DOSSIERS),
            open_ward(OTHER, "phường Hoa Lan", Service.QUALITY),
            open_ward(EMPTY, "phường Hoa Đào", Service.QUALITY),
            open_ward(SHUT, "phường Hoa Cúc"),
        ]
    )
    for many, how in ((120, "early"), (31, "on_time"), (12, "late")):
        town.ended(many, how)
    town.ended(14, "refused")
    town.ended(11, "refused", article="Điều 4 Nghị định 118/2025/NĐ-CP")
    town.ended(2, "refused", article="=HYPERLINK(1)")
    town.rated(40, invited=70)
    town.rated(12, overall="dissatisfied")
    town.ended(12, "late", agency=OTHER)
    town.ended(3, "early", agency=OTHER)
    town.rated(4, agency=OTHER)
    town.ended(15, "late", agency=SHUT)
    town.services.publish_quality()
    return town


@pytest.fixture
def visitor(town: QualityTown) -> Visitor:
    return Visitor(create_app(town.services.settings, town.services))


def test_the_newest_period_is_told_in_plain_words_with_formulas_and_of_how_many(visitor: Visitor):
    page = visitor.get(BASE)
    assert page.h1 == "Chất lượng phục vụ"
    for said in (
        "190 hồ sơ kết thúc",
        "92,64 % hồ sơ xong không quá hạn, trên 163 hồ sơ",
        "(trước hạn + đúng hạn) ÷ (trước hạn + đúng hạn + quá hạn) × 100",
        "52 phiếu đánh giá",
        "76,92 % phiếu hài lòng, trên 52 phiếu",
        "Quý 4 năm 2026",
        "Công bố một lần, ngày 08/01/2027",
        "Quý 1 năm 2027: từ ngày 08/04/2027",
    ):
        assert said in page.text.replace("\u00a0", " "), said
    rows = [[cell.get_text(strip=True) for cell in row.select("th,td")] for row in page.soup.select("table tbody tr")]
    assert ["Xong quá hạn", "12"] in rows and ["Điều 9", "14"] in rows
    drawn = [row for row in page.soup.select("table tbody tr") if row.select_one("svg")]
    told = [row for row in page.soup.select("table")[0].select("tbody tr") if row.td.get_text(strip=True).isdigit()]
    assert drawn == told and len(drawn) > 1  # a bar beside each number that is told, and none for what is withheld
    assert "HYPERLINK" not in page.html
    assert visitor.get(f"{BASE}/2026-q4").text == page.text


def test_what_is_too_few_says_so_and_why(visitor: Visitor):
    page = visitor.get(f"/{OTHER}/chat-luong")
    assert "Xong quá hạn không công bố" in page.text
    assert "Không có tỷ lệ đúng hạn" in page.text
    assert "Dưới 10 phiếu trong kỳ nên không có số liệu" in page.text
    assert "Không nhóm nào dưới 10 người được nêu" in page.text


def test_before_the_first_publication_the_page_says_when_it_comes(visitor: Visitor):
    page = visitor.get(f"/{EMPTY}/chat-luong")
    assert "Chưa có số liệu nào được công bố" in page.text
    assert "Số liệu đầu tiên: Quý 1 năm 2027, từ ngày 08/04/2027" in page.text


def test_an_agency_that_does_not_show_it_and_what_is_not_there_are_told(visitor: Visitor):
    for address in (f"/{SHUT}/chat-luong", f"/{SHUT}/chat-luong/2026-q4/{ALL}"):
        assert "chat-luong" not in visitor.get(address, 404).text
    assert "Kỳ này chưa có số liệu" in visitor.get(f"{BASE}/2026-q3", 404).text
    for address in ("2026-q3/quality.json", "2026-q4/other.json", "2026-q4/..%2f..%2fx", f"{'9' * 300}/quality.json"):
        visitor.get(f"{BASE}/{address}", 404)
    assert "Không có tệp này" in visitor.get(f"{BASE}/2026-q4/other.json", 404).text


def test_files_are_those_that_were_signed_and_safe_for_spreadsheets(visitor: Visitor, town: QualityTown):
    links = [str(link["href"]) for link in visitor.get(BASE).soup.select("main a[download]")]
    files = {link.rpartition("/")[2]: visitor.client.get(link) for link in links}
    assert files.keys() == KINDS.keys()
    keys = town.services.signer.public
    bodies = {name: answer.data for name, answer in files.items()}
    assert check(bodies.get, keys).is_good
    for name, answer in files.items():
        assert answer.headers["Content-Type"] == KINDS[name]
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"].startswith("public")
    assert "HYPERLINK" not in json.dumps(json.loads(bodies[ALL]))


def test_shared_caches_may_keep_the_page_and_not_a_stranger_s_address(visitor: Visitor):
    assert visitor.client.get(BASE).headers["Cache-Control"] == "public, max-age=600"
    assert visitor.client.get(f"{BASE}?lang=en").headers["Cache-Control"] == "public, max-age=600"
    assert "no-store" in visitor.client.get(f"{BASE}?x=1").headers["Cache-Control"]
    assert "Set-Cookie" not in visitor.client.get(BASE).headers


def test_the_home_leads_there_where_it_is_open(visitor: Visitor):
    assert visitor.get(f"/{WARD}/").soup.select(f'a[href="{BASE}"]')
    assert not visitor.get(f"/{SHUT}/").soup.select(f'a[href="/{SHUT}/chat-luong"]')


def test_pages_are_sound_in_both_languages_and_come_in_the_first_flight(visitor: Visitor, tmp_path: Path):
    for agency in (WARD, OTHER, EMPTY):
        for language in ("", "?lang=en"):
            page = visitor.get(f"/{agency}/chat-luong{language}")
            collect_html(f"{agency}{language}", page.html, tmp_path)
            assert len(gzip.compress(page.html.encode(), 6)) <= PAGE_MOST
    assert_markup(tmp_path)


def test_english_is_whole(visitor: Visitor):
    page = visitor.get(f"{BASE}?lang=en")
    assert "of 163 finished dossiers with an appointment were not late" in page.text
    assert "hồ sơ" not in page.text and "Quý" not in page.text


def test_a_closed_quarter_is_not_out_before_its_day(town: QualityTown, visitor: Visitor):
    town.clock.at = IN_JANUARY - timedelta(days=1)
    try:
        assert "Quý 4 năm 2026, từ ngày 08/01/2027" in visitor.get(f"/{EMPTY}/chat-luong").text
    finally:
        town.clock.at = IN_JANUARY
