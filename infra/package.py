"""`make package`: the zip for Lambda, as it would be deployed, with its size. `--lock` writes the lock of packages anew."""

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

from infra.packaging import building, wheels
from infra.packaging.targets import VERSIONS, NoInterpreter, find

OUT = building.ROOT / "build" / "lambda" / "motcua.zip"
MOST = 25_000_000


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"  {text}", flush=True)


def main() -> int:
    """Pack, or lock."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lock", action="store_true", help="resolve requirements.txt anew into the lock")
    asked.add_argument("--python", choices=VERSIONS, help="for this version instead of the newest that runs here")
    asked.add_argument("--out", type=Path, default=OUT)
    given = asked.parse_args()
    if given.lock:
        say(f"{wheels.lock()} packages locked for Python {', '.join(VERSIONS)}.")
        return 0
    try:
        target = find((given.python,) if given.python else VERSIONS)
    except NoInterpreter as missing:
        print(f"  No Python {missing} runs on this machine; its bytecode needs one.", file=sys.stderr)
        return 1
    if not target.is_wished and not given.python:
        say(
            f"NOTE: no Python {VERSIONS[0]} runs here; packed for {target.version}, to be deployed as {target.runtime}."
        )
    made = building.package(target, say)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made.path, given.out)
    digest = hashlib.sha256(made.path.read_bytes()).hexdigest()
    say(f"{given.out}: {made.size / 1e6:.2f} MB for {target.runtime} (Zappa's own: {made.stock / 1e6:.1f} MB)")
    say(f"sha256 {digest}")
    return 0 if made.size <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
