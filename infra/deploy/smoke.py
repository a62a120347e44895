"""The smoke set: few questions whose answers say that a stage serves. For every deployment, and against production at any
time (`python -m infra.deploy smoke`).

It only reads, signs nobody in, and asks for no person's result unless stages.json names a number for it. Each question
has one sentence for what is wrong; a question that can't be asked here says so instead of passing."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.deploy.doors import Behind, Door
from infra.deploy.functions import FunctionFailed
from infra.deploy.wanted import WEB, Stage
from infra.lambdas.doors import Answer, BadReply

ASSET = re.compile(r'(?:href|src)="(/assets/[^"#]+)')
UNKNOWN = "/khong-co-co-quan-nay/"
NO_NUMBER = "00000000"
AGES = re.compile(r"max-age=(\d+)")
A_YEAR = 31_536_000
# What each kind of function that reads no web request answers to an event with nothing in it.
NOTHING: Mapping[str, tuple[Mapping[str, Any], Any]] = {
    "uploads": ({"Records": []}, {"stayed": 0, "dropped": 0}),
    "schedules": ({"schedule": ""}, 0),
}
NO_NOTES: tuple[dict[str, Any], Any] = ({"Records": []}, {"batchItemFailures": []})


class Skipped(Exception):
    """A question that can't be asked here; the text says why."""


@dataclass
class Report:
    """What was asked and what was wrong."""

    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


Look = Callable[[], Iterator[str]]
Say = Callable[[str], None]


def smoke(questions: Mapping[str, Look], say: Say) -> Report:
    """Ask everything, whatever was wrong before."""
    report = Report()
    for name, look in questions.items():
        report.asked += 1
        try:
            wrong = list(look())
        except Skipped as skipped:
            report.skipped.append(f"{name}: {skipped}")
            say(f"  skipped {name}: {skipped}")
            continue
        except (FunctionFailed, BadReply, OSError, ValueError) as failure:
            wrong = [f"{type(failure).__name__}: {failure}"]
        say(f"  {'WRONG  ' if wrong else 'ok     '} {name}{''.join(f' - {one}' for one in wrong)}")
        report.wrong += [f"{name}: {one}" for one in wrong]
    return report


def of_pages(door: Door, stage: Stage) -> dict[str, Look]:
    """What people and programs reach, through one door."""
    return {
        "public is alive and its store answers": lambda: _alive(door, "public"),
        "the directory": lambda: _page(door.get("public", "/")),
        "the directory's files": lambda: _assets(door),
        "an address that is nobody's": lambda: _unknown(door.get("public", UNKNOWN)),
        "the API's description": lambda: _openapi(door.get("public", "/api/openapi.json")),
        "an exam": lambda: _exam(door, stage),
        "a number that is looked up": lambda: _number(door, stage),
        "the console's sign-in": lambda: _page(door.get("console", "/console/sign-in"), framed=False),
        "the console without signing in": lambda: _sent_away(door.get("console", "/console/")),
        "hooks answer": lambda: _unknown(door.get("hooks", "/hooks/khong-co")),
    }


def of_versions(door: Behind) -> dict[str, Look]:
    """What only those inside reach: every function starts, and does nothing when there is nothing to do."""
    asked: dict[str, Look] = {}
    for name in door.versions:
        if name in WEB:
            asked[f"{name} starts and reaches its store"] = lambda name=name: _alive(door, name)  # type: ignore[misc]
        else:
            asked[f"{name} starts"] = lambda name=name: _idle(door, name)  # type: ignore[misc]
    return asked


def of_addresses(ask: Callable[[str], Answer], hosts: Mapping[str, str]) -> dict[str, Look]:
    """Nobody comes in beside the edge."""
    return {
        f"{name} refuses who comes past the edge": lambda host=host: _is(ask(host), 403)  # type: ignore[misc]
        for name, host in hosts.items()
    }


def _alive(door: Door, function: str) -> Iterator[str]:
    for path in ("/healthz", "/readyz"):
        answer = door.get(function, path)
        yield from _is(answer, 200, path)
        if answer.status == 200 and json.loads(answer.body) != {"status": "ok"}:
            yield f"{path} says something else"


def _idle(door: Behind, name: str) -> Iterator[str]:
    event, wanted = NOTHING.get(name, NO_NOTES)
    got = door.functions.invoke(*door.versions[name], event)
    if got != wanted:
        yield f"to nothing it answers {str(got)[:80]}"


def _is(answer: Answer, status: int, path: str = "") -> Iterator[str]:
    if answer.status != status:
        yield f"{f'{path} ' if path else ''}answers {answer.status}, not {status}"


def _page(answer: Answer, status: int = 200, framed: bool = True) -> Iterator[str]:
    """A page of ours, with everything that it must carry."""
    yield from _is(answer, status)
    if answer.status != status:
        return
    if not _one(answer, "content-type").startswith("text/html") or b"</html>" not in answer.body:
        yield "it is no page"
    yield from _headers(answer)
    policy = _one(answer, "content-security-policy")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "its policy lets in more than its own"
    if not framed and "frame-ancestors 'none'" not in policy:
        yield "others may frame it"
    for cookie in answer.all("set-cookie"):
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        if not {"secure", "httponly"} <= flags or not any(flag.startswith("samesite=") for flag in flags):
            yield f"its cookie {cookie.partition('=')[0]} is open"


def _headers(answer: Answer) -> Iterator[str]:
    if _one(answer, "x-content-type-options") != "nosniff":
        yield "browsers may guess what it is"
    if "max-age=" not in _one(answer, "strict-transport-security"):
        yield "it may be asked for without TLS"
    if not _one(answer, "cache-control"):
        yield "it does not say how long it may be kept"


def _assets(door: Door) -> Iterator[str]:
    found = set(ASSET.findall(door.get("public", "/").body.decode()))
    if not found:
        yield "the directory names none"
    for path in sorted(found):
        answer = door.get("public", path)
        yield from _is(answer, 200, path)
        age = AGES.search(_one(answer, "cache-control"))
        if answer.status == 200 and (age is None or int(age[1]) < A_YEAR):
            yield f"{path} is not kept for a year"


def _unknown(answer: Answer) -> Iterator[str]:
    yield from _is(answer, 404)
    if "no-store" not in _one(answer, "cache-control"):
        yield "its refusal may be kept (F12)"


def _openapi(answer: Answer) -> Iterator[str]:
    yield from _is(answer, 200)
    if answer.status == 200 and not str(json.loads(answer.body).get("openapi", "")).startswith("3.1"):
        yield "it is no description"


def _exam(door: Door, stage: Stage) -> Iterator[str]:
    yield from _page(door.get("public", _exam_address(stage)))


def _number(door: Door, stage: Stage) -> Iterator[str]:
    """A number that stages.json names has a slip; without one, a number that nobody has is nobody's."""
    number = stage.number or NO_NUMBER
    answer = door.get("public", f"{_exam_address(stage)}/{number}")
    yield from _page(answer, 200 if stage.number else 404)


def _exam_address(stage: Stage) -> str:
    if not (stage.agency and stage.exam):
        raise Skipped("stages.json names no exam of this stage")
    return f"/{stage.agency}/diem-thi/{stage.exam}"


def _sent_away(answer: Answer) -> Iterator[str]:
    if answer.status not in (302, 303) or "/console/sign-in" not in _one(answer, "location"):
        yield f"answers {answer.status}, not the way to the sign-in"


def _one(answer: Answer, name: str) -> str:
    return ", ".join(answer.all(name))
