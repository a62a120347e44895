"""Debian's PostgreSQL in a folder of its own, for a peer of the benchmarks: started for a run, gone after it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
OWNER = "postgres"  # the server does not run as root
TICKS = os.sysconf("SC_CLK_TCK")


class NotThere(Exception):
    """This machine has no PostgreSQL; the text says how to get it."""


class Server:
    """A running server."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"postgresql+psycopg://{OWNER}@127.0.0.1:{port}/postgres"

    def cpu(self) -> float:
        """CPU seconds of its processes that live now, and of those that ended."""
        first = int((self.folder / "postmaster.pid").read_text().split()[0])
        family = [first, *(pid for pid in _pids() if _stat(pid)[1] == str(first))]
        return sum(sum(map(int, _stat(pid)[11:15])) for pid in family) / TICKS


@contextmanager
def running() -> Iterator[Server]:
    """A server with its defaults and an empty database; NotThere where there is none."""
    programs = _programs()
    with tempfile.TemporaryDirectory() as parent:
        data, log = Path(parent) / "data", Path(parent) / "log"
        _given_to_owner(Path(parent))
        _run(programs / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        _run(programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield Server(data, port)
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _programs() -> Path:
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NotThere("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return found[-1].parent


def _run(*command: object) -> None:
    as_owner = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_owner, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _given_to_owner(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, pwd.getpwnam(OWNER).pw_uid)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, from its state on: parent at 1, own and ended children's ticks at 11 to 14."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["", "", *["0"] * 14]
