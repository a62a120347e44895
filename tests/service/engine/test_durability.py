"""What the embedded engine keeps: everything when it is stopped, all but the last three seconds when it is killed.

With a whole exam year loaded and thousands of ordinary rows beside it, while five writers are at work."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infra.local import stack
from infra.local.engine import ROOT, Engine, EngineStopped
from tests.service.engine.writing import (
    FILES,
    NOTES,
    PAIRS,
    ROWS,
    STAGE,
    TOGETHER,
    Writers,
    big_item,
    fill,
    fill_year,
    pack,
    small_item,
)
from tests.support.cloud import temporary_engine

TEMPLATE = Path(__file__).with_name("probe.yaml")
PROMISE = 3.0
SMALL = 5_000
FEW = 100


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped engine's folder with the stack and a few rows; tests take copies."""
    folder = tmp_path_factory.mktemp("bare") / "data"
    engine = temporary_engine(folder)
    stack.apply(engine.endpoint, STAGE, template=TEMPLATE)
    fill(engine.endpoint, FEW)
    assert engine.stop() == 0
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, bare: Path) -> Path:
    """The same with a whole year and thousands of ordinary rows."""
    return made_whole(Path(shutil.copytree(bare, tmp_path_factory.mktemp("whole") / "data")), SMALL)


def made_whole(folder: Path, small: int) -> Path:
    engine = temporary_engine(folder)
    fill(engine.endpoint, small)
    fill_year(engine.endpoint)
    assert engine.stop() == 0
    return folder


@pytest.fixture
def folder(bare: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bare, tmp_path / "data"))


@pytest.fixture
def year(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "year"))


@pytest.fixture
def engines(folder: Path) -> Iterator[list[Engine]]:
    """Engines of one test on one folder, the last of which may still run."""
    started: list[Engine] = []
    yield started
    for engine in started:
        engine.stop()


def began(engines: list[Engine], folder: Path, **more: Any) -> Engine:
    engine = Engine(folder, **more)
    engine.start()
    engines.append(engine)
    engine.wait_ready()
    return engine


def rows(endpoint: str, pk: str) -> dict[int, dict[str, Any]]:
    with closing(stack.client(endpoint, "dynamodb")) as dynamodb:
        found = dynamodb.get_paginator("query").paginate(
            TableName=ROWS, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": pk}}
        )
        return {int(item["sk"]["N"]): item for page in found for item in page["Items"]}


def notes(endpoint: str) -> set[str]:
    bodies: set[str] = set()
    with closing(stack.client(endpoint, "sqs")) as sqs:
        address = sqs.get_queue_url(QueueName=NOTES)["QueueUrl"]
        while found := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages"):
            bodies |= {message["Body"] for message in found}
    return bodies


def file(endpoint: str, name: str) -> bytes:
    with closing(stack.client(endpoint, "s3")) as s3:
        return bytes(s3.get_object(Bucket=FILES, Key=name)["Body"].read())


def whole_year_is_there(endpoint: str) -> None:
    """Every segment is one that was written, whole; the pack is as it was."""
    segments = rows(endpoint, "segment")
    assert segments.keys() == set(range(40))
    for number, item in segments.items():
        assert item == big_item(number, int(item["round"]["N"]))
    assert file(endpoint, "pack") == pack()


def ordinary_rows_are_there(endpoint: str, small: int) -> None:
    for first in range(0, small, TOGETHER):
        found = rows(endpoint, f"small-{first // TOGETHER}")
        assert found == {number: small_item(number) for number in range(first, min(first + TOGETHER, small))}
    assert rows(endpoint, f"small-{small // TOGETHER + 1}") == {}


def what_was_confirmed_is_there(endpoint: str, writers: Writers, before: float) -> None:
    """Everything confirmed up to `before`, nothing by halves, no hole in what one writer wrote in order."""

    def promised(kind: str) -> set[int]:
        return {number for number, at in writers.confirmed[kind].items() if at <= before}

    live = rows(endpoint, "live")
    assert promised("rows") <= live.keys()
    assert all(item == {**small_item(number), "pk": {"S": "live"}} for number, item in live.items())
    assert sorted(live) == list(range(len(live)))

    with closing(stack.client(endpoint, "dynamodb")) as dynamodb:
        pairs = dynamodb.scan(TableName=PAIRS, ConsistentRead=True)["Items"]
    left = {int(item["n"]["N"]) for item in pairs if item["pk"]["S"] != "head"}
    head = {int(item["n"]["N"]) for item in pairs if item["pk"]["S"] == "head"}
    assert promised("pairs") <= left
    assert left == rows(endpoint, "pair").keys()
    assert head == {max(left)}

    bodies = notes(endpoint)
    assert {f"{number}:{number}" for number in promised("notes")} <= bodies
    assert all(body.split(":")[0] == body.split(":")[1] for body in bodies)

    for number in promised("files"):
        assert file(endpoint, f"live/{number:06}") == f"{number};".encode() * 2000

    segments = {number: int(item["round"]["N"]) for number, item in rows(endpoint, "segment").items()}
    for number in promised("big"):
        assert segments[number % 40] >= number + 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_by_signal_loses_nothing_that_was_confirmed(
    engines: list[Engine], year: Path, number: signal.Signals
) -> None:
    engine = began(engines, year)
    with Writers(engine.endpoint) as writers:
        time.sleep(1.5)
        os.kill(engine.pid, number)
    assert engine.stop() == 0

    again = began(engines, year)

    assert min(len(confirmed) for confirmed in writers.confirmed.values()) > 0
    what_was_confirmed_is_there(again.endpoint, writers, before=time.monotonic())
    whole_year_is_there(again.endpoint)
    ordinary_rows_are_there(again.endpoint, SMALL)


def killed_while_writing(engines: list[Engine], folder: Path, small: int) -> None:
    engine = began(engines, folder)
    with Writers(engine.endpoint) as writers:
        time.sleep(PROMISE + 2)
        killed = time.monotonic()
        os.killpg(engine.pid, signal.SIGKILL)

    again = began(engines, folder)

    assert all(min(confirmed.values()) < killed - PROMISE for confirmed in writers.confirmed.values())
    what_was_confirmed_is_there(again.endpoint, writers, before=killed - PROMISE)
    whole_year_is_there(again.endpoint)
    ordinary_rows_are_there(again.endpoint, small)


def test_a_kill_of_everything_loses_at_most_the_last_seconds(engines: list[Engine], year: Path) -> None:
    killed_while_writing(engines, year, SMALL)


@pytest.mark.sweep
def test_a_kill_with_a_hundred_thousand_rows_loses_at_most_the_last_seconds(
    engines: list[Engine], bare: Path, tmp_path: Path
) -> None:
    folder = made_whole(Path(shutil.copytree(bare, tmp_path / "large")), 100_000)
    for _ in range(2):
        killed_while_writing(engines, Path(shutil.copytree(folder, tmp_path / f"copy-{len(engines)}")), 100_000)


def test_settings_users_indexes_and_queues_come_back(engines: list[Engine], folder: Path) -> None:
    engine = began(engines, folder)
    made = stack.apply(engine.endpoint, STAGE, template=TEMPLATE)
    key = stack.app_user(engine.endpoint, made, folder)
    time.sleep(PROMISE)
    os.killpg(engine.pid, signal.SIGKILL)

    again = began(engines, folder)

    assert stack.apply(again.endpoint, STAGE, template=TEMPLATE) == made  # compares TTL, indexes, CORS, queues
    assert stack.app_user(again.endpoint, made, folder) == key
    found = stack.client(again.endpoint, "dynamodb", key).query(
        TableName=ROWS,
        IndexName="by_day",
        KeyConditionExpression="#day = :day",
        ExpressionAttributeNames={"#day": "day"},
        ExpressionAttributeValues={":day": {"S": "day-3"}},
        Select="COUNT",
    )
    assert found["Count"] == sum(1 for number in range(FEW) if number % 7 == 3)
    stacks = stack.client(again.endpoint, "cloudformation").describe_stacks(StackName=f"{STAGE}-stack")["Stacks"]
    assert stacks[0]["StackStatus"] == "CREATE_COMPLETE"


def test_what_was_deleted_stays_deleted(engines: list[Engine], folder: Path) -> None:
    engine = began(engines, folder)
    dynamodb, s3, sqs = (stack.client(engine.endpoint, name) for name in ("dynamodb", "s3", "sqs"))
    address = sqs.get_queue_url(QueueName=NOTES)["QueueUrl"]
    sqs.send_message(QueueUrl=address, MessageBody="done soon")
    time.sleep(1)
    message = sqs.receive_message(QueueUrl=address)["Messages"][0]
    sqs.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
    dynamodb.delete_item(TableName=ROWS, Key={"pk": {"S": "small-0"}, "sk": {"N": "7"}})
    dynamodb.delete_table(TableName=PAIRS)
    s3.put_object(Bucket=FILES, Key="file", Body=b"soon gone")
    s3.delete_object(Bucket=FILES, Key="file")
    time.sleep(PROMISE)
    os.killpg(engine.pid, signal.SIGKILL)

    again = began(engines, folder)

    assert notes(again.endpoint) == set()
    assert rows(again.endpoint, "small-0").keys() == set(range(FEW)) - {7}
    assert stack.client(again.endpoint, "dynamodb").list_tables()["TableNames"] == [ROWS]
    assert "Contents" not in stack.client(again.endpoint, "s3").list_objects_v2(Bucket=FILES)


def test_a_torn_end_of_the_journal_costs_only_what_was_torn(engines: list[Engine], folder: Path) -> None:
    newest = max(folder.glob("journal/journal-*.log"))
    with newest.open("ab") as file:
        file.write(b"MCJ1\x00\x00\xff\xffhalf a frame")

    engine = began(engines, folder)

    ordinary_rows_are_there(engine.endpoint, FEW)
    assert f"torn bytes off {newest.name}" in engine.log.read_text()


def test_damage_inside_the_journal_is_named_and_the_engine_does_not_start(folder: Path) -> None:
    largest = max(folder.glob("journal/journal-*.log"), key=lambda path: path.stat().st_size)
    body = bytearray(largest.read_bytes())
    body[len(body) // 2] ^= 1
    largest.write_bytes(body)

    with pytest.raises(EngineStopped, match=rf"{largest} is damaged at byte \d+") as told:
        began([], folder)

    assert "Nothing was changed" in str(told.value)
    assert largest.read_bytes() == body


def test_a_second_engine_on_the_same_folder_is_refused(engines: list[Engine], folder: Path) -> None:
    engine = began(engines, folder)

    with pytest.raises(EngineStopped) as told:
        began([], folder)

    assert f"another engine (process {engine.pid}" in str(told.value)
    assert str(folder) in str(told.value)
    assert "DATA_DIR" in str(told.value)


def test_a_port_in_use_is_named(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(EngineStopped, match=f"port {port} can't be used"):
            began([], folder, port=port)


def test_the_engine_ends_and_keeps_everything_when_its_parent_is_killed(engines: list[Engine], folder: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from infra.local import stack\nfrom infra.local.engine import Engine\n"
        "engine = Engine(Path(sys.argv[1])); engine.start(); engine.wait_ready()\n"
        "stack.client(engine.endpoint, 'dynamodb').put_item("
        f"TableName={PAIRS!r}, Item={{'pk': {{'S': 'left behind'}}}})\n"
        "print('written', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"written\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()

    engine = Engine(folder)
    for _ in range(200):  # the orphan is writing its last words
        try:
            engine.start()
            engine.wait_ready()
            break
        except EngineStopped:
            time.sleep(0.05)
    engines.append(engine)

    item = {"pk": {"S": "left behind"}}
    found = stack.client(engine.endpoint, "dynamodb").get_item(TableName=PAIRS, Key=item)
    assert found["Item"] == item


def test_a_grown_journal_is_compacted_while_requests_go_on(engines: list[Engine], folder: Path) -> None:
    for number in range(100, 120):
        (folder / f"journal/journal-{number:08}.log").touch()  # as twenty starts would leave it
    engine = began(engines, folder)
    with Writers(engine.endpoint) as writers:
        for _ in range(200):
            if list(folder.glob("journal/base-*.log")):
                break
            time.sleep(0.1)
        time.sleep(1)
        killed = time.monotonic()
        os.killpg(engine.pid, signal.SIGKILL)

    assert len(list(folder.glob("journal/journal-*.log"))) == 1
    again = began(engines, folder)

    what_was_confirmed_is_there(again.endpoint, writers, before=killed - PROMISE)
    ordinary_rows_are_there(again.endpoint, FEW)


def test_a_journal_that_cannot_be_written_stops_the_engine_with_the_reason(engines: list[Engine], folder: Path) -> None:
    engine = began(engines, folder)
    subprocess.run(["prlimit", f"--pid={engine.pid}", "--fsize=1000"], check=True)  # as a full disk would

    with Writers(engine.endpoint):
        for _ in range(200):
            if "can't be written" in engine.log.read_text():
                break
            time.sleep(0.05)

    assert "nothing is to be confirmed that isn't kept" in engine.log.read_text()
    assert engine.stop() != 0
