"""Makes everything of `infra/stack.yaml` on the local engine, and a user for the application who may use just that.

For `make run` and for tests. The stack goes through CloudFormation; then the real state is compared, because an engine
says CREATE_COMPLETE for things it did not do (ministack leaves time to live off). A second start with the same
template changes nothing. It never touches an account: give it the engine's own address."""

import json
import os
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra.local import comparing
from infra.local.engine import ADMIN, Credentials
from infra.local.template import TEMPLATE, Template

MAY_ROWS = [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
]
MAY_FILES = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:AbortMultipartUpload"]
MAY_ANCHORS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListBucketVersions"]  # never to let one go
ANCHORS = "-audit"
MAY_LINES = ["logs:FilterLogEvents"]
MAY_NOTES = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
]
BUSY = "_IN_PROGRESS"
BODY_MOST = 51_200  # of a template that is sent with the order itself
TEMPLATES = "cloudformation-templates"
# Kinds of resources that the engine can't make at all.
LACKED = frozenset({"AWS::Budgets::Budget", "AWS::Logs::Delivery", "AWS::Logs::DeliveryDestination"}) | frozenset(
    {"AWS::Logs::DeliverySource", "AWS::Route53::HealthCheck", "AWS::WAFv2::LoggingConfiguration"}
)
# Kinds that nothing on one machine would ever look at: left out of `make run` and of tests, which say so.
IDLE = LACKED | {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",  # asks for TLS, which the engine has none of
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",  # likewise
    "AWS::Scheduler::Schedule",
    "AWS::Scheduler::ScheduleGroup",
}


class StackDiffers(Exception):
    """The engine does not hold what the template says; the text lists every difference."""


@dataclass(frozen=True)
class Stack:
    """What stands on the engine, by full names."""

    stage: str
    tables: tuple[str, ...]
    buckets: tuple[str, ...]
    queues: tuple[str, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)  # kind → how many the template has and this engine not


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()  # one for all clients: it holds the service models it has read


def client(endpoint: str, service: str, credentials: Credentials = ADMIN) -> Any:
    """A client of the local engine, with nothing taken from the environment."""
    from botocore.config import Config

    return _session().create_client(
        service,
        endpoint_url=endpoint,
        region_name=credentials.region,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token="",
        config=Config(
            connect_timeout=2,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 2},
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
        ),
    )


def apply(
    endpoint: str,
    stage: str,
    parameters: Mapping[str, str] | None = None,
    template: Path = TEMPLATE,
    leave_out: Collection[str] = IDLE,
    part: str = "stack",
) -> Stack:
    """Make or update the stack of a stage and compare what stands; StackDiffers names everything that is missing.

    `part` tells a stage's stacks apart; what is left out is counted in the answer."""
    whole = Template(template, {"Stage": stage, **(parameters or {})})
    wanted = whole.without(leave_out)
    _bring_up_to_date(endpoint, f"{stage}-{part}", wanted)
    tables, buckets, queues = (
        wanted.of_type(kind) for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue")
    )
    with (
        closing(client(endpoint, "dynamodb")) as dynamodb,
        closing(client(endpoint, "s3")) as s3,
        closing(client(endpoint, "sqs")) as sqs,
    ):
        wrong = [
            *comparing.tables_wrong(dynamodb, tables),
            *comparing.buckets_wrong(s3, buckets),
            *comparing.queues_wrong(sqs, queues),
        ]
    if wrong:
        raise StackDiffers("; ".join(wrong))
    return Stack(
        stage,
        tuple(table["TableName"] for table in tables.values()),
        tuple(bucket["BucketName"] for bucket in buckets.values()),
        tuple(queue["QueueName"] for queue in queues.values()),
        Counter(kind for kind in whole.kinds().values() if kind in leave_out),
    )


def _bring_up_to_date(endpoint: str, name: str, wanted: Template) -> None:
    """Create or update, unless a note on the engine says that exactly this was done: CloudFormation is slow to wake."""
    mark = sha256(json.dumps([wanted.body, wanted.parameters], sort_keys=True).encode()).hexdigest()
    note = f"/applied/{name}"
    with closing(client(endpoint, "ssm")) as notes:
        held = notes.get_parameters(Names=[note])["Parameters"]
        if [entry["Value"] for entry in held] == [mark]:
            return
        with closing(client(endpoint, "cloudformation")) as cloudformation:
            _create_or_update(endpoint, cloudformation, name, wanted)
            _expect_complete(cloudformation, name)
        notes.put_parameter(Name=note, Value=mark, Type="String", Overwrite=True)


def _body(endpoint: str, name: str, body: str) -> dict[str, str]:
    """The template as CloudFormation takes it: a long one lies in a bucket, as in an account."""
    if len(body.encode()) <= BODY_MOST:
        return {"TemplateBody": body}
    with closing(client(endpoint, "s3")) as s3:
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=TEMPLATES, CreateBucketConfiguration={"LocationConstraint": ADMIN.region})
        s3.put_object(Bucket=TEMPLATES, Key=name, Body=body.encode())
    return {"TemplateURL": f"{endpoint}/{TEMPLATES}/{name}"}


def _create_or_update(endpoint: str, cloudformation: Any, name: str, wanted: Template) -> None:
    from botocore.exceptions import ClientError

    order = {
        "StackName": name,
        **_body(endpoint, name, wanted.body),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.parameters.items()],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        held = _status(cloudformation, name)
        if held == "ROLLBACK_COMPLETE":  # a first try that failed holds nothing and can only be removed
            cloudformation.delete_stack(StackName=name)
            held = _wait(cloudformation, name)
        if held in ("", "DELETE_COMPLETE"):
            cloudformation.create_stack(**order)
        else:
            cloudformation.update_stack(**order)
    except ClientError as failure:
        if "No updates are to be performed" not in str(failure):
            raise StackDiffers(f"the stack {name} can't be made: {failure}") from failure


def _status(cloudformation: Any, name: str) -> str:
    """The stack's state; empty when there is none."""
    from botocore.exceptions import ClientError

    try:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError as failure:
        if "does not exist" in str(failure):
            return ""
        raise


def _wait(cloudformation: Any, name: str, seconds: float = 60.0) -> str:
    until = time.monotonic() + seconds
    status = BUSY
    while status.endswith(BUSY) and time.monotonic() < until:
        time.sleep(0.02)
        status = _status(cloudformation, name)
    return status


def _expect_complete(cloudformation: Any, name: str) -> None:
    status = _wait(cloudformation, name)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if "FAILED" in event["ResourceStatus"] and event.get("ResourceStatusReason")
        ]
        raise StackDiffers(f"the stack {name} is {status}: {'; '.join(reasons) or 'no reason was given'}")


def app_user(endpoint: str, stack: Stack, keep_in: Path) -> Credentials:
    """The application's own key: one user per stage, who may use the stack's resources and nothing else.

    The secret stands in `keep_in`/credentials-<stage>.json, readable by its owner only; a key that the engine still
    knows is used again."""
    user = f"{stack.stage}-app"
    path = keep_in / f"credentials-{stack.stage}.json"
    with closing(client(endpoint, "iam")) as iam:
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="stack", PolicyDocument=json.dumps(policy(stack, ADMIN.region)))
        known = {key["AccessKeyId"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]}
        if path.exists():
            kept = Credentials(**json.loads(path.read_text()))
            if kept.access_key in known:
                return kept
        for forgotten in known:
            iam.delete_access_key(UserName=user, AccessKeyId=forgotten)
        made = iam.create_access_key(UserName=user)["AccessKey"]
    credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    _write_secret(path, asdict(credentials))
    return credentials


def policy(stack: Stack, region: str) -> dict[str, Any]:
    """What the application may do: named actions on the stack's own resources."""
    account = "000000000000"
    tables = [f"arn:aws:dynamodb:{region}:{account}:table/{name}" for name in stack.tables]
    statements = [
        (MAY_ROWS, [arn for table in tables for arn in (table, f"{table}/index/*")]),
        (MAY_FILES, _whole(name for name in stack.buckets if not name.endswith(ANCHORS))),
        (MAY_ANCHORS, _whole(name for name in stack.buckets if name.endswith(ANCHORS))),
        (MAY_LINES, [f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/motcua-{stack.stage}-*"]),
        (MAY_NOTES, [f"arn:aws:sqs:{region}:{account}:{name}" for name in stack.queues]),
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": arns} for actions, arns in statements if arns],
    }


def _whole(buckets: Iterable[str]) -> list[str]:
    """Buckets and everything in them."""
    return [arn for name in buckets for arn in (f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*")]


def _write_secret(path: Path, facts: Mapping[str, str]) -> None:
    draft = path.with_suffix(".tmp")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
