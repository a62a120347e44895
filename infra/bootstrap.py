"""Sets a machine up for the project: `python3 infra/bootstrap.py run|test|sweep|bench`, on a fresh Debian too.

Uses the standard library only, since nothing is installed yet. Says what it does while it does it; does nothing when all
is in place. `run` makes the virtual environment and brings the console's chart library; `test` also installs Chromium,
fonts and the Node tools that tests use; `sweep` and `bench` also pack the functions that the benchmark compares, and
`sweep` brings checkov and LibreOffice, large witnesses.
It installs Debian packages only as root or with sudo, and says in a sentence what to type when it can't."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11)
REQUIREMENTS = {"run": "infra/requirements.txt", "test": "tests/requirements.txt"}
LISTS = ("requirements.txt", "infra/requirements.txt", "tests/requirements.txt")
PACKAGES = {"chromium": "chromium", "fonts-noto-core": "/usr/share/fonts/truetype/noto"}
WITNESSES = {"libreoffice-calc-nogui": "soffice"}  # for the sweep alone: 90 MB to fetch, 280 MB on disk
DATABASE = {"postgresql": "/usr/lib/postgresql"}  # under a peer of the benchmarks
NODE_OLDEST = 20
CHECKOV = ROOT / "tests" / "checkov.txt"
VENDORED = {"chart.js/dist/chart.umd.min.js": "chart.js"}


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"  {text}", flush=True)


def stop(text: str) -> None:
    """Nothing more can be done here; say what the person can do."""
    print(f"\n  {text}\n", file=sys.stderr, flush=True)
    raise SystemExit(1)


def main(purpose: str) -> None:
    """Everything for one purpose."""
    if sys.version_info < OLDEST:
        stop(f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}.")
    asked = purpose
    if purpose in ("sweep", "bench"):
        purpose = "test"
    if asked == "sweep":
        apart(CHECKOV)
        witnesses()
    environment(purpose)
    if purpose == "test":
        debian(PACKAGES)
    node(purpose)
    vendor()
    if purpose == "test":
        lambdas()
    if asked == "bench":
        debian(DATABASE)
    if asked in ("sweep", "bench"):
        peers()


def environment(purpose: str) -> None:
    """The virtual environment with the pinned packages; a larger one serves the smaller purpose too."""
    stamps = {name: VENV / f".{name}-{_digest(name)}" for name in REQUIREMENTS}
    if stamps[purpose].exists() or stamps["test"].exists():
        return
    if not (VENV / "bin" / "python").exists():
        say(f"Making the virtual environment in {VENV.name} …")
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, OSError):
            apt(["python3-venv"])
            venv.create(VENV, with_pip=True, clear=True)
    say(f"Installing the Python packages of {REQUIREMENTS[purpose]} (a few minutes the first time) …")
    command = [VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    run([*command, "-r", str(ROOT / REQUIREMENTS[purpose])], "The Python packages could not be installed.")
    for old in VENV.glob(f".{purpose}-*"):
        old.unlink()
    stamps[purpose].touch()


def apart(listed: Path) -> None:
    """A tool that would pull other versions of our own packages: an environment of its own, made once."""
    folder = ROOT / ".cache" / listed.stem
    stamp = folder / f".made-{hashlib.sha256(listed.read_bytes()).hexdigest()[:16]}"
    if stamp.exists():
        return
    say(f"Making an environment for {listed.stem} (about 300 MB, a minute or two) …")
    venv.create(folder, with_pip=True, clear=True)
    command = [folder / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    run([*command, "-r", str(listed)], f"{listed.stem} could not be installed.")
    stamp.touch()


def debian(packages: dict[str, str]) -> None:
    """What is missing of these, from Debian; each is there when its program or folder is."""
    missing = [name for name, proof in packages.items() if not (shutil.which(proof) or Path(proof).exists())]
    if missing:
        apt(missing)


def witnesses() -> None:
    """Programs that only bear witness: without one the sweep goes on, and its test is skipped (in CI it fails)."""
    try:
        debian(WITNESSES)
    except SystemExit:
        say(f"Going on without {', '.join(WITNESSES)}.")


def apt(packages: list[str]) -> None:
    """Install Debian packages, as root or with sudo."""
    if shutil.which("apt-get") is None:
        stop(f"This machine has no apt-get. Please install: {', '.join(packages)}; then run the command again.")
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            stop(f"Please install these Debian packages as root, then run again: {' '.join(packages)}")
        prefix = ["sudo"]
    say(f"Installing Debian packages: {' '.join(packages)} …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([*prefix, "apt-get", "-qq", "update"], "The list of Debian packages could not be fetched.", quiet)
    install = [*prefix, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    run(install, f"These packages could not be installed: {' '.join(packages)}", quiet)


def node(purpose: str) -> None:
    """What package-lock.json pins: the chart library, and the tools that tests use."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()[:16]
    stamps = {name: ROOT / "node_modules" / f".lock-{digest}{more}" for name, more in (("run", "-run"), ("test", ""))}
    if stamps[purpose].exists() or stamps["test"].exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        if purpose == "test":
            stop(f"Node {NODE_OLDEST} or newer with npm is needed for the tests (Debian: apt-get install nodejs npm).")
        say("npm is not there: the console shows its charts as plain pictures (Debian: apt-get install nodejs npm).")
        return
    say("Installing what package-lock.json pins …")
    quiet = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    some = ["--omit=dev"] if purpose == "run" else []
    run([str(npm), "ci", *some, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], "npm ci failed.", quiet)
    stamps[purpose].touch()


def vendor() -> None:
    """Copy what browsers get from packages to the assets; handlers/assets gives each a hashed, immutable name."""
    for package, name in VENDORED.items():
        came, kept = ROOT / "node_modules" / package, ROOT / "templates" / "assets" / "vendor" / name
        if came.exists() and not (kept.exists() and kept.read_bytes() == came.read_bytes()):
            kept.parent.mkdir(exist_ok=True)
            draft = kept.with_suffix(".part")  # whoever reads the assets now sees the old file or the new one
            draft.write_bytes(came.read_bytes())
            draft.replace(kept)


def lambdas() -> None:
    """The packages for Lambda's Python, AWS's runtime client and emulator, for the tests of the package."""
    lock = ROOT / "infra" / "packaging" / "locked.txt"
    stamp = ROOT / ".cache" / "lambda" / f".fetched-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if stamp.exists():
        return
    say("Fetching the parts for Lambda …")
    run([VENV / "bin" / "python", "-m", "infra.lambdas.fetch"], "The parts for Lambda could not be fetched.")
    stamp.touch()


def peers() -> None:
    """The functions of the Lambda benchmark; its own list says which are there already."""
    say("Packing the functions that the benchmark compares, each with packages of its own (minutes the first time) …")
    run([VENV / "bin" / "python", "-m", "tests.load.packing"], "The benchmark's functions could not be packed.")


def run(command: Sequence[object], failure: str, environ: dict[str, str] | None = None) -> None:
    """Run one command with its output hidden unless it fails; a dot every ten seconds shows that it lives."""
    made = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    began = time.monotonic()
    output = b""
    while True:
        try:
            more, _ = made.communicate(timeout=10)
            output += more or b""
            break
        except subprocess.TimeoutExpired:
            say(f"… still at it ({int(time.monotonic() - began)} s)")
    if made.returncode != 0:
        print(output.decode(errors="replace")[-4000:], file=sys.stderr)
        stop(failure)


def _digest(purpose: str) -> str:
    lists = LISTS if purpose == "test" else LISTS[:2]
    text = b"".join((ROOT / name).read_bytes() for name in lists) + sys.version.encode()
    return hashlib.sha256(text).hexdigest()[:16]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] in (*REQUIREMENTS, "sweep", "bench") else "run")
