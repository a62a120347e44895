"""Where a stage is deployed: an account of AWS, or the local engine for a rehearsal. For everything in `infra.deploy`.

An account is reached with whatever keys the usual chain of botocore finds. The engine is reached with its own keys and
no others, and lacks a few kinds of resources (infra/STACK.md), which a rehearsal leaves out."""

import http.client
import json
import socket
import ssl
import urllib.request
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from infra.lambdas.doors import Answer
from infra.local import comparing, stack
from infra.local.engine import ADMIN, Credentials
from infra.local.template import Template

REGION = "ap-southeast-1"
EDGE_REGION = "us-east-1"  # CloudFront's home
PATIENCE = 30.0
# Policies that refuse whoever comes without TLS, which the engine has none of.
OVER_TLS = frozenset({"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"})


class Place:
    """An account, in the region of a stage."""

    endpoint = ""

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of one service."""
        from botocore.config import Config

        retries = {"mode": "standard", "total_max_attempts": 6}
        return _session().create_client(service, region_name=region, config=Config(retries=retries, read_timeout=60))

    @cached_property
    def account(self) -> str:
        """The account's number."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def environment(self) -> dict[str, str]:
        """What functions are told beside their settings."""
        return {}

    def template(self, whole: Template) -> Template:
        """A template as this place can make it."""
        return whole

    def check(self, made: Template) -> None:
        """Look at what was made, where CloudFormation's word isn't enough."""

    def address(self, bucket: str, key: str) -> str:
        """Where CloudFormation reads a template."""
        return f"https://{bucket}.s3.{REGION}.amazonaws.com/{key}"

    def fetch(self, address: str) -> bytes:
        """What lies at an address that AWS gave and that needs no keys."""
        with urllib.request.urlopen(address, timeout=PATIENCE) as held:  # noqa: S310 - an address of AWS's own
            return bytes(held.read())

    def ask(self, host: str, path: str, headers: Iterable[tuple[str, str]] = (), at: str = "") -> Answer:
        """What a browser gets from a host; `at` is asked when the world's names don't lead there yet."""
        link = _Towards(host, at or host)
        return _asked(link, host, path, headers)


class Engine(Place):
    """The local engine, which stands in for everything behind one address."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")

    def client(self, service: str, region: str = REGION) -> Any:
        return stack.client(self.endpoint, service, Credentials(ADMIN.access_key, ADMIN.secret_key, region))

    def environment(self) -> dict[str, str]:
        return {"MOTCUA_AWS_ENDPOINT": self.endpoint}

    def template(self, whole: Template) -> Template:
        return whole.without(stack.LACKED | OVER_TLS)

    def check(self, made: Template) -> None:
        wrong = [
            *comparing.tables_wrong(self.client("dynamodb"), made.of_type("AWS::DynamoDB::Table")),
            *comparing.buckets_wrong(self.client("s3"), made.of_type("AWS::S3::Bucket")),
            *comparing.queues_wrong(self.client("sqs"), made.of_type("AWS::SQS::Queue")),
        ]
        if wrong:
            raise stack.StackDiffers("; ".join(wrong))
        self._let_ask(made)

    def _let_ask(self, made: Template) -> None:
        """The engine holds a question for several parameters against `*`, AWS against each that it names."""
        may = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
        iam = self.client("iam")
        for role in made.of_type("AWS::IAM::Role").values():
            if "ssm:GetParameters" not in json.dumps(role["Policies"]):
                continue
            iam.put_role_policy(RoleName=role["RoleName"], PolicyName="of-the-engine", PolicyDocument=policy)

    def address(self, bucket: str, key: str) -> str:
        return f"{self.endpoint}/{bucket}/{key}"

    def ask(self, host: str, path: str, headers: Iterable[tuple[str, str]] = (), at: str = "") -> Answer:
        """The engine tells hosts apart by their name and believes who says that the outer leg was encrypted."""
        engine = urlsplit(self.endpoint)
        link = http.client.HTTPConnection(engine.hostname or "", engine.port or 80, timeout=PATIENCE)
        return _asked(link, at or host, path, (*headers, ("X-Forwarded-Proto", "https")))


def place(endpoint: str) -> Place:
    """The engine at this address; an account when there is none."""
    return Engine(endpoint) if endpoint else Place()


class _Towards(http.client.HTTPSConnection):
    """Encrypted to `host`, by whichever machine answers to `at`: a new site's name may not lead to the edge yet."""

    def __init__(self, host: str, at: str) -> None:
        self._trust = ssl.create_default_context()
        super().__init__(host, timeout=PATIENCE, context=self._trust)
        self._at = at

    def connect(self) -> None:
        plain = socket.create_connection((self._at, 443), PATIENCE)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)


def _asked(link: http.client.HTTPConnection, host: str, path: str, headers: Iterable[tuple[str, str]]) -> Answer:
    try:
        sent: Mapping[str, str] = {"Host": host, "User-Agent": "motcua-smoke", **dict(headers)}
        link.request("GET", path, headers=dict(sent))
        answer = link.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read())
    finally:
        link.close()


def _session() -> Any:
    from botocore.session import get_session

    return get_session()
