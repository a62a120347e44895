"""The whole of both templates on the engine: made by CloudFormation, then looked at through each service's own interface.

What the engine can't make is in `stack.LACKED` and stands as "only linted" in infra/STACK.md."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local import stack
from infra.local.engine import Credentials, Engine
from infra.local.template import Template
from tests.support.cloud import temporary_engine
from tests.support.templates import EDGE, GIVEN, functions

STAGE = "house"
# Over plain HTTP the policies that ask for TLS refuse everything: they have a test of their own.
SHUT = stack.LACKED | {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = temporary_engine(tmp_path_factory.mktemp("whole"), keep=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def first_step(engine: Engine) -> stack.Stack:
    return stack.apply(engine.endpoint, STAGE, {"AlertAddress": "a@example.vn"}, leave_out=SHUT)


@pytest.fixture(scope="module")
def second_step(engine: Engine, first_step: stack.Stack) -> stack.Stack:
    """With a function of each name and its alias, as a deployment leaves them."""
    asks = stack.client(engine.endpoint, "lambda")
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as package:
        package.writestr("entry.py", "def handle(event, context):\n    return {'statusCode': 200, 'body': 'here'}\n")
    for function, told in functions().items():
        asks.create_function(
            FunctionName=f"motcua-{STAGE}-{function}",
            Runtime="python3.13",
            Handler="entry.handle",
            Role=f"arn:aws:iam::000000000000:role/motcua-{STAGE}-{function}",
            Code={"ZipFile": body.getvalue()},
            Timeout=told["timeout_seconds"],
        )
        version = asks.publish_version(FunctionName=f"motcua-{STAGE}-{function}")["Version"]
        asks.create_alias(FunctionName=f"motcua-{STAGE}-{function}", Name="current", FunctionVersion=version)
    given = {"AlertAddress": "a@example.vn", "FunctionsDeployed": "yes"}
    return stack.apply(engine.endpoint, STAGE, given, leave_out=SHUT)


def outputs(engine: Engine, name: str) -> dict[str, str]:
    held = stack.client(engine.endpoint, "cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {one["OutputKey"]: one["OutputValue"] for one in held["Outputs"]}


def test_every_resource_but_those_the_engine_lacks_is_made(engine: Engine, first_step: stack.Stack) -> None:
    made = stack.client(engine.endpoint, "cloudformation").describe_stack_resources(StackName=f"{STAGE}-stack")
    kinds = Counter(one["ResourceType"] for one in made["StackResources"])
    wanted = Counter(Template(stack.TEMPLATE, {"Stage": STAGE, "AlertAddress": "a"}).kinds().values())

    assert {one["ResourceStatus"] for one in made["StackResources"]} == {"CREATE_COMPLETE"}
    assert kinds == wanted - Counter(first_step.left_out)
    assert first_step.left_out == {"AWS::Budgets::Budget": 1, "AWS::SQS::QueuePolicy": 1, "AWS::S3::BucketPolicy": 5}


def test_tables_live_as_declared(engine: Engine, first_step: stack.Stack) -> None:
    dynamodb = stack.client(engine.endpoint, "dynamodb")
    alive, ours = set(), set()
    for table in first_step.tables:
        held = dynamodb.describe_table(TableName=table)["Table"]
        backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        life = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        assert held["DeletionProtectionEnabled"], table
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED", table
        alive |= {table} if life == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"} else set()
        ours |= {table} if held.get("SSEDescription", {}).get("SSEType") == "KMS" else set()
        with pytest.raises(ClientError, match=r"[Dd]eletion protection"):
            dynamodb.delete_table(TableName=table)

    assert alive == {
        *("house-accounts", "house-citizens", "house-exam_scores", "house-limits"),
        *("house-dossier_openings", "house-rating_facts"),
        *("house-messages", "house-once", "house-procedure_signals", "house-sessions", "house-zalo_tokens"),
    }
    assert ours == {
        *("house-accounts", "house-audit", "house-citizens", "house-dossiers", "house-messages", "house-sessions"),
        *("house-dossier_keepers", "house-dossier_openings", "house-rating_facts", "house-ratings"),
        *("house-procedure_signals", "house-zalo_tokens", "house-exports", "house-usage"),
    }


def test_buckets_live_as_declared(engine: Engine, first_step: stack.Stack) -> None:
    s3 = stack.client(engine.endpoint, "s3")
    for bucket in first_step.buckets:
        shut = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert set(shut.values()) == {True}, bucket
        assert any("AbortIncompleteMultipartUpload" in one for one in rules), bucket
        by_key = bucket in ("house-uploads", "house-audit")
        wanted = "aws:kms" if by_key else "AES256"
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == wanted, bucket

    (cors,) = s3.get_bucket_cors(Bucket="house-uploads")["CORSRules"]
    assert (cors["AllowedOrigins"], cors["AllowedMethods"]) == (["http://localhost:8000"], ["POST"])
    days = [
        one["Expiration"]["Days"]
        for one in s3.get_bucket_lifecycle_configuration(Bucket="house-uploads")["Rules"]
        if "Expiration" in one
    ]
    assert days == [30]


def test_what_lies_in_the_audit_bucket_can_not_be_removed(engine: Engine, first_step: stack.Stack) -> None:
    s3 = stack.client(engine.endpoint, "s3")
    lock = s3.get_object_lock_configuration(Bucket="house-audit")["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {
        "Mode": "GOVERNANCE",
        "Days": 1,
    }  # staging; production: COMPLIANCE, ten years

    version = s3.put_object(Bucket="house-audit", Key="agency/day/head", Body=b"{}")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="house-audit", Key="agency/day/head", VersionId=version)


def test_queues_send_what_failed_to_their_dead_letters(engine: Engine, first_step: stack.Stack) -> None:
    sqs = stack.client(engine.endpoint, "sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="house-messages")["QueueUrl"], MessageBody="{}")
    address = sqs.get_queue_url(QueueName="house-messages")["QueueUrl"]
    for _ in range(6):
        sqs.receive_message(QueueUrl=address, VisibilityTimeout=0)
    dead = sqs.get_queue_url(QueueName="house-messages_dead")["QueueUrl"]

    assert [one["Body"] for one in sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=1)["Messages"]] == ["{}"]
    held = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert json.loads(held["RedriveAllowPolicy"])["redrivePermission"] == "byQueue"
    assert held["MessageRetentionPeriod"] == str(14 * 86_400)


def test_the_key_turns_and_the_alarms_and_logs_stand(engine: Engine, first_step: stack.Stack) -> None:
    kms = stack.client(engine.endpoint, "kms")
    key = outputs(engine, f"{STAGE}-stack")["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]

    watch = stack.client(engine.endpoint, "cloudwatch")
    pages = watch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"motcua-{STAGE}-")
    alarms = {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}
    wanted = Template(stack.TEMPLATE, {"Stage": STAGE}).of_type("AWS::CloudWatch::Alarm")
    assert set(alarms) == {one["AlarmName"] for one in wanted.values()}
    dead = alarms[f"motcua-{STAGE}-score-imports-dead"]
    assert (dead["Threshold"], dead["Dimensions"]) == (
        0.0,
        [{"Name": "QueueName", "Value": "house-score_imports_dead"}],
    )
    board = watch.get_dashboard(DashboardName=f"motcua-{STAGE}")["DashboardBody"]
    assert len(json.loads(board)["widgets"]) == 10
    logs = stack.client(engine.endpoint, "logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/motcua-{STAGE}-")
    assert {one["retentionInDays"] for one in logs["logGroups"]} == {14}


def test_the_second_step_lets_the_world_the_queues_the_bucket_and_the_clock_in(
    engine: Engine, second_step: stack.Stack
) -> None:
    asks = stack.client(engine.endpoint, "lambda")
    mappings = {
        one["EventSourceArn"].split(":")[-1]: one for one in asks.list_event_source_mappings()["EventSourceMappings"]
    }
    assert set(mappings) == {queue for queue in second_step.queues if not queue.endswith("_dead")}
    for mapping in mappings.values():
        assert mapping["FunctionArn"].endswith(":current")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"]["MaximumConcurrency"] == 2
    told = stack.client(engine.endpoint, "s3").get_bucket_notification_configuration(Bucket="house-uploads")
    (notice,) = told["LambdaFunctionConfigurations"]
    assert notice["LambdaFunctionArn"].endswith("function:motcua-house-uploads:current")
    clock = stack.client(engine.endpoint, "scheduler").list_schedules(GroupName=f"motcua-{STAGE}")["Schedules"]
    assert len(clock) == len(
        Template(stack.TEMPLATE, {"Stage": STAGE, "FunctionsDeployed": "yes"}).of_type("AWS::Scheduler::Schedule")
    )
    hosts = outputs(engine, f"{STAGE}-stack")
    assert {name for name in hosts if name.endswith("Host")} == {
        "PublicHost",
        "ConsoleHost",
        "HooksHost",
        "EditionsHost",
    }
    for function in ("public", "console", "hooks"):
        url = asks.get_function_url_config(FunctionName=f"motcua-{STAGE}-{function}", Qualifier="current")
        assert url["AuthType"] == "NONE"
        assert hosts[f"{function.title()}Host"] in url["FunctionUrl"]
    kept = asks.get_function_event_invoke_config(FunctionName=f"motcua-{STAGE}-uploads", Qualifier="current")
    assert kept["DestinationConfig"]["OnFailure"]["Destination"].endswith(":house-uploads_dead")


def test_a_queue_reached_without_tls_answers_nobody(engine: Engine) -> None:
    with pytest.raises(stack.StackDiffers, match="AccessDenied"):
        stack.apply(engine.endpoint, "plain", leave_out=stack.LACKED)


def test_a_bucket_reached_without_tls_refuses_whom_its_rights_would_let_in(
    engine: Engine, first_step: stack.Stack
) -> None:
    with pytest.raises(stack.StackDiffers):  # its queues refuse too, which the test above is about
        stack.apply(engine.endpoint, "bare", leave_out=stack.LACKED)
    iam, s3 = (stack.client(engine.endpoint, name) for name in ("iam", "s3"))
    iam.create_user(UserName="reader")
    may = {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{one}-packs/*" for one in ("bare", STAGE)],
    }
    iam.put_user_policy(
        UserName="reader", PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]})
    )
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = stack.client(engine.endpoint, "s3", Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    for stage in ("bare", STAGE):
        s3.put_object(Bucket=f"{stage}-packs", Key="packs/x", Body=b"x")

    assert reader.get_object(Bucket=f"{STAGE}-packs", Key="packs/x")["Body"].read() == b"x"  # without the policy
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.get_object(Bucket="bare-packs", Key="packs/x")


def test_the_edge_stands_before_the_functions(engine: Engine) -> None:
    made = stack.apply(engine.endpoint, STAGE, GIVEN, EDGE, leave_out=SHUT, part="edge")
    front = stack.client(engine.endpoint, "cloudfront")
    config = front.get_distribution_config(Id=outputs(engine, f"{STAGE}-edge")["DistributionId"])["DistributionConfig"]

    shut = {"AWS::S3::BucketPolicy": 1}
    assert made.left_out == dict.fromkeys(stack.LACKED - {"AWS::Budgets::Budget"}, 1) | shut
    kept = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in config["CustomErrorResponses"]["Items"]}
    assert set(kept.values()) == {0}
    assert {404, 500, 503} < set(kept)
    shown = [one.get("CustomHeaders", {}).get("Items", []) for one in config["Origins"]["Items"]]
    secrets = [headers for headers in shown if headers]
    assert secrets == [[{"HeaderName": "X-Origin-Secret", "HeaderValue": "s" * 32}]] * 3
    (firewall,) = _firewalls(engine)
    assert config["WebACLId"] == firewall["ARN"]


def _firewalls(engine: Engine) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.client(engine.endpoint, "wafv2").list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    return found
