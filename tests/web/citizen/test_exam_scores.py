"""Citizens' score pages: the list, the hour, the form and slip of open exams, distributions; by a browser without script."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support import result_pages as stage
from tests.support.exams import csv_file
from tests.support.happened import heard
from tests.support.result_pages import BASE, BORN, WAITING, Pages, built, english, pages, same, visitor
from tests.support.visitor import Page, Visitor

__all__ = ["built", "pages", "visitor"]

OPEN = f"{BASE}/{stage.OPEN}"


# The list


def test_what_is_out_comes_first_and_what_comes_next_follows_with_its_hour(visitor: Visitor) -> None:
    page = visitor.get(BASE)
    notes = [small.get_text(strip=True) for small in page.soup.select(".service small")]
    assert notes[:5] == ["Đã có kết quả từ ngày 16/07/2026"] * 5
    assert notes[5:] == [
        "Có kết quả từ 09:00, 16/07/2026",
        "Có kết quả từ 08:00, 19/07/2026",
        *sorted(notes[7:]),
    ]
    assert set(notes[7:]) == {"Chưa có giờ công bố", "Kết quả đang tạm dừng công bố"}


def test_an_agency_without_exams_says_so_and_what_to_do(visitor: Visitor) -> None:
    page = visitor.get(f"/{stage.BARE}/diem-thi")
    assert "Chưa có kỳ thi nào" in page.text
    assert "hỏi nhà trường" in page.text


def test_an_unknown_exam_and_an_unknown_agency_are_not_found(visitor: Visitor) -> None:
    visitor.get(f"{BASE}/khong-co", 404)
    visitor.get("/khong-co/diem-thi", 404)


# Before the hour


@pytest.mark.parametrize("slug", WAITING)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_before_the_hour_every_number_gets_the_same_answer(visitor: Visitor, slug: str, language: str) -> None:
    path = f"{BASE}/{slug}"
    if slug == stage.ANNOUNCED:  # asks for more than a number: no number has an address at all
        return
    answers = set()
    for tail in (stage.FULL, "99999999", "abc", "2001001", "0" * 300, "%E2%80%AE%00", "02 001 001", "pho-diem"):
        address = f"{path}/{tail}"
        answers.add(same(visitor.get(english(address) if language == "en" else address)))
    assert len(answers) == 1
    assert visitor.get(path).status == 200


@pytest.mark.parametrize("slug", WAITING)
def test_a_form_sent_before_the_hour_leads_to_the_hour_whatever_was_typed(visitor: Visitor, slug: str) -> None:
    token = visitor.get(OPEN).token()
    for number in (stage.FULL, "99999999", "", "abc"):
        page = visitor.post(f"{BASE}/{slug}", 303, form_token=token, number=number, **BORN)
        assert page.answer.headers["Location"] == f"{BASE}/{slug}"
        assert "Set-Cookie" not in page.answer.headers


def test_the_hour_is_large_and_counted_down_in_words(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.COMING}")
    assert "09:00" in page.text
    assert "Còn 1 giờ 0 phút" in page.text
    assert page.soup.select_one('[role=timer][data-left="3600"]')
    assert page.soup.select_one(f'a[href="{BASE}/{stage.COMING}/bao-tin"]')


def test_at_the_hour_the_same_address_shows_the_slip(pages: Pages, visitor: Visitor) -> None:
    path = f"{BASE}/{stage.COMING}/{stage.FULL}"
    assert "Số báo danh 02 001 001" not in visitor.get(path).h1
    pages.clock.pass_by(minutes=59, seconds=59)
    assert "Số báo danh 02 001 001" not in visitor.get(path).h1
    pages.clock.pass_by(seconds=1)
    assert visitor.get(path).h1 == "Số báo danh 02 001 001"


def test_an_exam_without_an_hour_says_so(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.SILENT}")
    assert "Chưa có giờ công bố" in page.text
    assert not page.soup.select("[data-left]")


def test_a_withdrawn_exam_says_that_it_is_checked_and_offers_nothing_to_wait_for(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.WITHDRAWN}/{stage.FULL}")
    assert "tạm dừng công bố" in page.text
    assert "Trong lúc chờ" not in page.text
    assert not page.soup.select("a[href$='bao-tin']")


def test_nothing_of_the_exam_that_comes_leaks_into_its_statistics(visitor: Visitor) -> None:
    assert "thí sinh có điểm" not in visitor.get(f"{BASE}/{stage.COMING}/pho-diem?mon=toan").text


# The form of an open exam


def test_a_number_typed_with_blanks_opens_the_slip_at_its_one_address(visitor: Visitor) -> None:
    sent = visitor.submit(OPEN, number=" 02 001-001 ")
    assert sent.answer.headers["Location"] == f"{OPEN}/{stage.FULL}"
    assert visitor.follow(sent).h1 == "Số báo danh 02 001 001"


def test_what_is_typed_is_counted_apart_from_slips_and_never_the_number(visitor: Visitor) -> None:
    with heard() as held:
        visitor.follow(visitor.submit(OPEN, number=stage.FULL))
        visitor.submit(OPEN, number="99999999")
        visitor.submit(OPEN, 422, number="x")
        visitor.get(f"{OPEN}/{stage.FULL}")
    counted = {key[2]: times for key, times in held.counted.items() if key[:2] == (stage.AGENCY, "scores_looked_up")}
    assert counted == {"typed": 2, "found": 2}
    assert not any(stage.FULL in line or "99999999" in line for line in held.lines)


def test_every_way_of_writing_a_number_in_an_address_leads_to_one(visitor: Visitor) -> None:
    for written in ("02 001 001", "02.001.001", "02001001 "):
        assert visitor.get(f"{OPEN}/{written}", 303).answer.headers["Location"] == f"{OPEN}/{stage.FULL}"
    moved = visitor.get(english(f"{OPEN}/02 001 001"), 303)
    assert moved.answer.headers["Location"] == english(f"{OPEN}/{stage.FULL}")


def test_letters_of_a_number_may_be_typed_small_and_lead_to_its_one_address(pages: Pages, visitor: Visitor) -> None:
    lettered = replace(stage.graduation("chu-2026"), number_format="[A-Z]{2}[0-9]{4}", number_example="PY0001")
    pages.bureau.released(lettered, csv_file(["sbd", "toan"], [("PY0001", "7"), ("PY0002", "8")]))
    path = f"{BASE}/chu-2026"
    assert visitor.submit(path, number="py 0001").answer.headers["Location"] == f"{path}/PY0001"
    assert visitor.get(f"{path}/py0001", 303).answer.headers["Location"] == f"{path}/PY0001"
    assert visitor.get(path).soup.select_one("#f-number")["inputmode"] == "text"  # type: ignore[index]
    assert "PY" in visitor.get(f"{path}/PY0002").h1


def test_a_link_may_bring_the_number_along(visitor: Visitor) -> None:
    assert visitor.get(f"{OPEN}?sbd=02001001").value("number") == "02001001"


def test_a_number_that_nobody_has_keeps_what_was_typed_and_says_what_to_try(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/99999999", 404)
    assert page.value("number") == "99999999"
    assert "Không tìm thấy kết quả" in page.text
    assert "Nếu vẫn chưa thấy" in page.text
    assert page.soup.title and page.soup.title.get_text().startswith("Lỗi:")
    assert page.soup.select_one('#problems a[href="#f-number"]')
    assert "Có phải" not in page.text


def test_a_lost_zero_is_offered_as_a_link_beside_the_problem(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/2001001", 404)
    link = page.soup.select_one(f'a[href="{OPEN}/{stage.FULL}"]')
    assert link and link.get_text() == "Có phải bạn muốn tìm số 02\u00a0001\u00a0001?"
    assert visitor.get(str(link["href"])).h1 == "Số báo danh 02 001 001"


def test_a_number_that_nobody_has_with_its_zero_either_is_not_offered(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/9999999", 404)
    assert page.value("number") == "9999999"
    assert "Có phải" not in page.text
    assert "Nhập đủ các số 0 ở đầu" in page.text


@pytest.mark.parametrize(
    "typed", ["", "   ", "abc", "1", "9" * 5_000, "\u202e02001001", "02001001\0", "<b>2", "💥" * 9, "²" * 8]
)
def test_what_can_be_no_number_comes_back_as_typed_with_a_sentence(visitor: Visitor, typed: str) -> None:
    token = visitor.get(OPEN).token()
    page = visitor.post(OPEN, 303 if "02001001" in typed else 422, form_token=token, number=typed)
    if page.status == 303:  # marks that nobody sees are no part of a number
        assert page.answer.headers["Location"] == f"{OPEN}/{stage.FULL}"
        return
    assert page.soup.select_one("#f-number-problem")
    assert "<b>2" not in page.html
    assert len(page.html) < 40_000


@pytest.mark.parametrize(
    "tail", ["%00", "%E2%80%AE02001001", "%FF%FE", "a" * 3_000, "%3Cscript%3E", "02001001.css", "..%2f..%2fx"]
)
def test_what_can_be_no_number_in_an_address_is_answered_politely_and_kept_by_no_cache(
    visitor: Visitor, tail: str
) -> None:
    answer = visitor.client.get(f"{OPEN}/{tail}")
    page = Page(answer)
    assert answer.status_code in (404, 422)
    assert "no-store" in answer.headers["Cache-Control"]
    assert not re.search("[\0\u202e]|<script>", page.html)
    assert len(page.html) < 40_000


def test_an_old_form_of_an_open_exam_still_finds_its_slip(visitor: Visitor) -> None:
    assert visitor.post(OPEN, 303, form_token="old", number=stage.FULL).answer.headers["Location"].endswith(stage.FULL)


def test_a_form_sent_from_another_site_is_refused(visitor: Visitor) -> None:
    answer = visitor.client.post(OPEN, data={"number": stage.FULL}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("seconds", "kept"), [(3600, 5), (5, 5), (4, 4), (1, 1), (0.4, 0)])
@pytest.mark.parametrize("tail", ["", f"/{stage.FULL}", "/99999999", "/pho-diem"])
def test_shared_caches_keep_the_hour_for_seconds_and_never_beyond_it(
    pages: Pages, visitor: Visitor, seconds: float, kept: int, tail: str
) -> None:
    at = pages.exams[stage.COMING].next
    assert at is not None
    pages.clock.at = at.release_at - timedelta(seconds=seconds)
    answer = visitor.client.get(f"{BASE}/{stage.COMING}{tail}")
    assert answer.headers["Cache-Control"] == (f"public, max-age={kept}" if kept else "private, no-store")
    assert "Set-Cookie" not in answer.headers
    assert "form_token" not in answer.text
    assert answer.text == stage.newcomer(pages).client.get(f"{BASE}/{stage.COMING}{tail}").text


def test_the_hour_of_an_exam_that_asks_for_more_than_a_number_is_kept_by_nobody(visitor: Visitor) -> None:
    answer = visitor.client.get(f"{BASE}/{stage.ANNOUNCED}")
    assert answer.headers["Cache-Control"] == "private, no-store"


# The slip


def test_a_slip_shows_scores_shares_pictures_and_the_words_about_the_paper(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.FULL}")
    first = page.soup.select_one(".rows > div")
    assert first and [cell.get_text(" ", strip=True) for cell in first.select("dt, dd.big, small")] == [
        "Toán",
        "8,25",
        first.select("small")[0].get_text(),
    ]
    assert re.fullmatch(r"Cao hơn \d+ % thí sinh", first.select("small")[0].get_text())
    assert len(page.soup.select("svg.bars")) == 9
    assert len(page.soup.select("svg.bars path.mine")) == 9
    assert len(page.soup.select(".vh table")) == 9
    assert "Kết quả chính thức theo Giấy chứng nhận kết quả thi" in page.text
    assert "so với 305 thí sinh" in page.text
    assert "7,33" in page.text


def test_the_share_is_of_this_editions_candidates_with_strictly_less_rounded_down(
    pages: Pages, visitor: Visitor
) -> None:
    _, build = pages.services.looking_up.released(pages.exams[stage.OPEN])
    counts = build.statistics.subjects["toan"].counts
    share = 100 * sum(count for score, count in counts.items() if score < 825) // sum(counts.values())
    assert f"Cao hơn {share} % thí sinh" in visitor.get(f"{OPEN}/{stage.FULL}").text


def test_a_slip_of_an_exam_with_few_candidates_does_not_say_how_few(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.SMALL}/{stage.FULL}")
    assert "Công bố lúc" in page.text
    assert "so với" not in page.text
    figures = visitor.get(f"{BASE}/{stage.SMALL}/pho-diem")
    assert not re.search(r"\b1 thí sinh", page.text + figures.text)


def test_the_re_mark_is_an_action_of_the_slip_while_its_window_is_open(pages: Pages, visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.FULL}")
    link = page.soup.select_one('.actions a[href="#phuc-khao"]')
    assert link and link.get_text(strip=True) == "Phúc khảo"
    section = page.soup.select_one("#phuc-khao")
    assert section and "Đang nhận đơn" in section.find_next("p").get_text()
    without = visitor.get(f"{BASE}/{stage.OUTCOMES}/{stage.decided(0)}")
    assert not without.soup.select("[href='#phuc-khao']")


def test_totals_come_best_first_and_the_rest_behind_more(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.FULL}")
    lists = page.soup.select("dl.rows")
    shown = [cell.get_text() for cell in lists[1].select("dd.big")]
    more = [cell.get_text() for cell in page.soup.select("details dd.big")]
    totals = [int(text.replace(",", "")) for text in shown + more]
    assert len(shown) == 3
    assert len(totals) == 14
    assert totals == sorted(totals, reverse=True)
    assert "Xem thêm 11 tổ hợp" in page.text


def test_without_a_language_code_a_total_says_its_condition(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.FULL}")
    conditioned = [row for row in page.soup.select(".rows > div") if "nếu Ngoại ngữ là tiếng Anh" in row.get_text()]
    assert {row.select_one("dt b").get_text() for row in conditioned} == {"A01", "B08", "D01", "D07", "D14", "D15"}  # type: ignore[union-attr]


def test_with_another_language_the_totals_of_english_are_left_out(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.ENGLISH}")
    assert "Ngoại ngữ (Trung)" in page.text
    assert not {"A01", "D01", "D07"} & {bold.get_text() for bold in page.soup.select("dt b")}


def test_states_stand_in_words_and_nought_is_a_score(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.STATES}")
    rows = {row.dt.get_text(): row.dd.get_text() for row in page.soup.select(".rows > div")}  # type: ignore[union-attr]
    assert rows == {
        "Toán": "Vắng thi",
        "Ngữ văn": "7,50",
        "Ngoại ngữ (Anh)": "Miễn thi",
        "Vật lí": "Đình chỉ thi",
        "Hóa học": "Hủy kết quả",
        "Sinh học": "0,00",
    }
    assert "Cao hơn 0 %" not in page.text


def test_a_candidate_without_any_score_is_told_so(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.NOTHING}")
    assert "không có điểm môn nào" in page.text
    assert not page.soup.select(".rows")


def test_a_corrected_slip_says_when_why_and_by_which_decision(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/{stage.CORRECTED}")
    assert "Điểm đã cập nhật ngày 16/07/2026 sau phúc khảo, theo quyết định 12/QĐ-SGDĐT." in page.text
    assert "10,00" in page.text
    assert "cập nhật" not in visitor.get(f"{OPEN}/{stage.FULL}").text


def test_a_small_group_has_no_share_and_no_picture(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.SMALL}/{stage.FULL}")
    assert not page.soup.select("svg.bars")
    assert "Cao hơn" not in page.text
    assert "7,00" in page.text


def test_the_window_of_re_marks_is_open_then_over(pages: Pages, visitor: Visitor) -> None:
    path = f"{OPEN}/{stage.FULL}"
    opened = visitor.get(path).text
    assert "Đang nhận đơn, đến 08:00, 26/07/2026." in opened
    assert stage.HALL in opened
    pages.clock.pass_by(days=10, seconds=1)
    over = visitor.get(path).text
    assert "Đã hết hạn nhận đơn từ 26/07/2026." in over
    assert stage.HALL not in over


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0, "Trúng tuyển"),
        (1, "Trúng tuyển nguyện vọng 1"),
        (2, "Trúng tuyển nguyện vọng 2"),
        (3, "Trúng tuyển nguyện vọng 3"),
        (4, "Tuyển thẳng"),
        (5, "Trúng tuyển bổ sung"),
        (6, "Không trúng tuyển"),
        (7, "Bị loại do có điểm liệt"),
        (8, "Vắng thi"),
    ],
)
def test_what_the_file_decided_stands_in_words(visitor: Visitor, place: int, words: str) -> None:
    page = visitor.get(f"{BASE}/{stage.OUTCOMES}/{stage.decided(place)}")
    banner = page.soup.select_one(".banner")
    assert banner and banner.get_text(strip=True) == words
    assert ("success" in banner["class"]) == (place < 6)
    assert "Tổng điểm xét tuyển 21,00" in page.text
    assert "Điểm chuẩn 20,00" in page.text


# Distributions


def test_a_distribution_says_its_figures_and_marks_the_chosen_one(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/pho-diem?mon=van")
    assert page.h1 == "Phổ điểm Ngữ văn"
    assert page.soup.select_one(".chips [aria-current=page]").get_text() == "Ngữ văn"  # type: ignore[union-attr]
    assert len(page.soup.select(".chips a")) == 9 + 14
    assert "304 thí sinh có điểm" in page.text
    said = re.findall(r"(\d+) thí sinh \((\d+,\d\d)\s%\) (?:đạt 10,00|từ 1,00 trở xuống)", page.text)
    assert len(said) == 2
    assert all(abs(int(count) / 3.04 - float(part.replace(",", "."))) <= 0.005 for count, part in said)
    bands = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert sum(int(row.split()[-1]) for row in bands) == 304
    assert all(re.match(r"\d,[05]0 – \d+,[05]0 \d+", row) for row in bands)


def test_a_combination_names_its_subjects_and_an_unknown_choice_shows_the_first(visitor: Visitor) -> None:
    page = visitor.get(f"{OPEN}/pho-diem?mon=A00")
    assert "Toán, Vật lí, Hóa học" in page.text
    assert "1,00 trở xuống" not in page.text
    for unknown in ("", "x", "%00", "A" * 500):
        assert visitor.get(f"{OPEN}/pho-diem?mon={unknown}").h1 == "Phổ điểm Toán"


def test_groups_that_are_too_small_are_not_shown(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/{stage.SMALL}/pho-diem?mon=toan")
    assert "Chưa đủ thí sinh" in page.text
    assert not page.soup.select("table")
