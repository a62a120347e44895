"""Lines of the log that are counted go from this machine's processes to the engine's log, as Lambda sends them to CloudWatch.

For `make run`. A thread sends what was told each second, so whoever tells waits for nothing; what could not be sent is let go,
for figures must not stop pages."""

import logging
import queue
import threading
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from miniapp.core import log
from miniapp.core.happenings import EVENT

EVERY = 1.0
MOST = 1_000
STREAM = "here"


class Told(logging.Handler):
    """Takes the lines `happened` of one process."""

    def __init__(self, logs: Any, group: str) -> None:
        super().__init__(logging.INFO)
        self._logs = logs
        self._group = group
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == EVENT:
            self._waiting.put({"timestamp": int(record.created * 1000), "message": log.as_line(record)})

    def follow(self) -> None:
        """Take lines from now on, and send them; what else is logged stays as it was."""
        exists = self._logs.exceptions.ResourceAlreadyExistsException
        with suppress(exists):
            self._logs.create_log_group(logGroupName=self._group)
        with suppress(exists):
            self._logs.create_log_stream(logGroupName=self._group, logStreamName=STREAM)
        logger = logging.getLogger("motcua")
        for handler in logger.handlers:
            handler.setLevel(logger.level)
        logger.setLevel(logging.INFO)
        logger.addHandler(self)
        threading.Thread(target=self._send_on, daemon=True).start()

    def send(self) -> int:
        """Send what waits; how many lines."""
        found: list[dict[str, Any]] = []
        with suppress(queue.Empty):
            while len(found) < MOST:
                found.append(self._waiting.get_nowait())
        if found:
            found.sort(key=lambda one: int(one["timestamp"]))
            with suppress(BotoCoreError, ClientError):
                self._logs.put_log_events(logGroupName=self._group, logStreamName=STREAM, logEvents=found)
        return len(found)

    def _send_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            while self.send() == MOST:
                pass
