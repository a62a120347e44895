"""AWS's own DynamoDB Local as a second engine for the store suite. For tests; used when the developer installed it.

Its licence forbids redistribution and asks for an AWS account, so it is never part of this project: `npm install
amplify-dynamodb-simulator` puts it under node_modules. It keeps everything in memory, checks no signature and knows no
policy; buckets and queues stay with the embedded engine."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local import stack
from infra.local.template import TEMPLATE, Template

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "node_modules" / "amplify-dynamodb-simulator" / "emulator"
MISSING = "DynamoDB Local is not installed (npm install amplify-dynamodb-simulator, Java 17): second engine skipped"
COMMAND = [
    "java",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.library.path=./DynamoDBLocal_lib",
    "-jar",
    "DynamoDBLocal.jar",
    "-inMemory",
    "-sharedDb",
    "-disableTelemetry",
]
TAKEN = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "TableName")


def is_installed(folder: Path = FOLDER) -> bool:
    """Whether it can run here."""
    return (folder / "DynamoDBLocal.jar").exists() and shutil.which("java") is not None


class DynamoDbLocal:
    """One Java process with the tables of the stack."""

    def __init__(self, log: Path, folder: Path = FOLDER) -> None:
        self._log = log
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._tables: list[str] = []
        self.endpoint = ""

    def start(self, stage: str, template: Path = TEMPLATE, parameters: Mapping[str, str] | None = None) -> None:
        """Start it, wait for it, and make the tables of `infra/stack.yaml`."""
        port = _free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, "-port", str(port)],
                cwd=self._folder,
                env={"PATH": "/usr/bin:/bin", "DDB_LOCAL_TELEMETRY": "0"},
                stdout=log,
                stderr=log,
            )
        client = stack.client(self.endpoint, "dynamodb")
        _wait(client, self._process, self._log)
        wanted = Template(template, {"Stage": stage, **(parameters or {})}).of_type("AWS::DynamoDB::Table")
        for table in wanted.values():
            client.create_table(**{name: table[name] for name in TAKEN if name in table})
            if life := table.get("TimeToLiveSpecification"):
                client.update_time_to_live(TableName=table["TableName"], TimeToLiveSpecification=life)
            self._tables.append(table["TableName"])

    def empty(self) -> None:
        """Remove every item of every table."""
        client = stack.client(self.endpoint, "dynamodb")
        for table in self._tables:
            while items := client.scan(TableName=table, Limit=25).get("Items"):
                names = [key["AttributeName"] for key in client.describe_table(TableName=table)["Table"]["KeySchema"]]
                gone = [{"DeleteRequest": {"Key": {name: item[name] for name in names}}} for item in items]
                client.batch_write_item(RequestItems={table: gone})

    def stop(self) -> None:
        """End the process; nothing is kept."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(client: Any, process: subprocess.Popen[bytes], log: Path, seconds: float = 30.0) -> None:
    from botocore.exceptions import BotoCoreError

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            client.list_tables()
            return
        except BotoCoreError:
            if process.poll() is not None:
                said = re.sub(r"\s+", " ", log.read_text("utf-8", "replace"))[-500:]
                raise RuntimeError(f"DynamoDB Local ended: {said}") from None
            time.sleep(0.1)
    raise RuntimeError(f"DynamoDB Local did not answer within {seconds:.0f} s")
