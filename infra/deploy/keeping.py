"""What deployments keep of themselves: templates and zips on their way in, who deploys now, which versions were good.

For the deployment. One bucket per account, made with the first deployment. It keeps no secret."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.place import REGION, Place

DAYS = 180  # a version that was published lives on its own; its zip is only the way in


@dataclass(frozen=True)
class Code:
    """A zip where Lambda can fetch it."""

    bucket: str
    key: str
    digest: str  # as Lambda writes it: base64 of the SHA-256

    @property
    def short(self) -> str:
        """For people."""
        return short(self.digest)


def short(digest: str) -> str:
    """The first letters of a zip's SHA-256, as `make package` prints it."""
    return base64.b64decode(digest).hex()[:12] if digest else "-"


@dataclass
class Journal:
    """Which version of each function was good, which was good before it, and what is going on."""

    state: str = "new"  # new, shifting, good, returning
    good: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    to: dict[str, str] = field(default_factory=dict)


class Keeping:
    """The bucket."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.s3: Any = place.client("s3")

    @property
    def bucket(self) -> str:
        """Its name."""
        return f"motcua-deploys-{self._place.account}-{REGION}"

    def make(self) -> None:
        """The bucket, closed to everybody else; again and again without harm."""
        with suppress(self.s3.exceptions.BucketAlreadyOwnedByYou):
            self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        shut = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        self.s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=dict.fromkeys(shut, True))
        rules = [
            {
                "ID": f"forget-{part}",
                "Status": "Enabled",
                "Filter": {"Prefix": f"{part}/"},
                "Expiration": {"Days": DAYS},
            }
            for part in ("code", "templates")
        ]
        self.s3.put_bucket_lifecycle_configuration(Bucket=self.bucket, LifecycleConfiguration={"Rules": rules})

    def put_template(self, body: str) -> str:
        """Where CloudFormation finds this text."""
        key = f"templates/{hashlib.sha256(body.encode()).hexdigest()}"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())
        return self._place.address(self.bucket, key)

    def code(self, path: Path) -> Code:
        """Where this zip is to lie."""
        digest = hashlib.sha256(path.read_bytes()).digest()
        return Code(self.bucket, f"code/{digest.hex()}.zip", base64.b64encode(digest).decode())

    def again(self, digest: str, fetch: Callable[[], bytes]) -> Code:
        """The zip with this digest, as Lambda writes it, where Lambda can fetch it once more; ValueError when what is
        fetched is another."""
        code = Code(self.bucket, f"code/{base64.b64decode(digest).hex()}.zip", digest)
        try:
            self.s3.head_object(Bucket=code.bucket, Key=code.key)
        except ClientError:
            body = fetch()
            if base64.b64encode(hashlib.sha256(body).digest()).decode() != digest:
                raise ValueError(f"what Lambda holds is not {code.short}") from None
            self.s3.put_object(Bucket=code.bucket, Key=code.key, Body=body)
        return code

    def put_code(self, path: Path, code: Code) -> None:
        """Bring the zip in, unless it is there."""
        try:
            self.s3.head_object(Bucket=code.bucket, Key=code.key)
        except ClientError:
            self.s3.put_object(Bucket=code.bucket, Key=code.key, Body=path.read_bytes())

    def journal(self, stage: str) -> Journal:
        """What is known of a stage's deployments; a new one when nothing is."""
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=_journal(stage))["Body"].read()
        except ClientError as failure:
            if failure.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket"):
                return Journal()
            raise
        held: Mapping[str, Any] = json.loads(body)
        return Journal(**held)

    def write(self, stage: str, journal: Journal) -> None:
        """Note it."""
        self.s3.put_object(Bucket=self.bucket, Key=_journal(stage), Body=json.dumps(asdict(journal)).encode())


def _journal(stage: str) -> str:
    return f"stages/{stage}/journal.json"
