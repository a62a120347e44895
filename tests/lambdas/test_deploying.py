"""The real zip deployed on the engine: every function starts under its own role, reads its secrets and serves through the edge."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy.steps import SmokeFailed
from infra.local.engine import Engine
from infra.packaging.building import Package
from tests.support.cloud import temporary_engine
from tests.support.deploying import Stages, settings, versions

WEB = "handlers/lambdas/web.py"

pytestmark = pytest.mark.sweep


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = temporary_engine(tmp_path_factory.mktemp("deploying"), keep=False)
    yield running
    running.stop()


def without_an_import(whole: Path, out: Path) -> Path:
    """The zip with a web entry that asks for a module that isn't there; its bytecode goes too."""
    with zipfile.ZipFile(whole) as held, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as broken:
        for one in held.infolist():
            if one.filename == WEB:
                broken.writestr(one, b"import a_module_that_is_not_there\n" + held.read(one))
            elif not one.filename.startswith("handlers/lambdas/__pycache__/web."):
                broken.writestr(one, held.read(one))
    return out


@pytest.fixture(scope="module")
def stages(engine: Engine, package: Package, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """The real build deployed as the stage `real`, where nothing is published yet."""
    folder = tmp_path_factory.mktemp("real")
    held = Stages(engine.endpoint, folder, *settings(folder, "real"))
    held.stages.write_text(held.stages.read_text().replace('"agency": "so-a"', '"agency": ""'))
    held.deployment("real").up(good(held, package))
    return held


def good(stages: Stages, package: Package) -> Path:
    """The real build."""
    return Path(shutil.copyfile(package.path, stages.folder / "good.zip"))


def test_the_real_build_serves_and_a_broken_one_reaches_nobody(stages: Stages, package: Package) -> None:
    held = stages.deployment("real")
    report = held.smoke()
    assert report.wrong == []
    assert [line.partition(":")[0] for line in report.skipped] == ["an exam", "a number that is looked up"]
    before = versions(held)

    with pytest.raises(SmokeFailed, match="nobody got them"):
        stages.deployment("real").up(without_an_import(good(stages, package), stages.folder / "broken.zip"))

    assert versions(stages.deployment("real")) == before
    assert stages.deployment("real").smoke().wrong == []


def test_a_release_whose_worker_finds_no_secrets_reaches_nobody(stages: Stages, package: Package) -> None:
    before = versions(stages.deployment("real"))
    told = json.loads(stages.settings.read_text())
    told["real_messages"]["aws_environment_variables"]["MOTCUA_SECRETS"] = "/motcua/nowhere/"
    mistaken = stages.folder / "mistaken.json"
    mistaken.write_text(json.dumps(told))
    said: list[str] = []

    with pytest.raises(SmokeFailed, match=r"1 of .* nobody got them"):
        replace(stages, settings=mistaken).deployment("real", said).up(good(stages, package))

    (wrong,) = [line for line in said if "WRONG" in line]
    assert "messages starts - " in wrong
    assert versions(stages.deployment("real")) == before
