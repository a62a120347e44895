"""AWS clients, made once and on first need. For stores, files and queues.

The only module that calls boto3. Every client has the same patience: short timeouts, few attempts (quality F39), since
a citizen's page must answer before the gateway gives up. A worker, whom nobody waits for, asks tables and buckets more
often, with pauses that grow to 20 s: an import that is throttled goes on where it is. Importing it costs nothing: boto3
is imported on first use."""

from functools import cached_property
from typing import Any

from miniapp.core.settings import Settings


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
        """The S3 client; files are bigger than rows, so a read may take longer."""
        return self._client("s3", attempts=self._attempts, read_timeout=30.0)

    @cached_property
    def upload_signer(self) -> Any:
        """An S3 client that signs for the address a browser can reach."""
        return self._client("s3", endpoint=self._settings.upload_origin)

    @cached_property
    def sqs(self) -> Any:
        """The SQS client; long polls outlast the usual patience. A worker that is to stop must not hang on it."""
        return self._client("sqs", read_timeout=25.0)

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
        return get_session().create_client(name, endpoint_url=endpoint or settings.aws_endpoint or None, config=config)
