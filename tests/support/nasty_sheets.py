"""Workbooks of several sheets: covers, notes, later headers. For the table of bad input."""

from tests.support.nasty import Nasty, book

TABLE = [["Số báo danh", "Toán"], ["02000001", 5]]
SHEETS = [
    Nasty(
        "sheets",
        "a cover, two sheets with headers, a note, which is fine",
        book(
            [["SỞ GIÁO DỤC"], [], ["Số thí sinh", 2]],
            [["Phòng 1"], *TABLE],
            [["Phòng 2"], ["", "SBD năm 2026: xem dưới"], TABLE[0], ["02000002", 6]],
            [["Người lập", "Nguyễn Văn A"], ["Tổng số thí sinh", 2]],
        ),
        candidates=2,
    ),
    Nasty(
        "sheets",
        "a candidate on the cover",
        book([["Thủ khoa"], ["02000009", 10]], TABLE),
        found={"rows_before_header": 1},
        place=(2, "", "02000009,10"),
    ),
    Nasty(
        "sheets",
        "a candidate above a later header",
        book(TABLE, [["02000009", 10], *TABLE[:1], ["02000002", 6]]),
        found={"rows_before_header": 1},
        place=(1, "Sheet2!", "02000009,10"),
        candidates=2,
    ),
    Nasty(
        "sheets",
        "a later one with one column more",
        book(TABLE, [[*TABLE[0], "Ngữ văn"], ["02000002", 6, 7]]),
        "sheets_differ",
        place=(1, "Sheet2", "Sheet2"),
    ),
    Nasty(
        "sheets",
        "a later one without header, with a number gone wrong",
        book(TABLE, [["2000002", 6], ["1,0E+07", 7]]),
        found={"leading_zero_lost": 1, "number_scientific": 1},
        place=(1, "Sheet2!Số báo danh", "2000002"),
    ),
    Nasty("sheets", "none with a header", book([["a"], ["b"]], [["c"]], [["d", 1]]), "no_header"),
    Nasty("sheets", "a header below thirty rows", book([["x", "y"]] * 30 + TABLE), "no_header"),
    Nasty(
        "sheets",
        "the same candidate on two",
        book(TABLE, TABLE),
        found={"number_repeated": 1},
        place=(2, "Sheet2!Số báo danh", "02000001"),
    ),
]
