"""`flask … receipts verify` and `signing`: a paper is checked without network or store, and a key is made for its owner only."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from handlers.app import create_app
from miniapp.core.signing import Signer, public_halves, with_new_key
from miniapp.dossiers.receipts import signed
from tests.support.cloud import settings_for
from tests.unit.dossiers.test_receipts import KEYS, LINE, OTHERS, SAMPLE, SIGNER, resealed

NOWHERE = "http://127.0.0.1:9"  # nobody answers there


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(settings_for(NOWHERE, signing_keys=KEYS))


def run(app: Flask, *words: str, **more: Any) -> Result:
    return app.test_cli_runner().invoke(args=[*words], **more)


def test_a_genuine_receipt_says_what_was_signed_and_that_it_may_differ_now(app: Flask) -> None:
    result = run(app, "receipts", "verify", LINE)
    assert result.exit_code == 0, result.output
    for said in ("GENUINE", "may differ", "phuong-hoa-mai", "H56.14-261120-0001", "2026-11-26T15:40+07:00"):
        assert said in result.stdout


@pytest.mark.parametrize(
    ("line", "keys", "code", "verdict"),
    [
        (LINE, KEYS, 0, "genuine"),
        (resealed(LINE.replace("0001", "0002", 1)), KEYS, 1, "false"),
        (LINE, OTHERS, 3, "unknown_key"),
        (LINE[:-1], KEYS, 4, "damaged"),
        ("nothing at all MC1/", KEYS, 4, "damaged"),
        (signed(replace(SAMPLE, written=datetime(2027, 3, 1, tzinfo=UTC)), SIGNER), "ended", 5, "other_time"),
    ],
)
def test_each_verdict_has_its_word_and_its_exit_code(line: str, keys: str, code: int, verdict: str) -> None:
    ended = with_new_key(KEYS, bytes([2]) * 32, date(2027, 1, 1))
    app = create_app(settings_for(NOWHERE, signing_keys=ended if keys == "ended" else keys))
    result = run(app, "receipts", "verify", line, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"]) == (code, verdict)
    assert (told["signed"] is None) == (verdict == "damaged")
    assert run(app, "receipts", "verify", line).exit_code == code


def test_a_file_or_standard_input_will_do(app: Flask, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(f"Giấy hẹn\n{LINE[:50]}\n{LINE[50:]}\n", "utf-8")
    assert run(app, "receipts", "verify", str(paper)).exit_code == 0
    assert run(app, "receipts", "verify", "-", input=LINE).exit_code == 0
    assert run(app, "receipts", "verify", str(tmp_path / "none")).exit_code == 2


def test_kept_keys_are_enough_and_what_is_no_set_of_keys_is_told(app: Flask, tmp_path: Path) -> None:
    kept, other = tmp_path / "keys.json", tmp_path / "other.json"
    kept.write_text(run(app, "signing", "keys", "--json").stdout)
    stranger = create_app(settings_for(NOWHERE, signing_keys=""))
    assert run(stranger, "receipts", "verify", LINE).exit_code == 3
    assert run(stranger, "receipts", "verify", LINE, "--keys", str(kept)).exit_code == 0
    other.write_text("[]")
    assert run(stranger, "receipts", "verify", LINE, "--keys", str(other)).exit_code == 2


def test_it_works_in_a_process_that_can_reach_nothing(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(Signer(KEYS).public.published()))
    given = {
        "STAGE": "x",
        "BASE_URL": "https://x.vn",
        "SESSION_KEY": "0" * 64,
        "FACTOR_KEYS": "",
        "AWS_ENDPOINT": NOWHERE,
    }
    environ = {f"MOTCUA_{name}": value for name, value in given.items()} | {"AWS_EC2_METADATA_DISABLED": "true"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "flask", "--app", "handlers.app", "receipts", "verify", LINE, "--keys", str(keys)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**kept, **environ})
    assert ended.returncode == 0, ended.stderr
    assert "GENUINE" in ended.stdout


def test_a_key_is_made_for_its_owner_only_and_never_shown(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    result = run(app, "signing", "make-key", str(path), "--from", "2027-01-01")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = path.read_text()
    assert made.split(":")[-1] not in result.output
    assert f"MOTCUA_SIGNING_KEYS_PUBLIC={public_halves(made)}" in result.output
    assert [key.since for key in Signer(made).public] == [date(2026, 1, 1), date(2027, 1, 1)]
    assert Signer(made).signing_on(date(2027, 1, 1)) != Signer(made).signing_on(date(2026, 12, 31)) != ""
    assert run(app, "signing", "make-key", str(path)).exit_code == 2
    assert path.read_text() == made


def test_the_keys_are_told_with_their_days(app: Flask) -> None:
    (key,) = SIGNER.public
    assert f"{key.id}  since 2026-01-01 with no end" in run(app, "signing", "keys").stdout
    bare = create_app(settings_for(NOWHERE, signing_keys=""))
    assert "nothing is signed" in run(bare, "signing", "keys").stdout
