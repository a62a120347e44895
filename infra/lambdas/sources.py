"""What wakes a function without anybody waiting: queues, buckets, the clock. For the harness's tests.

`QueueSource` is Lambda's event source mapping: takes a batch, deletes what the function did not report as failed, leaves
the rest to the queue's own tries and dead letters. Nothing is deleted when the function fails as a whole."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from infra.lambdas.function import ACCOUNT, REGION, Function, FunctionFailed


@dataclass
class QueueSource:
    """One queue that a function reads."""

    sqs: Any
    queue: str
    function: Function
    batch: int = 10

    @property
    def address(self) -> str:
        """The queue's URL."""
        return str(self.sqs.get_queue_url(QueueName=self.queue)["QueueUrl"])

    def take(self) -> list[dict[str, Any]]:
        """What can be had now, up to a batch."""
        asked = self.sqs.receive_message(
            QueueUrl=self.address, MaxNumberOfMessages=self.batch, AttributeNames=["ApproximateReceiveCount"]
        )
        return list(asked.get("Messages", []))

    def once(self) -> int:
        """One batch; how many records were taken. What failed can be had again at once, so that nobody waits."""
        records = self.take()
        if not records:
            return 0
        try:
            failed = failures(self.function.invoke(sqs_event(self.queue, records)))
        except FunctionFailed:
            failed = {record["MessageId"] for record in records}
        for record in records:
            receipt = {"QueueUrl": self.address, "ReceiptHandle": record["ReceiptHandle"]}
            if record["MessageId"] in failed:
                self.sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(**receipt)
        return len(records)

    def until_empty(self, most: int = 60, between: Callable[[], object] = lambda: None) -> int:
        """Batch after batch until nothing can be had, `between` after each; how many batches it took."""
        for count in range(most):
            if not self.once():
                return count
            between()
        raise AssertionError(f"{self.queue} is not empty after {most} batches")


def failures(reply: Any) -> set[str]:
    """The records that a function reported as failed; a reply that Lambda would not understand fails the batch."""
    if not isinstance(reply, dict) or not isinstance(reply.get("batchItemFailures"), list):
        raise FunctionFailed("Runtime.BadReply", "no batchItemFailures")
    found = {item["itemIdentifier"] for item in reply["batchItemFailures"]}
    if not all(isinstance(item, str) and item for item in found):
        raise FunctionFailed("Runtime.BadReply", "an itemIdentifier is no text")
    return found


def sqs_event(queue: str, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A batch as Lambda hands it over."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    return {
        "Records": [
            {
                "messageId": record["MessageId"],
                "receiptHandle": record["ReceiptHandle"],
                "body": record["Body"],
                "attributes": dict(record.get("Attributes", {})),
                "messageAttributes": {},
                "md5OfBody": hashlib.md5(record["Body"].encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION,
            }
            for record in records
        ]
    }


def stored_event(bucket: str, *keys: str) -> dict[str, Any]:
    """A bucket's notice of objects that were stored; keys as a form writes them."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventTime": "2026-07-16T01:00:00.000Z",
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
                    "object": {"key": quote_plus(key, safe="/"), "size": 1, "eTag": "0", "sequencer": "1"},
                },
            }
            for key in keys
        ]
    }


def schedule_event(name: str) -> dict[str, Any]:
    """What the scheduler sends for a schedule of ours."""
    return {"schedule": name}
