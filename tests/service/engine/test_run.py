"""`make run` where it can't: one clear sentence and an exit code, before anything was started."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def test_a_port_in_use_is_said_in_one_sentence_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "infra.local.run", "--port", str(port), "--data", str(tmp_path / "data")]

        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ)

    assert ended.returncode == 1
    assert f"Port {port}" in ended.stderr
    assert "PORT=" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data" / "engine").exists()
