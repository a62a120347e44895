"""The whole system on this machine: `make run`. Engine, web, workers and chat simulator, with data kept in one folder.

Starts the engine as a child, brings the stack up, loads the demo once, starts the workers' loop as a child and serves
the pages. Ctrl-C stops all and loses nothing; `kill -9` of everything loses at most the last 3 seconds."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import waitress

from handlers.app import create_app
from handlers.wiring import Services
from infra.local import demo, demo_quality, demo_ratings, stack
from infra.local.authenticator import PATH as PHONE
from infra.local.authenticator import with_authenticator
from infra.local.engine import Credentials, Engine, EngineStopped
from infra.local.secrets_kept import kept_secrets, write_private
from infra.local.told import Told
from infra.seed import load as seed
from infra.seed.tree import tree
from miniapp.agencies.store import AgencyStore
from miniapp.core import log
from miniapp.core.settings import PREFIX, Settings

STAGE = "demo"
DEPARTMENT = "so-gddt-dak-lak"
PROVINCE, WARD = "ubnd-tinh-dak-lak", "phuong-tuy-hoa-dak-lak"
THREADS = 8


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"  {text}", flush=True)


def main() -> int:
    """Start, serve, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path(".data"))
    given = parser.parse_args()
    try:
        door = opened(given.port)
    except OSError as failure:
        say_why(f"Port {given.port} can't be taken ({failure.strerror}): stop who has it, or choose one: PORT=8001.")
        return 1
    folder = given.data.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # A script's shell starts what it sends to the background deaf to Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    engine = Engine(folder / "engine")
    say("Starting the engine …")
    try:
        engine.start()
        engine.wait_ready()
    except EngineStopped as stopped:
        say_why(str(stopped))
        return 1
    try:
        return serve(engine, folder, door)
    except demo.DemoLost as lost:
        say_why(str(lost))
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        say("Stopping …")
        engine.stop()


def opened(port: int) -> socket.socket:
    """The address of the pages, ours before minutes are spent on what stands behind it."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    return door


def say_why(text: str) -> None:
    """Why it could not start."""
    print(f"\n  {text}\n", file=sys.stderr)


def serve(engine: Engine, folder: Path, door: socket.socket) -> int:
    """Everything above the engine, until Ctrl-C."""
    port = door.getsockname()[1]
    base = f"http://localhost:{port}"
    say("Bringing tables, buckets and queues up …")
    made = stack.apply(engine.endpoint, STAGE, {"WebOrigin": base})
    say(f"Left out, since only an account needs them: {left_out(made)}.")
    environ = environment(engine, stack.app_user(engine.endpoint, made, folder), kept_secrets(folder), base)
    os.environ.update(environ)
    write_private(folder / "env", "".join(f"export {name}='{value}'\n" for name, value in sorted(environ.items())))
    services = Services(Settings.from_env())
    log.start("WARNING")
    services.bind()
    load_demo(services, folder)
    app = create_app(services=services)
    Told(stack.client(engine.endpoint, "logs"), f"/aws/lambda/motcua-{STAGE}-public").follow()
    services.editions.warm()
    worker = subprocess.Popen(
        [sys.executable, "-m", "infra.local.work"], env={**os.environ, **environ}, preexec_fn=_deaf_to_ctrl_c
    )
    threading.Thread(target=load_agencies, args=(services,), daemon=True).start()
    try:
        door.listen()  # whoever reads the addresses and comes at once waits a moment, and is not refused
        show(base, folder)
        waitress.serve(with_authenticator(app, folder), sockets=[door], threads=THREADS, ident=None, _quiet=True)
        return 0
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _deaf_to_ctrl_c() -> None:
    """Ctrl-C goes to a terminal's whole group: a child that is still importing would answer it with a trace. It listens
    once it can stop in order; until then we end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def left_out(made: stack.Stack) -> str:
    """What of the stack is not made here, by kind: `40 CloudWatch Alarm, 11 IAM Role`."""
    return ", ".join(f"{count} {' '.join(kind.split('::')[1:])}" for kind, count in sorted(made.left_out.items()))


def environment(engine: Engine, keys: Credentials, secrets: Mapping[str, str], base: str) -> dict[str, str]:
    """What the web, the workers and the operations commands find in their environment."""
    settings = {
        "stage": STAGE,
        "base_url": base,
        "trusted_hosts": "localhost,127.0.0.1",
        "session_key": secrets["session_key"],
        "factor_keys": secrets["factor_keys"],
        "signing_keys": secrets["signing_keys"],
        "aws_endpoint": engine.endpoint,
        "chat": "simulator",
        "secure_cookies": "0",
        "log_level": "WARNING",
        "figures": "0",
    }
    return {PREFIX + name.upper(): value for name, value in settings.items()} | {
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_DEFAULT_REGION": keys.region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def load_demo(services: Services, folder: Path) -> None:
    """The department with its exams, before anything is served; what is there already stays."""
    store = AgencyStore()
    family = demo_family()
    if store.existing([agency.id for agency in family]) != {agency.id for agency in family}:
        say("Loading the demo province …")
        seed.load(store, services.files, lambda done, total: None, some=family)
    demo.load(services, folder, DEPARTMENT, say)
    demo.load_procedures(services, say)
    demo.open_procedures(services, (PROVINCE, DEPARTMENT, WARD))
    demo.open_dossiers(services, DEPARTMENT)
    demo_ratings.load(services, folder, DEPARTMENT, say)
    demo_quality.load(services, DEPARTMENT, say)


def demo_family() -> list[Any]:
    """The department, its province and everything right below them."""
    by_id = {agency.id: agency for agency in tree()}
    department = by_id[DEPARTMENT]
    province = by_id[department.parent]
    below = [agency for agency in by_id.values() if agency.parent in (department.id, province.id)]
    return list({agency.id: agency for agency in (province, department, *below)}.values())


def load_agencies(services: Services) -> None:
    """All other agencies, while the pages are served already."""
    store = AgencyStore()
    if not seed.is_loaded(store):
        added = seed.load(store, services.files, _progress)
        say(f"All agencies are loaded ({added:,} new).")


def _progress(done: int, total: int) -> None:
    if done % 3_000 < 100:
        say(f"Agencies: {done:,} of {total:,} …")


def show(base: str, folder: Path) -> None:
    """The addresses, and who may sign in."""
    print(
        f"""
  Một Cửa is running. Data is kept in {folder}; Ctrl-C stops and loses nothing,
  a crash loses at most the last 3 seconds.

    the chat, with the pages in it   {base}/demo/chat
    find an agency                   {base}/
    scores of the demo exam          {base}/{DEPARTMENT}/diem-thi/thpt-2026
    procedures of a demo ward        {base}/{WARD}/thu-tuc
    follow a dossier                 {base}/{DEPARTMENT}/ho-so   (the counter's officer takes them in)
    its public figures               {base}/{DEPARTMENT}/chat-luong
    the console                      {base}/console/sign-in
    the demo officers' phone         {base}{PHONE}   (logins, passwords, codes)
    commands                         . {folder}/env && .venv/bin/flask --app handlers.app --help
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
