"""Forms 02, 03 and 04 at the desk: what each carries, dated on the day of its act; only what was done has a paper."""

from pathlib import Path

import pytest

from miniapp.dossiers.service import Act, Order
from tests.support.dossier_acts import GROUND, MISSING, REASON, apologised, asking, refused
from tests.support.dossier_desk import address, clerk, moved, officer, stated, taken
from tests.support.dossier_town import AT_DESK, ONLINE
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Visitor
from tests.web.console.conftest import OTHER, Office

__all__ = ["clerk", "officer"]

KINDS: dict[str, tuple[Order, Act, tuple[str, ...]]] = {
    "bo-sung": (
        AT_DESK,
        asking(),
        (
            "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
            "Điều 18 Luật Hộ tịch",
            *(text for one in MISSING for text in (one.paper, one.note)),
            "Còn thiếu",
            "Chưa đúng",
        ),
    ),
    "tu-choi": (ONLINE, refused, ("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", GROUND.article, GROUND.words)),
    "xin-loi": (AT_DESK, apologised, ("PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", REASON, "Đã hẹn trả kết quả")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_paper_carries_what_was_done_and_its_day_and_stands_on_the_dossier_s_page(
    kind: str, office: Office, clerk: Visitor
):
    order, act, words = KINDS[kind]
    made = taken(office, order)
    clerk.get(address(made, f"/phieu/{kind}"), 404)
    moved(office, made, act)
    office.clock.pass_by(seconds=40 * 24 * 3600)  # printed later, it is dated as it was
    clerk = office.at_desk(office.desk("sau@x.vn", "officer"))
    stated(office, made)
    assert clerk.get(address(made)).one(f'a[href="{address(made, f"/phieu/{kind}")}"]')
    page = clerk.get(address(made, f"/phieu/{kind}"))
    for text in (*words, "Nguyễn Thị Lan", f"{made.code} [{made.code.check}]", "gày 16 tháng 7 năm 2026"):
        assert text in page.text, text


@pytest.mark.parametrize("kind", KINDS)
def test_only_who_handles_dossiers_prints_them(kind: str, office: Office, clerk: Visitor):
    order, act, _ = KINDS[kind]
    made = moved(office, taken(office, order), act)
    for role, home in (("approver", made.agency), ("auditor", made.agency), ("officer", OTHER)):
        office.at_desk(office.desk(f"{role}@x.vn", role, agency=home)).get(address(made, f"/phieu/{kind}"), 403)


def test_what_is_no_paper_is_told(office: Office, clerk: Visitor):
    page = clerk.get(address(taken(office), "/phieu/khong-co"), 404)
    assert "không có phiếu đó" in page.text


def test_every_paper_s_markup_is_sound_in_both_languages(office: Office, clerk: Visitor, tmp_path: Path):
    for kind, (order, act, _) in KINDS.items():
        made = moved(office, taken(office, order, key=kind), act)
        for language in ("", "?lang=en"):
            collect_html(f"{kind}{language}", clerk.get(address(made, f"/phieu/{kind}{language}")).html, tmp_path)
    assert_markup(tmp_path)
