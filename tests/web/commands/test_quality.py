"""`flask … quality`: a quarter is published once, files are checked without network or store, figures are proved."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from handlers.app import create_app
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.dossiers.rows import DossierRow
from miniapp.quality.files import KINDS
from tests.service.quality.test_gathering import ended
from tests.support.cloud import Cloud, settings_for
from tests.support.dossier_pages import open_ward
from tests.support.dossier_town import DossierTown
from tests.support.quality_town import AUTUMN, KEYS, WARD, QualityTown


@pytest.fixture
def town(cloud: Cloud) -> QualityTown:
    town = QualityTown(cloud)
    AgencyStore().add([open_ward(WARD, "phường Hoa Mai", Service.QUALITY)])
    town.ended(12, "late")
    return town


@pytest.fixture
def app(town: QualityTown) -> Flask:
    return create_app(town.services.settings, town.services)


def run(app: Flask, *words: str, **more: Any) -> Result:
    return app.test_cli_runner().invoke(args=["quality", *words], **more)


def test_a_quarter_is_published_once_for_one_agency_or_for_all(app: Flask):
    assert run(app, "publish").stdout == "1 published\n"
    assert run(app, "publish").stdout == "0 published\n"
    assert run(app, "publish", "--agency", WARD, "--period", AUTUMN).stdout == "0 published\n"
    assert run(app, "publish", "--agency", WARD).stdout == "0 published\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--agency", WARD, "--period", "2027-Q1"), 1, "quality_too_early"),
        (("--agency", WARD, "--period", "2026"), 1, "quality_quarters_lack"),
        (("--agency", WARD, "--period", "now"), 1, "quality_period_shape"),
        (("--agency", "nowhere", "--period", AUTUMN), 1, "agency_unknown"),
        (("--period", AUTUMN), 2, "--period needs --agency"),
    ],
)
def test_what_can_not_be_published_is_told_in_one_line(app: Flask, words: tuple[str, ...], code: int, said: str):
    result = run(app, "publish", *words)
    assert (result.exit_code, said in result.output) == (code, True)


def test_files_are_checked_without_network_or_store_by_published_keys(town: QualityTown, app: Flask, tmp_path: Path):
    run(app, "publish")
    folder, keys = tmp_path / "files", tmp_path / "jwks.json"
    folder.mkdir()
    for name in KINDS:
        (folder / name).write_bytes(app.test_client().get(f"/{WARD}/chat-luong/2026-q4/{name}").data)
    keys.write_bytes(app.test_client().get("/.well-known/jwks.json").data)
    alone = create_app(settings_for("http://127.0.0.1:9"))
    good = run(alone, "verify", str(folder), "--keys", str(keys))
    assert good.exit_code == 0 and "GENUINE" in good.stdout and AUTUMN in good.stdout
    held = json.loads(
        run(create_app(settings_for("http://127.0.0.1:9", signing_keys=KEYS)), "verify", str(folder), "--json").stdout
    )
    assert held == {"verdict": "genuine", "wrong": [], "good": True}
    assert run(alone, "verify", str(folder)).exit_code == 3
    listed = folder / "dossiers.csv"
    listed.write_bytes(listed.read_bytes().replace(b"12", b"13"))
    changed = run(alone, "verify", str(folder), "--keys", str(keys))
    assert changed.exit_code == 1 and "dossiers.csv is missing or not what was published" in changed.stdout
    (folder / "manifest.sig").unlink()
    assert run(alone, "verify", str(folder), "--keys", str(keys)).exit_code == 1
    (tmp_path / "no.json").write_text("{}")
    assert run(alone, "verify", str(folder), "--keys", str(tmp_path / "no.json")).exit_code == 2


def test_the_agency_s_own_figures_are_told_by_month_and_proved_by_what_happened(town: QualityTown, app: Flask):
    told = run(app, "figures", "--agency", WARD, "--since", "2026-10-01").stdout
    assert told == "2026-11  1.001193  -  came 12, late 12, received 12\n"


def test_a_recount_names_each_dossier_that_is_not_what_happened_to_it(cloud: Cloud):
    made = DossierTown(cloud)
    held = ended(made)
    app = create_app(made.services.settings, made.services)
    words = ("recount", "--agency", WARD, "--since", "2026-10-01")
    assert run(app, *words).stdout == "0 differences\n"
    row = DossierRow.get(f"{WARD}#{held.code}", "dossier")
    row.body = row.body.replace('"status":9', '"status":7')
    row.save()
    result = run(app, *words)
    assert (result.exit_code, str(held.code) in result.stdout, "1 differences" in result.stdout) == (1, True, True)
