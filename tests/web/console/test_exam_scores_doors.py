"""The desk's doors and lists: who may do what, forged and repeated forms, downloads that calculate nothing, markup."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from miniapp.accounts.access import Role
from miniapp.exam_scores.model import Edition, Reason
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import PASSWORD
from tests.support.score_desk import BAD, GOOD, HEADER, ROWS, ScoreDesk, csv_file, many, send
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

LIST = f"/console/{AGENCY}/diem-thi"
RISKY = ("=", "+", "-", "@", "\t", "\r")
READING = {role.value for role in Role}
READ = (
    "",
    "/{e}",
    "/{e}/van-de",
    "/{e}/khac-biet",
    "/{e}/pho-diem",
    "/{e}/nhat-ky",
    "/{e}/van-de.csv",
    "/{e}/khac-biet.xlsx",
)
MANAGE = ("/sua", "/to-hop", "/to-hop.csv")
APPROVE = ("/{e}/duyet", "/{e}/doi-gio", "/thu-hoi")
POSTS = {
    "/bat-dau": {"publisher"},
    "/sua": {"publisher"},
    "/to-hop": {"publisher"},
    "/{e}/tep": {"publisher"},
    "/{e}/tep/fil_1/doc-lai": {"publisher"},
    "/{e}/tep/fil_1/bo": {"publisher"},
    "/{e}/tep/fil_1/xoa": {"publisher"},
    "/{e}/kiem-tra": {"publisher"},
    "/{e}/duyet": {"approver"},
    "/{e}/doi-gio": {"approver"},
    "/thu-hoi": {"approver"},
}


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    made = office.score_desk()
    made.add()
    return made


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_role_enters_only_its_own_rooms(office: Office, desk: ScoreDesk, role: str) -> None:
    edition = desk.released()
    visitor = office.at_desk(office.desk(f"{role}@angiang.gov.vn", role)).client

    def status(path: str) -> int:
        return visitor.get(desk.base + path.format(e=edition.id)).status_code

    assert {path: status(path) for path in READ} == dict.fromkeys(READ, 200)
    assert visitor.get(LIST).status_code == 200
    manages, approves = role == "publisher", role == "approver"
    assert [status(path) for path in MANAGE] == [200 if manages else 403] * 3
    assert visitor.get(f"{LIST}/them").status_code == (200 if manages else 403)
    assert [status(path) for path in APPROVE] == [200 if approves else 403] * 3
    for path, roles in POSTS.items():
        fields = {"reason": "remark", "file": "fil_1"}
        answer = visitor.post(desk.base + path.format(e=edition.id), data=fields)
        assert (answer.status_code == 403) == (role not in roles), (path, answer.status_code)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_form_of_a_new_edition_is_for_who_may_begin_one_whatever_reason_is_named(
    office: Office, desk: ScoreDesk, role: str
) -> None:
    visitor = office.at_desk(office.desk(f"{role}@angiang.gov.vn", role)).client
    begin = f"{desk.base}/bat-dau"
    told = [visitor.get(begin), *(visitor.post(begin, data={"reason": text}) for text in ("", "made-up", "remark"))]
    assert [answer.status_code for answer in told] == ([200, 422, 422, 422] if role == "publisher" else [403] * 4)


def test_nobody_enters_without_signing_in(office: Office, desk: ScoreDesk) -> None:
    edition = desk.released()
    visitor = office.visitor().client
    for path in (*READ, *MANAGE, *APPROVE):
        answer = visitor.get(desk.base + path.format(e=edition.id))
        assert answer.headers.get("Location", "").startswith("/console/sign-in"), path
    for path in POSTS:
        assert visitor.post(desk.base + path.format(e=edition.id)).status_code == 401


def test_forged_forms_change_nothing(office: Office, desk: ScoreDesk) -> None:
    edition = desk.checked()
    before = desk.services.exam_office.edition(desk.now(), edition.id)
    (item,) = before.files
    uploading, approving = office.at_desk(desk.uploader), office.at_desk(desk.approver)
    token = uploading.get(desk.at(edition)).token()
    acts = [
        (uploading, desk.at(edition, "tep", item.id, "bo"), {}),
        (uploading, desk.at(edition, "kiem-tra"), {}),
        (uploading, f"{desk.base}/bat-dau", {"reason": "release", "rows": "all"}),
        (approving, desk.at(edition, "duyet"), {"mode": "now", "understood": "1", "code": desk.approver.code()}),
    ]
    for visitor, path, fields in acts:
        for forged in ("", "made-up", token if visitor is approving else token[:-2]):
            assert visitor.client.post(path, data={**fields, "form_token": forged}).status_code == 422, path
        cross = visitor.client.post(
            path, data={**fields, "form_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert cross.status_code == 403
    assert desk.services.exam_office.edition(desk.now(), edition.id) == before
    assert len(desk.services.exam_office.editions(desk.now())) == 1


def _three_times(office: Office, visitor: Visitor, path: str, **fields: str) -> list[str]:
    """The same form sent by three taps at once; where each answer leads."""
    cookie = visitor.client.get_cookie("o")
    assert cookie

    def tap(_: int) -> str:
        answer = office.visitor(o=cookie.value).client.post(path, data=fields)
        return answer.headers.get("Location", str(answer.status_code))

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(tap, range(3)))


def test_three_taps_begin_one_edition_and_take_one_file(office: Office, desk: ScoreDesk) -> None:
    uploading = office.at_desk(desk.uploader)
    token = uploading.get(f"{desk.base}/bat-dau").token()
    begun = _three_times(office, uploading, f"{desk.base}/bat-dau", form_token=token, reason="release", rows="all")
    (edition,) = desk.services.exam_office.editions(desk.now())
    assert set(begun) == {desk.at(edition)}
    file = desk.sent(edition, GOOD)
    token = uploading.get(desk.at(edition)).token()
    taken = _three_times(office, uploading, desk.at(edition, "tep"), form_token=token, file=file, name="x.csv")
    assert set(taken) == {desk.at(edition)}
    assert len(desk.services.exam_office.edition(desk.now(), edition.id).files) == 1


def test_three_taps_approve_once_and_give_one_session(office: Office, desk: ScoreDesk) -> None:
    edition = desk.checked()
    approving = office.at_desk(desk.approver)
    token = approving.get(desk.at(edition, "duyet")).token()
    fields = {"mode": "now", "understood": "1", "code": desk.approver.code(), "form_token": token}
    answers = _three_times(office, approving, desk.at(edition, "duyet"), **fields)
    # A tap that comes after the session went on finds its old token dead, and has changed nothing.
    assert desk.at(edition) in answers
    assert set(answers) <= {desk.at(edition), "401"}
    history = desk.services.exam_reports.history(desk.now(), edition)
    assert [entry.event for entry in history].count("scores_approved") == 1


def nasty(desk: ScoreDesk) -> Edition:
    """A file whose name, cells and columns are formulas."""
    header = [*HEADER, '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0"]
    rows = [
        ["=1+1", "5", "5", "5", "5", "", ""],
        ["02000002", "=SUM(A1)", "+5", "@x", "-2+3", "", ""],
        ["02000003", "\t=1", "－1+1", '"=1"', "5", "", ""],
    ]
    edition = desk.taken(desk.begun(), csv_file(header, rows), '=cmd|"calc".csv')
    return desk.work(edition)


def test_a_list_of_problems_calculates_nothing_in_a_spreadsheet(office: Office, desk: ScoreDesk) -> None:
    edition = nasty(desk)
    visitor = office.at_desk(desk.uploader)
    answer = visitor.client.get(desk.at(edition, "van-de.xlsx"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="van-de-thpt-2019-1.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") and (cell.data_type == "s" or cell.value is None) for cell in cells)
    values = {str(cell.value) for cell in cells}
    assert '=cmd|"calc".csv' in values  # the text as it is, in a text cell
    text = visitor.client.get(desk.at(edition, "van-de.csv")).data
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert lines[0] == ["Tệp", "Dòng", "Cột", "Giá trị", "Vấn đề"]
    assert len(lines) == sheet.max_row
    assert not [cell for line in lines for cell in line if cell.lstrip().startswith((*RISKY, "－", "＝"))]
    assert text.count(b'"') >= 2 * sum(map(len, lines))


def test_a_list_of_changes_is_whole_and_in_words(office: Office, desk: ScoreDesk) -> None:
    desk.released()
    rows = [["02000001", "9", "7,5", "6", ""], ["02000002", ".75", "0", "5", "10"], ["02000009", "1", "1", "1", "1"]]
    edition = desk.checked(csv_file(HEADER, rows), reason=Reason.CORRECTION)
    visitor = office.at_desk(desk.approver)
    sheet = load_workbook(io.BytesIO(visitor.client.get(desk.at(edition, "khac-biet.xlsx")).data)).active
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == [
        ["Số báo danh", "Khác biệt", "Môn", "Trước", "Sau"],
        ["02000001", "Đổi điểm", "Toán", "8,25", "9,00"],
        ["02000002", "Đổi điểm", "Vật lí", "Vắng thi", "5,00"],
        ["02000003", "Bị bỏ", "", "", ""],
        ["02000009", "Thêm mới", "", "", ""],
    ]
    english = visitor.client.get(desk.at(edition, "khac-biet.csv?lang=en")).data.decode("utf-8-sig")
    assert '"02000002","Changed","Physics","Absent","5,00"' in english


def test_long_lists_come_in_parts_and_no_part_is_beyond_the_last(office: Office, desk: ScoreDesk) -> None:
    lines = b"".join(b"%d,x,5,5,5\n" % number for number in range(2_000_000, 2_020_400))
    edition = desk.checked(",".join(HEADER).encode() + b"\n" + lines)
    visitor = office.at_desk(desk.uploader)
    page = visitor.get(desk.at(edition, "van-de"))
    parts = [str(link["href"]) for link in page.soup.find_all("a") if "phan=" in str(link["href"])]
    assert len(parts) == 4
    whole = [visitor.client.get(part).data.decode("utf-8-sig").count("\r\n") - 1 for part in parts if ".csv" in part]
    assert whole == [20_000, 400]
    for part in ("0", "3", "x", "-1", "99999999999"):
        visitor.get(f"{desk.at(edition, 'van-de.csv')}?phan={part}", 404)


def test_how_much_of_a_file_is_read_is_told_as_files_are(office: Office, desk: ScoreDesk) -> None:
    edition = desk.taken(desk.begun(), GOOD)
    desk.services.exam_store.beat(desk.now(), edition.id, "wrk", office.clock.now(), "reading", 5 << 20, 10 << 20)
    text = office.at_desk(desk.uploader).get(desk.at(edition)).text
    assert "Đang đọc tệp 5 MB / 10 MB" in text.replace("\u00a0", " ")


def test_every_state_is_correct_markup_in_both_languages(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    uploading, approving = office.at_desk(desk.uploader), office.at_desk(desk.approver)

    def keep(name: str, visitor: Visitor, path: str, status: int = 200) -> Page:
        page = visitor.get(path, status)
        collect_html(f"console-scores-{name}-vi", page.html, tmp_path)
        collect_html(f"console-scores-{name}-en", visitor.get(f"{path}?lang=en", status).html, tmp_path)
        return page

    for name, path in {"exam-empty": "", "edit": "/sua", "begin": "/bat-dau"}.items():
        keep(name, uploading, desk.base + path)
    edition = desk.begun()
    desk.sent(edition, GOOD)
    for part in ("", "van-de", "pho-diem", "khac-biet", "nhat-ky"):
        keep(f"empty-{part}", uploading, desk.at(edition, part).rstrip("/"))
    desk.services.exam_store.beat(desk.now(), edition.id, "wrk", office.clock.now(), "reading", 1, 2)
    edition = desk.taken(edition, BAD)
    keep("importing", uploading, desk.at(edition))
    office.clock.pass_by(seconds=61)
    keep("stalled", uploading, desk.at(edition))
    edition = desk.work(edition)
    for part in ("", "van-de"):
        keep(f"faulty-{part}", uploading, desk.at(edition, part).rstrip("/"))
    keep("form", uploading, f"{LIST}/them")
    keep("exams", approving, LIST)
    edition = desk.released(many(60))
    for part in ("", "van-de", "pho-diem", "khac-biet", "nhat-ky", "da-nhan"):
        keep(f"released-{part}", approving, desk.at(edition, part).rstrip("/"))
    fix = desk.checked(csv_file(HEADER, ROWS[:1]), reason=Reason.REMARK, partial=True)
    for part in ("", "khac-biet", "duyet"):
        keep(f"fix-{part}", approving, desk.at(fix, part).rstrip("/"))
    keep("withdraw", approving, f"{desk.base}/thu-hoi")
    desk.services.exam_office.approve(desk.now(), fix.id, desk.approver.id, office.clock.now() + timedelta(hours=1))
    for part in ("", "doi-gio"):
        keep(f"waiting-{part}", approving, desk.at(fix, part).rstrip("/"))
    keep("exam", approving, desk.base)
    token = uploading.get(f"{LIST}/them").token()
    collect_html("console-scores-wrong", uploading.post(f"{LIST}/them", 422, form_token=token).html, tmp_path)
    page = approving.get(f"{desk.base}/thu-hoi")
    wrong = send(approving, page, f"{desk.base}/thu-hoi", 422)
    collect_html("console-scores-wrong-withdraw", wrong.html, tmp_path)
    assert PASSWORD not in wrong.html
    assert_markup(tmp_path)
