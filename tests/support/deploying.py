"""A stage deployed on an engine: a zip of a few lines that answers the smoke set as the real one does, and its faults.

The real zip goes the same way in the sweep; spawning its ten functions takes minutes."""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.deploy import wanted
from infra.deploy.place import Engine as EnginePlace
from infra.deploy.steps import Deployment
from tests.support.code import ROOT

WEB = """
import json, os, urllib.request
SECURE = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
    "cache-control": "private, no-store",
}
PAGE = "<!doctype html><html><head><script src=\\"/assets/app.js\\"></script></head><body>%s</body></html>"
LABEL = "LABEL-HERE"


def answer(status, body, **more):
    headers = {**SECURE, **{name.replace("_", "-"): value for name, value in more.items()}}
    return {"statusCode": status, "headers": headers, "body": body}


def handle(event, context):
    path = event["rawPath"]
    if not event["headers"].get("x-origin-secret"):
        return answer(403, "no")
    FAULT-HERE
    if path in ("/healthz", "/readyz"):
        return answer(200, json.dumps({"status": "ok"}), content_type="application/json")
    if path in ("/", "/console/sign-in", "/so-a/diem-thi/ky-b"):
        return answer(200, PAGE % LABEL)
    if path == "/api/openapi.json":
        return answer(200, json.dumps({"openapi": "3.1.0"}), content_type="application/json")
    if path == "/assets/app.js":
        return answer(200, "1", cache_control="public, max-age=31536000, immutable")
    if path == "/console/":
        return answer(303, "", location="/console/sign-in")
    return answer(404, PAGE % "none")
"""
# Reads its secrets as the real one does, and answers for a key: a mark of now, and whether a mark is still ours.
KEYED = """
from miniapp.core.sealing import Sealer
from miniapp.core.starting import settings_of_process
HELD = settings_of_process()
SEALER = Sealer(HELD.session_key, *HELD.session_key_before.split(",")) if HELD.session_key else None
"""
ANSWERS_FOR_KEYS = """if event["headers"]["x-origin-secret"] != HELD.origin_secret:
        return answer(403, "another secret")
    if path == "/mark":
        return answer(200, SEALER.sign("turn", "x"))
    if path.startswith("/is-ours/"):
        return answer(200 if SEALER.is_signed("turn", "x", path.rpartition("/")[2]) else 410, "")
    if path == "/factors":
        return answer(200, ",".join(part.partition(":")[0] for part in HELD.factor_keys.split(",")))"""
NEEDED = ("aws", "deadline", "errors", "sealing", "settings", "starting")
# What the functions that read no web request answer, by name; the queues' all alike.
NO_NOTES = '{"batchItemFailures": []}'
IDLE = {"uploads": '{"stayed": 0, "dropped": 0}', "schedules": "0"}
QUEUES = ("imports", "tellings", "messages", "crests", "listing", "batches")
AT_START = "raise RuntimeError('a module that is not there')"
EVERYWHERE = 'return answer(500, "sorry")'
# Right when it is called beside the edge, wrong as people come: what only a look from outside finds.
OUTSIDE = 'if event["requestContext"].get("domainPrefix"): return answer(500, "sorry")'


def keyed(folder: Path, label: str, fault: str = "pass") -> Path:
    """A zip whose web functions read their secrets and answer for their keys."""
    return build(folder, label, f"{ANSWERS_FOR_KEYS}\n    {fault}", KEYED, needs=NEEDED)


def build(
    folder: Path,
    label: str,
    fault: str = "",
    at_start: str = "",
    broken: str = "",
    needs: tuple[str, ...] = (),
) -> Path:
    """A zip; `label` makes it another one. `needs`: modules of the core that go with it. Of the functions that read no web
    request `broken` does not start."""
    files = {"web": at_start + WEB.replace("LABEL-HERE", label).replace("FAULT-HERE", fault or "pass")}
    for name in (*QUEUES, *IDLE):
        entry = f"def handle(event, context):\n    return {IDLE.get(name, NO_NOTES)}\n"
        files[f"started/{name}"] = f"{AT_START}\n{entry}" if name == broken else entry
    core = {f"miniapp/core/{name}.py": (ROOT / f"miniapp/core/{name}.py").read_text("utf-8") for name in needs}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in {**{f"handlers/lambdas/{name}.py": text for name, text in files.items()}, **core}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    path = folder / f"{label}.zip"
    path.write_bytes(body.getvalue())
    return path


def settings(folder: Path, *stages: str) -> tuple[Path, Path]:
    """zappa_settings.json and stages.json with stages of these names, like staging in everything."""
    held = json.loads(wanted.SETTINGS.read_text("utf-8"))
    around = json.loads(wanted.STAGES.read_text("utf-8"))
    for stage in stages:
        ours = {name: told for name, told in held.items() if name.startswith("staging_")}
        held |= {
            name.replace("staging", stage): json.loads(json.dumps(told).replace("staging", stage))
            for name, told in ours.items()
        }
        named = {"site": f"{stage}.example.vn", "certificate": "arn:aws:acm:us-east-1:000000000000:certificate/one"}
        around[stage] = {**around["staging"], **named, "smoke": {"agency": "so-a", "exam": "ky-b", "number": ""}}
    paths = folder / "zappa_settings.json", folder / "stages.json"
    for path, told in zip(paths, (held, around), strict=True):
        path.write_text(json.dumps(told))
    return paths


class Died(BaseException):
    """The deployer is gone; no `except Exception` of its own may hold it."""


class MortalPlace(EnginePlace):
    """The engine as a deployer sees it who dies at the n-th call that changes something: before it arrives, or after."""

    def __init__(self, endpoint: str, dies_at: int = 0, after: bool = False) -> None:
        super().__init__(endpoint)
        self.calls: list[str] = []
        self._dies_at = dies_at
        self._event = "after-call" if after else "before-call"

    def client(self, service: str, region: str = "ap-southeast-1") -> Any:
        made = super().client(service, region)
        made.meta.events.register(f"{self._event}.*", self._called)
        return made

    def _called(self, model: Any, **_: Any) -> None:
        if model.name.startswith(("Get", "List", "Describe", "Head", "Invoke")):
            return
        self.calls.append(model.name)
        if len(self.calls) == self._dies_at:
            raise Died(model.name)


@dataclass
class Stages:
    """Deployments on one engine."""

    endpoint: str
    folder: Path
    settings: Path
    stages: Path

    def deployment(
        self, stage: str, said: list[str] | None = None, place: EnginePlace | None = None, **day: Any
    ) -> Deployment:
        """A deployer of a stage; `day`: what stages.json says of results day."""
        around = replace(wanted.stage(stage, self.stages), **day)
        lines = said if said is not None else []
        return Deployment(
            place or EnginePlace(self.endpoint), around, wanted.functions(stage, self.settings), lines.append
        )

    def shown(self, deployment: Deployment) -> str:
        """What people see on the front page."""
        return deployment.front().get("public", "/").body.decode()


def versions(deployment: Deployment) -> dict[str, str]:
    """What everybody gets of each function."""
    return {each.name: deployment.functions.current(each) for each in deployment.told}
