"""Every slip says when results were first out, and since when and why its edition is another one by now."""

import gzip
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.store import AgencyStore
from miniapp.exam_scores.model import Exam, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, Bureau, csv_file, exam, exam_agency
from tests.support.visitor import Visitor

AGENCY = "so-gddt-hoa-mai"
EXAM = exam(agency=AGENCY, subjects=("toan", "van"), combination_set="")
ROWS = csv_file(["sbd", "toan", "van"], [(f"020000{place:02d}", "8", "7.5") for place in range(1, 40)])
TOUCHED, UNTOUCHED = "02000001", "02000002"
SLIP_MOST = 8_000
FIRST = "Công bố lúc 08:00, 16/07/2026"
COMPARED = "; so với 39 thí sinh của kỳ thi."


@dataclass
class Town:
    """An office whose results are out, and who looks them up."""

    bureau: Bureau
    visitor: Visitor
    exam: Exam

    def corrected(self, reason: Reason = Reason.REMARK, score: str = "10", **span: float) -> None:
        """Some time later, a correction of one candidate."""
        self.bureau.later(**span)
        fix = csv_file(["sbd", "toan"], [(TOUCHED, score)])
        edition = self.bureau.imported(self.exam, fix, reason=reason, partial=True)
        self.exam = self.bureau.office.approve(self.exam, edition.id, APPROVER, None)

    def said(self, number: str = UNTOUCHED, language: str = "") -> str:
        self.bureau.later(seconds=5)
        page = self.visitor.get(f"/{AGENCY}/diem-thi/{self.exam.slug}/{number}{language}")
        assert len(gzip.compress(page.html.encode(), 6)) <= SLIP_MOST
        return page.text


@pytest.fixture
def town(cloud: Cloud) -> Town:
    bureau = Bureau(cloud, HOUR)
    app = create_app(cloud.settings, Services(cloud.settings, clock=bureau.clock, ids=bureau.ids))
    AgencyStore().add([exam_agency(AGENCY)])
    return Town(bureau, Visitor(app), bureau.released(EXAM, ROWS))


def test_before_any_correction_a_slip_says_when_results_came_out(town: Town) -> None:
    assert FIRST + COMPARED in town.said()


def test_after_a_correction_even_who_is_untouched_reads_both_dates_and_why(town: Town) -> None:
    town.corrected(days=18)
    for number in (UNTOUCHED, TOUCHED):
        said = town.said(number)
        assert f"{FIRST}; bản hiện tại từ 08:00, 03/08/2026 sau phúc khảo, theo quyết định 12/QĐ{COMPARED}" in said
        assert ("Điểm đã cập nhật ngày 03/08/2026 sau phúc khảo" in said) is (number == TOUCHED)


def test_a_second_correction_keeps_the_first_date_and_has_its_own_reason(town: Town) -> None:
    town.corrected(days=18)
    town.corrected(Reason.VIOLATION, "0", days=2)
    assert f"{FIRST}; bản hiện tại từ 08:00, 05/08/2026 sau xử lý vi phạm" in town.said()


def test_a_correction_that_waits_changes_nothing_before_its_hour(town: Town) -> None:
    town.bureau.later(days=18)
    fix = csv_file(["sbd", "toan"], [(TOUCHED, "10")])
    edition = town.bureau.imported(town.exam, fix, reason=Reason.CORRECTION, partial=True)
    at = town.bureau.clock.now() + timedelta(hours=1)
    town.exam = town.bureau.office.approve(town.exam, edition.id, APPROVER, at)
    assert FIRST + COMPARED in town.said()
    town.bureau.clock.at = at
    assert f"{FIRST}; bản hiện tại từ 09:00, 03/08/2026 do đính chính" in town.said()


def test_a_correction_that_changes_nothing_is_still_another_edition(town: Town) -> None:
    assert FIRST + COMPARED in town.said()
    town.corrected(score="8", days=18)
    assert "bản hiện tại từ 08:00, 03/08/2026 sau phúc khảo" in town.said()


def test_what_comes_back_after_a_withdrawal_keeps_the_first_date(town: Town) -> None:
    town.corrected(days=18)
    pointer = town.exam.pointer(town.bureau.clock.now())
    assert pointer
    gone = town.bureau.office.withdraw(town.exam, APPROVER, "wrong file")
    town.bureau.later(days=1)
    with pytest.raises(Exception, match="needs_second_approver"):
        town.bureau.office.approve(gone, pointer.edition, APPROVER, None)
    town.exam = town.bureau.office.approve(gone, pointer.edition, OTHER, None)
    assert f"{FIRST}; bản hiện tại từ 08:00, 04/08/2026 sau phúc khảo" in town.said()


def test_a_row_from_before_the_first_date_was_kept_says_what_it_knows(town: Town) -> None:
    town.corrected(days=18)
    old: dict[str, Any] = {"first_out": None, "version": town.exam.version + 1}
    town.exam = replace(town.exam, **old)
    town.bureau.store.changing_exam(town.exam).alone()
    said = town.said()
    assert f"Bản hiện tại từ 08:00, 03/08/2026 sau phúc khảo, theo quyết định 12/QĐ{COMPARED}" in said
    town.corrected(Reason.CORRECTION, "9", days=1)
    assert "Bản hiện tại từ 08:00, 04/08/2026 do đính chính" in town.said()


def test_the_english_slip_says_it_in_english(town: Town) -> None:
    town.corrected(days=18)
    said = "Released at 08:00, 16/07/2026; this version dates from 08:00, 03/08/2026 after a re-mark, decision 12/QĐ"
    assert f"{said}; compared with the 39 candidates of the exam." in town.said(language="?lang=en")
