"""The real zip deployed on the engine: every function starts under its own role, reads its secrets and serves through the edge."""

import shutil
import zipfile
from collections.abc import Iterator
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


def test_the_real_build_serves_and_a_broken_one_reaches_nobody(
    engine: Engine, package: Package, tmp_path: Path
) -> None:
    paths = settings(tmp_path, "real")
    stages = Stages(engine.endpoint, tmp_path, *paths)
    around = paths[1].read_text().replace('"agency": "so-a"', '"agency": ""')  # nothing is published there yet
    paths[1].write_text(around)
    good = Path(shutil.copyfile(package.path, tmp_path / "good.zip"))
    stages.deployment("real").up(good)

    held = stages.deployment("real")
    report = held.smoke()
    assert report.wrong == []
    assert [line.partition(":")[0] for line in report.skipped] == ["an exam", "a number that is looked up"]
    before = versions(held)

    with pytest.raises(SmokeFailed, match="nobody got them"):
        stages.deployment("real").up(without_an_import(good, tmp_path / "broken.zip"))

    assert versions(stages.deployment("real")) == before
    assert stages.deployment("real").smoke().wrong == []
