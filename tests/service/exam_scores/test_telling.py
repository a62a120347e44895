"""«Tell me when scores are out»: registered before the hour, told in waves after it, once, and erased."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.wiring import Services
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.exam_scores.model import Exam, Reason
from miniapp.exam_scores.rounds import TellWave
from miniapp.exam_scores.telling import NUMBERS_MOST, PURPOSE
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, Bureau, csv_file, exam
from tests.support.letters import AGENCY, DEPARTMENT, LAN, MINH, deliver_all, notes, services

FILE = csv_file(["sbd", "toan"], [[f"0200000{place}", "8"] for place in range(1, 8)])
NOTE = TellWave(AGENCY, "thpt-2019")


class Eve:
    """The evening before: an exam with an hour, the wiring, and people who agreed."""

    def __init__(self, cloud: Cloud, wave: int = 200) -> None:
        self.cloud = cloud
        self.bureau = Bureau(cloud)
        self.made: Services = services(cloud, self.bureau.clock, tell_wave=wave, tell_pace=1)
        AgencyStore().add([DEPARTMENT])
        self.exam: Exam = self.bureau.released(exam(agency=AGENCY), FILE, at=HOUR)

    def agreed(self, user: str = LAN) -> None:
        self.made.consents.give(user, AGENCY, PURPOSE, "1")

    def registered(self, number: str = "02000001", user: str = LAN, language: str = "vi") -> None:
        self.agreed(user)
        self.made.telling.register(AGENCY, self.exam.slug, user, number, language)

    def past_the_hour(self, **more: float) -> None:
        self.bureau.clock.at = HOUR + timedelta(**(more or {"seconds": 30}))

    def told(self, user: str = LAN) -> list[str]:
        deliver_all(self.made, self.cloud)
        return [line.text for line in self.made.simulated_chat.conversation(AGENCY, user)]


@pytest.fixture
def eve(cloud: Cloud) -> Eve:
    return Eve(cloud)


def test_nobody_is_registered_without_having_agreed(eve: Eve) -> None:
    with pytest.raises(Refused, match="consent_missing"):
        eve.made.telling.register(AGENCY, eve.exam.slug, LAN, "02000001")
    assert eve.made.telling.of(LAN) == []


def test_known_unknown_and_short_numbers_are_registered_alike(eve: Eve) -> None:
    eve.registered("02000001")
    eve.registered("09999999")
    eve.registered("2000003")
    found = eve.made.telling.find(AGENCY, eve.exam.slug, LAN)
    assert found is not None
    assert [number.reveal for _, number in found.numbers] == ["02000001", "09999999", "02000003"]
    assert found.tails == ["…001", "…999", "…003"]


def test_the_same_number_again_changes_nothing_and_a_sixth_is_refused(eve: Eve) -> None:
    for place in range(NUMBERS_MOST):
        eve.registered(f"0200000{place}")
        eve.registered(f"02 000 00{place}")
    with pytest.raises(Conflict, match="too_many_numbers"):
        eve.registered("02000009")
    (found,) = eve.made.telling.of(LAN)
    assert len(found.numbers) == NUMBERS_MOST


@pytest.mark.parametrize("typed", ["", "02000001; drop", "0" * 17, "<script>", "٠٢٠٠٠٠٠١"])
def test_what_is_no_number_is_refused_with_its_reason(eve: Eve, typed: str) -> None:
    eve.agreed()
    with pytest.raises(Invalid, match="candidate_number"):
        eve.made.telling.register(AGENCY, eve.exam.slug, LAN, typed)


def test_no_number_lies_open_in_any_table(eve: Eve, cloud: Cloud) -> None:
    eve.registered("09999999")
    eve.past_the_hour()
    eve.made.rounds.wave(NOTE)
    eve.told()
    dynamodb = cloud.admin("dynamodb")
    for table in ("messages", "exam_scores", "citizens"):
        rows = dynamodb.scan(TableName=cloud.settings.resource(table))["Items"]
        assert "09999999" not in str([row for row in rows if "data" not in row])


def test_after_the_hour_nobody_can_register_and_everybody_is_told_once(eve: Eve) -> None:
    eve.registered(user=LAN)
    eve.registered(user=MINH, language="en")
    assert eve.made.rounds.wave(NOTE) == 0
    eve.past_the_hour()
    with pytest.raises(Conflict, match="scores_are_out"):
        eve.registered("02000002")
    assert eve.made.rounds.begin_due() == 1
    assert eve.made.rounds.wave(NOTE) == 2
    assert eve.made.rounds.wave(NOTE) == 0
    assert eve.made.rounds.begin_due() == 0
    assert ["…001" in text for text in eve.told()] == [True]
    (english,) = eve.made.simulated_chat.conversation(AGENCY, MINH)
    assert "National exam 2019" in english.text
    assert english.buttons[0].address.endswith(f"/{AGENCY}/diem-thi/thpt-2019?lang=en")


def test_waves_take_as_many_as_the_setting_says_and_leave_a_note_for_the_next(cloud: Cloud) -> None:
    eve = Eve(cloud, wave=2)
    people = [f"8400000000000{place:04d}" for place in range(7)]
    for person in people:
        eve.registered(user=person)
    eve.past_the_hour()
    sizes = []
    for _ in range(12):
        sizes.append(eve.made.rounds.wave(NOTE))
        if not sizes[-1] and eve.made.rounds.begin_due() == 0:
            break
        eve.bureau.later(seconds=10)
    assert max(sizes) == 2
    assert sum(sizes) == 7
    eve.told()
    assert [len(eve.made.simulated_chat.conversation(AGENCY, person)) for person in people] == [1] * 7


def test_two_workers_with_the_same_wave_tell_nobody_twice(eve: Eve) -> None:
    eve.registered()
    eve.past_the_hour()
    eve.made.rounds.wave(NOTE)
    again = services(eve.cloud, eve.bureau.clock)
    again.rounds.wave(NOTE)
    assert len(eve.told()) == 1


def test_a_wave_killed_after_its_messages_is_done_again_without_telling_twice(eve: Eve) -> None:
    eve.registered()
    eve.past_the_hour()
    pointer = eve.exam.pointer(eve.bureau.clock.now())
    assert pointer is not None
    (person,) = eve.made.rounds._next(eve.exam, _round(pointer.release_at))[0]
    eve.made.rounds._tell(eve.exam, person, eve.bureau.clock.now())
    assert eve.made.rounds.wave(NOTE) == 0
    assert len(eve.told()) == 1


def _round(release_at: object) -> object:
    from miniapp.exam_scores.telling_store import Round

    return Round(release_at, release_at)  # type: ignore[arg-type]


def test_nobody_is_told_while_the_agency_has_closed_its_look_up_and_everybody_once_it_opens(eve: Eve) -> None:
    eve.registered()
    agencies = eve.made.agencies
    agencies.close_service(AGENCY, Service.EXAM_SCORES, "off_1")
    eve.past_the_hour()
    assert eve.made.rounds.begin_due() == 0
    assert eve.made.rounds.wave(NOTE) == 0
    assert eve.told() == []
    agencies.open_service(AGENCY, Service.EXAM_SCORES, "off_1")
    assert eve.made.rounds.begin_due() == 1
    assert eve.made.rounds.wave(NOTE) == 1
    assert len(eve.told()) == 1


def test_a_round_stops_when_the_edition_is_withdrawn_and_goes_on_when_it_comes_back(cloud: Cloud) -> None:
    eve = Eve(cloud, wave=1)
    eve.registered(user=LAN)
    eve.registered(user=MINH)
    eve.past_the_hour()
    assert eve.made.rounds.wave(NOTE) == 1
    office = eve.bureau.office
    gone = office.withdraw(office.exam(AGENCY, "thpt-2019"), APPROVER, "sai")
    assert eve.made.rounds.wave(NOTE) == 0
    assert eve.made.rounds.begin_due() == 0
    edition = office.editions(gone)[0].id
    with pytest.raises(Conflict, match="needs_second_approver"):
        office.approve(gone, edition, APPROVER, None)
    office.approve(gone, edition, OTHER, None)
    eve.bureau.later(seconds=30)
    assert eve.made.rounds.begin_due() == 1
    assert sum(eve.made.rounds.wave(NOTE) for _ in range(4)) == 1
    assert (len(eve.told(LAN)), len(eve.told(MINH))) == (1, 1)


def test_a_registration_waits_when_the_hour_is_moved(eve: Eve) -> None:
    eve.registered()
    eve.bureau.office.move_release(eve.exam, HOUR + timedelta(days=1), APPROVER)
    eve.past_the_hour()
    assert (eve.made.rounds.begin_due(), eve.made.rounds.wave(NOTE)) == (0, 0)
    eve.past_the_hour(days=1, seconds=30)
    assert eve.made.rounds.begin_due() == 1
    assert eve.made.rounds.wave(NOTE) == 1


def test_a_stalled_round_is_picked_up_by_the_schedule(cloud: Cloud) -> None:
    eve = Eve(cloud, wave=1)
    eve.registered(user=LAN)
    eve.registered(user=MINH)
    eve.past_the_hour()
    eve.made.rounds.wave(NOTE)
    notes(cloud, "score_tellings")
    assert eve.made.rounds.begin_due() == 0
    eve.bureau.later(minutes=3)
    assert eve.made.rounds.begin_due() == 1
    assert len(notes(cloud, "score_tellings")) == 1


def test_who_took_the_consent_back_is_not_told(eve: Eve) -> None:
    eve.registered()
    eve.made.consents.withdraw(LAN, AGENCY, PURPOSE)
    eve.past_the_hour()
    assert eve.made.rounds.wave(NOTE) == 0
    assert eve.told() == []


def test_a_number_and_everything_can_be_taken_back(eve: Eve) -> None:
    eve.registered("02000001")
    eve.registered("02000002")
    (found,) = eve.made.telling.of(LAN)
    first = found.numbers[0][0]
    assert eve.made.telling.leave(AGENCY, eve.exam.slug, LAN, first)
    assert not eve.made.telling.leave(AGENCY, eve.exam.slug, LAN, first)
    assert not eve.made.telling.leave(AGENCY, eve.exam.slug, MINH, found.numbers[1][0])
    assert eve.made.telling.forget(LAN) == 1
    assert eve.made.telling.of(LAN) == []
    eve.past_the_hour()
    assert eve.made.rounds.wave(NOTE) == 0


def test_an_exam_of_another_agency_and_an_unknown_one_take_nobody(eve: Eve) -> None:
    eve.agreed()
    for agency, slug in ((AGENCY, "other"), ("so-gddt-phu-yen", eve.exam.slug)):
        with pytest.raises(NotFound, match="exam_unknown"):
            eve.made.telling.register(agency, slug, LAN, "02000001")
    assert eve.made.telling.forget(LAN, "so-gddt-phu-yen") == 0


def test_a_key_that_was_changed_still_reads_and_adds_nothing_twice(eve: Eve) -> None:
    eve.registered("02000001")
    (held,) = eve.made.telling.of(LAN)
    settings = replace(eve.cloud.settings, session_key="f" * 64, session_key_before=eve.cloud.settings.session_key)
    again = services(replace(eve.cloud, settings=settings), eve.bureau.clock)
    again.telling.register(AGENCY, eve.exam.slug, LAN, "02000001")
    (found,) = again.telling.of(LAN)
    assert len(found.numbers) == 1
    assert again.telling.leave(AGENCY, eve.exam.slug, LAN, held.numbers[0][0])


# --- corrections


def corrected(eve: Eve, *numbers: str, score: str = "9") -> Exam:
    """Another score for these numbers, out now."""
    office, at = eve.bureau.office, eve.bureau.clock
    made = office.exam(AGENCY, "thpt-2019")
    body = csv_file(["sbd", "toan"], [[number, score] for number in numbers])
    edition = eve.bureau.imported(made, body, reason=Reason.REMARK, partial=True, decision="12/QĐ")
    at.at += timedelta(minutes=5)
    return office.approve(office.exam(AGENCY, "thpt-2019"), edition.id, APPROVER, None)


def rounds(eve: Eve, again: int = 4) -> int:
    """What the schedule and the worker do after a release."""
    eve.bureau.later(seconds=30)
    eve.made.rounds.begin_due()
    return sum(eve.made.rounds.wave(NOTE) for _ in range(again))


@pytest.fixture
def morning(eve: Eve) -> Eve:
    """Two people who were told that scores are out."""
    eve.registered("02000001", LAN)
    eve.registered("02000002", LAN)
    eve.registered("02000003", MINH, language="en")
    eve.past_the_hour()
    assert rounds(eve) == 2
    return eve


def test_who_waited_is_told_of_a_correction_of_his_number_once_and_nobody_else(morning: Eve) -> None:
    corrected(morning, "02000002")
    assert rounds(morning) == 1
    assert rounds(morning) == 0
    _, news = morning.told(LAN)
    assert "cập nhật" in news
    assert ("…002" in news, "…001" in news) == (True, False)
    assert len(morning.told(MINH)) == 1


def test_every_correction_is_told_for_itself_and_a_wave_done_again_tells_nobody_twice(morning: Eve) -> None:
    corrected(morning, "02000003")
    assert rounds(morning) == 1
    corrected(morning, "02000003", "02000001", score="7")
    assert rounds(morning) == 2
    assert (len(morning.told(LAN)), len(morning.told(MINH))) == (2, 3)
    assert "National exam 2019" in morning.told(MINH)[-1]


def test_a_correction_that_is_only_approved_is_not_told_before_its_hour(morning: Eve) -> None:
    made = morning.bureau.office.exam(AGENCY, "thpt-2019")
    body = csv_file(["sbd", "toan"], [["02000001", "9"]])
    edition = morning.bureau.imported(made, body, reason=Reason.REMARK, partial=True, decision="12/QĐ")
    later = morning.bureau.clock.now() + timedelta(hours=3)
    morning.bureau.office.approve(made, edition.id, APPROVER, later)
    assert rounds(morning) == 0
    morning.bureau.clock.at = later
    assert rounds(morning) == 1


def test_a_correction_that_was_withdrawn_is_told_to_nobody(morning: Eve) -> None:
    made = corrected(morning, "02000001")
    morning.bureau.office.withdraw(made, APPROVER, "sai")
    assert rounds(morning) == 0
    assert len(morning.told(LAN)) == 1


def test_who_is_told_late_that_scores_are_out_is_not_told_of_what_he_will_see_at_once(eve: Eve) -> None:
    eve.registered("02000001", LAN)
    eve.past_the_hour()
    corrected(eve, "02000001")
    assert rounds(eve) == 1
    (only,) = eve.told(LAN)
    assert "Đã có kết quả" in only


def test_nobody_is_told_of_a_correction_without_consent_in_force(morning: Eve) -> None:
    morning.made.consents.withdraw(LAN, AGENCY, PURPOSE)
    corrected(morning, "02000001")
    assert rounds(morning) == 0
