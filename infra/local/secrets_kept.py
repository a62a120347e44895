"""The secrets of this machine's demo: made once, kept beside the data for its owner only, never printed."""

import json
import os
import secrets
from pathlib import Path


def kept_secrets(folder: Path) -> dict[str, str]:
    """Session and factor keys of the demo, the same at every start."""
    path = folder / "secrets.json"
    if path.exists():
        held: dict[str, str] = json.loads(path.read_text())
        return held
    made = {"session_key": secrets.token_hex(32), "factor_keys": f"v1:{secrets.token_hex(32)}"}
    write_private(path, json.dumps(made))
    return made


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads, whole or not at all."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
