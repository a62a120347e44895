"""Each function's work with the rights of its own role, enforced: enough for its work, and not for its neighbour's.

The policies are read back from the engine, as the stack made them there."""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from infra.deploy.wanted import WEB
from infra.local import stack
from infra.local.engine import ADMIN
from miniapp.accounts.store import AccountStore
from miniapp.core.personal import Personal
from miniapp.core.starting import KEPT
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Exam, Reason
from miniapp.exam_scores.rounds import TellWave
from miniapp.exam_scores.telling import PURPOSE
from miniapp.messaging.model import DeliverMessage, State
from miniapp.zalo.grants import Pair
from miniapp.zalo.token_store import TokenStore
from miniapp.zalo.tokens import Tokens
from tests.support.cloud import in_environment
from tests.support.exams import APPROVER, UPLOADER, exam_agency
from tests.support.roles import FILE, NUMBER, STAGE, Roles, refused, roles, secrets_of, seeded
from tests.support.templates import functions

__all__ = ["roles", "seeded"]


@dataclass
class Given:
    """An authority that is no table of ours, as Zalo's own is none: it gives this pair."""

    pair: Pair

    def exchange(self, code: Personal) -> Pair:
        return self.pair

    def refresh(self, token: Personal) -> Pair:
        return self.pair


def uploaded(services: Services, held: Exam, body: bytes = FILE) -> str:
    """An edition with one file, sent as a browser sends it."""
    office = services.exam_office
    edition = office.begin(held, UPLOADER, Reason.RELEASE, "", False)
    file_id, form = office.upload_form(held, edition, "http://localhost:8000/then")
    bound = "frontier"
    parts = [f'--{bound}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form.fields.items()]
    parts.append(f'--{bound}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n')
    sent = "".join(parts).encode() + body + f"\r\n--{bound}--\r\n".encode()
    request = urllib.request.Request(form.action, sent, {"Content-Type": f"multipart/form-data; boundary={bound}"})
    opener = urllib.request.build_opener(_Stays)
    assert opener.open(request, timeout=10).status == 303
    office.take_file(held, edition.id, file_id, "a.csv", UPLOADER)
    return edition.id


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None

    def http_error_303(self, req: object, fp: object, *_: object) -> object:
        return fp


def released(roles: Roles, held: Exam) -> Exam:
    with roles.of("console") as console:
        edition = uploaded(console, held)
    with roles.of("imports") as imports:
        imports.importing.wake(ImportEdition(held.agency, held.slug, edition))
    with roles.of("console") as console:
        return console.exam_office.approve(held, edition, APPROVER, None)


def test_scores_go_from_the_desk_through_the_worker_to_the_public_each_with_its_own_role(
    roles: Roles, seeded: Exam
) -> None:
    out = released(roles, seeded)

    with roles.of("public") as public:
        public.editions.warm()
        found = public.looking_up.open(public.looking_up.exam(exam_agency("agc-edu"), out.slug), NUMBER)
    assert found.result.scores["toan"] == 825


def test_every_job_of_the_clock_runs_with_the_clock_s_role(roles: Roles, seeded: Exam) -> None:
    released(roles, seeded)
    roles.clock.pass_by(days=61)
    with roles.of("schedules") as clock:
        jobs: list[Callable[[], object]] = [
            clock.exam_office.resume_all,
            clock.rounds.begin_due,
            clock.outbox.sweep,
            clock.erasing.run,
            clock.anchors.write,
            clock.listing.rewrite,
            clock.tokens.refresh_due,
        ]
        for job in jobs:
            job()
        assert clock.anchors.write() == 0  # it could be noted that the heads were written down
    roles.clock.pass_by(days=-61)


def test_who_waits_is_told_by_the_clock_the_wave_and_the_messenger_each_with_its_own_role(
    roles: Roles, seeded: Exam
) -> None:
    with roles.of("public") as public:
        public.consents.give("user_lan", seeded.agency, PURPOSE, "1")
        public.telling.register(seeded.agency, seeded.slug, "user_lan", NUMBER)
    released(roles, seeded)
    roles.clock.pass_by(seconds=30)
    with roles.of("schedules") as clock:
        assert clock.rounds.begin_due() == 1
    with roles.of("tellings") as tellings:
        tellings.rounds.wave(TellWave(seeded.agency, seeded.slug))
    with roles.of("public") as public:
        (message,) = public.outbox.of("user_lan")
    with roles.of("messages") as messages:
        messages.outbox.deliver(DeliverMessage(message.agency, message.user, message.id))

    with roles.of("public") as public:
        assert [one.state for one in public.outbox.of("user_lan")] == [State.SENT]


def test_tokens_are_replaced_by_the_clock_read_by_the_messenger_and_by_nobody_else(roles: Roles, seeded: Exam) -> None:
    account = "388613280878808645"
    with in_environment(stack.ADMIN):
        operator = roles.arranged()
        operator.bind()
        operator.tokens.authorise(account, seeded.agency, operator.simulated_oauth.consent(account))
    with roles.of("messages") as messages:
        first = messages.tokens.access(account)
        roles.clock.pass_by(hours=13)
        refused(lambda: messages.tokens.refresh_due())
    pair = Pair(Personal("a"), Personal("r"), timedelta(hours=25))
    with roles.of("schedules") as clock:
        renewing = Tokens(TokenStore(), Given(pair), clock.sealer, roles.clock)
        assert renewing.refresh_due() == 1
    with roles.of("messages") as messages:
        assert messages.tokens.access(account) == pair.access != first
    for other in set(functions()) - {"messages", "schedules"}:
        with roles.of(other):  # most of them have no key either: even with one
            refused(lambda: Tokens(TokenStore(), Given(pair), operator.sealer, roles.clock).access(account))
    roles.clock.pass_by(hours=-13)


def test_a_renamed_agency_is_listed_by_the_lister_s_role(roles: Roles, seeded: Exam) -> None:
    with roles.of("listing") as listing:
        assert not listing.listing.rewrite()  # nothing changed, and it could look


def test_a_stray_upload_is_dropped_by_the_function_that_the_bucket_wakes(roles: Roles, seeded: Exam) -> None:
    files = stack.client(roles.engine.endpoint, "s3")
    key = "scores/agc-edu/thpt-2019/edt_none/fil_none"
    files.put_object(Bucket=f"{STAGE}-uploads", Key=key, Body=b"x")

    with roles.of("uploads") as uploads:
        assert not uploads.arriving.arrived(key)

    assert "Contents" not in files.list_objects_v2(Bucket=f"{STAGE}-uploads")


def test_no_function_does_its_neighbour_s_work(roles: Roles, seeded: Exam) -> None:
    with roles.of("public") as public:
        refused(lambda: AccountStore().find_by_login("officer"))
        refused(lambda: public.files.find("uploads", "scores/x"))
        refused(lambda: public.files.put("packs", "packs/x", b""))
    with roles.of("hooks") as hooks:
        hooks.once.ready()
        refused(lambda: hooks.exam_office.exam("agc-edu", "thpt-2019"))
    with roles.of("uploads") as uploads:
        refused(lambda: uploads.files.get("uploads", "scores/x", 10))
    with roles.of("messages") as messages:
        refused(lambda: messages.exam_office.exam("agc-edu", "thpt-2019"))
    with roles.of("console") as console:
        refused(lambda: console.files.put("audit", "x", b""))
    with roles.of("schedules") as clock:
        refused(lambda: clock.files.remove("audit", "agc-edu/2026-07-16/00000001/x"))


def test_every_function_may_start(roles: Roles) -> None:
    assert {one.removeprefix(f"motcua-{STAGE}-") for one in _role_names(roles)} == {*functions(), "clock"}


@pytest.mark.parametrize("function", list(functions()))
def test_a_role_reads_its_function_s_secrets_and_no_other_function_s(roles: Roles, function: str) -> None:
    """The engine holds a question for several parameters against `*`; its judge of policies tells them apart."""
    account = f"arn:aws:ssm:{ADMIN.region}:000000000000:parameter/motcua"
    arns = [f"{account}/{stage}/{name}" for stage in (STAGE, "another") for name in KEPT]

    allowed = {arn for arn in arns if roles.may(function, "ssm:GetParameters", arn)}
    assert allowed == {f"{account}/{STAGE}/{name}" for name in secrets_of(function)}


@pytest.mark.parametrize("function", WEB)
def test_the_pages_of_a_function_need_no_secret_that_it_does_not_read(
    roles: Roles, seeded: Exam, function: str
) -> None:
    addresses = {"public": "/", "console": "/console/sign-in", "hooks": "/hooks/khong-co"}
    with roles.of(function) as services:
        visitor = create_app(roles.settings(function), services).test_client()
        assert visitor.get(addresses[function]).status_code == (404 if function == "hooks" else 200)
        assert visitor.get("/readyz").status_code == 200


def _role_names(roles: Roles) -> set[str]:
    pages = stack.client(roles.engine.endpoint, "iam").get_paginator("list_roles").paginate()
    return {one["RoleName"] for page in pages for one in page["Roles"]}
