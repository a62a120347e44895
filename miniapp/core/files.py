"""Files in S3. For slices that take uploads, keep packs or hand out downloads.

Browsers send files straight to the bucket by a presigned form (exact key, size range, where to go next); this process
never carries an upload. Buckets have short names as in `infra/stack.yaml`: `uploads`, `packs`, `audit`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from miniapp.core.aws import Aws
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.settings import Settings

FORM_LIFE = 30 * 60
LINK_LIFE = 5 * 60
CHUNK = 1024 * 1024
GONE = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchUpload", "InvalidPart"})


@dataclass(frozen=True)
class UploadForm:
    """Where a browser posts a file and the hidden fields that let it."""

    action: str
    fields: dict[str, str]

    @property
    def origin(self) -> str:
        """Scheme and host of the bucket, for the page's CSP."""
        return "/".join(self.action.split("/", 3)[:3])


@dataclass(frozen=True)
class Stored:
    """What lies under a key: size in bytes, and the tag that changes with its content."""

    size: int
    tag: str


class Files:
    """The buckets of one stage."""

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings

    def upload_form(self, bucket: str, key: str, most: int, then: str) -> UploadForm:
        """A form that takes one file of 1 to `most` bytes under exactly `key` and then goes to `then` (our address)."""
        made = self._aws.upload_signer.generate_presigned_post(
            self._settings.resource(bucket),
            key,
            Fields={"success_action_redirect": then},
            Conditions=[{"success_action_redirect": then}, ["content-length-range", 1, most]],
            ExpiresIn=FORM_LIFE,
        )
        return UploadForm(made["url"], made["fields"])

    def find(self, bucket: str, key: str) -> Stored | None:
        """What lies under a key, or None."""
        try:
            head = self._call("head_object", bucket, key)
        except NotFound:
            return None
        return Stored(head["ContentLength"], head["ETag"].strip('"'))

    def open(self, bucket: str, key: str) -> BinaryIO:
        """The object as a stream that is read once, from its first byte."""
        return cast(BinaryIO, self._call("get_object", bucket, key)["Body"])

    def get(self, bucket: str, key: str, most: int) -> bytes:
        """The whole object, if it has at most `most` bytes; Unavailable otherwise."""
        answer = self._call("get_object", bucket, key)
        if answer["ContentLength"] > most:
            raise Unavailable("object_too_large", key=key)
        return bytes(answer["Body"].read())

    def put(self, bucket: str, key: str, body: bytes | BinaryIO, kind: str = "application/octet-stream") -> None:
        """Keep an immutable object; writing the same bytes twice is the same as once."""
        self._call("put_object", bucket, key, Body=body, ContentType=kind)

    def begin_parts(self, bucket: str, key: str, kind: str) -> str:
        """Begin an object that is sent in parts; the name of the beginning, which every part is sent with."""
        return str(self._call("create_multipart_upload", bucket, key, ContentType=kind)["UploadId"])

    def put_part(self, bucket: str, key: str, begun: str, number: int, body: bytes) -> str:
        """Send part 1-10000, of at least 5 MiB unless it is the last; its tag. The same number again takes its place."""
        sent = self._call("upload_part", bucket, key, UploadId=begun, PartNumber=number, Body=body)
        return str(sent["ETag"])

    def join_parts(self, bucket: str, key: str, begun: str, tags: Sequence[str]) -> None:
        """Make the parts one object; NotFound where one is no longer there, or they were joined already."""
        told = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        self._call("complete_multipart_upload", bucket, key, UploadId=begun, MultipartUpload={"Parts": told})

    def link(self, bucket: str, key: str, name: str) -> str:
        """An address that hands the object out as a file of this (ASCII) name for LINK_LIFE seconds, to whoever has it."""
        asked = {"Bucket": self._settings.resource(bucket), "Key": key}
        attached = {"ResponseContentDisposition": f'attachment; filename="{name}"'}
        made = self._aws.upload_signer.generate_presigned_url("get_object", {**asked, **attached}, LINK_LIFE)
        return str(made)

    def remove(self, bucket: str, key: str) -> None:
        """Let an object go; one that is gone already is fine."""
        self._call("delete_object", bucket, key)

    def keys(self, bucket: str, prefix: str) -> Iterator[str]:
        """Every key below a prefix."""
        pages = self._aws.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._settings.resource(bucket), Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def written(self, bucket: str, prefix: str) -> Iterator[str]:
        """Every key ever written below a prefix of a bucket that keeps versions, hidden by a later deletion or not."""
        for page in self._versions(bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Versions", []))

    def folders(self, bucket: str) -> Iterator[str]:
        """What stands before the first slash of the keys ever written to a bucket that keeps versions."""
        for page in self._versions(bucket, Delimiter="/"):
            yield from (entry["Prefix"].rstrip("/") for entry in page.get("CommonPrefixes", []))

    def _versions(self, bucket: str, **asked: str) -> Iterator[Any]:
        while True:
            page = self._ask("list_object_versions", bucket, **asked)
            yield page
            if not page.get("IsTruncated"):
                return
            asked |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
            asked = {name: text for name, text in asked.items() if text}

    def _call(self, verb: str, bucket: str, key: str, **more: Any) -> Any:
        return self._ask(verb, bucket, Key=key, **more)

    def _ask(self, verb: str, bucket: str, **more: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._aws.s3, verb)(Bucket=self._settings.resource(bucket), **more)
        except ClientError as failure:
            if failure.response["Error"]["Code"] in GONE:
                raise NotFound("object_unknown") from None
            raise Unavailable("files_unavailable", cause=failure.response["Error"]["Code"]) from failure
        except BotoCoreError as failure:
            raise Unavailable("files_unavailable", cause=type(failure).__name__) from failure
