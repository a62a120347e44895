"""The engine's own process: ministack behind a keeper, from the lock on its folder to the last write.

For `python -m infra.local.engine` and nobody else; the parent's side is `infra.local.engine.Engine`. It answers on the
loopback address only, checks signatures and policies as deployed (AUTH=true), and says in one sentence why it won't
start. The admin key of ministack (`test`) is not checked by ministack: whoever can run programs here can use it."""

import asyncio
import contextlib
import fcntl
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.local.journal import Damaged, Journal

HOST = "127.0.0.1"
PINNED = "1.5.33"
EXTRAS = ("docker", "duckdb", "asyncssh", "psycopg2", "pymysql", "samtranslator")  # of ministack[full]; none is needed
REFUSED = 3
WORDS = "engine: "  # how the sentence for people begins in the log


class Refusal(Exception):
    """Why the engine does not start, as a sentence."""


@dataclass(frozen=True)
class Order:
    """What the engine is asked to be."""

    data: Path
    port: int  # 0: any free one
    region: str
    testing: bool  # may be emptied by a request
    keep: bool
    with_parent: bool  # stops when standard input ends


def serve(order: Order) -> int:
    """Run until SIGINT, SIGTERM or the parent's end; the process's exit code."""
    try:
        with _folder(order.data) as lock:
            _serve_alone(order, lock)
    except (Refusal, Damaged) as refusal:
        print(f"{WORDS}{refusal}", file=sys.stderr, flush=True)
        return REFUSED
    return 0


def _serve_alone(order: Order, lock: Any) -> None:
    sock = _bound(order.port)
    port = sock.getsockname()[1]
    lock.write(json.dumps({"pid": os.getpid(), "port": port}))
    lock.flush()
    ministack = _ministack(order.data, port, order.region)
    from infra.local.keeping import Keeper

    folder = order.data / "journal"
    journal = Journal(folder)
    keeper = Keeper(ministack, journal, folder)
    _put_back(keeper, journal)
    print(f"{WORDS}answers on port {port}", file=sys.stderr, flush=True)
    try:
        try:
            asyncio.run(_run(order, ministack, keeper, sock))
        finally:
            journal.close()
    except OSError as failure:
        raise Refusal(
            f"{folder} can't be written ({failure.strerror or failure}), so the engine stopped: "
            "nothing is to be confirmed that isn't kept."
        ) from failure


def _put_back(keeper: Any, journal: Journal) -> None:
    began = time.perf_counter()
    groups = journal.load()
    keeper.put_back(groups)
    rows = sum(len(values) for name, values in groups.items() if name.startswith(b"item:"))
    print(f"{WORDS}{rows} rows put back in {time.perf_counter() - began:.2f} s", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _folder(data: Path) -> Iterator[Any]:
    """Own the folder; the lock ends with the process, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    os.chmod(data, 0o700)
    with (data / "engine.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = json.loads(lock.read() or "{}")
            raise Refusal(
                f"another engine (process {owner.get('pid', 'unknown')}, port {owner.get('port', 'unknown')}) already "
                f"uses {data}. Stop it, or choose another folder with DATA_DIR."
            ) from None
        lock.truncate(0)
        yield lock


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError as failure:
        raise Refusal(
            f"port {port} can't be used ({failure.strerror}). Stop what uses it, or choose another."
        ) from failure
    return sock


def _ministack(data: Path, port: int, region: str) -> Any:
    if (found := version("ministack")) != PINNED:
        raise Refusal(f"ministack {PINNED} is needed, {found} is installed; the keeper rests on its inner functions.")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # ministack would take a key found here for its administrator's
    # None: "not installed", so that the engine is the same on every machine.
    sys.modules.update(dict.fromkeys(EXTRAS))  # type: ignore[arg-type]
    os.environ |= {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",  # its own snapshots: the keeper's work here
        "STATE_DIR": str(data / "scratch"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "LOG_LEVEL": os.environ.get("ENGINE_LOG_LEVEL", "WARNING"),
    }
    return importlib.import_module("ministack.app")


async def _run(order: Order, ministack: Any, keeper: Any, sock: socket.socket) -> None:
    from hypercorn.asyncio import serve as hypercorn
    from hypercorn.config import Config

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # outlives the loop: a second signal may not cut off the last write
        signal.signal(number, lambda *_: _soon(loop, stop))
    if order.with_parent:
        threading.Thread(target=_wait_for_parent, args=(loop, stop), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{sock.fileno()}"]
    config.graceful_timeout = 1
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 1_000_000
    config.loglevel = "WARNING"
    ended = asyncio.Event()
    keeping = asyncio.create_task(keeper.keep(ended)) if order.keep else None
    if keeping is not None:
        keeping.add_done_callback(lambda _: stop.set())
    await hypercorn(_doors(ministack, keeper, order.testing), config, shutdown_trigger=stop.wait)
    ended.set()
    if keeping is not None:
        await keeping  # the last write; raises what went wrong


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    sys.stdin.buffer.read()
    _soon(loop, stop)


def _soon(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(stop.set)


def _doors(ministack: Any, keeper: Any, testing: bool) -> Any:
    """The ASGI application: ministack, plus our own figures and, for tests, the emptying of everything."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await ministack.app(scope, receive, send)
            return
        call = (scope["method"], scope["path"])
        if call == ("GET", "/_local/figures"):
            await _answer(send, keeper.figures)
        elif testing and call == ("POST", "/_local/empty"):
            await _answer(send, _empty(ministack, keeper))
        else:
            try:
                await ministack.app(scope, receive, send)
            finally:
                keeper.asked(scope)

    return application


async def _answer(send: Any, body: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _empty(ministack: Any, keeper: Any) -> dict[str, bool]:
    """Take everything out of tables, queues and buckets; they themselves, users and stacks stay."""
    keeper.tables.empty()
    for queue in ministack._get_module("sqs")._queues._data.values():
        queue["messages"] = []
        queue["dedup_cache"] = {}
    s3 = ministack._get_module("s3")
    for name in ("tags", "acl", "annotations", "versions", "retention", "legal_hold"):
        getattr(s3, f"_object_{name}").clear()
    s3._multipart_uploads.clear()
    for (account, name), bucket in s3._buckets._data.items():
        if bucket["objects"]:
            bucket["objects"].clear()
            shutil.rmtree(Path(s3.DATA_DIR) / account / name, ignore_errors=True)
    shutil.rmtree(Path(s3.DATA_DIR) / ".versions", ignore_errors=True)
    return {"empty": True}
