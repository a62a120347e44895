"""Tables with everything wrong that tables have: headers, rows, numbers, scores, sheets. For the table of bad input."""

import unicodedata
from datetime import date

from tests.support.nasty import GOOD, HEADER, TITLES, Nasty, book, raw, text
from tests.support.nasty_sheets import SHEETS

NFD = unicodedata.normalize("NFD", "Số báo danh,Toán,Ngữ văn,Ngoại ngữ\n02000001,VẮNG,Miễn thi,7\n").encode()

SPELLINGS = [
    Nasty("spellings", "NFD, which is fine", raw(NFD)),
    Nasty(
        "spellings", "capitals and blanks, which are fine", text(GOOD, header=" SỐ BÁO DANH ,TOÁN, Ngữ  Văn ,Ngoại-ngữ")
    ),
    Nasty(
        "spellings",
        "invisible letters, which are fine",
        text(GOOD, header="\u200bsbd,to\u200ban,ngu\u00a0van,ngoai_ngu"),
    ),
    Nasty(
        "spellings", "TCVN3", text(GOOD, header="Sè b¸o danh,To¸n,Ng÷ v¨n,Ngo¹i ng÷"), "no_header", {"legacy_font": 1}
    ),
    Nasty(
        "spellings",
        "VNI",
        text(GOOD, header="Soá baùo danh,Toaùn,Ngöõ vaên,Ngoaïi ngöõ"),
        "no_header",
        {"legacy_font": 1},
    ),
    Nasty(
        "spellings",
        "TCVN3 in one column",
        text(GOOD, header="sbd,To¸n,ngu_van,ngoai_ngu"),
        found={"legacy_font": 1},
        place=(1, "To¸n", "To¸n"),
    ),
    Nasty(
        "spellings",
        "HTML entities in the header",
        text(GOOD, header="sbd,To&#xE1;n,ngu_van,ngoai_ngu"),
        found={"html_entities": 1},
        place=(1, "To&#xE1;n", "To&#xE1;n"),
    ),
    Nasty(
        "spellings",
        "HTML entities in cells",
        text("02000001,5,5,T&#xE1;m", "02000002,5,5,5"),
        found={"score_shape": 1},
        place=(2, "ngoai_ngu", "T&#xE1;m"),
        candidates=2,
    ),
]
HEADERS = [
    Nasty("headers", "none", text("02000002,5,5,5", header="02000001,5,5,5"), "no_header"),
    Nasty(
        "headers",
        "twelve titles above it, which is fine",
        lambda: ("\n".join([*(TITLES * 3), HEADER, GOOD]) + "\n").encode(),
    ),
    Nasty(
        "headers",
        "thirty rows above it",
        lambda: ("\n".join([*(["x,,,"] * 30), HEADER, GOOD]) + "\n").encode(),
        "no_header",
    ),
    Nasty("headers", "no number column", text("5,6,7,8", header="toan,ngu_van,vat_li,hoa_hoc"), "no_number_column"),
    Nasty(
        "headers",
        "unknown column",
        text("02000001,5,5,5,x", header=HEADER + ",thể dục"),
        found={"unknown_column": 1},
        place=(1, "thể dục", "thể dục"),
    ),
    Nasty(
        "headers",
        "one subject twice",
        text("02000001,5,5,6", header="sbd,toan,ngu_van,Toán học"),
        found={"repeated_column": 1},
        place=(1, "Toán học", "Toán học"),
    ),
    Nasty(
        "headers",
        "a subject of another exam",
        text("02000001,5,5,6", header="sbd,toan,ngu_van,tin_hoc"),
        found={"subject_not_in_exam": 1},
        place=(1, "tin_hoc", "tin_hoc"),
    ),
    Nasty(
        "headers",
        "no subject",
        text("02000001,1", header="sbd,stt"),
        found={"no_scores": 1, "no_score_at_all": 1},
    ),
]
HEADERS_2 = [
    Nasty("headers in the middle", "on every page, which is fine", text(GOOD, HEADER, "02000002,5,5,5"), candidates=2),
    Nasty(
        "headers in the middle",
        "another order from there on",
        text(GOOD, "sbd,ngu_van,toan,ngoai_ngu", "02000002,5,6,7"),
        found={"header_changed": 1},
        place=(3, "sbd", "sbd,ngu_van,toan,ngoai_ngu"),
        candidates=2,
    ),
    Nasty(
        "headers in the middle",
        "candidates above it",
        text(GOOD, HEADER, "02000002,5,5,5", header="02000003,5,5,5"),
        found={"rows_before_header": 2},
        place=(1, "", "02000003,5,5,5"),
    ),
    Nasty(
        "headers in the middle",
        "61 columns",
        text("02000001" + "," * 60, header="sbd" + ",stt" * 60),
        found={"too_many_columns": 1, "no_scores": 1, "no_score_at_all": 1},
    ),
]
ROWS = [
    Nasty("rows", "too short", text(GOOD, "02000002,5"), found={"row_width": 1}, place=(3, "", "02000002,5")),
    Nasty(
        "rows", "too long", text(GOOD, "02000002,5,6,7,8"), found={"row_width": 1}, place=(3, "", "02000002,5,6,7,8")
    ),
    Nasty(
        "rows",
        "two glued together",
        text(GOOD, "02000002,5,6,7,02000003,5,6,7"),
        found={"glued_rows": 1},
        place=(3, "", "02000002,5,6,7,02000003,5,6,7"),
    ),
    Nasty(
        "rows",
        "a semicolon in front",
        text(GOOD, ";02000002,5,6,7"),
        found={"stray_separator": 1},
        place=(3, "sbd", ";02000002"),
    ),
    Nasty(
        "rows",
        "a semicolon in front among semicolons",
        text("02000001;5;6;7", ";02000002;5;6;7", header=HEADER.replace(",", ";")),
        found={"stray_separator": 1},
        place=(3, "", ",02000002,5,6,7"),
    ),
    Nasty("rows", "none below the header", text(), found={"no_rows": 1}, place=(1, "", ""), candidates=0),
    Nasty(
        "rows",
        "blank lines and commas at the end, which are fine",
        text(GOOD, "", ",,,", "02000002,5,5,5,,,"),
        candidates=2,
    ),
    Nasty(
        "rows",
        "harvested lines without header",
        text(
            "02000001|Toán:5;Văn:6;",
            "02000002|Toán:5;Văn:6;02000003|Toán:5;Văn:6;",
            ";02000004|Toán:5",
            header="02000000|Toán:5;Văn:6;",
        ),
        "no_header",
        {"glued_rows": 1, "stray_separator": 1},
    ),
]
NUMBERS = [
    Nasty(
        "numbers",
        "lost zero",
        text("2000001,5,6,7", GOOD.replace("1,", "2,", 1)),
        found={"leading_zero_lost": 1},
        place=(2, "sbd", "2000001"),
    ),
    Nasty(
        "numbers",
        "lost zeros put back on request",
        text("1000001,5,6,7"),
        found={"padded": 1},
        place=(2, "sbd", "1000001"),
        options={"pad": True},
    ),
    Nasty(
        "numbers",
        "scientific",
        text(GOOD, "1.0E+07,5,6,7"),
        found={"number_scientific": 1},
        place=(3, "sbd", "1.0E+07"),
    ),
    Nasty(
        "numbers",
        "as a float, with an apostrophe or blanks, which is fine",
        text("'02000001,5,6,7", "12000002.0,5,6,7", " 02000003 ,5,6,7"),
        candidates=3,
    ),
    Nasty(
        "numbers",
        "too long and with letters",
        text(GOOD, "020000011,5,6,7", "TDV000001,5,6,7"),
        found={"number_shape": 2},
        place=(3, "sbd", "020000011"),
    ),
    Nasty("numbers", "empty", text(GOOD, ",5,6,7"), found={"number_empty": 1}, place=(3, "sbd", "")),
    Nasty(
        "numbers",
        "twice in a file",
        text(GOOD, "02000002,1,1,1", "02000001,8,8,8"),
        found={"number_repeated": 1},
        place=(4, "sbd", "02000001"),
        candidates=2,
    ),
    Nasty(
        "numbers",
        "in two files",
        text(GOOD, "02000002,1,1,1"),
        found={"number_in_two_files": 1},
        place=(2, "sbd", "02000002 = file-0.csv:3"),
        candidates=3,
        more=(text("02000002,2,2,2", "02000003,3,3,3"),),
    ),
]
SCORES = [
    Nasty(
        "scores",
        "decimal comma, .75, 8.250 and VẮNG, which are fine",
        text('02000001,"7,25",.75,8.250', "02000002,VẮNG,vắng thi,miễn thi"),
        candidates=2,
    ),
    Nasty(
        "scores",
        "semicolons and decimal commas, which are fine",
        text("02000001;7,25;8,5;,75", header=HEADER.replace(",", ";")),
    ),
    Nasty("scores", "-1", text("02000001,-1,-1.0,5"), found={"minus_one": 2}, place=(2, "toan", "-1")),
    Nasty("scores", "off the step", text("02000001,7.33,5,5"), found={"score_off_step": 1}, place=(2, "toan", "7.33")),
    Nasty(
        "scores", "off the scale", text("02000001,825,10.05,5"), found={"score_off_scale": 2}, place=(2, "toan", "825")
    ),
    Nasty(
        "scores",
        "text, a sign, three decimals",
        text("02000001,tám,+5,8.255"),
        found={"score_shape": 3, "no_score_at_all": 1},
        place=(2, "toan", "tám"),
    ),
    Nasty(
        "scores",
        "dates",
        text("02000001,2025-08-25,25-Aug,25/08/2025"),
        found={"score_is_date": 3, "no_score_at_all": 1},
        place=(2, "toan", "2025-08-25"),
    ),
    Nasty(
        "scores",
        "figures of other scripts",
        text("02000001,８,٨,Ⅷ"),
        found={"score_shape": 3, "no_score_at_all": 1},
        place=(2, "toan", "８"),
    ),
]
WORKBOOKS = [
    Nasty(
        "workbooks",
        "numbers as numbers: zeros are lost",
        book([["sbd", "toan"], [2000001, 8.25], ["02000002", 8.1]]),
        found={"leading_zero_lost": 1},
        place=(2, "sbd", "2000001"),
    ),
    Nasty(
        "workbooks",
        "formulas",
        book([["sbd", "toan", "ngu_van"], ["02000001", "=4+4", 5]]),
        found={"formula_in_cell": 1},
        place=(2, "toan", "=4+4"),
    ),
    Nasty(
        "workbooks",
        "dates",
        book([["sbd", "toan"], ["02000001", date(2025, 8, 25)], ["02000002", 5]]),
        found={"score_is_date": 1, "no_score_at_all": 1},
        place=(2, "toan", "2025-08-25"),
        candidates=2,
    ),
    Nasty(
        "workbooks",
        "merged numbers",
        book([["sbd", "toan"], ["02000001", 5], ["", 6]], merge="A2:A3"),
        found={"number_empty": 1},
        place=(3, "sbd", ""),
    ),
    Nasty("workbooks", "nothing in it", book([]), "file_empty"),
    Nasty(
        "workbooks",
        "a second sheet without header, which is fine",
        book([["sbd", "toan"], ["02000001", 5]], [["02000002", 6]], []),
        candidates=2,
    ),
    Nasty(
        "workbooks",
        "a second sheet with other columns",
        book([["sbd", "toan"], ["02000001", 5]], [["toan", "sbd"], [6, "02000002"]]),
        "sheets_differ",
        place=(1, "Sheet2", "Sheet2"),
    ),
    Nasty(
        "workbooks",
        "titles, headers and blanks as offices write them, which is fine",
        book(
            [
                ["SỞ GIÁO DỤC"],
                [],
                ["", "Kết quả"],
                ["STT", "Số báo danh", "Toán"],
                [1, "02000001", "7,25"],
                [],
                [2, "02000002", ".5"],
            ]
        ),
        candidates=2,
    ),
]
INJECTIONS = [
    Nasty(
        "injection",
        "names that are formulas are not kept",
        text('=cmd|"/c calc"!A1'.replace('"', "'") + ",02000001,5", header="ho_ten,sbd,toan"),
        found={"name_dropped": 1},
        place=(1, "ho_ten", ""),
    ),
    Nasty("injection", "a number", text("=1+1,5,6,7", GOOD), found={"formula_in_cell": 1}, place=(2, "sbd", "=1+1")),
    Nasty(
        "injection",
        "scores",
        text("02000001,@SUM(A1),-2,=HYPERLINK(1)"),
        found={"score_shape": 2, "formula_in_cell": 1, "no_score_at_all": 1},
        place=(2, "toan", "@SUM(A1)"),
    ),
    Nasty(
        "injection",
        "markup in a header",
        text(GOOD, header="sbd,toan,ngu_van,<script>"),
        found={"unknown_column": 1},
        place=(1, "<script>", "<script>"),
    ),
]
PAIRS = [
    Nasty(
        "pairs",
        "as the ministry wrote them, which is fine",
        text(
            "02000001,Toán:   1.60   Ngữ văn:   4.25   KHTN: 2.92   Tiếng Anh: .75   ",
            "02000002,Toán: Vắng Ngữ văn: 7",
            header="SOBAODANH,DIEM_THI",
        ),
        candidates=2,
    ),
    Nasty(
        "pairs",
        "a subject twice",
        text("02000001,Toán: 1.6 Ngữ văn: 4 Toán: 2", header="SOBAODANH,DIEM_THI"),
        found={"score_twice": 1},
        place=(2, "DIEM_THI", "Toán: 2"),
    ),
    Nasty(
        "pairs",
        "unknown subject, no score, no name",
        text("02000001,Toán: 1.6 Thể dục: 4", "02000002,Toán:", "02000003,7.5 Toán: 5", header="SOBAODANH,DIEM_THI"),
        found={"unknown_column": 2, "pairs_shape": 1, "no_score_at_all": 2},
        place=(2, "DIEM_THI", "Thể dục"),
        candidates=3,
    ),
    Nasty(
        "pairs",
        "a cell made to be slow",
        lambda: text("02000001," + "a " * 30_000, "02000002,Toán: 5", header="SOBAODANH,DIEM_THI")(),
        found={"pairs_shape": 1, "no_score_at_all": 1},
        candidates=2,
    ),
    Nasty(
        "pairs",
        "nobody has a score",
        text("02000001,", "02000002,", header="SOBAODANH,DIEM_THI"),
        found={"all_without_scores": 1, "no_score_at_all": 2},
        place=(2, "SOBAODANH", "02000001"),
        candidates=2,
    ),
]

ALL = [*SPELLINGS, *HEADERS, *HEADERS_2, *ROWS, *NUMBERS, *SCORES, *WORKBOOKS, *SHEETS, *INJECTIONS, *PAIRS]
