"""The functions that the Lambda benchmark compares, each packed as its own documentation says, for one Python.

`python -m tests.load.packing` makes all of them once, below .cache/bench, by what goes into them; the benchmark lays them
out again. Ours comes from infra.packaging. Every peer carries our templates and the code that makes a slip of a
candidate's result, since peers differ in store and framework only. Bytecode is as kind as the packer's way allows:
plain folders keep their dates, Zappa sets all dates to 1980, Chalice brings none."""

import calendar
import hashlib
import json
import os
import pickle
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from infra.packaging import building, choosing, targets
from infra.packaging.targets import Target

HERE = Path(__file__).parent / "peers" / "lambdas"
ROOT = building.ROOT
CACHE = ROOT / ".cache" / "bench"
DATE = (2026, 1, 1, 0, 0, 0)
EPOCH = calendar.timegm((*DATE, 0, 0, 0))
REGION = "ap-southeast-1"

Say = Callable[[str], None]


class NotPacked(Exception):
    """A packer failed; the text is what it said."""


@dataclass(frozen=True)
class Packed:
    """One function's zip and its entry."""

    name: str
    zip: Path
    handler: str

    @property
    def size(self) -> int:
        """Bytes of the zip."""
        return self.zip.stat().st_size


def zappa(target: Target, making: Path, name: str, requirements: Path, app: str) -> Path:
    """`zappa package` in a project of its own with a virtual environment of its own."""
    python = environment(target, name, requirements)
    settings = {
        "app_function": app,
        "project_name": "peer",
        "runtime": target.runtime,
        "s3_bucket": "none",
        "aws_region": REGION,
    }
    (making / "zappa_settings.json").write_text(json.dumps({"bench": settings}), "utf-8")
    run([python, "-W", "ignore", "-m", "zappa.cli", "package", "bench", "-o", "out.zip"], making, python.parents[1])
    return making / "out.zip"


def stock(target: Target, making: Path) -> Path:
    """Our app, everything in, as Zappa packs and serves it."""
    _ours(making)
    return zappa(target, making, "stock", ROOT / "requirements.txt", "handlers.lambdas.web.app")


def flask_zappa(target: Target, making: Path) -> Path:
    """Flask and PynamoDB behind Zappa."""
    _ours(making)
    shutil.copyfile(HERE / "page.py", making / "page.py")
    shutil.copyfile(HERE / "flask_zappa.py", making / "app.py")
    return zappa(target, making, "flask_zappa", HERE / "flask_zappa.txt", "app.app")


def fastapi_mangum(target: Target, making: Path) -> Path:
    """FastAPI and Mangum: packages in a folder, zipped with the app; bytecode that pip wrote stays valid."""
    task = making / "package"
    python = environment(target, "plain", None)
    run([python, "-m", "pip", "install", *QUIET, "--no-compile", "--target", task, "-r", HERE / "fastapi_mangum.txt"])
    _ours(task)
    shutil.copyfile(HERE / "page.py", task / "page.py")
    shutil.copyfile(HERE / "fastapi_mangum.py", task / "app.py")
    return _zipped(target, task, making / "out.zip")


def chalice(target: Target, making: Path) -> Path:
    """`chalice package`: what it calls a deployment package."""
    python = environment(target, "chalice", HERE / "chalice_tool.txt")
    config = {"version": "2.0", "app_name": "peer", "stages": {"dev": {"api_gateway_stage": "api"}}}
    (making / ".chalice").mkdir()
    (making / ".chalice" / "config.json").write_text(json.dumps(config), "utf-8")
    shutil.copyfile(HERE / "chalice.txt", making / "requirements.txt")
    shutil.copyfile(HERE / "chalice_app.py", making / "app.py")
    _ours(making / "vendor")
    shutil.copyfile(HERE / "page.py", making / "vendor" / "page.py")
    empty = {
        "exam": SimpleNamespace(subjects=()),
        "headers": [],
        "statistics": None,
    }  # Chalice imports the app; the benchmark gives facts
    (making / "vendor" / "facts.pickle").write_bytes(pickle.dumps(empty))
    run([python.with_name("chalice"), "package", "out"], making, python.parents[1])
    return making / "out" / "deployment.zip"


def limit(target: Target, making: Path) -> Path:
    """Nothing but the template and a page object that is there already."""
    task = making / "package"
    python = environment(target, "plain", None)
    run([python, "-m", "pip", "install", *QUIET, "--no-compile", "--target", task, "jinja2==3.1.6", "tzdata==2026.6"])
    _ours(task)
    shutil.copyfile(HERE / "page.py", task / "page.py")
    shutil.copyfile(HERE / "limit.py", task / "app.py")
    return _zipped(target, task, making / "out.zip")


MADE: dict[str, tuple[Callable[[Target, Path], Path], str]] = {
    "stock zappa": (stock, "handler.lambda_handler"),
    "flask pynamodb zappa": (flask_zappa, "handler.lambda_handler"),
    "fastapi mangum boto3": (fastapi_mangum, "app.handler"),
    "chalice boto3": (chalice, "app.app"),
    "limit": (limit, "app.handle"),
}
QUIET = ("-q", "--disable-pip-version-check", "--no-input")


def packed(target: Target, say: Say = building.silent) -> list[Packed]:
    """Every function, ours first; made once per content."""
    made = building.package(target, say)
    found = [Packed("ours", made.path, "handlers.lambdas.web.handle")]
    for name, (make, handler) in MADE.items():
        out = kept(target, name)
        if not out.exists():
            say(f"Packing: {name} …")
            out.parent.mkdir(parents=True, exist_ok=True)
            for old in CACHE.glob(f"{_file(name)}-*.zip"):
                old.unlink()
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                make(target, Path(folder)).rename(out)
        found.append(Packed(name, out, handler))
    return found


def kept(target: Target, name: str) -> Path:
    """Where a peer's zip is, or would be: by the content that goes into it."""
    digest = hashlib.sha256(target.release.encode())
    sources = [path for folder in choosing.PROJECT for path in sorted((ROOT / folder).rglob("*"))]
    for path in [*sources, *sorted(HERE.glob("*")), Path(__file__), ROOT / "requirements.txt"]:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + hashlib.sha256(path.read_bytes()).digest())
    return CACHE / f"{_file(name)}-{digest.hexdigest()[:16]}.zip"


def laid_out(function: Packed, task: Path) -> None:
    """The zip as Lambda lays it out, with the dates that stand in it."""
    with zipfile.ZipFile(function.zip) as archive:
        archive.extractall(task)
        for entry in archive.infolist():
            if not entry.is_dir():
                seconds = calendar.timegm((*entry.date_time, 0, 0, 0))
                os.utime(task / entry.filename, (seconds, seconds))


def environment(target: Target, name: str, requirements: Path | None) -> Path:
    """The interpreter of a virtual environment with these packages, made once."""
    text = requirements.read_bytes() if requirements else b""
    folder = CACHE / f"venv-{name}-{hashlib.sha256(text + target.release.encode()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / ".made").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        run([target.python, "-m", "venv", folder])
        if requirements:
            run([python, "-m", "pip", "install", *QUIET, "-r", requirements])
        (folder / ".made").touch()
    return python


def run(command: list[str | Path], folder: Path | None = None, venv: Path | None = None) -> None:
    """One command, quietly; NotPacked with what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "MOTCUA_"))}
    if venv:
        kept |= {"VIRTUAL_ENV": str(venv), "PATH": f"{venv / 'bin'}:{kept.get('PATH', '')}"}
    kept |= {"AWS_DEFAULT_REGION": REGION, "PEER_TABLE": "peer"}
    made = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if made.returncode != 0:
        raise NotPacked(f"{' '.join(str(part) for part in command[:6])}: {(made.stdout + made.stderr)[-3000:]}")


def _ours(folder: Path) -> None:
    """Our code and templates, without bytecode of another Python."""
    for name in choosing.PROJECT:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def _zipped(target: Target, task: Path, out: Path) -> Path:
    """One even date for all, and bytecode that says so."""
    for path in task.rglob("*"):
        if path.is_file():
            os.utime(path, (EPOCH, EPOCH))
    run([target.python, "-m", "compileall", "-q", "-j", "1", task])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(task.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(task).as_posix(), DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return out


def _file(name: str) -> str:
    return name.replace(" ", "_")


if __name__ == "__main__":
    for function in packed(targets.find(), lambda text: print(f"  {text}", flush=True)):
        print(f"  {function.name}: {function.size / 1e6:.1f} MB", flush=True)
