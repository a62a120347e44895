"""Dossiers at 1,000, 30,000 and 200,000: what a request costs must not grow with how many there are.

Ours: calls and units of the store and CPU of each kind of request, at each size, through the whole app. Beside it an app
on PostgreSQL written the obvious way, which does less, at the same sizes: CPU of its process, and what its database works
for it. This machine's engine takes longer over a large shelf, DynamoDB does not; so the engine's time is not looked at."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from tests.load import postgres
from tests.load.dossiers_stage import AGENCY, Stage, prepare
from tests.load.peers.flask_sqlalchemy import Office
from tests.load.results import FIGURES, Figure, Say
from tests.support.billed import Billed
from tests.support.cloud import Cloud
from tests.support.dossier_desk import typed

SIZES = (1_000, 30_000, 200_000)
TIMES, WARM = 12, 2  # requests of each kind at each size; and how many before those that are measured
READS, WRITES = ("inbox", "one", "follow"), ("receive", "take_up")
GROWTH = {"calls": "dossiers.calls", "units": "dossiers.units"}
CPU = {
    "inbox": "dossiers.cpu.inbox",
    "one": "dossiers.cpu.one",
    "follow": "dossiers.cpu.follow",
    "receive": "dossiers.cpu.receive",
    "take_up": "dossiers.cpu.take_up",
}
BESIDE = {"dossiers.peer.read": READS, "dossiers.peer.write": WRITES}
DESK = f"/console/{AGENCY}/ho-so"
WHO = {"name": "Nguyễn Thị Lan", "identity": "001099123456", "phone": "0912345678"}
PEER = "flask + sqlalchemy + postgresql"

Request = Callable[[], TestResponse]


@dataclass(frozen=True)
class Cost:
    """What a kind of request costs: calls and units of the store, or the peer's statements; CPU microseconds of the
    process, the median of all; CPU microseconds of the peer's database, the mean."""

    calls: float
    units: float
    cpu: float
    database: float = 0.0


Costs = Mapping[int, Mapping[str, Cost]]  # by size and kind


def measure(cloud: Cloud, year: Path, say: Say, sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """All figures of dossiers."""
    stage = prepare(cloud)
    with postgres.running() as server:
        office = Office(server.url)
        peer_app = office.app()
        ours: dict[int, dict[str, Cost]] = {}
        peer: dict[int, dict[str, Cost]] = {}
        for size in sizes:
            say(f"filling both up to {size:,} dossiers …")
            office.fill(stage.more(size))
            stage.grow(size)
            say("asking ours …")
            ours[size] = dict(asked_of_ours(stage))
            say("asking the peer …")
            peer[size] = dict(asked_of_peer(stage, office, peer_app, server))
    for line in told(ours, peer):
        say(line)
    yield from flat(ours)
    yield from side_by_side(ours, peer)


def asked_of_ours(stage: Stage) -> Iterator[tuple[str, Cost]]:
    """Each kind of request in turn, and what it costs."""
    clerk, citizen = stage.clerk, stage.citizen
    office = stage.services.dossier_office
    opened = [str(one.code) for one in stage.opened[: TIMES + WARM]]
    links = [office.link(AGENCY, code) for code in opened]
    form = f"{DESK}/tiep-nhan"
    made: list[str] = []

    def receive(fields: dict[str, str]) -> TestResponse:
        answer = clerk.client.post(form, data=fields)
        made.append(answer.headers["Location"].rpartition("/")[2])
        return answer

    def take_up(code: str, fields: dict[str, str]) -> TestResponse:
        return clerk.client.post(f"{DESK}/{code}/viec/xu-ly", data=fields)

    yield "inbox", _cost(stage, [lambda: clerk.client.get(DESK)] * (TIMES + WARM), 200)
    yield "one", _cost(stage, [lambda code=code: clerk.client.get(f"{DESK}/{code}") for code in opened], 200)
    yield "follow", _cost(stage, [lambda link=link: citizen.client.get(f"/hs/{link}") for link in links], 200)
    orders = [typed(clerk.get(f"{form}?thu-tuc=1.001193"), steps="Thẩm định: Công chức", **WHO) for _ in opened]
    yield "receive", _cost(stage, [lambda order=order: receive(order) for order in orders], 303)
    acts = [(code, typed(clerk.get(f"{DESK}/{code}/viec/xu-ly"))) for code in made]
    yield "take_up", _cost(stage, [lambda act=act: take_up(*act) for act in acts], 303)


def asked_of_peer(stage: Stage, office: Office, app: Flask, server: postgres.Server) -> Iterator[tuple[str, Cost]]:
    """The same of the peer."""
    client = app.test_client()
    codes = [str(one.code) for one in stage.kept[: TIMES + WARM]]
    order = {**WHO, "procedure": "1.001193", "procedure_name": "Đăng ký khai sinh", "post": "Công chức"}
    made: list[str] = []

    def receive() -> TestResponse:
        answer = client.post(f"/{AGENCY}/dossiers", data=order)
        made.append(answer.headers["Location"])
        return answer

    asked: dict[str, list[Request]] = {
        "inbox": [lambda: client.get(f"/{AGENCY}/dossiers")] * (TIMES + WARM),
        "one": [lambda code=code: client.get(f"/{AGENCY}/dossiers/{code}") for code in codes],
        "follow": [lambda code=code: client.get(f"/follow/token-{code}") for code in codes],
        "receive": [receive] * (TIMES + WARM),
    }
    for kind, requests in asked.items():
        yield kind, _peer_cost(office, server, requests, 303 if kind in WRITES else 200)
    acts = [lambda path=path: client.post(f"{path}/take-up", data={"seen": "1"}) for path in made]
    yield "take_up", _peer_cost(office, server, acts, 303)


def flat(ours: Costs) -> Iterator[Figure]:
    """Whether anything grows: calls, units, CPU."""
    for what, name in GROWTH.items():
        largest = max(_spread([getattr(ours[size][kind], what) for size in ours]) for kind in CPU)
        yield Figure(name, f"{what} more at one size", largest, {}, largest, FIGURES[name])
    for kind, name in CPU.items():
        at = [ours[size][kind].cpu for size in ours]
        yield Figure(name, "CPU microseconds, most / least", at[-1], {}, max(at) / min(at), FIGURES[name])


def side_by_side(ours: Costs, peer: Costs) -> Iterator[Figure]:
    """Ours against the peer at the largest size; its database's work for a list there and at the smallest."""
    few, most = min(ours), max(ours)
    for name, kinds in BESIDE.items():
        own, other = (sum(costs[most][kind].cpu for kind in kinds) / len(kinds) for costs in (ours, peer))
        yield Figure(name, "CPU microseconds per request", own, {PEER: other}, own / other, FIGURES[name])
    before, after = (peer[size]["inbox"].database for size in (few, most))
    name = "dossiers.peer.growth"
    grown = after / max(before, 1e6 / TIMES / postgres.TICKS)  # what is less than a tick of the kernel's clock is one
    yield Figure(name, "database CPU for a list", 0, {f"{few:,}": before, f"{most:,}": after}, grown, FIGURES[name])


def told(ours: Costs, peer: Costs) -> Iterator[str]:
    """Everything as a table."""
    yield f"{'':10}{'dossiers':>10}{'calls':>7}{'units':>8}{'CPU µs':>9}   peer: {'statements':>10}{'CPU µs':>9}{'database µs':>12}"
    for kind in CPU:
        for size in ours:
            own, other = ours[size][kind], peer[size][kind]
            yield (
                f"{kind:10}{size:>10,}{own.calls:>7.0f}{own.units:>8.1f}{own.cpu:>9,.0f}"
                f"         {other.calls:>10.0f}{other.cpu:>9,.0f}{other.database:>12,.0f}"
            )


def _cost(stage: Stage, requests: list[Request], status: int) -> Cost:
    for request in requests[: WARM - 1]:
        _asked(request, status)
    with Billed(stage.services.aws) as billed:
        _asked(requests[WARM - 1], status)
    return Cost(len(billed.calls), billed.units, _cpu(requests[WARM:], status))


def _peer_cost(office: Office, server: postgres.Server, requests: list[Request], status: int) -> Cost:
    for request in requests[:WARM]:
        _asked(request, status)
    before, worked = office.statements, server.cpu()
    cpu = _cpu(requests[WARM:], status)
    many = len(requests) - WARM
    return Cost((office.statements - before) / many, 0, cpu, (server.cpu() - worked) / many * 1e6)


def _asked(request: Request, status: int) -> None:
    _right(request(), status)


def _right(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[:2_000])


def _cpu(requests: list[Request], status: int) -> float:
    spent = []
    for request in requests:
        began = time.process_time()
        answer = request()
        spent.append(time.process_time() - began)
        _right(answer, status)
    return statistics.median(spent) * 1e6


def _spread(figures: list[float]) -> float:
    return max(figures) - min(figures)
