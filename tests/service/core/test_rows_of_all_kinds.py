"""Every question that goes over rows: past page boundaries (F38), and over rows of another release (F40), ids whole (F5)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniapp.agencies import listing_store
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AGENCY as AGENCY_SORT
from miniapp.agencies.store import AgencyRow
from miniapp.core.queues import decode, encode
from miniapp.core.tables import read, transact
from miniapp.exam_scores.model import Edition, Exam, Reason
from miniapp.exam_scores.telling import PURPOSE
from miniapp.exam_scores.telling_store import PARTS, Registration, TellingStore
from miniapp.messaging.model import Addressed, DeliverMessage, Message
from miniapp.messaging.store import MessageStore
from tests.support.cloud import Cloud
from tests.support.exams import UPLOADER, exam
from tests.support.letters import AGENCY, LAN, Town

MANY = 12
FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}
KINDS = {"exam#": Exam, "edition#": Edition}


@pytest.fixture
def town(cloud: Cloud) -> Town:
    """A town with a dozen of everything that questions go over."""
    made = Town(cloud)
    for place in range(MANY):
        user = f"8400000000000010{place:02d}"
        made.made.consents.give(user, AGENCY, PURPOSE, "1")
        made.made.telling.register(AGENCY, made.exam.slug, user, "02000001")
        made.made.outbox.queue("assistant_later", Addressed(AGENCY, LAN), f"hello#{place}", FACTS)
        other = made.bureau.office.add_exam(exam(agency=AGENCY, slug=f"thu-{place}"), UPLOADER)
        made.bureau.office.begin(made.exam, UPLOADER, Reason.RELEASE)
        made.bureau.store.noting_import(other, f"edn_{place}").alone()
        commune = Agency(f"xa-{place}", f"xa-{place}", Kind.COMMUNE, "Xã", "Commune")
        transact(*listing_store.listed(commune, replace(commune, name=f"Xã số {place}")))
    return made


def answers(town: Town) -> dict[str, Any]:
    """What every question that goes over many rows answers."""
    made, now = town.made, town.clock.now()
    store, telling = town.bureau.store, TellingStore()
    later = now.replace(year=now.year + 1)
    return {
        "exams": store.exams(AGENCY),
        "editions": store.editions(town.exam),
        "releases": store.releases(now.replace(year=2000), later),
        "imports": store.imports(),
        "registrations": [held for part in range(PARTS) for held in telling.page(town.exam, part, "", 500)],
        "messages": made.outbox.of(LAN),
        "waiting": list(MessageStore().waiting(later)),
        "listing": listing_store.lines(),
        "agencies with a trail": made.audit.agencies(),
        "trail": made.audit.of_object(AGENCY, town.exam.id),
        "verified": made.audit.verify(AGENCY),
        "consents": made.consents.of(LAN),
    }


@contextmanager
def pages_of_one(cloud: Cloud) -> Iterator[list[str]]:
    """The store gives one row at a time: every boundary between two rows is one between two pages."""
    asked: list[str] = []

    def one(params: dict[str, Any], **_: Any) -> None:
        asked.append("Query")
        params["Limit"] = 1

    events = cloud.aws.dynamodb.meta.events
    events.register("before-parameter-build.dynamodb.Query", one)
    try:
        yield asked
    finally:
        events.unregister("before-parameter-build.dynamodb.Query", one)


def every_row(cloud: Cloud, *tables: str) -> Iterator[tuple[str, dict[str, Any]]]:
    admin = cloud.admin("dynamodb")
    for short in tables:
        table = cloud.settings.resource(short)
        for page in admin.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from ((table, row) for row in page["Items"])


def body_of(row: dict[str, Any]) -> dict[str, Any] | None:
    text = row.get("body", {}).get("S", "")
    return json.loads(text) if text.startswith("{") else None


def test_no_question_ends_at_a_page_boundary(town: Town, cloud: Cloud) -> None:
    whole = answers(town)
    with pages_of_one(cloud) as asked:
        assert answers(town) == whole
    assert len(asked) > 6 * MANY
    for name in ("exams", "editions", "imports", "registrations", "messages", "waiting", "listing"):
        assert len(whole[name]) >= MANY, name


def test_more_than_three_megabytes_are_read_to_their_end(town: Town, cloud: Cloud) -> None:
    whole = answers(town)
    admin, size = cloud.admin("dynamodb"), 0
    for table, row in list(every_row(cloud, "messages")):
        admin.put_item(TableName=table, Item={**row, "padding": {"S": "x" * 290_000}})
        size += 290_000

    assert size > 3 * 1024 * 1024
    assert answers(town) == whole


def test_what_a_newer_release_adds_is_no_hindrance(town: Town, cloud: Cloud) -> None:
    whole = answers(town)
    admin, changed = cloud.admin("dynamodb"), 0
    for table, row in list(every_row(cloud, "exam_scores", "messages", "agencies")):
        held = body_of(row)
        more = {"body": {"S": json.dumps({**held, "later": {"n": [1]}})}} if held is not None else {}
        admin.put_item(TableName=table, Item={**row, "schema_v": {"N": "2"}, "later": {"M": {}}, **more})
        changed += 1
    assert changed > 4 * MANY
    assert answers(town) == whole


def oldest(kind: type[Any], body: dict[str, Any]) -> dict[str, Any]:
    """What the first release of a model wrote: nothing that has a default, for that is how a field is added."""
    later = {one.name for one in fields(kind) if one.default is not MISSING or one.default_factory is not MISSING}
    return {name: value for name, value in body.items() if name not in later}


def kind_of(row: dict[str, Any], body: dict[str, Any]) -> type[Any] | None:
    if "fact" in body:
        return Message
    if "user" in body:
        return Registration
    return next((kind for start, kind in KINDS.items() if row["sk"]["S"].startswith(start)), None)


def test_rows_of_the_first_release_are_read_by_this_one(town: Town, cloud: Cloud) -> None:
    whole = answers(town)
    admin, seen = cloud.admin("dynamodb"), set()
    for table, row in list(every_row(cloud, "exam_scores", "messages")):
        body = body_of(row)
        kind = kind_of(row, body) if body is not None else None
        if kind is not None and body is not None:
            seen.add(kind)
            admin.put_item(TableName=table, Item={**row, "body": {"S": json.dumps(oldest(kind, body))}})

    assert seen == {Exam, Edition, Message, Registration}
    found = answers(town)
    assert {name: len(held) for name, held in found.items() if isinstance(held, list)} == {
        name: len(held) for name, held in whole.items() if isinstance(held, list)
    }
    assert [message.id for message in found["messages"]] == [message.id for message in whole["messages"]]
    assert {held.slug for held in found["exams"]} == {held.slug for held in whole["exams"]}


@given(user=st.integers(2**53, 2**63).map(str))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_id_beyond_what_numbers_hold_comes_out_as_it_came_in(cloud: Cloud, user: str) -> None:
    town = _town(cloud)
    town.made.outbox.queue("assistant_later", Addressed(AGENCY, user), "hello", FACTS)
    (message,) = town.made.outbox.of(user)
    note = decode(DeliverMessage, encode(DeliverMessage(AGENCY, user, message.id)))
    town.made.outbox.deliver(note)

    assert (message.user, note.user) == (user, user)
    assert f'"user":"{user}"' in encode(note)
    assert len(town.made.simulated_chat.conversation(AGENCY, user)) == 1
    assert town.made.simulated_chat.conversation(AGENCY, str(int(user) + 1)) == []


_towns: list[Town] = []


def _town(cloud: Cloud) -> Town:
    """One town for all examples; the cloud is the same for them."""
    if not _towns or read(lambda: AgencyRow.get(AGENCY, AGENCY_SORT)) is None:
        _towns[:] = [Town(cloud)]
    return _towns[0]
