"""What an engine really holds against what the template says. For `infra.local.stack`.

CREATE_COMPLETE proves little on an engine: ministack leaves time to live, point-in-time recovery, encryption, lifecycle
rules, object lock and more out. Each of those is put right here and looked at again; every other difference is reported
in words and left alone."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError


def tables_wrong(dynamodb: Any, tables: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in keys, indexes, protection, encryption, recovery and time to live."""
    for wanted in tables.values():
        name = wanted["TableName"]
        try:
            held = dynamodb.describe_table(TableName=name)["Table"]
        except ClientError as failure:
            yield f"table {name}: {failure}"
            continue
        if held["KeySchema"] != wanted["KeySchema"]:
            yield f"table {name} has the key {held['KeySchema']}"
        if _indexes(held) != _indexes(wanted):
            yield f"table {name} has the indexes {_indexes(held)}"
        if held.get("DeletionProtectionEnabled", False) != wanted.get("DeletionProtectionEnabled", False):
            yield f"table {name} has the deletion protection {held.get('DeletionProtectionEnabled')}"
        yield from _left_out(dynamodb, f"table {name}", _of_table(dynamodb, name, wanted))


Look = Callable[[], Any]
Fix = Callable[[], object]
Missed = tuple[str, Any, Look, Fix]  # what it is called, what is asked, how it is looked at, how it is put right


def _left_out(client: Any, what: str, parts: Iterator[Missed]) -> Iterator[str]:
    """Look at every part that an engine may have left out; put it right once and look again."""
    for called, asked, look, fix in parts:
        held = _held(look)
        if held != asked:
            fix()
            held = _held(look)
        if held != asked:
            yield f"{what} has the {called} {held}"


def _held(look: Look) -> Any:
    try:
        return look()
    except (ClientError, KeyError):
        return None


def _indexes(table: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    return sorted(
        (index["IndexName"], index["KeySchema"], index["Projection"]["ProjectionType"])
        for index in table.get("GlobalSecondaryIndexes") or []
    )


def _of_table(dynamodb: Any, name: str, wanted: Mapping[str, Any]) -> Iterator[Missed]:
    if life := wanted.get("TimeToLiveSpecification"):
        yield (
            "time to live",
            {"AttributeName": life["AttributeName"], "TimeToLiveStatus": "ENABLED"},
            lambda: dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
            lambda: dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=life),
        )
    if recovery := wanted.get("PointInTimeRecoverySpecification"):
        yield (
            "point-in-time recovery",
            "ENABLED",
            lambda: _recovery(dynamodb.describe_continuous_backups(TableName=name)),
            lambda: dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery),
        )
    if "SSESpecification" in wanted:
        by_key = {"Enabled": True, "SSEType": "KMS"}  # the engine's own key: it encrypts nothing anyway
        yield (
            "encryption",
            ("ENABLED", "KMS"),
            lambda: _encryption(dynamodb.describe_table(TableName=name)["Table"]),
            lambda: dynamodb.update_table(TableName=name, SSESpecification=by_key),
        )


def _recovery(answer: Mapping[str, Any]) -> str:
    return str(answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])


def _encryption(table: Mapping[str, Any]) -> tuple[str, str]:
    return table["SSEDescription"]["Status"], table["SSEDescription"]["SSEType"]


def buckets_wrong(s3: Any, buckets: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in CORS rules, public access, encryption, versions, lifecycle, object lock, owner and log."""
    for wanted in buckets.values():
        name = wanted["BucketName"]
        try:
            s3.head_bucket(Bucket=name)
            yield from _access_wrong(s3, name, wanted)
            yield from _left_out(s3, f"bucket {name}", _of_bucket(s3, name, wanted))
        except ClientError as failure:
            yield f"bucket {name}: {failure}"


def _access_wrong(s3: Any, name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    if rules := wanted.get("CorsConfiguration", {}).get("CorsRules"):
        held = [_cors(rule) for rule in s3.get_bucket_cors(Bucket=name)["CORSRules"]]
        if held != [_cors(rule) for rule in rules]:
            yield f"bucket {name} has the CORS rules {held}"
    if block := wanted.get("PublicAccessBlockConfiguration"):
        shut = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        if shut != block:
            yield f"bucket {name} has the public access block {shut}"


def _cors(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    return rule["AllowedOrigins"], rule["AllowedMethods"], rule.get("AllowedHeaders", [])


def _of_bucket(s3: Any, name: str, wanted: Mapping[str, Any]) -> Iterator[Missed]:
    for called, part, asked, get, put in BUCKET_PARTS:
        if part in wanted:
            settings = asked(wanted[part])
            yield (
                called,
                settings,
                lambda get=get: get(s3, name),  # type: ignore[misc]
                lambda put=put, settings=settings: put(s3, name, settings),  # type: ignore[misc]
            )


def _lifecycle(part: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_rule(rule) for rule in part["Rules"]]


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    made = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": rule["ExpirationInDays"]}
    return made | {
        name: rule[name] for name in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration") if name in rule
    }


def _algorithm(part: Mapping[str, Any]) -> dict[str, Any]:
    rule = part["ServerSideEncryptionConfiguration"][0]
    default = {
        "SSEAlgorithm": rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
    }  # not which key: an engine has its own
    return {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": rule.get("BucketKeyEnabled", False)}
        ]
    }


def _encrypted(s3: Any, name: str) -> dict[str, Any]:
    held = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = {"SSEAlgorithm": held["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]}
    return {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": held.get("BucketKeyEnabled", False)}
        ]
    }


def _as_is(part: Any) -> Any:
    return part


# what it is called, the template's property, what is asked of S3, how it is looked at, how it is put right
BUCKET_PARTS: tuple[tuple[str, str, Callable[[Any], Any], Callable[..., Any], Callable[..., object]], ...] = (
    (
        "versions",
        "VersioningConfiguration",
        lambda part: part["Status"],
        lambda s3, name: s3.get_bucket_versioning(Bucket=name)["Status"],
        lambda s3, name, asked: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": asked}),
    ),
    (
        "lifecycle",
        "LifecycleConfiguration",
        _lifecycle,
        lambda s3, name: s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"],
        lambda s3, name, asked: s3.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": asked}
        ),
    ),
    (
        "object lock",
        "ObjectLockConfiguration",
        _as_is,
        lambda s3, name: s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"],
        lambda s3, name, asked: s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=asked),
    ),
    (
        "encryption",
        "BucketEncryption",
        _algorithm,
        _encrypted,
        lambda s3, name, asked: s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=asked),
    ),
    (
        "owner of objects",
        "OwnershipControls",
        _as_is,
        lambda s3, name: {"Rules": s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]},
        lambda s3, name, asked: s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=asked),
    ),
)


def queues_wrong(sqs: Any, queues: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in delays, dead letters and who may use them, and encryption."""
    for wanted in queues.values():
        name = wanted["QueueName"]
        try:
            address = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except ClientError as failure:
            yield f"queue {name}: {failure}"
            continue
        held = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])["Attributes"]
        for attribute in ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "SqsManagedSseEnabled"):
            if attribute in wanted and held.get(attribute, "").lower() != str(wanted[attribute]).lower():
                yield f"queue {name} has the {attribute} {held.get(attribute)}"
        for policy, part in (("RedrivePolicy", "maxReceiveCount"), ("RedriveAllowPolicy", "redrivePermission")):
            asked = str(wanted.get(policy, {}).get(part, ""))
            if str(json.loads(held.get(policy, "{}")).get(part, "")) != asked:
                yield f"queue {name} has the {policy} {held.get(policy)}"
