"""Writers that never stop and remember what was confirmed when. For the durability tests.

Each writes rows that say in every attribute which one they are, so that a half-kept row would show."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from infra.local import stack

STAGE = "probe"
ROWS, PAIRS, FILES, NOTES = (f"{STAGE}-{name}" for name in ("rows", "pairs", "files", "notes"))
BIG = 380_000
TOGETHER = 500  # ordinary rows under one partition key, as an agency's rows lie


def big_item(number: int, round_: int = 0) -> dict[str, Any]:
    """A row as large as a segment of scores; its bytes tell which one it is."""
    body = f"{number}/{round_};".encode()
    data = (body * (BIG // len(body) + 1))[:BIG]
    return {"pk": {"S": "segment"}, "sk": {"N": str(number)}, "round": {"N": str(round_)}, "data": {"B": data}}


def small_item(number: int) -> dict[str, Any]:
    """An ordinary row."""
    text = f"{number:09}"
    return {
        "pk": {"S": f"small-{number // TOGETHER}"},
        "sk": {"N": str(number)},
        "day": {"S": f"day-{number % 7}"},
        "name": {"S": f"Nguyễn Thị Ánh {text}"},
        "again": {"N": str(number)},
        "tail": {"S": text * 10},
    }


def fill(endpoint: str, small: int) -> None:
    """`small` ordinary rows."""
    with closing(stack.client(endpoint, "dynamodb")) as dynamodb:
        for first in range(0, small, 25):
            rows = [{"PutRequest": {"Item": small_item(number)}} for number in range(first, min(first + 25, small))]
            dynamodb.batch_write_item(RequestItems={ROWS: rows})


def fill_year(endpoint: str) -> None:
    """A whole exam year: 40 segments and their pack."""
    with closing(stack.client(endpoint, "dynamodb")) as dynamodb, closing(stack.client(endpoint, "s3")) as s3:
        for number in range(40):
            dynamodb.put_item(TableName=ROWS, Item=big_item(number))
        s3.put_object(Bucket=FILES, Key="pack", Body=pack())


def pack() -> bytes:
    """Eleven megabytes that differ all along."""
    return b"".join(number.to_bytes(4, "big") for number in range(11_000_000 // 4))


class Writers:
    """Threads that write until the engine dies, and when each write was confirmed."""

    def __init__(self, endpoint: str) -> None:
        self.confirmed: dict[str, dict[int, float]] = {"rows": {}, "pairs": {}, "notes": {}, "files": {}, "big": {}}
        self._clients = {name: stack.client(endpoint, name) for name in ("dynamodb", "sqs", "s3")}
        self._stop = threading.Event()
        writes = {
            "rows": self._row,
            "pairs": self._pair,
            "notes": self._note,
            "files": self._file,
            "big": self._segment,
        }
        self._threads = [threading.Thread(target=self._run, args=each, daemon=True) for each in writes.items()]

    def __enter__(self) -> Self:
        """Return when each has had its first write confirmed."""
        for thread in self._threads:
            thread.start()
        while not all(self.confirmed.values()) and any(thread.is_alive() for thread in self._threads):
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        for client in self._clients.values():
            client.close()

    def _run(self, kind: str, write: Callable[[Mapping[str, Any], int], None]) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            try:
                write(self._clients, number)
            except (BotoCoreError, ClientError):
                return  # the engine is dead: what was not confirmed may or may not be there
            self.confirmed[kind][number] = time.monotonic()

    def _row(self, clients: Mapping[str, Any], number: int) -> None:
        clients["dynamodb"].put_item(TableName=ROWS, Item={**small_item(number), "pk": {"S": "live"}})

    def _pair(self, clients: Mapping[str, Any], number: int) -> None:
        """One transaction over two tables, and a third row that only grows with it."""
        text = str(number)
        left = {"TableName": PAIRS, "Item": {"pk": {"S": f"pair-{text}"}, "n": {"N": text}}}
        right = {"TableName": ROWS, "Item": {"pk": {"S": "pair"}, "sk": {"N": text}, "n": {"N": text}}}
        head = {
            "TableName": PAIRS,
            "Key": {"pk": {"S": "head"}},
            "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"N": text}},
        }
        clients["dynamodb"].transact_write_items(TransactItems=[{"Put": left}, {"Put": right}, {"Update": head}])

    def _note(self, clients: Mapping[str, Any], number: int) -> None:
        address = clients["sqs"].get_queue_url(QueueName=NOTES)["QueueUrl"]
        clients["sqs"].send_message(QueueUrl=address, MessageBody=f"{number}:{number}")

    def _file(self, clients: Mapping[str, Any], number: int) -> None:
        clients["s3"].put_object(Bucket=FILES, Key=f"live/{number:06}", Body=f"{number};".encode() * 2000)
        time.sleep(0.02)

    def _segment(self, clients: Mapping[str, Any], number: int) -> None:
        clients["dynamodb"].put_item(TableName=ROWS, Item=big_item(number % 40, number + 1))
        time.sleep(0.05)
