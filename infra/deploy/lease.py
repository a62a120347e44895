"""One deployment of a stage at a time. For the deployment; the second is told who is at it, and since when.

A lease is one object that is only ever replaced as it was last seen. Whoever holds it renews it while working; it is
free ten minutes after the last renewal by the bucket's own clock, or at once when its holder was a process of this
machine that is no more. It protects from each other, not from somebody who changes the account by hand."""

import getpass
import json
import os
import secrets
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

from botocore.exceptions import ClientError

KEPT_FOR = timedelta(minutes=10)
RENEWED_EVERY = 30.0
MET = ("PreconditionFailed", "ConditionalRequestConflict")


class Taken(Exception):
    """Somebody else deploys this stage; the text says who and since when."""


def myself() -> dict[str, Any]:
    """This process, as others should read of it."""
    return {"by": getpass.getuser(), "host": socket.gethostname(), "process": os.getpid()}


class Lease:
    """The lease of one stage."""

    def __init__(self, s3: Any, bucket: str, stage: str, holder: Mapping[str, Any] | None = None) -> None:
        self._s3 = s3
        self._where = {"Bucket": bucket, "Key": f"stages/{stage}/lease.json"}
        self._holder = dict(holder or myself())
        self._stage = stage
        self._seen = ""  # the tag under which our own lease lies
        self._renewed = 0.0

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def take(self) -> None:
        """Have it, or raise Taken."""
        try:
            self._put({"IfNoneMatch": "*"}, fresh=True)
        except ClientError as failure:
            _expect_conflict(failure)
            tag = self._free_tag()
            try:
                self._put({"IfMatch": tag}, fresh=True)
            except ClientError as second:
                _expect_conflict(second)
                self._free_tag()
                raise Taken(f"somebody else began to deploy {self._stage} this very moment") from second

    def keep(self) -> None:
        """Still have it; Taken when somebody took it after ten minutes of silence."""
        if time.monotonic() - self._renewed < RENEWED_EVERY:
            return
        try:
            self._put({"IfMatch": self._seen})
        except ClientError as failure:
            _expect_conflict(failure)
            raise Taken(
                f"the lease of {self._stage} was taken over after a long silence; nothing more is done"
            ) from None

    def give_back(self) -> None:
        """Let others have it."""
        try:
            body = json.dumps({"free": secrets.token_hex(8)}).encode()
            self._s3.put_object(**self._where, Body=body, IfMatch=self._seen)
        except ClientError as failure:
            _expect_conflict(failure)

    def _put(self, condition: Mapping[str, str], fresh: bool = False) -> None:
        if fresh:
            self._holder["since"] = datetime.now(UTC).isoformat(timespec="seconds")
        body = json.dumps({**self._holder, "beat": secrets.token_hex(8)}).encode()  # each has a tag of its own
        self._seen = self._s3.put_object(**self._where, Body=body, **condition)["ETag"]
        self._renewed = time.monotonic()

    def _free_tag(self) -> str:
        """The tag of a lease that nobody holds any more; Taken when somebody does."""
        answer = self._s3.get_object(**self._where)
        held = json.loads(answer["Body"].read())
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        silent = now - answer["LastModified"]
        if "free" in held or silent > KEPT_FOR or self._is_gone(held):
            return str(answer["ETag"])
        who = f"{held['by']} on {held['host']} (process {held['process']})"
        left = KEPT_FOR - silent
        raise Taken(
            f"{who} deploys {self._stage} since {held['since']}. If that process is no more, the stage is free in "
            f"{max(1, round(left.total_seconds() / 60))} min at the latest."
        )

    def _is_gone(self, held: Mapping[str, Any]) -> bool:
        """Whether the holder was a process of this machine that has ended."""
        if held["host"] != self._holder["host"] or held["process"] == self._holder["process"]:
            return False
        try:
            os.kill(int(held["process"]), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _expect_conflict(failure: ClientError) -> None:
    if failure.response["Error"]["Code"] not in MET:
        raise failure
