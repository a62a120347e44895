"""The workers' loop of one machine: takes notes from every queue and starts what the clock starts.

`python -m infra.local.work`, a child process of `make run`. It calls the very entries that Lambda calls, with events of
the same shape, and deletes just the records that did not fail."""

import signal
import sys
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.lambdas.schedules import SCHEDULES
from handlers.lambdas.workers import WORKERS, services
from infra.local import stack
from infra.local.told import Told
from miniapp.core import log
from miniapp.core.errors import Problem

WAIT = 1
AGAIN = 20


class Loop:
    """Goes round until it is told to stop."""

    def __init__(self) -> None:
        self.stopped = False
        self._next = dict.fromkeys(SCHEDULES, 0.0)

    def run(self) -> None:
        """Queues in turn, schedules when they are due."""
        services()
        while not self.stopped:
            self._schedules()
            for queue, entry in WORKERS.items():
                if not self.stopped:
                    self._take(queue, entry)

    def stop(self, *_: Any) -> None:
        """Finish what is under way, then leave."""
        self.stopped = True

    def _take(self, queue: str, entry: Any) -> None:
        held = services()
        try:
            address = held.queues.address(queue)
            found = held.aws.sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=1, WaitTimeSeconds=WAIT)
        except (BotoCoreError, ClientError) as failure:
            log.warning("queue_away", queue=queue, cause=type(failure).__name__)
            time.sleep(WAIT)
            return
        for message in found.get("Messages", []):
            event = {"Records": [{"messageId": message["MessageId"], "body": message["Body"]}]}
            failed = entry(event, None)["batchItemFailures"]
            handle = message["ReceiptHandle"]
            if failed:
                held.aws.sqs.change_message_visibility(QueueUrl=address, ReceiptHandle=handle, VisibilityTimeout=AGAIN)
            else:
                held.aws.sqs.delete_message(QueueUrl=address, ReceiptHandle=handle)

    def _schedules(self) -> None:
        now = time.monotonic()
        for name, (work, seconds) in SCHEDULES.items():
            if now >= self._next[name]:
                self._next[name] = now + seconds
                try:
                    work({}, None)
                except Problem as problem:
                    log.warning("schedule_failed", name=name, code=problem.code)


def main() -> int:
    """Until SIGTERM or Ctrl-C."""
    loop = Loop()
    signal.signal(signal.SIGTERM, loop.stop)
    signal.signal(signal.SIGINT, loop.stop)
    held = services()
    logs = stack.client(held.settings.aws_endpoint, "logs")  # as Lambda does: not by the function's own right
    Told(logs, f"/aws/lambda/motcua-{held.settings.stage}-schedules").follow()
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
