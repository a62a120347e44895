"""The directory: what people type and what they must find."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.agencies.directory import Finder
from miniapp.core.errors import Invalid

TABLE = Path(__file__).with_name("directory_queries.csv")


def queries() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def test_the_table_has_a_hundred_questions_and_every_kind_of_answer():
    rows = queries()
    assert len(rows) >= 100
    kinds = {row["why"] for row in rows}
    assert kinds == {"name", "province_of", "old_province", "old_district", "old_commune", "miss"}
    assert any(int(row["total"]) > 1 for row in rows)
    assert any(row["corrected"] for row in rows)


@pytest.mark.parametrize("row", queries(), ids=lambda row: row["query"])
def test_a_question_finds_what_it_means(row: dict[str, str], finder: Finder):
    answer = finder.search(row["query"])
    found = [match.agency.id for match in answer.matches]
    assert found[:3] == row["first"].split()
    assert answer.total == int(row["total"])
    assert (answer.matches[0].why if answer.matches else "miss") == row["why"]
    assert answer.corrected == row["corrected"]


def test_tan_an_is_ten_communes_and_the_asker_must_choose(finder: Finder):
    answer = finder.search("Tân An")
    assert answer.is_ambiguous
    assert answer.total == 10
    assert len({match.within for match in answer.matches}) == 10
    assert all(match.agency.name.endswith("Tân An") for match in answer.matches)


def test_the_department_of_a_province_that_is_no_more_is_told_with_its_reason(finder: Finder):
    (match,) = finder.search("sở giáo dục phú yên").matches
    assert match.agency.name == "Sở Giáo dục và Đào tạo Đắk Lắk"
    assert (match.why, match.old_type, match.old_name) == ("old_province", "tỉnh", "Phú Yên")


def test_an_old_ward_is_told_with_the_district_and_province_it_lay_in(finder: Finder):
    (match,) = finder.search("P.5, TP Tuy Hòa, Phú Yên").matches
    assert (match.old_type, match.old_name) == ("phường", "5")
    assert match.old_within == ("thành phố Tuy Hòa", "Phú Yên")


def test_a_pasted_old_address_finds_the_new_commune_and_says_what_it_let_go(finder: Finder):
    answer = finder.search("Số 12 Nguyễn Huệ, Phường 5, TP. Tuy Hòa, Tỉnh Phú Yên")
    assert [match.agency.id for match in answer.matches] == ["phuong-tuy-hoa-dak-lak"]
    assert answer.loose


@pytest.mark.parametrize(
    "typed", ["Phú Yên", "PHÚ YÊN", "Phu\u0301 Ye\u0302n", "  phú   yên ", "phú\u200byên", "phúyên"]
)
def test_case_blanks_and_unicode_forms_do_not_matter(typed: str, finder: Finder):
    assert [match.agency.id for match in finder.search(typed).matches] == ["ubnd-tinh-dak-lak"]


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "!!!", "…", "🙂"])
def test_nothing_asked_is_nothing_found(typed: str, finder: Finder):
    answer = finder.search(typed)
    assert (answer.matches, answer.total, answer.others) == ((), 0, ())


def test_a_question_that_is_none_any_more_is_refused(finder: Finder):
    with pytest.raises(Invalid) as refused:
        finder.search("Tân An " * 40)
    assert refused.value.code == "search_too_long"


def test_no_agency_that_was_merged_is_ever_offered(finder: Finder):
    for row in queries():
        answer = finder.search(row["query"])
        offered = [match.agency.id for match in (*answer.matches, *answer.others)]
        assert "so-gddt-phu-yen" not in offered
        assert len(offered) == len(set(offered))


@settings(max_examples=300, deadline=None)
@given(typed=st.text(max_size=110))
def test_whatever_is_typed_gets_an_answer(typed: str, finder: Finder):
    answer = finder.search(typed)
    assert len(answer.matches) <= answer.total or not answer.matches


KNOWN = ("p", "q", "tp", "h", "x", "thcs", "sở", "giáo", "dục", "phú", "yên", "tân", "an", "5", "1", "hcm", "xyz")


@settings(max_examples=200, deadline=None)
@given(typed=st.lists(st.sampled_from(KNOWN), max_size=30))
def test_any_order_of_known_words_gets_an_answer(typed: list[str], finder: Finder):
    answer = finder.search(" ".join(typed)[:120])
    assert answer.total >= len(answer.matches)


@pytest.mark.parametrize("name", ["Đắk Lắk", "Hồ Chí Minh", "Nghệ An", "Cà Mau", "Huế"])
def test_every_way_to_write_a_province_finds_it(name: str, finder: Finder):
    from miniapp.core.folding import fold

    first = finder.search(name).matches[0].agency.id
    for typed in (name.upper(), fold(name), fold(name).replace(" ", "")):
        assert finder.search(typed).matches[0].agency.id == first
