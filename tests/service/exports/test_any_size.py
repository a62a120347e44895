"""Size changes neither memory nor the file: processes that are killed with kill -9 between parts, and what the next ones make."""

import hashlib
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.wiring import Services
from miniapp.accounts.access import Operator
from miniapp.dossiers.rows import DossierLineRow
from miniapp.dossiers.store import month_key
from miniapp.exports.model import Export, Order
from miniapp.exports.store import ExportStore
from tests.support.cloud import Cloud
from tests.support.exports import AGENCY, ExportTown, plain, sha256
from tests.support.fakes import StoppedClock

ROWS, WIDE = 30_000, 600  # some 18 MB: four parts of the smallest size
A_PART = 16  # MB by which memory may differ: a part, and what its copy takes
AHEAD = 150  # seconds: more than a lease


@pytest.fixture
def services(cloud: Cloud) -> Services:
    held = Services(cloud.settings, clock=StoppedClock(datetime.now(UTC)))
    held.bind()
    return held


class Workers:
    """Starts workers for one export, one after another."""

    def __init__(self, cloud: Cloud, held: Export, source: str, rows: int = 0, wide: int = 0) -> None:
        self._asked = [cloud.engine.endpoint, held.id]
        self._told = [source, str(rows), str(wide)]
        self._held = held
        self._ahead = 0

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.support.export_process", *self._asked, str(self._ahead), *self._told]
        self._ahead += AHEAD
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def killed_after(self, parts: int) -> None:
        """One that is killed once so many parts stand."""
        process = self._start()
        store = ExportStore()
        while process.poll() is None:
            now = store.find(AGENCY, self._held.id)
            if now is not None and now.parts >= parts:
                process.kill()
            time.sleep(0.02)
        process.communicate()
        assert process.returncode == -9, "it came to its end before it could be killed"

    def to_the_end(self) -> Any:
        """One that is let be: what it told."""
        told, _ = self._start().communicate()
        return json.loads(told)


def counting(services: Services, rows: int, wide: int) -> Export:
    return ExportTown(services, rows, wide).ordered(Operator())


def test_workers_that_are_killed_make_the_file_that_one_makes(cloud: Cloud, services: Services):
    whole = sha256(plain(ROWS, WIDE))
    workers = Workers(cloud, counting(services, ROWS, WIDE), "small", ROWS, WIDE)
    workers.killed_after(1)
    workers.killed_after(2)
    done = workers.to_the_end()
    assert (done["sha256"], done["rows"], done["tries"]) == (whole, ROWS, 0)
    assert done["asked"] < ROWS  # what the dead had written was not read again


def test_four_times_the_rows_take_the_same_memory(cloud: Cloud, services: Services):
    small, large = (
        Workers(cloud, counting(services, rows, WIDE), "small", rows, WIDE).to_the_end() for rows in (ROWS, 4 * ROWS)
    )
    assert (small["rows"], large["rows"]) == (ROWS, 4 * ROWS)
    assert large["peak"] - small["peak"] <= A_PART


@pytest.mark.sweep
def test_five_million_rows_survive_kills_in_the_memory_of_one_part(cloud: Cloud, services: Services):
    rows = 5_000_000
    small = Workers(cloud, counting(services, 500_000, 0), "counting", 500_000).to_the_end()
    workers = Workers(cloud, counting(services, rows, 0), "counting", rows)
    for parts in (1, 4, 9):
        workers.killed_after(parts)
    done = workers.to_the_end()
    digest = hashlib.sha256(plain(0))
    for first in range(0, rows, 100_000):
        lines = (f'"{n:08}","{n % 10}",""\r\n' for n in range(first, first + 100_000))
        digest.update("".join(lines).encode())
    assert (done["sha256"], done["rows"]) == (digest.hexdigest(), rows)
    assert done["peak"] - small["peak"] <= A_PART


@pytest.mark.sweep
def test_two_hundred_thousand_stored_rows_survive_kills(cloud: Cloud, services: Services):
    rows = 200_000
    _stored(rows)
    order = Order("dossiers", {"from": MONTHS[0], "to": MONTHS[-1]}, ("a",))
    workers = Workers(cloud, services.exports.order(Operator(), AGENCY, order), "dossiers")
    workers.killed_after(1)
    workers.killed_after(2)
    done = workers.to_the_end()
    lines = (_line(n) for n in range(rows))
    whole = b"\xef\xbb\xbf" + ('"a"\r\n' + "".join(lines)).encode()
    assert (done["sha256"], done["rows"]) == (sha256(whole), rows)


DUE = "2026-07-20T02:00:00.000Z"
NAME = "Đăng ký khai sinh"
MONTHS = [f"2025-{month:02}" for month in range(1, 13)] + [f"2026-{month:02}" for month in range(1, 9)]
A_MONTH = 10_000


def _stored(rows: int) -> None:
    with DossierLineRow.batch_write() as batch:
        for n in range(rows):
            key, place = month_key(AGENCY, MONTHS[n // A_MONTH]), f"{DUE}#{n:08}"
            row = DossierLineRow(key, place, code=f"{n:08}", status=10, procedure="1.001193", procedure_name=NAME)
            row.due = row.changed_at = DUE
            row.post, row.version = "Công chức tư pháp, hộ tịch của phường", 1
            batch.save(row)


def _line(n: int) -> str:
    post = "Công chức tư pháp, hộ tịch của phường"
    return f'"{n:08}","10","1.001193","{NAME}","{post}","2026-07-20 09:00","2026-07-20 09:00"\r\n'
