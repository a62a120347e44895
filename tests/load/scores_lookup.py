"""Warm look-ups: our app against peers that differ in store and framework only, in one run on one engine.

What is counted is CPU time of this process (the engine is another one), so other work on the machine weighs on all
alike. Rounds of all contenders alternate; the median of the rounds counts. Bodies are compared byte for byte."""

import asyncio
import lzma
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from handlers import context
from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.exam_scores.blocks import Result, records
from miniapp.exam_scores.looking_up import Found
from miniapp.exam_scores.model import Exam
from tests.load.peers import fastapi_boto3, flask_pynamodb
from tests.load.results import FIGURES, Figure
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, Bureau, exam

AGENCY = "so-gddt-hoa-mai"
SLUG = "thpt-2019"
PEER_ROWS = 2_000
ROUND = 400
ROUNDS = 9
WITH_PACK, WITHOUT_PACK = 10_000, 200_000

Call = Callable[[str], bytes]


@dataclass
class Stage:
    """A released national year, ours and as the peers keep it."""

    cloud: Cloud
    bureau: Bureau
    exam: Exam
    services: Services
    app: Flask
    numbers: list[str]


def measure(cloud: Cloud, year: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    """All figures of look-ups."""
    stage = prepare(cloud, year, say)
    yield from reads(stage, say)
    yield from race(stage, say)


def prepare(cloud: Cloud, year: Path, say: Callable[[str], None], at: datetime = HOUR - timedelta(days=1)) -> Stage:
    """Import the year and release it at a moment; an app on top."""
    bureau = Bureau(cloud, at)
    services = Services(cloud.settings, clock=bureau.clock)
    services.bind()
    agency = Agency(
        AGENCY,
        AGENCY,
        Kind.DEPARTMENT,
        "Sở Giáo dục và Đào tạo tỉnh Hoa Mai",
        "Hoa Mai Education",
        short="Sở GD&ĐT",
        services=frozenset({Service.EXAM_SCORES}),
    )
    for write in AgencyStore().added(agency):
        write.alone()
    say("importing a whole year …")
    made = bureau.released(exam(agency=AGENCY, slug=SLUG), lzma.decompress(year.read_bytes()))
    pointer = made.pointer(bureau.clock.now())
    assert pointer is not None
    build = bureau.editions.build(made, pointer)
    numbers = []
    for place in range(len(build.manifest.sizes)):
        segment = bureau.store.segment(made.agency, made.slug, pointer.build, place)
        numbers += [build.shape.result(record).number for record in list(records(segment, build.shape))[::97]]
    random.Random(1).shuffle(numbers)
    return Stage(cloud, bureau, made, services, create_app(services=services), numbers)


def reads(stage: Stage, say: Callable[[str], None]) -> list[Figure]:
    """Segment reads of fresh processes, with and without the pack."""
    say("counting reads …")
    rng = random.Random(2)
    found = []
    for name, warm, times in (("with_pack", True, WITH_PACK), ("without_pack", False, WITHOUT_PACK)):
        editions = stage.bureau.fresh_process()
        if warm:
            editions.warm()
        made = editions.exam(stage.exam.agency, stage.exam.slug)
        pointer = made.pointer(stage.bureau.clock.now())
        assert pointer is not None
        build = editions.build(made, pointer)
        for _ in range(times):
            assert editions.record(made, build, rng.choice(stage.numbers)) is not None
        full = f"scores.lookup.reads_{name}"
        count = float(editions.segments.reads)
        found.append(Figure(full, f"segment reads over {times:,} look-ups", count, {}, count, FIGURES[full]))
    return found


def race(stage: Stage, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of all contenders, alternating."""
    say("filling the peers' table …")
    numbers = stage.numbers[:PEER_ROWS]
    page, render = our_page(stage)
    contenders: dict[str, Call] = {
        "ours": wsgi(stage.app),
        "flask + pynamodb get": wsgi(peer_flask(stage, numbers, page)),
        "fastapi + boto3 get": asgi(peer_fastapi(stage, page)),
    }
    for number in numbers[:50]:
        bodies = {name: call(f"/{AGENCY}/diem-thi/{SLUG}/{number}") for name, call in contenders.items()}
        assert len(set(bodies.values())) == 1, f"bodies differ for {number}"
    contenders["rendering alone"] = render
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    rng = random.Random(3)
    for turn in range(ROUNDS):
        say(f"round {turn + 1} of {ROUNDS} …")
        chosen = [f"/{AGENCY}/diem-thi/{SLUG}/{rng.choice(numbers)}" for _ in range(ROUND)]
        for name, call in contenders.items():
            began = time.process_time()
            for path in chosen:
                call(path)
            spent[name].append((time.process_time() - began) / ROUND)
    cost = {name: statistics.median(times) for name, times in spent.items()}
    rate = {name: 1 / seconds for name, seconds in cost.items()}
    return [
        _against("scores.lookup.flask_pynamodb", rate, "flask + pynamodb get"),
        _against("scores.lookup.fastapi_boto3", rate, "fastapi + boto3 get"),
        Figure(
            "scores.lookup.render",
            "CPU microseconds per slip",
            cost["ours"] * 1e6,
            {"rendering alone": cost["rendering alone"] * 1e6},
            cost["ours"] / cost["rendering alone"],
            FIGURES["scores.lookup.render"],
        ),
    ]


def _against(name: str, rate: dict[str, float], peer: str) -> Figure:
    return Figure(
        name, "requests per CPU second", rate["ours"], {peer: rate[peer]}, rate["ours"] / rate[peer], FIGURES[name]
    )


def our_page(stage: Stage) -> tuple[flask_pynamodb.Page, Call]:
    """Our template and headers as a function of a result, and the rendering of ready page objects alone."""
    services, made = stage.services, stage.exam
    pointer = made.pointer(services.clock.now())
    assert pointer is not None
    build = services.editions.build(made, pointer)
    parts = stage.app.extensions["motcua"]
    base = f"/{AGENCY}/diem-thi/{SLUG}"
    with stage.app.test_request_context(f"{base}/{stage.numbers[0]}"):
        stage.app.preprocess_request()
        context.agency()
        frame = context.frame("citizen/exam_scores/slip.html", back=base)
    answer = stage.app.test_client().get(f"{base}/{stage.numbers[0]}")
    headers = [(name, value) for name, value in answer.headers if name != "Content-Length"]
    template = parts.words.template("vi", "citizen/exam_scores/slip.html")

    def slip(result: Result) -> Any:
        return parts.slips.make(
            Found(made, pointer, build, result), "vi", services.clock.now(), base, f"{base}/pho-diem"
        )

    def page(result: Result) -> tuple[str, list[tuple[str, str]]]:
        return template.render(page=slip(result), frame=_framed(frame, result.number)), headers

    ready: dict[str, tuple[Any, Any]] = {}
    for number in stage.numbers[:PEER_ROWS]:
        found = services.looking_up.open(made, number)
        ready[f"{base}/{number}"] = slip(found.result), _framed(frame, number)

    def render(path: str) -> bytes:
        one, around = ready[path]
        return template.render(page=one, frame=around).encode()

    return page, render


def _framed(held: Any, number: str) -> Any:
    """The frame of another number's page."""
    languages = tuple(replace(item, address=_moved(item.address, number)) for item in held.languages)
    return replace(held, languages=languages)


def _moved(address: str, number: str) -> str:
    path, _, query = address.partition("?")
    return path.rsplit("/", 1)[0] + "/" + number + ("?" + query if query else "")


def peer_flask(stage: Stage, numbers: list[str], page: flask_pynamodb.Page) -> Flask:
    """The Flask peer with its table filled."""
    row = flask_pynamodb.CandidateRow
    settings = stage.cloud.settings
    row.Meta.host = settings.aws_endpoint
    admin = stage.cloud.admin("dynamodb")
    admin.create_table(
        TableName=row.Meta.table_name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "number", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "number", "KeyType": "HASH"}],
    )
    row._get_connection().connection._client = admin
    flask_pynamodb.fill(stage.services.looking_up.open(stage.exam, number).result for number in numbers)
    return flask_pynamodb.create_app(stage.exam.subjects, page)


def peer_fastapi(stage: Stage, page: flask_pynamodb.Page) -> Any:
    """The FastAPI peer on the same table."""
    table = flask_pynamodb.CandidateRow.Meta.table_name
    return fastapi_boto3.create_app(stage.cloud.admin("dynamodb"), table, stage.exam.subjects, page)


def wsgi(app: Flask) -> Call:
    """One GET through a WSGI entry."""
    template = EnvironBuilder(path="/").get_environ()

    def call(path: str) -> bytes:
        statuses: list[str] = []
        made = app(
            {**template, "PATH_INFO": path, "REQUEST_URI": path, "RAW_URI": path},
            lambda status, *rest: statuses.append(status),
        )
        body = b"".join(made)
        if hasattr(made, "close"):
            made.close()
        assert statuses == ["200 OK"], (path, statuses)
        return body

    return call


def asgi(app: Any) -> Call:
    """One GET through an ASGI entry, on one loop that stays."""
    loop = asyncio.new_event_loop()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def one(path: str) -> bytes:
        body: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 200, path
            else:
                body.append(message.get("body", b""))

        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        return b"".join(body)

    return lambda path: loop.run_until_complete(one(path))
