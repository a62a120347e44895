"""For which Python the package is made: the newest of Lambda's that runs on this machine. For the packaging and its tests.

Bytecode is only valid for the version that wrote it, so an interpreter of the target must run here; wheels are fetched for
the same version. It installs no interpreter."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VERSIONS = ("3.13", "3.12", "3.11")  # wished first
ASK = "import json, sys; print(json.dumps([sys.executable, '.'.join(map(str, sys.version_info[:3])), sys.base_prefix]))"


class NoInterpreter(Exception):
    """No Python that Lambda has runs here."""


@dataclass(frozen=True)
class Target:
    """One Python of Lambda's, and where it is on this machine."""

    version: str  # 3.13
    release: str  # 3.13.0
    python: Path
    prefix: Path  # where its own library is

    @property
    def runtime(self) -> str:
        """Lambda's name for it."""
        return f"python{self.version}"

    @property
    def is_wished(self) -> bool:
        """Whether it is the version that is to be deployed."""
        return self.version == VERSIONS[0]


def find(versions: tuple[str, ...] = VERSIONS) -> Target:
    """The first of these versions that runs; NoInterpreter when none does."""
    for version in versions:
        for command in _commands(version):
            found = _asked(command, version)
            if found is not None:
                return found
    raise NoInterpreter(", ".join(versions))


def _commands(version: str) -> Iterator[str]:
    """Where an interpreter may be: this one, on the path, in pyenv's folder (its shims refuse what is not chosen)."""
    if sys.version.startswith(f"{version}."):
        yield getattr(sys, "_base_executable", sys.executable)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(root.glob(f"versions/{version}.*/bin/python{version}"), reverse=True))
    if (found := shutil.which(f"python{version}")) is not None:
        yield found


def _asked(command: str, version: str) -> Target | None:
    try:
        made = subprocess.run([command, "-I", "-c", ASK], capture_output=True, timeout=20, check=True)
        python, release, prefix = json.loads(made.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if not release.startswith(f"{version}."):
        return None
    return Target(version, release, Path(python), Path(prefix))
