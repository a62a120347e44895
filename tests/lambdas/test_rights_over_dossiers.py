"""Dossiers with the rights of each function: followed by the public, moved at the desk, by the clock and in batches only."""

from dataclasses import replace

import pytest

from infra.local import stack
from infra.local.engine import ADMIN
from miniapp.agencies.model import Service
from miniapp.core.errors import NotFound
from miniapp.core.guarding import Asker
from miniapp.core.signing import Verdict
from miniapp.dossiers.ending import finish
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.opening import Reason as Opening
from miniapp.dossiers.receipts import check
from miniapp.dossiers.reopening import Senior
from miniapp.dossiers.reopening import State as Look
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import take_up
from miniapp.exam_scores.model import Exam
from tests.support.cloud import in_environment
from tests.support.dossier_acts import asking, finished, taken_up
from tests.support.dossier_town import AT_DESK, IDENTIFIER, LAN, OFFICER
from tests.support.exams import exam_agency
from tests.support.roles import STAGE, Roles, refused, roles, seeded
from tests.support.templates import functions

__all__ = ["roles", "seeded"]


def test_a_dossier_is_followed_with_the_public_s_rights_and_can_be_neither_moved_nor_listed_with_them(
    roles: Roles, seeded: Exam
) -> None:
    with in_environment(stack.ADMIN):
        office = roles.arranged().dossier_office
        code = str(office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key").code)
        token = office.link("agc-edu", code)
    held = exam_agency("agc-edu", services=frozenset({Service.DOSSIERS}))
    who = Asker("203.0.113.7", "form", roles.clock.now().timestamp())

    with roles.of("public") as public:
        assert public.following.of(held, public.following.lead(token).code).told.post
        assert public.following.by_code(held, code, LAN.phone.reveal, who)[1] == code
        with pytest.raises(NotFound, match="dossier_mismatch"):
            public.following.by_code(held, code, "0000", who)
        refused(lambda: public.dossier_office.shelf("agc-edu", Shelf.RUNNING))
        refused(lambda: public.dossier_office.story("agc-edu", code))
        refused(lambda: public.dossier_office.link_anew("agc-edu", code, by=OFFICER))


def test_the_key_that_signs_receipts_is_read_where_officers_work_and_by_no_function_that_citizens_reach(
    roles: Roles,
) -> None:
    account = f"arn:aws:ssm:{ADMIN.region}:000000000000:parameter/motcua/{STAGE}"

    def readers(name: str) -> set[str]:
        return {each for each in functions() if roles.may(each, "ssm:GetParameters", f"{account}/{name}")}

    assert readers("signing_keys") == {"console", "schedules"}
    assert readers("signing_keys_public") == {"public"}


def test_a_receipt_s_line_is_signed_with_the_console_s_key_left_alone_by_batches_and_shown_with_public_halves_alone(
    roles: Roles, seeded: Exam
) -> None:
    with roles.of("console") as console:
        made = console.dossier_office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key")
    with roles.of("batches") as batches:
        code, act = str(made.code), lambda one, at, cal: take_up(one, OFFICER, at)
        moved = batches.dossier_office.move("agc-edu", code, made.version, act, by=OFFICER)
        assert moved.line == made.line
    held = exam_agency("agc-edu", services=frozenset({Service.DOSSIERS}))
    with roles.of("public") as public:
        assert public.settings.signing_keys == ""
        assert public.dossier_lines.on(moved, roles.clock.now()) == moved  # signs nothing
        line = public.following.of(held, code).line
        assert check(line, public.public_keys).verdict is Verdict.GENUINE
    with roles.of("console") as console:
        assert console.dossier_office.lined(moved).line != made.line


def test_dossiers_are_taken_in_moved_and_listed_at_the_desk_by_clock_and_batches_and_by_no_other_function_s_rights(
    roles: Roles, seeded: Exam
) -> None:
    with roles.of("console") as console:
        office = console.dossier_office
        made = office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key")
        code = str(made.code)
        taken = office.move("agc-edu", code, made.version, lambda one, at, cal: take_up(one, OFFICER, at), by=OFFICER)
        done = office.move("agc-edu", code, taken.version, lambda one, at, cal: finish(one, OFFICER, at), by=OFFICER)
        assert office.link("agc-edu", code) != office.link_anew("agc-edu", code, by=OFFICER)
        assert [line.code for line in office.shelf("agc-edu", Shelf.READY).lines] == [code]
        assert len(office.story("agc-edu", code)) == done.version
        made = office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="another")
        another = str(made.code)
        taken = office.move(
            "agc-edu", another, made.version, lambda one, at, cal: take_up(one, OFFICER, at), by=OFFICER
        )
    with roles.of("batches") as batches:  # who handed in is invited to rate by whoever ends a dossier
        end = batches.dossier_office.move
        end("agc-edu", another, taken.version, lambda one, at, cal: finish(one, OFFICER, at), by=OFFICER)
    for other in set(functions()) - {"console", "schedules", "batches"}:
        with roles.of(other) as services:
            refused(lambda: services.dossier_office.shelf("agc-edu", Shelf.READY))


def test_dossiers_are_stopped_and_counted_anew_with_the_clock_s_rights(roles: Roles, seeded: Exam) -> None:
    with in_environment(stack.ADMIN):
        office = roles.arranged().dossier_office
        held = office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key")
        running = office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="other")
        office.move("agc-edu", str(held.code), held.version, asking(), by=OFFICER)
    roles.clock.pass_by(days=30)
    with roles.of("schedules") as clock:
        assert clock.dossier_sweeping.run() == 1
        assert clock.dossier_office.find("agc-edu", str(held.code)).status is Status.STOPPED
        assert clock.dossier_office.find("agc-edu", str(running.code)) == running
    roles.clock.pass_by(days=-30)


def test_a_kept_dossier_is_told_of_by_the_clock_and_kept_with_the_public_s_rights_which_move_nothing(
    roles: Roles, seeded: Exam
) -> None:
    with in_environment(stack.ADMIN):
        services = roles.arranged()
        held = services.dossier_office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key")
        code = str(held.code)
        services.dossier_openings.opened(held, OFFICER.id, decides=False)
    with roles.of("public") as public:
        mark = public.dossier_keeping.keep("agc-edu", code, "user_lan", "vi")
        public.consents.give("user_lan", "agc-edu", "dossier_news", "1")
        public.dossier_keeping.tell("user_lan", mark, "vi")
        assert len(public.dossier_openings.of("agc-edu", code)) == 1
        refused(lambda: public.dossier_openings.note(held, "off_other", Opening.HELPING))
    with roles.of("console") as console:
        taken = console.dossier_office.move(
            "agc-edu", code, held.version, lambda one, at, cal: take_up(one, OFFICER, at), by=OFFICER
        )
        console.dossier_office.move(
            "agc-edu", code, taken.version, lambda one, at, cal: finish(one, OFFICER, at), by=OFFICER
        )
    with roles.of("schedules") as clock:
        assert clock.dossier_telling.run() == 1
    with roles.of("public") as public:
        assert [one.name for one in public.outbox.of("user_lan")] == ["dossier_finished"]
        public.dossier_keeping.forget("user_lan")
        assert public.dossier_keeping.of("user_lan") == []


def test_a_second_look_is_asked_for_with_the_public_s_rights_decided_at_the_desk_and_told_by_the_clock(
    roles: Roles, seeded: Exam
) -> None:
    with in_environment(stack.ADMIN):
        services = roles.arranged()
        made = services.dossier_office.take_in("agc-edu", IDENTIFIER, AT_DESK, by=OFFICER, key="key")
        code = str(made.code)
        for act in (taken_up, finished):
            made = services.dossier_office.move("agc-edu", code, made.version, act, by=OFFICER)
    senior = Senior("off_leader", "Trần Thị Hòa", "Chủ tịch")
    with roles.of("console") as console:
        console.reopenings.name("agc-edu", senior, 0, by=senior.officer)
    with roles.of("public") as public:
        service = public.reopenings
        refused(lambda: service.name("agc-edu", replace(senior, post="Ai"), 1, by="nobody"))
        request = service.ask("agc-edu", code, "Ghi sai ngày sinh", seen=service.seen(senior), key="form")
        assert service.of("agc-edu", code) == [request]
        refused(lambda: service.open("agc-edu"))
        refused(
            lambda: service.decide("agc-edu", code, 1, 1, Look.ANSWERED, "Đã xem", by=senior.officer, key="decision")
        )
        public.dossier_keeping.keep("agc-edu", code, "user_mai", "vi")
        public.consents.give("user_mai", "agc-edu", "dossier_news", "1")
        public.dossier_keeping.tell("user_mai", public.dossier_keeping.mark("agc-edu", code, "user_mai"), "vi")
    with roles.of("schedules") as clock:
        assert clock.reopening_news.run() == 0
    with roles.of("console") as console:
        assert [line.code for line in console.reopenings.open("agc-edu")[0]] == [code]
        console.reopenings.decide("agc-edu", code, 1, 1, Look.REOPENED, "Sẽ xem", by=senior.officer, key="d1")
        console.reopenings.decide("agc-edu", code, 1, 2, Look.ANSWERED, "Đã xem", by=senior.officer, key="d2")
        assert console.reopenings.lately("agc-edu") == ["Đã xem", "Sẽ xem"]
        told = [one.event for one in console.audit.page("agc-edu").entries]
        assert told.count("dossier_reopening_asked") == 1
    with roles.of("schedules") as clock:
        assert clock.reopening_news.run() == 2
    with roles.of("public") as public:
        assert [one.name for one in public.outbox.of("user_mai")] == ["dossier_reopening_told"] * 2
        public.dossier_keeping.forget("user_mai")
