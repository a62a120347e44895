"""Settings, secrets, notes and log lines: what comes in and goes out."""

import io
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core import log
from miniapp.core.errors import NotFound, Refused
from miniapp.core.ids import READABLE, RandomIds
from miniapp.core.personal import Personal
from miniapp.core.queues import decode, encode, per_record
from miniapp.core.sealing import Sealer
from miniapp.core.settings import Settings, SettingsIncomplete

NOW = datetime(2026, 7, 16, 1, tzinfo=UTC)
NEEDED = {
    "MOTCUA_STAGE": "production",
    "MOTCUA_BASE_URL": "https://example.vn",
    "MOTCUA_SESSION_KEY": "session-secret",
    "MOTCUA_FACTOR_KEYS": "v1:factor-secret",
}


def test_every_missing_or_malformed_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsIncomplete) as complaint:
        Settings.from_env({"MOTCUA_STAGE": "x", "MOTCUA_PACK_MAX": "much", "MOTCUA_SECURE_COOKIES": "yes"})

    for name in (
        "BASE_URL is missing",
        "SESSION_KEY is missing",
        "FACTOR_KEYS is missing",
        "PACK_MAX",
        "SECURE_COOKIES",
    ):
        assert name in str(complaint.value)


def test_settings_read_types_and_hide_secrets() -> None:
    settings = Settings.from_env({**NEEDED, "MOTCUA_READ_TIMEOUT": "1.5", "MOTCUA_SECURE_COOKIES": "0"})

    assert (settings.read_timeout, settings.secure_cookies, settings.pack_max) == (1.5, False, 32 << 20)
    assert "secret" not in repr(settings)
    assert settings.resource("uploads") == "production-uploads"


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=50), max_size=4))
def test_a_sealed_token_gives_its_facts_back_until_its_end(facts: dict[str, str]) -> None:
    sealer = Sealer("key")
    token = sealer.seal("slip", facts, NOW + timedelta(minutes=10))

    assert sealer.open("slip", token, NOW) == facts
    with pytest.raises(Refused, match="token_expired"):
        sealer.open("slip", token, NOW + timedelta(minutes=11))
    with pytest.raises(Refused, match="token_unknown"):
        sealer.open("link", token, NOW)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_token_opens_nothing(place: int, flip: int) -> None:
    sealer = Sealer("key")
    token = bytearray(sealer.seal("slip", {"n": "02001234"}, NOW + timedelta(minutes=10)).encode())
    at = place % len(token)
    before = bytes(token)
    token[at] = (token[at] ^ flip) % 128 or 65
    if _raw(bytes(token)) != _raw(before):
        with pytest.raises(Refused):
            sealer.open("slip", token.decode("latin-1"), NOW)


def _raw(token: bytes) -> bytes:
    from miniapp.core.sealing import _bytes

    return _bytes(token.decode("latin-1"))


def test_a_rotated_key_still_reads_what_the_old_one_made() -> None:
    old, new = Sealer("old"), Sealer("new", "old")
    token = old.seal("slip", {"a": 1}, NOW + timedelta(minutes=1))

    assert new.open("slip", token, NOW) == {"a": 1}
    assert new.is_signed("form", "x", old.sign("form", "x"))
    assert not Sealer("new").is_signed("form", "x", old.sign("form", "x"))
    with pytest.raises(Refused):
        old.open("slip", new.seal("slip", {}, NOW + timedelta(minutes=1)), NOW)


def test_a_mark_is_told_under_every_key_the_newest_first() -> None:
    assert Sealer("new", "old").marks("row", "x") == (Sealer("new").sign("row", "x"), Sealer("old").sign("row", "x"))


def test_ids_sort_by_time_and_codes_cannot_be_misread() -> None:
    ids = RandomIds()
    made = [ids.new("edn") for _ in range(200)]

    assert len(set(made)) == 200
    assert [one[:14] for one in made] == sorted(one[:14] for one in made)
    assert set(ids.code(400)) <= set(READABLE)
    assert not set("0O1ILU") & set(READABLE)


@dataclass(frozen=True)
class Told:
    queue: ClassVar[str] = "told"
    exam: str
    wave: int = 1
    v: int = 1


def test_a_note_survives_and_older_and_newer_ones_are_read() -> None:
    assert decode(Told, encode(Told("x", 3))) == Told("x", 3)
    assert decode(Told, '{"exam": "x", "later": true}') == Told("x")


def test_personal_data_does_not_travel_on_a_queue() -> None:
    with pytest.raises(TypeError):
        encode(Told(Personal("Nguyễn Văn An")))  # type: ignore[arg-type]


def test_only_the_records_that_failed_are_reported() -> None:
    def work(note: Told) -> None:
        if note.wave == 2:
            raise NotFound("gone")

    bodies = ['{"exam":"a"}', '{"exam":"b","wave":2}', "not json", '{"exam":"c"}', "[]"]
    event = {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}

    failed = per_record(Told, work)(event, None)["batchItemFailures"]

    assert [one["itemIdentifier"] for one in failed] == ["1", "2", "4"]


def test_log_lines_are_json_without_people_in_them() -> None:
    stream = io.StringIO()
    log.start()
    handler = logging.getLogger("motcua").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)

    log.info("looked_up", name=Personal("Nguyễn Văn An"), number=3, text="a\nb", thing=object())
    try:
        raise ValueError("0380123456789")
    except ValueError as failure:
        log.error("broken", failure)

    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["event"], first["name"], first["number"], first["text"]) == ("looked_up", "<Personal>", 3, "a\nb")
    assert second["failure"] == "ValueError"
    assert second["where"].startswith("test_outside.py:")
    assert all(datetime.fromisoformat(line["at"]).tzinfo for line in (first, second))
    assert "0380" not in stream.getvalue()
    assert "An" not in first.values()
