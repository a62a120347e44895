"""The secrets of this machine's demo: made once, kept beside the data for its owner only, never printed."""

import json
import os
from pathlib import Path

from infra.deploy.secret import MADE

NAMES = ("session_key", "factor_keys", "signing_keys")


def kept_secrets(folder: Path) -> dict[str, str]:
    """Session, factor and signing keys of the demo, the same at every start; what an older demo lacks is added."""
    path = folder / "secrets.json"
    held: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: MADE[name]() for name in NAMES if name not in held}
    if made:
        held |= made
        write_private(path, json.dumps(held))
    return held


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads, whole or not at all."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
