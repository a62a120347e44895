"""AWS clients, made once and on first need. For stores, files and queues.

The only module that calls boto3. Every client has the same patience: short timeouts, few attempts (quality F39), since
a citizen's page must answer before the gateway gives up. A worker, whom nobody waits for, asks tables and buckets more
often, with pauses that grow to 20 s: an import that is throttled goes on where it is. Importing it costs nothing: boto3
is imported on first use."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from miniapp.core import deadline
from miniapp.core.settings import Settings

START_PATIENCE = 7.0  # seconds that a start waits for its secrets; Lambda ends a start after ten


class Aws:
    """The clients of one process."""

    def __init__(self, settings: Settings, patient: bool = False) -> None:
        self._settings = settings
        self._attempts = settings.worker_attempts if patient else settings.attempts

    @cached_property
    def dynamodb(self) -> Any:
        """The DynamoDB client that all tables share (one pool, one set of retries)."""
        return self._client("dynamodb", attempts=self._attempts, parameter_validation=False)

    @cached_property
    def s3(self) -> Any:
        """The S3 client; files are bigger than rows, so a read may take longer, but for the public's."""
        return self._client("s3", attempts=self._attempts, read_timeout=self._longer(30.0))

    @cached_property
    def upload_signer(self) -> Any:
        """An S3 client that signs for the address a browser can reach."""
        return self._client("s3", endpoint=self._settings.upload_origin)

    @cached_property
    def sqs(self) -> Any:
        """The SQS client; long polls outlast the usual patience. A worker that is to stop must not hang on it."""
        return self._client("sqs", read_timeout=self._longer(25.0))

    @cached_property
    def logs(self) -> Any:
        """The client of the log, for the clock, which counts what it tells."""
        return self._client("logs", attempts=self._attempts, read_timeout=self._longer(30.0))

    def _longer(self, read_timeout: float) -> float:
        return self._settings.read_timeout if self._settings.role == "public" else read_timeout

    def _client(
        self,
        name: str,
        endpoint: str = "",
        attempts: int = 0,
        read_timeout: float = 0.0,
        parameter_validation: bool = True,
    ) -> Any:
        from botocore.config import Config
        from botocore.session import get_session

        settings = self._settings
        config = Config(
            region_name=settings.region,
            connect_timeout=settings.connect_timeout,
            read_timeout=read_timeout or settings.read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts or settings.attempts},
            parameter_validation=parameter_validation,
            max_pool_connections=20,
            signature_version="s3v4" if name == "s3" else None,
            s3={"addressing_style": "path"} if settings.aws_endpoint else None,
        )
        session = get_session()
        client = session.create_client(name, endpoint_url=endpoint or settings.aws_endpoint or None, config=config)
        client.meta.events.register_first("before-send", _in_time(settings.connect_timeout + settings.read_timeout))
        return client


def _too_late(rest: float) -> Exception:
    from botocore.exceptions import BotoCoreError

    class TooLate(BotoCoreError):  # type: ignore[misc]
        fmt = "{rest:.2f} s left"

    return TooLate(rest=rest)


def _in_time(longest: float) -> Callable[..., None]:
    """Ask before every send whether a call of up to `longest` seconds would still end before the deadline.

    What it raises is no broken connection, so botocore does not try again."""

    def in_time(**_: Any) -> None:
        rest = deadline.left()
        if rest is not None and rest < longest:
            raise _too_late(rest)

    return in_time


class NoParameters(Exception):
    """The parameter store did not answer, or refused."""


def parameters(
    names: Sequence[str],
    settings: Settings,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> dict[str, str]:
    """Those of up to ten parameters that there are, decrypted, by their last name; NoParameters says why there are none.

    By name and not by path: a path's parameters are read at most a hundred times a second, whatever an account asks
    for, and a role names what it may read. Signed here rather than sent by a client of botocore's: making one reads half
    a megabyte of description, in every new environment, for the one question that each asks."""
    until = now() + START_PATIENCE
    for pause in pauses():
        try:
            held = _ssm("GetParameters", {"Names": list(names), "WithDecryption": True}, settings, until - now())
            return {one["Name"].rpartition("/")[2]: one["Value"] for one in held["Parameters"]}
        except _Again as why:
            if now() + pause >= until:
                raise NoParameters(f"{', '.join(names)}: {why}") from why
        except _Refused as why:
            raise NoParameters(f"{', '.join(names)}: {why}") from why
        sleep(pause)
    raise AssertionError("pauses never end")


def pauses() -> Iterator[float]:
    """Seconds to wait between tries: anything up to a limit that doubles, so that a thousand who were refused in the
    same moment do not come back in the same moment."""
    longest = 0.1
    while True:
        yield random.uniform(0, longest)  # noqa: S311 - jitter is no secret
        longest = min(2.0, longest * 2)


class _Again(Exception):
    """No answer, or not now: asking again may help."""


class _Refused(Exception):
    """No, for a reason that stays."""


def _ssm(action: str, asked: dict[str, Any], settings: Settings, left: float) -> dict[str, Any]:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError
    from botocore.httpsession import URLLib3Session
    from botocore.session import get_session

    address = settings.aws_endpoint or f"https://ssm.{settings.region}.amazonaws.com"
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AmazonSSM.{action}"}
    request = AWSRequest("POST", f"{address}/", headers, json.dumps(asked).encode())
    SigV4Auth(get_session().get_credentials(), "ssm", settings.region).add_auth(request)
    http = URLLib3Session(timeout=(settings.connect_timeout, min(settings.read_timeout, left)))
    try:
        answer = http.send(request.prepare())
    except BotoCoreError as failure:
        raise _Again(type(failure).__name__) from failure
    if answer.status_code == 200:
        held: dict[str, Any] = json.loads(answer.content)
        return held
    why = str(json.loads(answer.content or b"{}").get("__type", answer.status_code)).rpartition("#")[2]
    passes = answer.status_code == 429 or answer.status_code >= 500 or "Throttl" in why
    raise (_Again if passes else _Refused)(why)
