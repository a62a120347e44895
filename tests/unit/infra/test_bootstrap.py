"""What a machine lacks and cannot be brought is said in one sentence with what to do; the exit code says so too."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bootstrap import ROOT

AS_NOBODY = "import os; os.geteuid() or os.setuid(65534); "
PACKAGES = ["chromium", "fonts-noto-core"]


class Machine:
    """A machine with the project on it and no tool but those that were put there."""

    def __init__(self, folder: Path) -> None:
        self.tools = folder / "tools"
        self.tools.mkdir()
        (folder / "infra").mkdir()
        shutil.copy(ROOT / "infra" / "bootstrap.py", folder / "infra")
        shutil.copy(ROOT / "package-lock.json", folder)
        self._folder = folder

    def has(self, name: str, exit_code: int = 0) -> None:
        """Put a tool there that writes down how it was called."""
        made = self.tools / name
        made.write_text(
            f'#!/bin/sh\necho "{name} $@" >> "{self._folder}/called"\necho "from {name}"\nexit {exit_code}\n'
        )
        made.chmod(0o755)

    @property
    def called(self) -> list[str]:
        """Every call of a tool."""
        found = self._folder / "called"
        return found.read_text().splitlines() if found.exists() else []

    def does(self, program: str) -> subprocess.CompletedProcess[str]:
        """What a part of the set-up says there."""
        command = [sys.executable, "-c", f"from infra import bootstrap; {program}"]
        given = {"PATH": str(self.tools), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self._folder, env=given, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nobody reads it, too
        yield Machine(Path(folder))


def sentence(made: subprocess.CompletedProcess[str]) -> str:
    """The one line that it ends with."""
    (line,) = made.stderr.strip().splitlines()
    assert made.returncode == 1
    return line.strip()


def test_a_machine_without_apt_is_told_what_to_install(machine: Machine) -> None:
    said = sentence(machine.does(f"bootstrap.apt({PACKAGES})"))

    assert said == (
        "This machine has no apt-get. Please install: chromium, fonts-noto-core; then run the command again."
    )


def test_who_is_neither_root_nor_has_sudo_is_told_what_to_type(machine: Machine) -> None:
    machine.has("apt-get")
    said = sentence(machine.does(f"{AS_NOBODY}bootstrap.apt({PACKAGES})"))

    assert said == "Please install these Debian packages as root, then run again: chromium fonts-noto-core"
    assert machine.called == []


def test_packages_that_can_not_be_installed_are_named_after_what_apt_said(machine: Machine) -> None:
    machine.has("apt-get", 100)
    machine.has("sudo", 100)
    made = machine.does(f"bootstrap.apt({PACKAGES})")

    assert made.returncode == 1
    assert "Installing Debian packages: chromium fonts-noto-core …" in made.stdout
    assert made.stderr.startswith("from ")
    assert made.stderr.strip().endswith("The list of Debian packages could not be fetched.")
    assert len(machine.called) == 1


def test_what_is_there_already_is_not_asked_for(machine: Machine) -> None:
    machine.has("apt-get")
    machine.has("chromium")
    made = machine.does("bootstrap.debian({'chromium': 'chromium', 'fonts': 'infra'})")

    assert (made.returncode, made.stdout, made.stderr, machine.called) == (0, "", "", [])


def test_without_npm_the_tests_say_what_they_need_and_the_system_runs_all_the_same(machine: Machine) -> None:
    assert "Node 20 or newer with npm is needed for the tests" in sentence(machine.does("bootstrap.node('test')"))
    run = machine.does("bootstrap.node('run')")

    assert (run.returncode, run.stderr) == (0, "")
    assert "the console shows its charts as plain pictures" in run.stdout
