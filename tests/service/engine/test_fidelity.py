"""What our stores and uploads rely on an engine for. When the engine is upgraded, this says what it changed.

Run as the application's own user, so signatures and policies are checked as deployed."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from infra.local import stack
from infra.local.engine import Credentials
from tests.support.cloud import STAGE, Cloud

TABLE = f"{STAGE}-exam_scores"
OTHER = f"{STAGE}-accounts"
UPLOADS = f"{STAGE}-uploads"
LIMIT = 400 * 1024
HTTP = urllib3.PoolManager(retries=False, timeout=10)


def key(sk: str, pk: str = "fidelity") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def code_of(failure: pytest.ExceptionInfo[ClientError]) -> str:
    return str(failure.value.response["Error"]["Code"])


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Run `work` on threads that begin together."""
    gate = threading.Barrier(count)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as failure:  # shown by the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_of_many_conditional_puts_at_once_exactly_one_wins(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb
    winners: list[int] = []

    def put(number: int) -> None:
        item = {**key("race"), "by": {"N": str(number)}}
        try:
            dynamodb.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return
        winners.append(number)

    at_once(8, put)

    held = dynamodb.get_item(TableName=TABLE, Key=key("race"), ConsistentRead=True)["Item"]
    assert [held["by"]["N"]] == [str(number) for number in winners]


def test_eight_threads_adding_two_hundred_times_each_lose_nothing(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb

    def add(_: int) -> None:
        for _ in range(200):
            dynamodb.update_item(
                TableName=TABLE,
                Key=key("count"),
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    at_once(8, add)

    held = dynamodb.get_item(TableName=TABLE, Key=key("count"), ConsistentRead=True)["Item"]
    assert held["n"]["N"] == "1600"


def test_a_cancelled_transaction_names_each_reason_and_writes_nothing(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb
    dynamodb.put_item(TableName=TABLE, Item={**key("taken"), "by": {"S": "first"}})
    taken = {
        "TableName": TABLE,
        "Item": key("taken"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as told:
        dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": OTHER, "Item": key("free")}}, {"Put": taken}]
        )

    reasons = told.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["by"]["S"] == "first"
    assert "Item" not in dynamodb.get_item(TableName=OTHER, Key=key("free"), ConsistentRead=True)


def test_transactions_at_once_keep_two_counters_equal(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb

    def add(table: str) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": table,
                "Key": key("both"),
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }

    def both(_: int) -> None:
        done = 0
        while done < 25:
            try:
                dynamodb.transact_write_items(TransactItems=[add(TABLE), add(OTHER)])
            except dynamodb.exceptions.TransactionCanceledException:
                continue  # they met: asked again, as core/tables does
            done += 1

    at_once(4, both)

    counts = [dynamodb.get_item(TableName=table, Key=key("both"))["Item"]["n"]["N"] for table in (TABLE, OTHER)]
    assert counts == ["100", "100"]


def test_a_client_token_makes_a_transaction_happen_once(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb
    add = {
        "TableName": TABLE,
        "Key": key("token"),
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }

    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken="the same token")

    assert dynamodb.get_item(TableName=TABLE, Key=key("token"))["Item"]["n"]["N"] == "1"


def test_an_item_of_exactly_the_limit_is_kept_and_a_byte_more_is_refused(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb
    names = len("pk") + len("fidelity") + len("sk") + len("size") + len("data")
    exact = {**key("size"), "data": {"B": b"x" * (LIMIT - names)}}

    dynamodb.put_item(TableName=TABLE, Item=exact)
    with pytest.raises(ClientError) as told:
        dynamodb.put_item(TableName=TABLE, Item={**key("size"), "data": {"B": b"x" * (LIMIT - names + 1)}})

    assert code_of(told) == "ValidationException"
    assert dynamodb.get_item(TableName=TABLE, Key=key("size"))["Item"] == exact


def test_a_query_ends_its_page_at_one_megabyte(each_store: Cloud) -> None:
    dynamodb = each_store.aws.dynamodb
    for number in range(4):
        dynamodb.put_item(TableName=TABLE, Item={**key(f"page{number}"), "data": {"B": b"x" * 390_000}})

    answer = dynamodb.query(
        TableName=TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "fidelity"}}
    )

    assert len(answer["Items"]) < 4
    assert "LastEvaluatedKey" in answer


@pytest.fixture
def ending_rows(cloud: Cloud) -> Iterator[dict[str, Any]]:
    """What the engine says of a table whose rows end by themselves, as everywhere but in the tests: there it is off,
    since the engine goes by the machine's clock and not by a test's (tests/support/cloud)."""
    dynamodb, life = cloud.admin("dynamodb"), {"AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification={**life, "Enabled": True})
    yield dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification={**life, "Enabled": False})


def test_a_row_past_its_time_may_still_be_there(cloud: Cloud, ending_rows: dict[str, Any]) -> None:
    assert ending_rows == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    found = []
    for _ in range(2):  # once a minute the engine takes such rows away: never twice in a row
        cloud.aws.dynamodb.put_item(TableName=TABLE, Item={**key("old"), "expires": {"N": "1"}})
        found.append(cloud.aws.dynamodb.get_item(TableName=TABLE, Key=key("old")))

    assert [answer for answer in found if "Item" in answer]  # so code must look at the time


# -- who may ------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_table(cloud: Cloud) -> Iterator[str]:
    """A table of somebody else."""
    name = "elsewhere-exam_scores"
    admin = cloud.admin("dynamodb")
    admin.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield name
    admin.delete_table(TableName=name)


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, table: client.get_item(TableName=table, Key={"pk": {"S": "a"}}),
        lambda client, table: client.put_item(TableName=table, Item={"pk": {"S": "a"}}),
        lambda client, table: client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": key("mine")}},
                {"Put": {"TableName": table, "Item": {"pk": {"S": "a"}}}},
            ]
        ),
        lambda client, table: client.delete_table(TableName=TABLE),
        lambda client, table: client.update_time_to_live(
            TableName=TABLE, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"}
        ),
    ],
    ids=["get elsewhere", "put elsewhere", "transact elsewhere", "delete my table", "change my table"],
)
def test_the_application_may_do_only_what_its_policy_names(
    cloud: Cloud, other_table: str, ask: Callable[[Any, str], Any]
) -> None:
    with pytest.raises(ClientError) as told:
        ask(cloud.aws.dynamodb, other_table)

    assert code_of(told) == "AccessDeniedException"
    assert "Item" not in cloud.aws.dynamodb.get_item(TableName=TABLE, Key=key("mine"))


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs"])
def test_a_wrong_secret_is_refused(cloud: Cloud, service: str) -> None:
    client = stack.client(cloud.engine.endpoint, service, Credentials(cloud.credentials.access_key, "wrong"))
    asks: dict[str, Callable[[], Any]] = {
        "dynamodb": lambda: client.get_item(TableName=TABLE, Key=key("a")),
        "s3": lambda: client.put_object(Bucket=UPLOADS, Key="a", Body=b"a"),
        "sqs": lambda: client.get_queue_url(QueueName=f"{STAGE}-messages"),
    }

    with pytest.raises(ClientError) as told:
        asks[service]()

    assert code_of(told) in ("InvalidSignatureException", "SignatureDoesNotMatch")


def test_nobody_reads_or_writes_a_bucket_without_a_key(cloud: Cloud) -> None:
    cloud.aws.s3.put_object(Bucket=UPLOADS, Key="private", Body=b"x")
    address = f"{cloud.engine.endpoint}/{UPLOADS}/private"

    assert HTTP.request("GET", address).status == 403
    assert HTTP.request("PUT", address, body=b"y").status == 403
    assert cloud.aws.s3.get_object(Bucket=UPLOADS, Key="private")["Body"].read() == b"x"


# -- uploads by a presigned form ------------------------------------------------------------------------------------


def upload_form(cloud: Cloud) -> tuple[str, dict[str, Any]]:
    made = cloud.aws.upload_signer.generate_presigned_post(
        UPLOADS, "in/one.csv", Conditions=[["content-length-range", 1, 1000]], ExpiresIn=60
    )
    return made["url"], made["fields"]


def posted(address: str, fields: dict[str, Any], body: bytes) -> int:
    answer = HTTP.request("POST", address, fields={**fields, "file": ("one.csv", body, "text/csv")})
    return int(answer.status)


def stored(cloud: Cloud) -> list[str]:
    return [entry["Key"] for entry in cloud.aws.s3.list_objects_v2(Bucket=UPLOADS).get("Contents", [])]


def test_a_presigned_form_takes_the_file_it_was_made_for(cloud: Cloud) -> None:
    address, fields = upload_form(cloud)

    assert posted(address, fields, b"sbd,toan\n01,9.5\n") == 204
    assert cloud.aws.s3.get_object(Bucket=UPLOADS, Key="in/one.csv")["Body"].read() == b"sbd,toan\n01,9.5\n"


def widened(policy: str) -> str:
    held = json.loads(base64.b64decode(policy))
    held["conditions"] = [
        ["content-length-range", 1, 10**9] if "content-length-range" in part else part for part in held["conditions"]
    ]
    return base64.b64encode(json.dumps(held).encode()).decode()


@pytest.mark.parametrize(
    ("change", "body", "status"),
    [
        (lambda fields: {**fields, "policy": widened(fields["policy"])}, b"x" * 2000, 403),
        (lambda fields: {**fields, "key": "in/another.csv"}, b"x", 403),
        (lambda fields: {**fields, "x-amz-signature": "0" * 64}, b"x", 403),
        (lambda fields: {"key": "in/one.csv"}, b"x", 403),
        (lambda fields: {**fields, "acl": "public-read"}, b"x", 403),
        (lambda fields: fields, b"x" * 1001, 400),
        (lambda fields: fields, b"", 400),
    ],
    ids=["policy widened", "other key", "signature made up", "no policy", "field added", "too large", "empty"],
)
def test_a_form_that_was_changed_is_refused(
    cloud: Cloud, change: Callable[[dict[str, Any]], dict[str, Any]], body: bytes, status: int
) -> None:
    address, fields = upload_form(cloud)

    assert posted(address, change(fields), body) == status
    assert stored(cloud) == []


@pytest.mark.parametrize(
    ("origin", "allowed"), [("http://localhost:8000", "http://localhost:8000"), ("http://evil.example", None)]
)
def test_only_our_pages_may_upload_from_a_browser(cloud: Cloud, origin: str, allowed: str | None) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    answer = HTTP.request("OPTIONS", f"{cloud.engine.endpoint}/{UPLOADS}", headers=headers)

    assert answer.headers.get("Access-Control-Allow-Origin") == allowed


# -- queues ---------------------------------------------------------------------------------------------------------


def test_a_note_that_fails_too_often_goes_to_the_dead_letters(cloud: Cloud) -> None:
    sqs = cloud.aws.sqs
    live, dead = (
        sqs.get_queue_url(QueueName=f"{STAGE}-{name}")["QueueUrl"] for name in ("score_imports", "score_imports_dead")
    )
    sqs.send_message(QueueUrl=live, MessageBody="poison")

    for _ in range(5):
        received = sqs.receive_message(QueueUrl=live)["Messages"][0]
        sqs.change_message_visibility(QueueUrl=live, ReceiptHandle=received["ReceiptHandle"], VisibilityTimeout=0)

    assert "Messages" not in sqs.receive_message(QueueUrl=live)
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=dead)["Messages"]] == ["poison"]


def test_a_test_begins_with_an_empty_cloud(cloud: Cloud) -> None:
    cloud.aws.dynamodb.put_item(TableName=TABLE, Item=key("left"))
    cloud.aws.s3.put_object(Bucket=UPLOADS, Key="left", Body=b"x")
    address = cloud.aws.sqs.get_queue_url(QueueName=f"{STAGE}-messages")["QueueUrl"]
    cloud.aws.sqs.send_message(QueueUrl=address, MessageBody="left")

    cloud.engine.empty()

    assert cloud.aws.dynamodb.scan(TableName=TABLE, Select="COUNT")["Count"] == 0
    assert stored(cloud) == []
    assert "Messages" not in cloud.aws.sqs.receive_message(QueueUrl=address)
    cloud.aws.s3.put_object(Bucket=UPLOADS, Key="again", Body=b"y")
    assert cloud.aws.s3.get_object(Bucket=UPLOADS, Key="again")["Body"].read() == b"y"
