"""A record whose tables were glued into one text is told apart again; what can't be is kept whole and named."""

import pytest

from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.findings import Found
from miniapp.procedures.glued import channels
from miniapp.procedures.glued_lists import legal, papers, results, without_furniture
from miniapp.procedures.levels import Level
from miniapp.procedures.model import FeeLine, Form, LegalBasis, Online, Paper, Result, Way
from miniapp.procedures.national import procedure
from miniapp.procedures.national_tables import by_2021, by_2025

HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LEGAL = "Tên văn bản pháp lýMã văn bản"


def codes(found):
    return [one.code for one in found.findings]


def test_each_way_has_its_time_its_fee_and_its_words():
    found = Found()
    cell = (
        HEAD
        + "Trực tuyến3 Ngày làm việcMiễn phíNộp qua mạng.Trực tiếp0,5 Ngày làm việc8,000 VNĐ(8.000 đồng/bản)Nộp tại quầy."
    )
    online, desk = channels(cell, found)
    assert (online.way, online.limit.amount, online.fees[0].amount, online.note) == (
        Way.ONLINE,
        1440,
        0,
        "Nộp qua mạng.",
    )
    assert desk.limit == TimeLimit(Count.WORKING_DAYS, 240, "0,5 Ngày làm việc")
    assert desk.fees == (FeeLine(8_000, "VND", "bản", "8,000 VNĐ (8.000 đồng/bản)"),)
    assert codes(found) == []


def test_days_without_a_unit_are_days_and_named():
    found = Found()
    (one,) = channels(HEAD + "Trực tuyến7Miễn phí", found)
    assert one.limit == TimeLimit(Count.CALENDAR_DAYS, 7, "7")
    assert codes(found) == ["limit_without_unit"]


def test_a_time_and_a_sum_that_ran_together_stay_words():
    found = Found()
    (one,) = channels(HEAD + "Trực tuyến1100 VNĐ", found)
    assert (one.limit.count, one.fees) == (Count.UNSTATED, (FeeLine(words="1100 VNĐ"),))
    assert codes(found) == ["limit_and_fee_glued"]


def test_free_beside_words_that_tell_a_fee_is_not_free():
    found = Found()
    (one,) = channels(HEAD + "Trực tiếp1 NgàyMiễn phí(Mức lệ phí do Hội đồng nhân dân quy định)", found)
    assert one.fees == (FeeLine(words="Miễn phí (Mức lệ phí do Hội đồng nhân dân quy định)"),)
    assert codes(found) == ["fee_free_but_words"]


@pytest.mark.parametrize(
    ("words", "amount", "named"),
    [
        ("(150.000 đồng/giấy)", 150_000, ["fee_in_thousands"]),
        ("(theo biểu phí)", None, ["fee_too_small"]),
    ],
)
def test_a_sum_in_thousands_counts_only_where_the_words_say_it_in_full(words, amount, named):
    found = Found()
    (one,) = channels(HEAD + "Trực tiếp1 Ngày150 VNĐ" + words, found)
    assert (one.fees[0].amount, codes(found)) == (amount, named)


def test_several_fees_of_one_way_are_several_lines():
    (one,) = channels(HEAD + "Trực tiếp5 Ngày làm việc5 USD(một lần (trẻ em))10 USD(nhiều lần)Ghi chú", Found())
    assert [(fee.amount, fee.currency) for fee in one.fees] == [(500, "USD"), (1_000, "USD")]
    assert one.note == "Ghi chú"


def test_words_about_a_way_do_not_begin_another():
    (one,) = channels(HEAD + "Trực tiếp5 NgàyMiễn phíHoặc Trực tuyến: qua cổng. Trực tuyến tại nhà.", Found())
    assert one.note == "Hoặc Trực tuyến: qua cổng. Trực tuyến tại nhà."


def test_a_cell_of_another_kind_is_kept_whole():
    found = Found()
    (one,) = channels("Gửi thư tay", found)
    assert (one.way, one.note, codes(found)) == (Way.OTHER, "Gửi thư tay", ["channels_not_split"])


def test_papers_have_counts_forms_and_the_case_they_are_for():
    found = Found()
    cell = f"--{PAPERS}Tờ khai theo mẫu;Tokhai.docx1 bản chínhẢnh thẻ0 bản chính,2 bản saoKhi cấp lại{PAPERS}Đơn1 bản chính"
    assert papers(cell, found) == (
        Paper("Tờ khai theo mẫu;", 1, 0, (Form("Tokhai.docx"),)),
        Paper("Ảnh thẻ", 0, 2),
        Paper("Đơn", 1, 0, (), "Khi cấp lại"),
    )
    assert codes(found) == []


def test_a_count_after_a_year_is_its_last_figure_and_named():
    found = Found()
    (one,) = papers(f"--{PAPERS}Báo cáo năm 20261 bản chính", found)
    assert (one.name, one.originals, codes(found)) == ("Báo cáo năm 2026", 1, ["count_after_figures"])


def test_a_count_inside_a_name_is_no_count():
    (one,) = papers(f"--{PAPERS}Nộp 01 bản chính và ảnh1 bản chính", Found())
    assert (one.name, one.originals) == ("Nộp 01 bản chính và ảnh", 1)


def test_two_files_of_one_paper_are_two_forms():
    (one,) = papers(f"--{PAPERS}Đơn theo mẫuMẫu 1.docMẫu 2.docx1 bản chính", Found())
    assert (one.name, [form.name for form in one.forms]) == ("Đơn theo mẫu", ["Mẫu 1.doc", "Mẫu 2.docx"])


def test_papers_without_a_table_are_one_piece():
    found = Found()
    assert papers("nộp tại bưu điện", found) == (Paper("nộp tại bưu điện"),)
    assert codes(found) == ["papers_not_split"]


def test_legal_texts_have_a_title_and_a_number():
    found = Found()
    cell = LEGAL + "Luật Hộ tịch60/2014/QH13Nghị định 23/2015/NĐ-CP23/2015/NĐ-CPLuật Thú y năm 201579/2015/QH13"
    assert legal(cell, found) == (
        LegalBasis("60/2014/QH13", "Luật Hộ tịch"),
        LegalBasis("23/2015/NĐ-CP", "Nghị định 23/2015/NĐ-CP"),
        LegalBasis("79/2015/QH13", "Luật Thú y năm 2015"),
    )
    assert codes(found) == []


def test_a_law_without_a_number_is_named():
    found = Found()
    assert legal(LEGAL + "Bộ luật Hàng hải", found) == (LegalBasis("", "Bộ luật Hàng hải"),)
    assert codes(found) == ["legal_without_number"]


def test_results_have_codes_and_the_page_below_them_is_no_part():
    page = "Chọn cơ quan thực hiệnTỉnh/ Thành phốBộ ngànhNộp hồ sơ"
    cell = "Giấy khai sinhMã: KQ.G15.000001Thông báoMã: KQ.G15.000002Từ khóakhai sinhMô tảKhông có thông tin" + page
    made, keywords = results(without_furniture(cell), Found())
    assert made == (Result("Giấy khai sinh", "KQ.G15.000001"), Result("Thông báo", "KQ.G15.000002"))
    assert keywords == "khai sinh"


def test_decomposed_letters_and_private_characters_are_cleaned():
    found = Found()
    made = procedure(
        {
            "ma_thu_tuc": "1.000001",
            "ten_thu_tuc": "Ca\u0302\u0301p thẻ",
            "trinh_tu_thuc_hien": "\uf0fcBước 1: nộp\n\n Bước 2: nhận",
        },
        found,
    )
    assert (made.name, made.steps) == ("Cấp thẻ", ("Bước 1: nộp", "Bước 2: nhận"))
    assert "strange_characters" in codes(found)


def test_a_record_without_a_code_is_not_kept_and_says_why():
    found = Found()
    assert procedure({"ma_thu_tuc": "abc", "ten_thu_tuc": "Cấp thẻ"}, found) is None
    assert found.has_failed
    assert "procedure_code_shape" in codes(found)


RECORD_2025 = {
    "metadata": {
        "mã_thủ_tục": "1.000002",
        "tên_thủ_tục": "Đăng ký",
        "số_quyết_định": "1/QĐ",
        "cấp_thực_hiện": "Cấp Bộ, Cấp Xã",
        "loại_thủ_tục": "",
        "lĩnh_vực": "Quân sự",
    },
    "content": {
        "trình_tự_thực_hiện": "",
        "đối_tượng_thực_hiện": "Tổ chức (không gồm A, B), Công dân",
        "cơ_quan_thực_hiện": "Ban chỉ huy",
        "cơ_quan_có_thẩm_quyền": "",
        "cơ_quan_phối_hợp": "Không có thông tin",
        "địa_chỉ_tiếp_nhận_hs": "",
        "kết_quả_thực_hiện": "Giấy xác nhận",
        "yêu_cầu_điều_kiện_thực_hiện": "Không",
    },
    "tables": {
        "hinh_thuc_nop": [
            {
                "hinh_thuc": "Trực tuyến",
                "thoi_han_giai_quyet": "01 Giờ",
                "phi_le_phi": "Phí : 2.000 Đồng (A)\nPhí : 1.5 USD",
            }
        ],
        "thanh_phan_ho_so": [{"ten_giay_to": "Tờ khai", "so_luong": "Mẫu.docx", "ghi_chu": "Bản chính: 1\nBản sao: 2"}],
        "can_cu_phap_ly": [{"so_ky_hieu": "1/2020/QH14", "trich_yeu": "Luật"}],
    },
}


def test_tables_that_kept_their_cells_are_read_row_by_row():
    found = Found()
    made = by_2025(RECORD_2025, found)
    assert (made.levels, made.for_whom) == ((Level.MINISTRY, Level.COMMUNE), ("Tổ chức (không gồm A, B)", "Công dân"))
    assert made.channels[0].limit == TimeLimit(Count.HOURS, 60, "01 Giờ")
    assert [(fee.amount, fee.currency) for fee in made.channels[0].fees] == [(2_000, "VND"), (150, "USD")]
    assert made.papers == (Paper("Tờ khai", 1, 2, (Form("Mẫu.docx"),)),)
    assert (made.online, codes(found)) == (Online.UNSTATED, [])


def test_a_record_of_2021_whose_name_nobody_has_is_named():
    record = {
        "title": "Thủ tục đăng ký khai sinh",
        "Trình tự thực hiện": "Nộp.</p>",
        "Cách thức thực hiện": [],
        "Thành phần hồ sơ": [],
    }
    found = Found()
    assert by_2021({})(record, found) is None
    assert codes(found) == ["no_national_code"]
    assert by_2021({"dang ky khai sinh": "1.001193"})(record, Found()).steps == ("Nộp.",)
