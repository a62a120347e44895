"""The stage of the Lambda benchmark: a released year on the engine, and every function of `packing` ready to be started.

Each function is its zip laid out as Lambda does it, with `meter.py` before its entry, in the bare room of infra.lambdas."""

import json
import pickle
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from handlers import context
from infra.lambdas.doors import Answer, Door, First, Request, Second
from infra.lambdas.function import Function, Shape
from infra.packaging.targets import Target
from miniapp.core.clock import WallClock
from miniapp.exam_scores.blocks import Result
from tests.load import packing
from tests.load.packing import Packed
from tests.load.peers import flask_pynamodb
from tests.load.scores_lookup import AGENCY, SLUG, Stage, peer_flask, prepare
from tests.support.cloud import Cloud
from tests.support.lambdas import HOST, environ_for

PEER_ROWS = 2_000
SECRET = "an-origin-secret-of-the-benchmark"
OURS, STOCK, LIMIT, NOTHING = "ours", "stock zappa", "limit", "nothing"
PEERS = ("flask pynamodb zappa", "fastapi mangum boto3", "chalice boto3")
BASE = f"/{AGENCY}/diem-thi/{SLUG}"
# What a phone sends and CloudFront adds.
HEADERS = (
    ("User-Agent", "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Encoding", "gzip"),
    ("Via", "2.0 5f0a.cloudfront.net (CloudFront)"),
    ("X-Amz-Cf-Id", "made-up-for-" + "requests-of-the-benchmark"),
    ("CloudFront-Viewer-Address", "203.0.113.7:51234"),
    ("X-Amzn-Trace-Id", "Root=1-6690c5b2-0123456789abcdef01234567"),
    ("X-Origin-Secret", SECRET),
)


class Routed(First):
    """API Gateway as Chalice sets it up: the route stands there, one resource each."""

    def event(self, request: Request) -> dict[str, Any]:
        made = super().event(request)
        _, agency, _, slug, number = request.path.split("/")
        route = "/{agency}/diem-thi/{slug}/{number}"
        made["resource"] = made["requestContext"]["resourcePath"] = route
        made["pathParameters"] = {"agency": agency, "slug": slug, "number": number}
        return made


@dataclass
class Contestant:
    """One function that can be started again and again."""

    packed: Packed
    target: Target
    task: Path
    log: Path
    environ: Mapping[str, str]
    door: Door
    handler: str = "meter.handle"
    held: list[Function] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.packed.name

    def fresh(self, **more: str) -> Function:
        """A function that has no environment yet."""
        environ = {**self.environ, "METER_HANDLER": _entry(self.packed.handler), **more}
        self.held.append(
            Function(
                self.target,
                self.task,
                Shape(self.name, self.handler, environ, timeout=120.0, start_limit=120.0),
                self.log,
            )
        )
        return self.held[-1]

    def event(self, number: str) -> dict[str, Any]:
        """A look-up as this function's front door sends it."""
        return self.door.event(Request("GET", f"{BASE}/{number}", headers=HEADERS))

    def slip(self, function: Function, number: str) -> Answer:
        """One look-up through the Runtime API and the door."""
        event = self.event(number)
        return self.door.read(event, function.invoke(event))

    def stop(self) -> None:
        """End all environments."""
        while self.held:
            self.held.pop().stop()


def _entry(handler: str) -> str:
    module, _, name = handler.rpartition(".")
    return f"{module}:{name}"


def cpu(function: Function) -> float:
    """CPU seconds of a function's process so far, all of its threads, ended ones too."""
    return time.clock_gettime((~function.pid << 3) | 2)  # the kernel's clock of another process


@dataclass
class Race:
    """Everything that stands ready."""

    stage: Stage
    numbers: list[str]
    contestants: dict[str, Contestant]

    def stop(self) -> None:
        """End all environments of all."""
        for contestant in self.contestants.values():
            contestant.stop()


def ready(cloud: Cloud, year: Path, target: Target, folder: Path, say: Callable[[str], None]) -> Race:
    """Release the year, fill the peers' table, lay every function out."""
    functions = packing.packed(target, say)
    stage = prepare(cloud, year, say, WallClock().now() - timedelta(hours=1))
    numbers = stage.numbers[:PEER_ROWS]
    say("filling the peers' table …")
    peer_flask(stage, numbers, lambda result: ("", []))
    environ = environ_for(cloud, chat="zalo", role="public", origin_secret=SECRET)
    environ |= {"PEER_TABLE": flask_pynamodb.CandidateRow.Meta.table_name}
    environ |= {"AWS_ENDPOINT_URL": cloud.settings.aws_endpoint}
    admin = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # the peers' table is not our role's
    made: dict[str, Contestant] = {}
    for function in functions:
        task = folder / function.name.replace(" ", "_") / "task"
        task.mkdir(parents=True)
        packing.laid_out(function, task)
        shutil.copyfile(packing.HERE / "meter.py", task / "meter.py")
        door = Routed(stage="api") if function.name.startswith("chalice") else Second(host=HOST)
        keys = {} if function.name in (OURS, STOCK) else admin
        late = {"INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "1"} if function.handler == "handler.lambda_handler" else {}
        made[function.name] = Contestant(function, target, task, task.parent / "log", environ | keys | late, door)
    made[NOTHING] = _nothing(made[LIMIT], folder)
    race = Race(stage, numbers, made)
    _give_facts(race)
    return race


def _nothing(like: Contestant, folder: Path) -> Contestant:
    """What every function pays, whatever is in it."""
    task = folder / "nothing" / "task"
    task.mkdir(parents=True)
    for name in ("meter.py", "nothing.py"):
        shutil.copyfile(packing.HERE / name, task / name)
    packed = Packed(NOTHING, like.packed.zip, "nothing.handle")
    return Contestant(packed, like.target, task, task.parent / "log", like.environ, like.door)


def _give_facts(race: Race) -> None:
    """What the peers' pages say around a result: made here, so that nobody but us reads it from a store."""
    stage, numbers = race.stage, race.numbers
    exam = stage.exam
    pointer = exam.pointer(stage.services.clock.now())
    assert pointer is not None
    with stage.app.test_request_context(f"{BASE}/{numbers[0]}"):
        stage.app.preprocess_request()
        context.agency()
        frame = context.frame("citizen/exam_scores/slip.html", back=BASE)
    results: dict[str, Result] = {number: stage.services.looking_up.open(exam, number).result for number in numbers}
    ours = race.contestants[OURS]
    answer = ours.slip(ours.fresh(), numbers[0])
    assert answer.status == 200, (answer.status, answer.text[:300])
    ours.stop()
    facts = {
        "exam": exam,
        "pointer": pointer,
        "statistics": stage.bureau.store.statistics(exam, pointer.build),
        "frame": frame,
        "base": BASE,
        "now": WallClock().now(),
        "first": results[numbers[0]],
        "headers": [(name, value) for name, value in answer.headers if name != "content-length"],
    }
    for name in (*PEERS, LIMIT):
        task = race.contestants[name].task
        (task / "facts.pickle").write_bytes(pickle.dumps(facts))
    (race.contestants[LIMIT].task / "results.pickle").write_bytes(pickle.dumps(results))
    (ours.task.parents[1] / "event.json").write_text(json.dumps(ours.event(numbers[0])), "utf-8")


def same_answers(race: Race, functions: Mapping[str, Function], numbers: list[str]) -> None:
    """Every function that answers with slips gives the same bytes and the same headers; else the race is none."""
    for number in numbers:
        answers = {name: race.contestants[name].slip(function, number) for name, function in functions.items()}
        ours = answers[OURS]
        assert ours.status == 200, (number, ours.status)
        for name, answer in answers.items():
            assert answer.status == 200, (name, number, answer.status, answer.text[:200])
            assert answer.body == ours.body, f"the body of {name} differs for {number}"
            if not name.startswith("stock"):
                assert _headers(answer) == _headers(ours), f"the headers of {name} differ"


def _headers(answer: Answer) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers if name.lower() != "content-length"}


def reads_its_store(race: Race, name: str, function: Function) -> bool:
    """Whether a peer asks its table at every look-up: one row is changed behind its back, and its slip follows."""
    contestant, number = race.contestants[name], race.numbers[0]
    before = contestant.slip(function, number).body
    row = flask_pynamodb.CandidateRow.get(number)
    held = row.toan
    row.update(actions=[flask_pynamodb.CandidateRow.toan.set(25 if held != 25 else 50)])
    after = contestant.slip(function, number).body
    row.update(actions=[flask_pynamodb.CandidateRow.toan.set(held)])
    if after == before:
        return False
    again = contestant.slip(function, number).body
    unknown = function.invoke(contestant.event("99999999"))  # an empty page, which not every door would take
    return again == before and unknown["statusCode"] == 404
