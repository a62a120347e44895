"""A site for citizens' score pages: one department with a long name and an exam in every state a citizen can meet.

`build(cloud)` makes it through the services, as in life; the clock is stopped at HOUR. Every special candidate has a
name here, so a test says whose slip it opens."""

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

from handlers.app import create_app
from handlers.tables import TABLES
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.tables import bind
from miniapp.exam_scores.model import Exam, Formula, Policy, Reason, Window
from tests.support import exams
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, CORE, HOUR, Bureau, csv_file
from tests.support.fakes import StoppedClock
from tests.support.visitor import Page, Visitor

AGENCY, BARE = "so-gddt-phu-yen", "so-gddt-an-giang"
LONG = "Ban Chỉ đạo thi và tuyển sinh các trường trung học phổ thông chuyên, phổ thông dân tộc nội trú tỉnh Phú Yên"
BASE = f"/{AGENCY}/diem-thi"
OPEN, SMALL, TENTH, OUTCOMES, CODED = "tot-nghiep-2026", "nghe-2026", "lop-10-2026", "chuyen-2026", "hsg-2026"
COMING, ANNOUNCED, SILENT, WITHDRAWN = "tot-nghiep-2027", "lop-10-2027", "nghe-2027", "thu-2026"
FULL, STATES, NOTHING, CORRECTED, ENGLISH = "02001001", "02001002", "02001003", "02001004", "02001005"
ADMITTED, NOT_ADMITTED, ELIMINATED, ABSENT, FROM_FILE = "120001", "120002", "120003", "120004", "120005"
BORN = {"birth_date-day": "9", "birth_date-month": "3", "birth_date-year": "2011"}
CODE = "K7Q2M"
HALL = "Trường THPT chuyên Lương Văn Chánh, 5 Trần Hưng Đạo, Tuy Hòa"
SAID = (
    "Trúng tuyển",
    "NV1",
    "NV2",
    "NV3",
    "Tuyển thẳng",
    "Trúng tuyển bổ sung",
    "Không trúng tuyển",
    "Bị loại",
    "Vắng thi",
)
WAITING = (COMING, ANNOUNCED, SILENT, WITHDRAWN)
SPECIAL = {"full": FULL, "states": STATES, "nothing": NOTHING, "corrected": CORRECTED, "other-language": ENGLISH}
TOKENS = re.compile(r'(name="form_token" value=")[^"]*')
ADDRESSES = (f"203.0.113.{place}" for place in itertools.count(1))


def number(place: int) -> str:
    """The candidate number at a place of the many who are nobody special."""
    return f"02{2_001 + place:06d}"


@dataclass
class Pages:
    """The app and what stands in it."""

    app: Flask
    services: Services
    bureau: Bureau
    clock: StoppedClock
    exams: dict[str, Exam]


def build(cloud: Cloud) -> Pages:
    """Everything, in an empty cloud."""
    cloud.engine.empty()
    bureau = Bureau(cloud, at=HOUR)
    services = Services(cloud.settings, clock=bureau.clock, ids=bureau.ids, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    bind(TABLES, cloud.settings, services.aws)
    AgencyStore().add([_agency(AGENCY, LONG, "Sở GD&ĐT Phú Yên"), _agency(BARE, "Sở Giáo dục và Đào tạo An Giang", "")])
    made = {exam.slug: exam for exam in (*_released(bureau), *_waiting(bureau))}
    return Pages(app, services, bureau, bureau.clock, made)


def _agency(address: str, name: str, short: str) -> Agency:
    return Agency(
        id=address,
        address=address,
        kind=Kind.DEPARTMENT,
        name=name,
        name_en=name,
        short=short,
        sector="gddt",
        hotline="1022",
        services=frozenset({Service.EXAM_SCORES}),
    )


def graduation(slug: str = OPEN) -> Exam:
    """An open exam with languages, all subjects of its year and a re-mark window."""
    return exams.exam(
        agency=AGENCY,
        slug=slug,
        title="Kỳ thi tốt nghiệp trung học phổ thông năm 2026",
        title_en="High-school graduation exam 2026",
        languages=True,
        remark=Window(HOUR, HOUR + timedelta(days=10), HALL),
        paper="Giấy chứng nhận kết quả thi",
    )


def tenth(slug: str = TENTH) -> Exam:
    """A grade-10 exam that asks for a birth date and decides by a formula."""
    return exams.verified(
        agency=AGENCY,
        slug=slug,
        title="Tuyển sinh lớp 10 năm học 2026-2027",
        title_en="Grade 10 entrance exam 2026",
        number_example="120001",
        formula=Formula((("toan", 1), ("van", 1), ("nn", 1)), bonus_cap=300, floor=100),
        benchmark=1650,
    )


def graduates() -> bytes:
    """Three hundred who are nobody special, and the special ones."""
    header = ["sbd", *CORE, "ma_ngoai_ngu"]
    special: list[Sequence[str]] = [
        (FULL, "8.25", "7.5", "9", "6.75", "8", "5.25", "7", "7.33", "10", ""),
        (STATES, "VẮNG", "7.5", "Miễn thi", "Đình chỉ", "Hủy", "0", "", "", "", "N1"),
        (NOTHING, *[""] * len(CORE), ""),
        (CORRECTED, "5", "6", "7", "8", "9", "", "", "", "", "N1"),
        (ENGLISH, "9", "8", "9.5", "9.25", "8.75", "", "", "", "", "N4"),
    ]
    return csv_file(header, [*special, *(_candidate(place) for place in range(300))])


def _candidate(place: int) -> Sequence[str]:
    """Scores that heap up in the middle, as in life; the same every time."""
    chance = random.Random(place)
    scores = [min(1000, max(0, round(chance.gauss(620 - 30 * subject, 170) / 25) * 25)) for subject in range(len(CORE))]
    return number(place), *(f"{score / 100:.2f}" for score in scores), "N1" if place % 10 else "N6"


def _pupils() -> bytes:
    header = ["sbd", "toan", "van", "nn", "ngay_sinh", "diem_uu_tien"]
    born = "09/03/2011"
    rows = [
        (ADMITTED, "8.25", "7.5", "9", born, "1"),
        (NOT_ADMITTED, "5", "5.25", "4", born, "0"),
        (ELIMINATED, "1", "9", "9", born, "0"),
        (ABSENT, "VẮNG", "5", "5", born, "0"),
    ]
    many = [(f"{121_000 + place}", *_candidate(place)[1:4], born, "0") for place in range(40)]
    return csv_file(header, [*rows, *many])


def _decided() -> bytes:
    header = ["sbd", "toan", "van", "nn", "ket_qua", "diem_chuan", "tong_diem"]
    return csv_file(
        header, [(f"{130_001 + place}", "7", "7", "7", said, "20", "21") for place, said in enumerate(SAID)]
    )


def decided(place: int) -> str:
    """The number of the candidate whose file says SAID[place]."""
    return f"{130_001 + place}"


def _released(bureau: Bureau) -> list[Exam]:
    body = graduates()
    out = bureau.released(graduation(), body)
    fix = csv_file(["sbd", "toan"], [(CORRECTED, "10")])
    edition = bureau.imported(out, fix, reason=Reason.REMARK, partial=True, decision="12/QĐ-SGDĐT")
    out = bureau.office.approve(out, edition.id, APPROVER, None)
    few = csv_file(["sbd", *CORE], [(FULL, *["7"] * len(CORE))])
    small = bureau.released(replace(graduation(SMALL), title="Thi nghề phổ thông", title_en="", languages=False), few)
    by_file = replace(tenth(OUTCOMES), policy=Policy.OPEN, factors=(), formula=None, benchmark=None)
    coded = replace(tenth(CODED), policy=Policy.CODED, factors=("card_code",), formula=None, benchmark=None)
    cards = csv_file(["sbd", "toan", "van", "nn", "ma_tra_cuu"], [(ADMITTED, "7", "8", "9", CODE)])
    gone = bureau.released(graduation(WITHDRAWN), body)
    return [
        out,
        small,
        bureau.released(tenth(), _pupils()),
        bureau.released(by_file, _decided()),
        bureau.released(coded, cards),
        bureau.office.withdraw(gone, APPROVER, "wrong file"),
    ]


def _waiting(bureau: Bureau) -> list[Exam]:
    announced = replace(tenth(ANNOUNCED), expected_at=HOUR + timedelta(days=3))
    silent = replace(graduation(SILENT), title="Thi nghề phổ thông 2027", title_en="")
    for exam in (announced, silent):
        bureau.office.add_exam(exam, exams.UPLOADER)
    coming = replace(
        graduation(COMING), title="Kỳ thi tốt nghiệp THPT 2027", title_en="High-school graduation exam 2027"
    )
    return [bureau.released(coming, graduates(), at=HOUR + timedelta(hours=1)), announced, silent]


@pytest.fixture(scope="module")
def built(_session_cloud: Cloud) -> Pages:
    """The site, made once for a module; whatever a test writes must belong to its own network address."""
    return build(_session_cloud)


@pytest.fixture
def pages(built: Pages) -> Iterator[Pages]:
    """The site at its hour, whatever the test before did to the clock."""
    built.clock.at = HOUR
    yield built
    built.clock.at = HOUR


@pytest.fixture
def visitor(pages: Pages) -> Visitor:
    """A browser at a network address of its own."""
    return newcomer(pages)


def newcomer(pages: Pages, address: str = "") -> Visitor:
    """Another browser, at a network address of its own unless one is given."""
    found = Visitor(pages.app)
    found.client.environ_base["REMOTE_ADDR"] = address or next(ADDRESSES)
    return found


def english(path: str) -> str:
    """The same page in English."""
    return f"{path}{'&' if '?' in path else '?'}lang=en"


def same(page: Page) -> str:
    """A page without what must differ: its one-time token and its own address."""
    return TOKENS.sub(r"\1", page.html).replace(quote(page.answer.request.path), "/here")


def look_up(visitor: Visitor, number: str, status: int = 303, **more: str) -> Page:
    """The grade-10 form, opened and sent with the right birth date unless another is given."""
    return visitor.submit(f"{BASE}/{TENTH}", status, number=number, **{**BORN, **more})


def every_state(visitor: Visitor) -> dict[str, str]:
    """An address for every state that a GET can show, by name."""
    slips = {name: f"{BASE}/{OPEN}/{number}" for name, number in SPECIAL.items()}
    said = {f"said-{place}": f"{BASE}/{OUTCOMES}/{decided(place)}" for place in (1, 6)}
    waiting = {slug: f"{BASE}/{slug}" for slug in WAITING}
    pupils = (("sealed", ADMITTED), ("eliminated", ELIMINATED), ("absent", ABSENT))
    sealed = {name: look_up(visitor, number).answer.headers["Location"] for name, number in pupils}
    return {
        **slips,
        **said,
        **waiting,
        **sealed,
        "home": f"/{AGENCY}/",
        "bare-home": f"/{BARE}/",
        "list": BASE,
        "no-exams": f"/{BARE}/diem-thi",
        "form": f"{BASE}/{OPEN}",
        "verified-form": f"{BASE}/{TENTH}",
        "coded-form": f"{BASE}/{CODED}",
        "not-found": f"{BASE}/{OPEN}/99999999",
        "lost-zero": f"{BASE}/{OPEN}/2001001",
        "malformed": f"{BASE}/{OPEN}/abc",
        "closed": f"{BASE}/{TENTH}/kq/x",
        "small": f"{BASE}/{SMALL}/{FULL}",
        "distribution": f"{BASE}/{OPEN}/pho-diem",
        "total": f"{BASE}/{OPEN}/pho-diem?mon=A00",
        "too-small": f"{BASE}/{SMALL}/pho-diem",
    }
