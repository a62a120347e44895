"""Keeps everything the engine holds: looks for changes several times a second and appends them to the journal.

For the engine's own process. DynamoDB's items are noted as they are written (`tables_kept`); queues are compared
message by message; the few other services that a stack may use are small and compared as a whole. S3's objects are on
the disk before their request is answered (S3_PERSIST). A look is made on the event loop, in one go, so a frame is the
state of one instant; JSON and writing happen on a thread, fsync on another, since a busy disk can take seconds over it.
It never delays an answer: what was written in the last instants before a `kill -9` is lost, at most three seconds by
promise, about half a second in fact."""

import asyncio
import contextlib
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.journal import Change, Groups, Journal
from infra.local.tables_kept import Tables, dumps

EVERY = 0.25  # seconds between looks
SYNC = 1.0  # seconds between fsyncs
ANYWAY = 1.5  # other services are compared this often even when no request asked for it
RESTLESS = 3.0  # and at every look this long after one did: stacks are made in the background
FREEZE = 20_000  # items written after which the collector is told to leave old ones alone
LATE = frozenset({"cloudformation"})  # its import brings in every service: seconds that a usual start need not spend
# Compared whole.
SMALL = frozenset({"cloudwatch", "eventbridge", "iam", "kms", "s3", "scheduler", "secretsmanager", "ssm"}) | LATE
DATA_PLANE = frozenset(
    b"DynamoDB_20120810." + name
    for name in (
        b"PutItem GetItem DeleteItem UpdateItem Query Scan BatchWriteItem BatchGetItem TransactWriteItems "
        b"TransactGetItems DescribeTable ListTables DescribeTimeToLive ExecuteStatement BatchExecuteStatement "
        b"ExecuteTransaction"
    ).split()
)


class Keeper:
    """One per engine process."""

    def __init__(self, ministack: Any, journal: Journal, folder: Path) -> None:
        self._app = ministack
        self._journal = journal
        self._folder = folder
        self._persistence = sys.modules["ministack.core.persistence"]
        self.tables = Tables(ministack._get_module("dynamodb"))
        self._sqs = ministack._get_module("sqs")
        self._seen: dict[str, dict[str, tuple[Any, ...]]] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._looked = self._asked = 0.0
        self._queues_touched = True
        self._frozen_at = 0
        self._compactor: subprocess.Popen[bytes] | None = None
        self.figures = {"looks": 0, "bytes": 0, "worst_look_ms": 0.0, "worst_write_ms": 0.0}

    # -- putting back ---------------------------------------------------------------------------------------------

    def put_back(self, groups: Groups) -> None:
        """Fill the empty engine; called once, before the first request."""
        states = {key.decode(): self._loads(value) for key, value in groups.get(b"service", {}).items()}
        for key, module in self._app._state_map.items():
            if (state := states.get(key)) and key in SMALL - LATE:
                self._app._get_module(module).load_persisted_state(state)
        self._put_back_late({key: states[key] for key in LATE & states.keys()})
        self.tables.put_back(groups, states.get("dynamodb"))
        self._put_back_queues(groups)
        self._said = {("service", key.decode()): value.decode() for key, value in groups.get(b"service", {}).items()}
        gc.collect()
        gc.freeze()

    def _put_back_late(self, states: dict[str, Any]) -> None:
        get_module = self._app._get_module

        def get_and_put_back(name: str) -> Any:
            module = get_module(name)
            if (state := states.pop(name, None)) is not None:
                module.load_persisted_state(state)
            return module

        self._app._get_module = get_and_put_back

    def _put_back_queues(self, groups: Groups) -> None:
        queues = self._sqs._queues
        for name, value in groups.get(b"queue", {}).items():
            scope = json.loads(name)
            held = groups.get(f"message:{'/'.join(scope)}".encode(), {})
            queues.set_scoped(*scope, {**self._loads(value), "messages": [self._loads(text) for text in held.values()]})
            self._said["queue", name.decode()] = value.decode()
            self._seen["/".join(scope)] = {
                message["id"]: _mark(message) for message in queues.get_scoped(*scope)["messages"]
            }
        self._sqs._rebuild_queue_name_index()

    def _loads(self, text: bytes) -> Any:
        return json.loads(text, object_hook=self._persistence._json_object_hook)

    # -- looking --------------------------------------------------------------------------------------------------

    def asked(self, scope: Any) -> None:
        """A request was answered; remember whether it may have changed anything but items."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return
        target = next((value for name, value in scope["headers"] if name == b"x-amz-target"), b"")
        if target in DATA_PLANE:
            return
        self._queues_touched = True
        if not target.startswith(b"AmazonSQS."):
            self._asked = time.monotonic()

    async def keep(self, ended: asyncio.Event) -> None:
        """Look and write until `ended`, then once more; an error is the engine's end, as nothing more would be kept.

        Never cancel it: a write that is under way has to be over before the last one begins."""
        syncing = asyncio.create_task(self._sync(ended))
        while not ended.is_set():
            await _pause(ended, EVERY)
            await self.once()
            if syncing.done():
                break  # a disk that failed
        await syncing
        await self.once(everything=True)

    async def _sync(self, ended: asyncio.Event) -> None:
        synced = 0.0
        while not ended.is_set():
            await _pause(ended, SYNC)
            if (written := self.figures["bytes"]) != synced:
                await asyncio.to_thread(self._journal.sync)
                synced = written

    async def once(self, everything: bool = False) -> None:
        """One look and one write; the disk may not have it yet."""
        began = time.perf_counter()
        changes = self._cut(everything)
        looked = time.perf_counter()
        await asyncio.to_thread(self._write, changes)
        self.figures["looks"] += 1
        self._worst("worst_look_ms", looked - began)
        self._worst("worst_write_ms", time.perf_counter() - looked)
        if self.tables.noted - self._frozen_at > FREEZE:  # else a full collection walks every row: 0.1 s and more
            self._frozen_at = self.tables.noted
            gc.freeze()

    def _worst(self, name: str, seconds: float) -> None:
        self.figures[name] = round(max(self.figures[name], seconds * 1000), 2)

    def _cut(self, everything: bool) -> list[Callable[[], list[Change]]]:
        now = time.monotonic()
        around = everything or now - self._looked > ANYWAY or now - self._asked < RESTLESS
        cuts = [self.tables.cut(look_at_tables=around)]
        if around or self._queues_touched:
            self._queues_touched = False
            cuts.append(self._cut_queues())
        if around:
            self._looked = now
            cuts.append(self._cut_services())
        return cuts

    def _cut_services(self) -> Callable[[], list[Change]]:
        states = {key: state() for key, state in self._app._build_persistence_save_dict().items() if key in SMALL}
        states["dynamodb"] = self.tables.settings()
        texts = {
            key: self._dumps(state)
            for key, state in states.items()
            if _holds_something(state) or ("service", key) in self._said
        }
        return lambda: [
            Change("service", key, text) for key, text in texts.items() if self._is_new("service", key, text)
        ]

    def _cut_queues(self) -> Callable[[], list[Change]]:
        queues = []
        for scope, queue in list(self._sqs._queues._data.items()):
            about = {name: value for name, value in queue.items() if name != "messages"}
            about["attributes"] = {
                name: value for name, value in queue["attributes"].items() if not name.startswith("ApproximateNumber")
            }
            queues.append((scope, self._dumps(about), list(queue["messages"])))
        return lambda: self._queue_changes(queues)

    def _queue_changes(self, queues: list[tuple[Any, str, list[dict[str, Any]]]]) -> list[Change]:
        changes = []
        seen: dict[str, dict[str, tuple[Any, ...]]] = {}
        for scope, about, messages in queues:
            name = "/".join(scope)
            before, now = self._seen.get(name, {}), {}
            for live in messages:
                message = dict(live)  # one step: a receive may be changing it
                now[message["id"]] = mark = _mark(message)
                if before.get(message["id"]) != mark:
                    changes.append(Change(f"message:{name}", dumps(message["id"]), self._dumps(message)))
            changes.extend(Change(f"message:{name}", dumps(key)) for key in before.keys() - now.keys())
            seen[name] = now
            if self._is_new("queue", dumps(scope), about):
                changes.append(Change("queue", dumps(scope), about))
        names = {dumps(scope) for scope, _, _ in queues}
        gone = [key for group, key in self._said if group == "queue" and key not in names]
        for key in gone:
            del self._said["queue", key]
            changes += [Change("queue", key), Change(f"message:{'/'.join(json.loads(key))}")]
        self._seen = seen
        return changes

    def _dumps(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), default=self._persistence._json_default)

    def _is_new(self, group: str, key: str, text: str) -> bool:
        if self._said.get((group, key)) == text:
            return False
        self._said[group, key] = text
        return True

    # -- writing --------------------------------------------------------------------------------------------------

    def _write(self, cuts: list[Callable[[], list[Change]]]) -> None:
        changes = [change for cut in cuts for change in cut()]
        self.figures["bytes"] += self._journal.append(changes)
        if changes:
            self.compact_when_large()

    def compact_when_large(self) -> None:
        """Seal the segment and let another process fold what is sealed, when it has grown; this one goes on writing.

        After a failed try (its reason is in the log) there is no other: the journal grows, nothing is lost."""
        if self._compactor is not None and self._compactor.poll() != 0:
            return
        if self._journal.wants_compaction():
            sealed = self._journal.rotate()
            self._compactor = subprocess.Popen(
                [sys.executable, "-m", "infra.local.journal", str(self._folder), str(sealed)], close_fds=True
            )


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)


def _holds_something(state: Any) -> bool:
    """Whether a service's state says more than that it is empty; an empty one needs no import at the next start."""
    return any(getattr(value, "_data", value) for value in (state or {}).values())


def _mark(message: dict[str, Any]) -> tuple[Any, ...]:
    """What of a message may change after it was sent."""
    return message["visible_at"], message["receive_count"], message["receipt_handle"], message.get("enqueued_at")
