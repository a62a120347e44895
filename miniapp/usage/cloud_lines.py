"""The log as CloudWatch keeps it: the lines `happened` of the functions that answer people. For the roll-up.

Lines have ids; one that comes twice is handed on once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from miniapp.core.aws import Aws
from miniapp.core.errors import Unavailable

PATTERN = '{ $.event = "happened" }'


class CloudLines:
    """Log groups of one stage."""

    def __init__(self, aws: Aws, groups: Sequence[str]) -> None:
        self._aws = aws
        self._groups = groups

    def between(self, since: datetime, until: datetime) -> Iterator[str]:
        """Every line of that span, each once."""
        for group in self._groups:
            seen: set[str] = set()
            for event in self._events(group, since, until):
                if event["eventId"] not in seen:
                    seen.add(event["eventId"])
                    yield str(event["message"])

    def _events(self, group: str, since: datetime, until: datetime) -> Iterator[Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        span = {"startTime": int(since.timestamp() * 1000), "endTime": int(until.timestamp() * 1000) - 1}
        pages = self._aws.logs.get_paginator("filter_log_events")
        try:
            for page in pages.paginate(logGroupName=group, filterPattern=PATTERN, **span):
                yield from page["events"]
        except (BotoCoreError, ClientError) as failure:
            if isinstance(failure, ClientError) and failure.response["Error"]["Code"] == "ResourceNotFoundException":
                return  # nobody has told anything there yet
            raise Unavailable("log_unavailable", group=group) from failure
