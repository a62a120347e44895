"""Glued lists told apart again: papers with their counts and forms, legal texts with their numbers, results with codes.

For `national`; what holds for `glued` holds here."""

import re

from miniapp.procedures.findings import Found
from miniapp.procedures.model import Form, LegalBasis, Paper, Result
from miniapp.procedures.wording import bare, said

_PAPERS = re.compile("Ten giay to(?:Mau don, to khai)?So luong")
LEGAL = "Ten van ban phap lyMa van ban"
_COUNTS = re.compile(
    r"(\d+) ban chinh(?:, ?(\d+) ban sao)?(?=$|[^\s);,.:/])|(?<=\S)(?<!\d)(\d+) ban sao(?=$|[^\s);,.:/])"
)
_FILE = r"\.(?>docx|doc|pdf|xlsx|xls|zip|rar|jpeg|jpg|png|odt|rtf)"
_FORM = re.compile(rf"{_FILE}(?: ?\(\d+\))?$", re.IGNORECASE)
_INNER = re.compile(rf"{_FILE}(?=[^\s.,;)])", re.IGNORECASE)
_SEAM = re.compile(r"(?<=[a-z0-9.;,:)\"\u201d])(?=[A-Z])|(?<=[a-z;,:)\"\u201d])(?=\d)")
_SERIES = (
    r"UBTVQH\d{0,2}|QH\d{1,2}|ND-CP|NQ-CP|QD-TTg|CT-TTg|NQ-HDND|QD-UBND"
    r"|(?:TT|QD)-(?:BTC|BCA|BCT|BGTVT|BXD|BTP|BNNPTNT|BNNMT|BTNMT|NHNN|BQP|BKHDT|BLDTBXH|BNV|BYT|BTTTT|BKHCN|VPCP)"
    r"|[A-Z]+(?![a-z])(?:[-_&/ ]{1,2}[A-Z]+(?![a-z]))*"
)
_NUMBER = re.compile(rf"(\d+)((?:/\d{{4}})?/ ?(?>{_SERIES}))(?=$|[^\s,;)/:])")
_KINDS = r"(?:Luat|Bo luat|Nghi dinh|Thong tu|Quyet dinh|Nghi quyet|So|Phap lenh|Hien phap|Chi thi)"
_NUMBER_WORDS = re.compile(rf"(?:^|(?<=[a-z0-9.)\"\u201d])){_KINDS}(?: so)?:? ?$")
_YEAR_GLUED = re.compile(r"(?:19|20)\d\d(?=\d)")
_NONE = "Khong co thong tin"
_CODE = re.compile(r"Ma: (KQ[.-][A-Z]\d{2}[.-]\d{6}(?!\d+$)|[A-Z0-9._-]*\d(?!\d))")
_FURNITURE = re.compile(r"Chon co quan thuc hienTinh/ Thanh phoBo nganh.*$", re.DOTALL)
_NO_RESULTS = re.compile(rf"(?:{_NONE})?Tu khoa{_NONE}Mo ta{_NONE}$")
_KEYWORDS = re.compile(r"Tu khoa(.*?)Mo ta(.*)$", re.DOTALL)
LONGEST_RUN = 3  # figures of a legal text's number


def papers(cell: str, found: Found) -> tuple[Paper, ...]:
    """The papers of a cell of headings, each with rows `Tên giấy tờ · Mẫu đơn, tờ khai · Số lượng`."""
    if not said(cell.strip("-")):
        found.warn("papers_missing", "papers")
        return ()
    plain = bare(cell)
    heads = [match.span() for match in _PAPERS.finditer(plain)]
    if not heads:
        found.warn("papers_not_split", "papers", cell)
        return (Paper(cell),)
    made: list[Paper] = []
    case = cell[: heads[0][0]]
    ends = [*(start for start, _ in heads[1:]), len(cell)]
    for (_, at), end in zip(heads, ends, strict=True):
        rows, rest = _rows(cell, plain, at, end, _heading(case), found)
        made += rows
        case = rest
    if _heading(case):
        found.warn("paper_without_count", "papers", case)
        made.append(Paper(_heading(case)))
    return tuple(made)


def _heading(text: str) -> str:
    return "" if not text.strip("- \n") else text.strip()


def _rows(cell: str, plain: str, at: int, end: int, case: str, found: Found) -> tuple[list[Paper], str]:
    """The papers up to the next heading, and what stands behind the last count: the next heading."""
    rows: list[Paper] = []
    for match in _COUNTS.finditer(plain, at, end):
        group = 1 if match[1] else 3
        cut = _count_start(plain, match.start(group), match.end(group), found)
        figures = int(cell[cut : match.end(group)])
        originals, copies = (figures, int(match[2] or 0)) if group == 1 else (0, figures)
        name, forms = _forms(cell[at:cut].strip(), found)
        if not name:
            found.warn("paper_without_name", "papers", cell[at : match.end()])
            name = forms[0].name if forms else cell[cut : match.end()]
        rows.append(Paper(name, originals, copies, forms, case))
        at = match.end()
    if not rows and case:
        found.warn("papers_empty_case", "papers", case)
        rows.append(Paper(case))
    return rows, cell[at:end]


def _count_start(plain: str, start: int, end: int, found: Found) -> int:
    """Where the count begins in a run of figures that may also end the name: `… năm 2026` + `1`."""
    run = end - start
    if run == 1 or (run == 2 and plain[start] != "0" and plain[start - 1 : start] not in ("", " ", "/", ".")):
        return start
    found.warn("count_after_figures", "papers", plain[max(0, start - 30) : end])
    return end - 1


def _forms(text: str, found: Found) -> tuple[str, tuple[Form, ...]]:
    """A paper's name and the files that were glued to its end."""
    forms: list[Form] = []
    while _FORM.search(text):
        inner = [match.end() for match in _INNER.finditer(text)]
        cut = inner[-1] if inner else _seam(text)
        if cut < 0:
            found.warn("form_name_glued", "papers", text)
            break
        forms.insert(0, Form(text[cut:].strip()))
        text = text[:cut].rstrip()
    return text, tuple(forms)


def _seam(text: str) -> int:
    """Where a file's name begins: at the first seam of the last word that has one, or -1."""
    plain, end = bare(text), len(text)
    while end > 0:
        start = plain.rfind(" ", 0, end) + 1
        seam = _SEAM.search(plain, start + 1, end)
        if seam:
            return seam.start()
        end = start - 1
    return -1


def legal(cell: str, found: Found) -> tuple[LegalBasis, ...]:
    """The rows of the cell `Tên văn bản pháp lý · Mã văn bản`."""
    if not said(cell):
        return ()
    plain = bare(cell)
    at = len(LEGAL) if plain.startswith(LEGAL) else 0
    made: list[LegalBasis] = []
    for match in _NUMBER.finditer(plain, at):
        start = _number_start(plain, match)
        words = _NUMBER_WORDS.search(plain, at, start)
        if words and words.start() > at:
            start = words.start()
        title, number = cell[at:start].strip(), cell[start : match.end()].strip()
        if not title and made:
            last = made.pop()
            title = f"{last.title} {last.number}".strip()
        made.append(LegalBasis(number, title))
        at = match.end()
    rest = cell[at:].strip()
    if rest.strip("."):
        found.warn("legal_without_number", "legal", rest)
        made.append(LegalBasis("", rest))
    return tuple(made)


def _number_start(plain: str, match: re.Match[str]) -> int:
    """Where the number begins in a run of figures that may also end the title: `… năm 2011` + `02/2011/QH13`."""
    start, end = match.span(1)
    year = _YEAR_GLUED.match(plain, start, end)
    if year:
        return year.end()
    return start if end - start <= LONGEST_RUN + 1 else end - 2


def without_furniture(text: str) -> str:
    """The text without the form below the portal's page (`Chọn cơ quan thực hiện…`)."""
    match = _FURNITURE.search(bare(text))
    return text[: match.start()].rstrip() if match else text


def without_empty_results(text: str) -> str:
    """The conditions without the empty table of results that was read as their end."""
    match = _NO_RESULTS.search(bare(text))
    return text[: match.start()].rstrip() if match else text


def results(cell: str, found: Found) -> tuple[tuple[Result, ...], str]:
    """The results `… Mã: KQ.G12.001222`, and the keywords below them."""
    plain = bare(cell)
    tail = _KEYWORDS.search(plain)
    end = tail.start() if tail else len(cell)
    keywords = said(cell[tail.start(1) : tail.end(1)].strip()) if tail else ""
    about = said(cell[tail.start(2) : tail.end(2)].strip()) if tail else ""
    made: list[Result] = []
    at = 0
    for match in _CODE.finditer(plain, 0, end):
        made.append(Result(cell[at : match.start()].strip(), cell[match.start(1) : match.end()]))
        at = match.end()
    rest = said(cell[at:end].strip())
    if rest:
        found.warn("result_without_code", "results", rest)
        made.append(Result(rest))
    if about:
        made.append(Result(about))
    if not made:
        found.warn("results_missing", "results")
    return tuple(made), keywords
