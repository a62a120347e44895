"""The zip for Lambda, from this checkout. For `make package`, the deployment and the tests.

Zappa packs; then everything that doesn't run is left out, botocore's data is cut, every module gets bytecode that is
valid in a folder without dates, and the zip is written so that the same commit gives the same bytes. One zip serves all
functions (infra/decisions/one-zip-for-all-functions.md). A zip is kept by what went into it: made once per content."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.packaging import botocore_data, choosing, wheels, zipping
from infra.packaging.targets import Target

ROOT = wheels.ROOT
CACHE = ROOT / ".cache" / "lambda"
TASK = "/var/task"  # where Lambda unpacks it
HERE = Path(__file__).parent

Say = Callable[[str], None]


@dataclass(frozen=True)
class Package:
    """A zip as it would be deployed."""

    path: Path
    target: Target
    stock: int  # bytes of Zappa's own zip
    size: int


def silent(text: str) -> None:
    """Nobody is watching."""


def package(target: Target, say: Say = silent) -> Package:
    """The zip for what the checkout holds now; from the cache when that was packed before."""
    key = _key(target)
    folder = CACHE / key
    out = folder / "motcua.zip"
    with _alone():
        if not (folder / "stock").exists():  # written last: what was stopped before is made again
            folder.mkdir(parents=True, exist_ok=True)
            stock = build(target, out, say)
            (folder / "stock").write_text(str(stock), "ascii")
            _forget_older(folder)
        else:
            say("Nothing changed since the last package.")
        os.utime(folder)
        return Package(out, target, int((folder / "stock").read_text("ascii")), out.stat().st_size)


def task(made: Package) -> Path:
    """The zip laid out as Lambda does it, read-only; once per zip."""
    folder = made.path.parent / "task"
    with _alone():
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as name:
                making = Path(name, "task")
                with zipfile.ZipFile(made.path) as archive:
                    archive.extractall(making)
                making.rename(folder)
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def build(target: Target, out: Path, say: Say = silent) -> int:
    """Make the zip, whatever is kept; the size of Zappa's own zip."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="making-") as name:
        making = Path(name)
        say(f"Packages for Python {target.version} (locked versions) …")
        venv = wheels.site(target, CACHE)
        say("Zappa packs …")
        stock = _stock(target, venv, making)
        say(f"  {stock.stat().st_size / 1e6:.1f} MB; choosing what runs …")
        task = making / "task"
        count = unpack(stock, next(venv.glob("lib/*/site-packages")), task)
        say(f"  {count} files; compiling for {target.runtime} …")
        compile_all(target, task)
        compile_templates(target, task)
        say("Writing the zip …")
        zipping.zipped(task, out)
        return stock.stat().st_size


def _stock(target: Target, venv: Path, making: Path) -> Path:
    """Zappa's zip of the folders that run; Zappa has no business with the rest of the checkout."""
    project = making / "project"
    for folder in choosing.PROJECT:
        shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "infra.packaging.stock", str(venv), target.runtime, "stock.zip"]
    made = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if made.returncode != 0:
        raise RuntimeError(f"Zappa could not pack: {made.stderr[-2000:]}")
    return project / "stock.zip"


def unpack(stock: Path, packages: Path, task: Path) -> int:
    """Lay out what stays; how many files."""
    services = botocore_data.services()
    with zipfile.ZipFile(stock) as archive:
        names = choosing.chosen(archive.namelist(), packages)
        for name in names:
            body = archive.read(name)
            if name.startswith(f"{botocore_data.DATA}/"):
                name, body = botocore_data.cut(name, body, services)
            path = task / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    return len(names)


def compile_all(target: Target, folder: Path) -> None:
    """Bytecode for every module, by the target's own interpreter."""
    command = [str(target.python), "-I", str(HERE / "compiling.py"), str(folder), TASK]
    made = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if made.returncode != 0:
        raise RuntimeError(f"a module does not compile for {target.runtime}: {made.stderr[-2000:]}")


def compile_templates(target: Target, task: Path) -> None:
    """Code for every template, by the package's own code; the seed keeps sets, and so the bytes, in one order."""
    command = [str(target.python), "-B", "-s", "-m", "handlers.compiled"]
    environ = {"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")}
    made = subprocess.run(command, cwd=task, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if made.returncode != 0:
        raise RuntimeError(f"a template does not compile for {target.runtime}: {made.stderr[-2000:]}")


def _key(target: Target) -> str:
    """What goes into a zip: our files, the locked packages, the code that packs, the compiler."""
    digest = hashlib.sha256(f"{target.release} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    sources = [path for folder in choosing.PROJECT for path in (ROOT / folder).rglob("*")]
    for path in sorted([*sources, *HERE.glob("*")]):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time on this machine."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_older(newest: Path, keep: int = 4) -> None:
    """Zips of earlier contents go, the oldest first."""
    held = sorted(CACHE.glob("*/motcua.zip"), key=lambda path: path.parent.stat().st_mtime, reverse=True)
    for path in held[keep:]:
        if path.parent != newest:
            for folder in path.parent.rglob("*/"):
                folder.chmod(0o755)
            shutil.rmtree(path.parent, ignore_errors=True)
