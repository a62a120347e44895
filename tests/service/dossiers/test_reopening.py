"""A second look at a finished dossier: asked for once, answered once, by whom and until when was promised; whatever dies."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.reopening import LOOKS_MOST, Request, Senior, State
from miniapp.dossiers.reopenings import Reopenings
from miniapp.ratings.casting import Came, Given
from tests.support.cloud import Cloud
from tests.support.dossier_acts import finished, handed_over, taken_up
from tests.support.dossier_town import LEADER, OFFICER, OTHER, WARD, DossierTown
from tests.support.faults import CountedCalls, Killed, LostReplies

HOA = Senior(LEADER.id, "Trần Thị Hòa", "Chủ tịch UBND phường Hoa Mai")
BINH = Senior("off_binh", "Lê Văn Bình", "Phó Chủ tịch UBND phường Hoa Mai")
MAI = "84000000000000001"
WHY = "Giấy khai sinh ghi sai ngày sinh của con"


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return begun(cloud)


def begun(cloud: Cloud) -> DossierTown:
    """A ward where one leader answers."""
    town = DossierTown(cloud)
    town.services.reopenings.name(WARD, HOA, 0, by=LEADER.id)
    return town


def done(town: DossierTown, key: str = "key-1") -> Dossier:
    return town.moved(town.moved(town.taken(key=key), taken_up), finished)


def ask(town: DossierTown, held: Dossier, words: str = WHY, key: str = "form", senior: Senior = HOA) -> Request:
    service = town.services.reopenings
    return service.ask(WARD, str(held.code), words, seen=service.seen(senior), key=key)


def decide(
    town: DossierTown, request: Request, state: State, text: str = "Đã xem lại", key: str = "d1", by: str = LEADER.id
) -> Request:
    return town.services.reopenings.decide(
        WARD, request.code, request.number, request.version, state, text, by=by, key=key
    )


def listed(town: DossierTown) -> list[tuple[str, str]]:
    lines, _ = town.services.reopenings.open(WARD)
    return [(line.code, line.state.value) for line in lines]


def keeps(town: DossierTown, held: Dossier, user: str = MAI) -> None:
    keeping = town.services.dossier_keeping
    mark = keeping.keep(WARD, str(held.code), user, "vi")
    town.services.consents.give(user, WARD, "dossier_news", "1")
    keeping.tell(user, mark, "vi")


def heard(town: DossierTown) -> list[str]:
    return [one.name for one in town.services.outbox.of(MAI) if one.name == "dossier_reopening_told"]


def test_a_finished_dossier_offers_a_named_senior_and_a_moment_and_asking_keeps_both(town: DossierTown):
    held = done(town)
    offered = town.services.reopenings.offered(WARD, str(held.code), ())
    assert offered is not None and offered.senior == HOA
    assert offered.due is not None and offered.due > town.clock.now()
    request = ask(town, held)
    assert (request.senior, request.due, request.state, request.number) == (HOA, offered.due, State.ASKED, 1)
    assert town.services.reopenings.of(WARD, str(held.code)) == [request]
    assert town.services.reopenings.offered(WARD, str(held.code), [request]) is None
    assert listed(town) == [(str(held.code), "asked")]
    assert town.office.find(WARD, str(held.code)) == held, "the dossier stays as it ended"


def test_what_has_no_result_can_not_be_looked_at_again_and_neither_can_another_agency_s(town: DossierTown):
    running, service = town.moved(town.taken(), taken_up), town.services.reopenings
    for agency, held in ((WARD, running), (OTHER, done(town, "key-2"))):
        with pytest.raises(Conflict, match="reopening_not_eligible"):
            service.ask(agency, str(held.code), WHY, seen=service.seen(HOA), key="form")
    assert listed(town) == []


def test_where_nobody_answers_nothing_is_asked_and_who_ended_the_dossier_is_never_offered(cloud: Cloud):
    town = DossierTown(cloud)
    held, service = done(town), town.services.reopenings
    service.name(WARD, Senior(OFFICER.id, "Ai", "Công chức"), 0, by=OFFICER.id)
    offered = service.offered(WARD, str(held.code), ())
    assert offered is not None and (offered.senior, offered.due) == (None, None)
    with pytest.raises(Conflict, match="reopening_nobody"):
        ask(town, held)
    assert service.of(WARD, str(held.code)) == []


def test_whoever_saw_another_senior_is_told_so_and_nothing_is_kept(town: DossierTown):
    held, service = done(town), town.services.reopenings
    seen = service.seen(HOA)
    service.name(WARD, Senior(HOA.officer, HOA.name, "Bí thư"), 1, by=LEADER.id)
    with pytest.raises(Conflict, match="reopening_senior_changed"):
        service.ask(WARD, str(held.code), WHY, seen=seen, key="form")
    assert service.of(WARD, str(held.code)) == []


def test_the_same_form_twice_is_one_request_and_another_form_hears_that_there_is_one(town: DossierTown):
    held = done(town)
    first = ask(town, held)
    assert ask(town, held) == first
    with pytest.raises(Conflict, match="reopening_asked"):
        ask(town, held, "Khác", "another")
    assert listed(town) == [(str(held.code), "asked")]


def test_forms_at_once_make_one_request(town: DossierTown):
    held, made, refused = done(town), [], []

    def send(key: str) -> None:
        try:
            made.append(ask(town, held, key=key))
        except Conflict as conflict:
            refused.append(conflict.code)

    many = [threading.Thread(target=send, args=(f"form {at // 2}",)) for at in range(8)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert len({request.key for request in made}) == 1 and len(made) == 2, "both sendings of the form that was first"
    assert refused == ["reopening_asked"] * 6
    assert town.services.reopenings.of(WARD, str(held.code)) == made[:1]


def test_after_an_answer_it_may_be_asked_once_more_and_no_more(town: DossierTown):
    held = done(town)
    for number in range(1, LOOKS_MOST + 1):
        request = ask(town, held, key=f"form {number}")
        assert request.number == number
        decide(town, request, State.ANSWERED, key=f"d {number}")
    with pytest.raises(Refused, match="reopenings_used"):
        ask(town, held, key="once more")
    so_far = town.services.reopenings.of(WARD, str(held.code))
    assert town.services.reopenings.offered(WARD, str(held.code), so_far) is None


def test_a_senior_reopens_within_a_new_term_then_answers_and_the_national_status_never_moves(town: DossierTown):
    held = town.moved(done(town), handed_over)
    request = ask(town, held)
    town.clock.pass_by(days=3)
    reopened = decide(town, request, State.REOPENED, "Sẽ kiểm tra sổ gốc", "d1")
    assert request.due is not None and reopened.due is not None and reopened.due > request.due
    assert listed(town) == [(str(held.code), "reopened")]
    answered = decide(town, reopened, State.ANSWERED, "Đã cấp lại bản đúng", "d2")
    assert [each.text for each in answered.decided] == ["Sẽ kiểm tra sổ gốc", "Đã cấp lại bản đúng"]
    assert (answered.state, answered.due, listed(town)) == (State.ANSWERED, None, [])
    assert town.services.reopenings.lately(WARD) == ["Đã cấp lại bản đúng", "Sẽ kiểm tra sổ gốc"]
    assert town.office.find(WARD, str(held.code)) == held
    with pytest.raises(Conflict, match="reopening_answered"):
        decide(town, answered, State.REOPENED, key="d3")


def test_of_two_seniors_at_once_one_decides_and_the_other_is_told(town: DossierTown):
    request, results = ask(town, done(town)), []

    def send(by: str, state: State) -> None:
        try:
            results.append(decide(town, request, state, f"Của {by}", f"form of {by}", by).state.value)
        except Conflict as conflict:
            results.append(conflict.code)

    both = [
        threading.Thread(target=send, args=each)
        for each in ((HOA.officer, State.REOPENED), (BINH.officer, State.ANSWERED))
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    [held] = town.services.reopenings.of(WARD, request.code)
    assert sorted(results) == sorted([held.state.value, "reopening_changed"])
    assert len(held.decided) == 1 and held.version == 2


def test_the_same_decision_twice_is_one_and_a_stale_one_changes_nothing(town: DossierTown):
    request = ask(town, done(town))
    first = decide(town, request, State.REOPENED)
    assert decide(town, request, State.REOPENED) == first
    with pytest.raises(Conflict, match="reopening_changed"):
        decide(town, request, State.ANSWERED, key="another")
    with pytest.raises(Invalid, match="reopening_text_needed"):
        decide(town, first, State.ANSWERED, " ", "third")
    with pytest.raises(NotFound, match="reopening_unknown"):
        town.services.reopenings.decide(OTHER, request.code, 1, 1, State.ANSWERED, "Của nơi khác", by="x", key="k")
    assert town.services.reopenings.of(WARD, request.code) == [first]
    assert town.told().count("dossier_reopened") == 1


def test_whoever_moved_the_dossier_leaves_the_answer_to_somebody_else(town: DossierTown):
    request = ask(town, done(town))
    with pytest.raises(Refused, match="reopening_own"):
        decide(town, request, State.ANSWERED, by=OFFICER.id)
    assert decide(town, request, State.ANSWERED, by=BINH.officer).decided[0].by == BINH.officer


def test_what_is_due_today_and_late_is_counted_as_long_as_it_is_open(town: DossierTown):
    service = town.services.reopenings
    request = ask(town, done(town))
    assert request.due is not None
    before, after = request.due - timedelta(hours=1), request.due + timedelta(hours=1)
    assert [service.count(WARD, None, until, 10) for until in (before, after)] == [0, 1]
    assert service.count(WARD, before, after, 10) == 1
    assert service.count(OTHER, None, after, 10) == 0
    decide(town, request, State.ANSWERED)
    assert service.count(WARD, None, after, 10) == 0


def test_who_answers_is_changed_knowing_what_was_there_and_the_trail_says_by_whom(town: DossierTown):
    service = town.services.reopenings
    service.name(WARD, BINH, 1, by=BINH.officer)
    service.name(WARD, BINH, 1, by=BINH.officer)  # nothing new
    with pytest.raises(Conflict, match="seniors_changed"):
        service.unname(WARD, HOA.officer, 1, by=BINH.officer)
    service.unname(WARD, HOA.officer, 2, by=BINH.officer)
    service.unname(WARD, HOA.officer, 0, by=BINH.officer)  # gone already
    assert service.seniors(WARD).people == (BINH,)
    assert town.told() == ["senior_named", "senior_named", "senior_unnamed"]
    for post in ("", "x" * 121):
        with pytest.raises(Invalid, match="senior_post_shape"):
            service.name(WARD, Senior("off_x", "X", post), 3, by="off_x")


def test_the_clock_notes_a_request_once_and_tells_who_asked_to_be_told_of_each_decision_once(town: DossierTown):
    held, news = done(town), town.services.reopening_news
    keeps(town, held)
    request = ask(town, held)
    assert "dossier_reopening_asked" not in town.told()
    assert [news.run() for _ in range(2)] == [0, 0]
    assert town.told().count("dossier_reopening_asked") == 1
    assert heard(town) == []
    reopened = decide(town, request, State.REOPENED)
    assert [news.run() for _ in range(2)] == [1, 0]
    decide(town, reopened, State.ANSWERED, key="d2")
    assert [news.run() for _ in range(2)] == [1, 0]
    assert len(heard(town)) == 2
    [entry, *_] = [one for one in town.services.audit.page(WARD).entries if one.event == "dossier_reopening_asked"]
    assert (entry.by, entry.facts) == ("citizen", {"dossier": request.code, "number": 1})


def test_clocks_at_once_note_and_tell_once(town: DossierTown):
    held = done(town)
    keeps(town, held)
    decide(town, ask(town, held), State.ANSWERED)
    counts: list[int] = []
    many = [threading.Thread(target=lambda: counts.append(town.services.reopening_news.run())) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert (sum(counts), len(heard(town))) == (1, 1)
    assert town.told().count("dossier_reopening_asked") == 1


def test_the_rows_of_a_request_lead_to_no_ballot_and_those_of_a_ballot_to_no_request(town: DossierTown):
    held = done(town)
    token = town.services.casting.link(WARD, str(held.code))
    cast = town.services.casting.cast(WARD, token, Given({"overall": "dissatisfied"}, ("time",), "Chờ lâu"), Came())
    decide(town, ask(town, held), State.ANSWERED)
    town.services.reopening_news.run()
    name = town.services.settings.resource
    rows = {
        short: [
            json.dumps(row, ensure_ascii=False)
            for row in town.services.aws.dynamodb.scan(TableName=name(short), ConsistentRead=True)["Items"]
        ]
        for short in ("ratings", "rating_facts", "dossiers", "audit")
    }
    assert [row for row in (*rows["dossiers"], *rows["audit"]) if cast.id in row or token in row] == []
    assert [row for row in (*rows["dossiers"], *rows["audit"]) if "Chờ lâu" in row or "dissatisfied" in row] == []
    assert [row for row in (*rows["ratings"], *rows["rating_facts"]) if WHY in row or "again" in row] == []
    assert [row for row in rows["audit"] if WHY in row or HOA.name in row or "Đã xem lại" in row] == []


def test_asking_costs_the_same_whoever_was_satisfied_and_looks_at_no_ballot(town: DossierTown):
    calls = []
    for at, level in enumerate(("very_satisfied", "dissatisfied")):
        held = done(town, f"key {at}")
        token = town.services.casting.link(WARD, str(held.code))
        town.services.casting.cast(WARD, token, Given({"overall": level}), Came())
        with CountedCalls(town.services.aws) as counted:
            ask(town, held)
        calls.append(counted.calls)
    assert calls[0] == calls[1] == ["GetItem", "GetItem", "GetItem", "TransactWriteItems"]


Acted = Callable[[DossierTown, Dossier], object]


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "its answer lost"])
def test_killed_at_any_call_of_asking_deciding_or_telling_everything_is_there_once_in_the_end(
    cloud: Cloud, after: bool
):
    kills = 0
    for place in range(60):
        cloud.engine.empty()
        town = begun(cloud)
        held = done(town)
        keeps(town, held)
        try:
            with CountedCalls(town.services.aws, place, after):
                _all(town, held)
        except Killed:
            kills += 1
        else:
            break
        _all(town, held)
        [request] = town.services.reopenings.of(WARD, str(held.code))
        assert (request.state, len(request.decided), request.version) == (State.ANSWERED, 1, 2)
        assert listed(town) == [] and town.services.reopenings.lately(WARD) == ["Đã xem lại"]
        events = town.told()
        assert [events.count(one) for one in ("dossier_reopening_asked", "dossier_reopening_answered")] == [1, 1]
        assert len(heard(town)) == 1
    assert kills >= 10


def test_lost_replies_make_no_second_request_and_no_second_decision(town: DossierTown):
    held = done(town)
    with LostReplies(town.services.aws, 0.3, 7):
        request = ask(town, held)
        decide(town, request, State.ANSWERED)
    assert [each.version for each in town.services.reopenings.of(WARD, str(held.code))] == [2]
    assert town.told().count("dossier_reopening_answered") == 1


def _all(town: DossierTown, held: Dossier) -> None:
    """Ask, decide, tell; from wherever somebody died."""
    service: Reopenings = town.services.reopenings
    ask(town, held)
    town.services.reopening_news.run()
    service.decide(WARD, str(held.code), 1, 1, State.ANSWERED, "Đã xem lại", by=LEADER.id, key="d1")
    town.services.reopening_news.run()
