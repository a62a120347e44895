"""Fetches what the tests of the package need from the registry, so that they need no network: `python -m infra.lambdas.fetch`.

The locked packages for the target's Python, AWS's runtime client, AWS's emulator. What is there already is left alone."""

from infra.lambdas import runtime_client
from infra.packaging import wheels
from infra.packaging.building import CACHE
from infra.packaging.targets import NoInterpreter, find


def main() -> int:
    """1 when something could not be had; says what."""
    try:
        target = find()
        CACHE.mkdir(parents=True, exist_ok=True)
        wheels.site(target, CACHE)
        runtime_client.client(target, CACHE)
    except (NoInterpreter, wheels.NotInstalled) as missing:
        print(f"  The parts for Lambda could not be fetched: {missing}")
        return 1
    if runtime_client.emulator(CACHE) is None:
        print("  AWS's emulator could not be fetched; its test will be skipped.")
    if not target.is_wished:
        print(f"  No Python 3.13 runs here: the package is made and tested for {target.runtime}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
