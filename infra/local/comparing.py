"""What an engine really holds against what the template says. For `infra.local.stack`.

CREATE_COMPLETE proves little on an engine: ministack leaves time to live, lifecycle rules and object lock out. Those
are put right here and looked at again; every other difference is reported in words and left alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError


def tables_wrong(dynamodb: Any, tables: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in keys, indexes and time to live."""
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
        if spec := wanted.get("TimeToLiveSpecification"):
            yield from _time_to_live_wrong(dynamodb, name, spec["AttributeName"])


def _indexes(table: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    return sorted(
        (index["IndexName"], index["KeySchema"], index["Projection"]["ProjectionType"])
        for index in table.get("GlobalSecondaryIndexes") or []
    )


def _time_to_live_wrong(dynamodb: Any, table: str, attribute: str) -> Iterator[str]:
    asked = {"AttributeName": attribute, "TimeToLiveStatus": "ENABLED"}
    for _ in range(2):
        held = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if held == asked:
            return
        dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
        )
    yield f"table {table} has the time to live {held}"


def buckets_wrong(s3: Any, buckets: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in CORS rules, public access, lifecycle and object lock."""
    for wanted in buckets.values():
        name = wanted["BucketName"]
        try:
            s3.head_bucket(Bucket=name)
            yield from _access_wrong(s3, name, wanted)
            if rules := wanted.get("LifecycleConfiguration", {}).get("Rules"):
                yield from _lifecycle_wrong(s3, name, rules)
            if lock := wanted.get("ObjectLockConfiguration"):
                yield from _lock_wrong(s3, name, lock)
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


def _lifecycle_wrong(s3: Any, bucket: str, rules: list[dict[str, Any]]) -> Iterator[str]:
    asked = [
        {
            "ID": rule["Id"],
            "Status": rule["Status"],
            "Filter": {"Prefix": rule.get("Prefix", "")},
            "Expiration": {"Days": rule["ExpirationInDays"]},
        }
        for rule in rules
    ]
    held: Any = None
    for _ in range(2):  # ministack's CloudFormation leaves it out, as it does time to live
        try:
            held = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        except ClientError:
            held = None
        if held == asked:
            return
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": asked})
    yield f"bucket {bucket} has the lifecycle {held}"


def _lock_wrong(s3: Any, bucket: str, asked: dict[str, Any]) -> Iterator[str]:
    held: Any = None
    for _ in range(2):  # left out as well
        try:
            held = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        except ClientError:
            held = None
        if held == asked:
            return
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=asked)
    yield f"bucket {bucket} has the object lock {held}"


def _cors(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    return rule["AllowedOrigins"], rule["AllowedMethods"], rule.get("AllowedHeaders", [])


def queues_wrong(sqs: Any, queues: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Every difference in delays and dead letters."""
    for wanted in queues.values():
        name = wanted["QueueName"]
        try:
            address = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except ClientError as failure:
            yield f"queue {name}: {failure}"
            continue
        held = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])["Attributes"]
        for attribute in ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds"):
            if attribute in wanted and held.get(attribute) != str(wanted[attribute]):
                yield f"queue {name} has the {attribute} {held.get(attribute)}"
        if ("RedrivePolicy" in wanted) != ("RedrivePolicy" in held):
            yield f"queue {name} has the redrive policy {held.get('RedrivePolicy')}"
