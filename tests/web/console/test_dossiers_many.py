"""One act for many dossiers at the desk: chosen with or without the whole list, looked at, confirmed, undone, done."""

from urllib.parse import urlencode

import pytest

from handlers.console.dossiers_many import packed, unpacked
from miniapp.dossiers.batches import Chosen
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.states import Status
from tests.support.dossier_acts import finished, taken_up, withdrawn
from tests.support.dossier_desk import BASE, clerk, found, moved, officer, taken
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "officer"]

MANY = f"{BASE}/nhieu"


def chosen(made: list[Dossier], deed: str = "take_up", **more: str) -> str:
    """The address that the ticks of the inbox lead to."""
    return f"{MANY}?{urlencode([('viec', deed), *(('ma', str(one.code)) for one in made), *more.items()])}"


def fields(page: Page, **more: str) -> dict[str, str]:
    """The form of the page that asks for confirmation."""
    form = page.soup.find("form", method="post", action=lambda to: bool(to) and "/nhieu" in to)
    assert form is not None, page.text
    given = {
        str(one["name"]): str(one.get("value", "")) for one in form.find_all("input") if one.get("type") == "hidden"
    }
    ticked = form.find("input", type="radio", checked=True)
    given |= {"channel": str(ticked["value"])} if ticked else {}
    listed = form.find("select")
    given |= (
        {"officer": str((listed.find("option", selected=True) or listed.find("option"))["value"])} if listed else {}
    )
    return {**given, **more}


def confirmed(clerk: Visitor, page: Page, **more: str) -> str:
    """The address of the batch that was made of a page."""
    answer = clerk.post(MANY, 303, **fields(page, **more))
    return str(answer.answer.headers["Location"])


def applied(office: Office, address: str) -> None:
    """Five minutes later the worker did it."""
    office.clock.pass_by(seconds=300)
    office.services.batches.apply(ApplyBatch(AGENCY, address.rpartition("/")[2]))


def test_lines_are_ticked_looked_at_confirmed_and_done_after_five_minutes(office: Office, clerk: Visitor):
    made = [taken(office, key=f"k{place}") for place in range(3)]
    ticks = [str(one["value"]) for one in clerk.get(BASE).soup.select("tbody input[name=ma]")]
    assert ticks == [str(one.code) for one in made]
    made[2] = moved(office, made[2], withdrawn)
    page = clerk.get(chosen(made))
    assert "2 trong 3 hồ sơ đã chọn sẽ được làm" in page.text
    assert str(made[2].code) in page.text
    address = confirmed(clerk, page)
    shown = clerk.get(address)
    assert "Hồ sơ chưa đổi gì" in shown.text
    assert {found(office, one).status for one in made[:2]} == {Status.RECEIVED}
    applied(office, address)
    assert {found(office, one).status for one in made[:2]} == {Status.IN_PROGRESS}
    done = clerk.get(address)
    assert "Đã làm 2 hồ sơ, không làm được 1 hồ sơ." in done.text
    first = done.soup.select("tbody tr")[0].get_text()
    assert str(made[2].code) in first and "Không làm được" in first, "who was refused stands first, with why"


def test_the_whole_list_as_it_is_filtered_is_one_batch(office: Office, clerk: Visitor, officer: Desk):
    mine = [taken(office, key=f"m{place}", by=officer.id) for place in range(33)]
    taken(office, key="other")
    page = clerk.get(f"{MANY}?ke=running&cua-toi=1&viec=take_up&tat-ca=1")
    assert "33 trong 33 hồ sơ đã chọn" in page.text
    address = confirmed(clerk, page)
    applied(office, address)
    assert "Đã làm 33 hồ sơ" in clerk.get(address).text
    assert len(clerk.get(address).soup.select("tbody tr")) == 33
    assert {found(office, one).status for one in mine} == {Status.IN_PROGRESS}


def test_what_was_moved_since_the_page_was_shown_is_left_alone_and_named(office: Office, clerk: Visitor):
    made = [taken(office, key=f"k{place}") for place in range(2)]
    page = clerk.get(chosen(made, "finish"))
    assert "0 trong 2" in page.text
    page = clerk.get(chosen(made))
    moved(office, made[0], withdrawn)
    address = confirmed(clerk, page)
    applied(office, address)
    text = clerk.get(address).text
    assert "Đã làm 1 hồ sơ" in text and "Người khác vừa thay đổi hồ sơ này" in text


def test_it_is_undone_by_who_made_it_or_a_leader_and_by_nobody_else(office: Office, clerk: Visitor):
    made = [taken(office, key=f"k{place}") for place in range(2)]
    colleague = office.at_desk(office.desk("ban@x.vn", "officer"))
    leader = office.at_desk(office.desk("lanhdao@x.vn", "approver"))
    addresses = [confirmed(clerk, clerk.get(chosen(made))) for _ in range(2)]
    assert "Hoàn tác cả lượt" not in colleague.get(addresses[0]).text
    undo = {"form_token": fields(clerk.get(addresses[0]))["form_token"]}
    token = colleague.get(chosen(made)).soup.find("input", {"name": "form_token"})["value"]
    assert "hoặc lãnh đạo" in colleague.post(addresses[0], 403, form_token=str(token)).text
    clerk.post(addresses[0], 303, **undo)
    leader.post(addresses[1], 303, form_token=fields(leader.get(addresses[1]))["form_token"])
    for address in addresses:
        applied(office, address)
        assert "Không hồ sơ nào bị đổi" in clerk.get(address).text
    assert {found(office, one).status for one in made} == {Status.RECEIVED}


def test_once_it_was_done_undoing_says_that_it_is_too_late(office: Office, clerk: Visitor):
    address = confirmed(clerk, clerk.get(chosen([taken(office)])))
    undo = fields(clerk.get(address))
    applied(office, address)
    assert "Năm phút đã qua" in clerk.post(address, 409, **undo).text


def test_a_form_sent_twice_is_one_batch(office: Office, clerk: Visitor):
    page = clerk.get(chosen([taken(office)]))
    assert confirmed(clerk, page) == confirmed(clerk, page)
    assert len(clerk.get(f"{BASE}/cac-luot").soup.select("tbody tr")) == 1


def test_who_gets_them_and_how_a_result_goes_out_is_chosen_before(office: Office, clerk: Visitor, officer: Desk):
    other = office.desk("ban@x.vn", "officer")
    one = moved(office, taken(office, key="a"), taken_up)
    two = moved(office, moved(office, taken(office, key="b"), taken_up), finished)
    page = clerk.get(chosen([one], "hand_on"))
    wrong = clerk.post(MANY, 422, **fields(page, officer="off_nobody"))
    assert "Hãy chọn người nhận" in wrong.text and "1 trong 1" in wrong.text
    applied(office, confirmed(clerk, wrong, officer=other.id))
    assert (found(office, one).step, found(office, one).officer) == (1, other.id)
    page = clerk.get(chosen([two], "return", ke="ready"))
    applied(office, confirmed(clerk, page, channel="3"))
    assert found(office, two).status is Status.RETURNED


def test_nothing_ticked_no_act_and_a_broken_choice_say_so_and_change_nothing(office: Office, clerk: Visitor):
    made = taken(office)
    assert "Chưa có hồ sơ nào được chọn" in clerk.get(f"{MANY}?viec=take_up", 422).text
    assert "Hãy chọn việc cần làm" in clerk.get(chosen([made], "refuse"), 422).text
    given = fields(clerk.get(chosen([made])))
    for broken in ("", "x", "eJw=", given["chosen"][:-9]):
        clerk.post(MANY, 422, **{**given, "chosen": broken})
    assert "Chưa có lượt nào" in clerk.get(f"{BASE}/cac-luot").text
    clerk.get(f"{MANY}/khong-co", 404)


def test_leaders_look_on_and_others_see_nothing(office: Office, clerk: Visitor):
    made = taken(office)
    address = confirmed(clerk, clerk.get(chosen([made])))
    leader = office.at_desk(office.desk("lanhdao@x.vn", "approver"))
    leader.get(address)
    leader.get(chosen([made]), 403)
    assert 'name="ma"' not in leader.get(BASE).html
    office.at_desk(office.desk("kt@x.vn", "auditor")).get(address, 403)
    abroad = office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER))
    abroad.get(address, 403)
    abroad.get(address.replace(AGENCY, OTHER), 404)


@pytest.mark.parametrize("count", [1, 2_000])
def test_a_choice_of_any_size_travels_in_one_field(count: int):
    held = [Chosen(f"000.00.15.H56-261120-{place:05}", place % 90) for place in range(count)]
    assert unpacked(packed(held)) == held
    assert len(packed(held)) < 40_000


def test_it_reads_in_english_too(office: Office, clerk: Visitor):
    made = taken(office)
    page = clerk.get(f"{chosen([made])}&lang=en")
    assert "1 of the 1 chosen dossiers will be moved" in page.text
    assert "Undo the whole batch" in clerk.get(f"{confirmed(clerk, page)}?lang=en").text
    assert "Batches of dossiers" in clerk.get(f"{BASE}/cac-luot?lang=en").text
