"""Every record that the national portal published imports, or its problem is named; and no letter of it is lost."""

import re
import unicodedata
from collections.abc import Iterable

import pytest

from miniapp.procedures import glued_lists
from miniapp.procedures.findings import Severity, counted
from miniapp.procedures.model import Way, checked
from miniapp.procedures.wording import bare, line, lines, said
from tests.support.procedures import read_2021, read_2025, read_2026, records_2021, records_2025, records_2026

# How many records have each problem. A change of these figures is a change of what is understood: look at the records.
PROBLEMS_2026 = {
    "count_after_figures": 92,
    "fee_free_but_words": 297,
    "fee_in_thousands": 21,
    "fee_too_small": 24,
    "fee_words_unclosed": 36,
    "form_name_glued": 131,
    "legal_without_number": 70,
    "limit_and_fee_glued": 55,
    "limit_in_words": 10,
    "limit_without_unit": 311,
    "limit_zero": 2,
    "paper_without_count": 14,
    "paper_without_name": 21,
    "papers_empty_case": 4,
    "papers_missing": 23,
    "papers_not_split": 25,
    "result_without_code": 17,
    "results_missing": 15,
    "strange_characters": 43,
}
PROBLEMS_2025 = {"fee_in_words": 6, "limit_in_words": 9, "limit_zero": 6}
PROBLEMS_2021 = {"fee_in_words": 2, "limit_in_words": 6, "limit_zero": 1, "no_national_code": 74}
SPOKEN = {Way.ONLINE: "Trực tuyến", Way.DESK: "Trực tiếp", Way.POST: "Dịch vụ bưu chính", Way.OTHER: ""}
PAPER_HEAD = "Têngiấytờ(Mẫuđơntờkhai)?Sốlượng"
LEGAL_HEAD = "Tên văn bản pháp lýMã văn bản"


def letters(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFC", text) if one.isalnum())


def rest(cell: str, pieces: Iterable[str]) -> str:
    """What stands between the pieces, each of which must come after the one before."""
    text, at, between = letters(cell), 0, []
    for piece in map(letters, pieces):
        place = text.find(piece, at)
        assert place >= 0, (piece, text[at : at + 200])
        between.append(text[at:place])
        at = place + len(piece)
    return "".join([*between, text[at:]])


def empty(text: str) -> str:
    """Without how the portal prints an empty cell."""
    return letters(text).replace(letters("Không có thông tin"), "")


@pytest.mark.parametrize(
    ("read", "problems", "kept"),
    [
        (read_2026, PROBLEMS_2026, 2_642),
        (read_2025, PROBLEMS_2025, 207),
        (read_2021, PROBLEMS_2021, 87 - 75),
    ],
)
def test_every_record_imports_or_names_its_problem(read, problems, kept):
    made = read()
    assert sum(one is not None for one, _ in made) == kept
    for one, found in made:
        assert (one is None) == any(item.severity is Severity.ERROR for item in found.findings)
        assert one is None or checked(one) is one
    assert counted(item for _, found in made for item in found.findings) == problems


def test_the_channels_of_every_record_hold_every_letter_of_their_cell():
    for record, (made, _) in zip(records_2026(), read_2026(), strict=True):
        cell = glued_lists.without_furniture(lines(record["cach_thuc_thuc_hien"]))
        pieces = [
            part
            for one in made.channels
            for part in (SPOKEN[one.way], one.limit.words, *(fee.words for fee in one.fees), one.note)
        ]
        assert empty(rest(cell.replace("Hình thức nộpThời gianPhí, lệ phíMô tả", "", 1), pieces)) == "", record[
            "ma_thu_tuc"
        ]


def test_every_record_says_how_to_hand_it_in():
    split = [one for one, _ in read_2026() if all(channel.way is not Way.OTHER for channel in one.channels)]
    assert len(split) == 2_642
    assert all(one.channels for one in split)


def test_the_papers_of_every_record_hold_every_letter_of_their_cell():
    for record, (made, _) in zip(records_2026(), read_2026(), strict=True):
        cell = glued_lists.without_furniture(lines(record["thanh_phan_ho_so"]))
        cases = ["", *(one.case for one in made.papers)]
        pieces = [
            part
            for before, one in zip(cases, made.papers, strict=False)
            for part in (one.case if one.case != before else "", one.name, *(form.name for form in one.forms))
        ]
        left = rest(cell, pieces)
        for case in sorted({one for one in cases if len(one) > 9}, key=len, reverse=True):
            left = left.replace(letters(case), "")  # a heading that came again
        left = re.sub(r"\d+bảnchính(\d+bảnsao)?|\d+bảnsao", "", re.sub(PAPER_HEAD, "", left))
        assert left == "", record["ma_thu_tuc"]


def test_the_legal_texts_of_every_record_hold_every_letter_of_their_cell():
    for record, (made, _) in zip(records_2026(), read_2026(), strict=True):
        cell = said(lines(record["can_cu_phap_ly"])).replace(LEGAL_HEAD, "", 1)
        assert letters(cell) == letters("".join(one.title + one.number for one in made.legal)), record["ma_thu_tuc"]


def test_the_results_of_every_record_hold_every_letter_of_their_cell():
    for record, (made, _) in zip(records_2026(), read_2026(), strict=True):
        cell = glued_lists.without_furniture(lines(record["ket_qua_xu_ly"]))
        left = letters(cell)
        pieces = {part for one in made.results for part in (one.name, one.code)} | {made.keywords}
        for piece in sorted(map(letters, pieces), key=len, reverse=True):
            left = left.replace(piece, "") if piece else left
        assert re.sub(r"Mã|Từkhóa|Môtả", "", empty(left)) == "", record["ma_thu_tuc"]


def test_nothing_of_the_page_around_a_record_is_kept():
    for made, _ in read_2026():
        texts = (made.conditions, made.address, *made.steps, *(one.name for one in made.results))
        assert not any("Chon co quan thuc hien" in bare(text) for text in texts), made.code


def test_every_text_is_composed_and_holds_no_character_that_nobody_sees():
    for made, _ in (*read_2026(), *read_2025()):
        texts = (made.name, made.conditions, *made.steps, *(one.name for one in made.papers))
        for text in texts:
            assert unicodedata.is_normalized("NFC", text)
            assert not any(unicodedata.category(one) in ("Cf", "Co", "Cs") for one in set(text)), made.code


def test_the_steps_and_the_conditions_of_every_record_are_whole():
    for record, (made, _) in zip(records_2026(), read_2026(), strict=True):
        assert letters("".join(made.steps)) == letters(lines(record["trinh_tu_thuc_hien"])), record["ma_thu_tuc"]
        whole = glued_lists.without_furniture(lines(record["yeu_cau_dieu_kien"]))
        whole = whole.removesuffix("Từ khóaKhông có thông tinMô tảKhông có thông tin")
        assert letters(made.conditions) == empty(whole), record["ma_thu_tuc"]


def test_the_tables_of_2025_keep_every_row():
    for record, (made, _) in zip(records_2025(), read_2025(), strict=True):
        tables = record["tables"]
        assert len(made.channels) == len(tables["hinh_thuc_nop"])
        assert len(made.papers) == len(tables["thanh_phan_ho_so"])
        assert len(made.legal) == len(tables["can_cu_phap_ly"])
        for row, channel in zip(tables["hinh_thuc_nop"], made.channels, strict=True):
            words = "".join(fee.words for fee in channel.fees)
            assert letters(words) in (letters(row["phi_le_phi"]), ""), made.code


def test_a_record_of_2021_finds_its_code_by_its_name():
    by_title = {line(record["title"]): made for record, (made, _) in zip(records_2021(), read_2021(), strict=True)}
    assert by_title["Đăng ký thường trú"].code == "1.004222"
