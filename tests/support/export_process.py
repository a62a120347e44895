"""A worker that writes one export in a process of its own, and tells what memory it took. Started by tests, which kill it.

`python -m tests.support.export_process ENDPOINT EXPORT SECONDS SOURCE ROWS WIDE`; the clock stands so many seconds ahead, so
that the lease of one that was killed is over."""

import json
import resource
import sys
from datetime import UTC, datetime, timedelta

from handlers.export_kinds import export_kinds
from handlers.wiring import Services
from miniapp.exports.model import Kind
from miniapp.exports.store import ExportStore
from miniapp.exports.writing import PART, Writing
from tests.support.cloud import settings_for
from tests.support.exports import AGENCY, SMALLEST, Counting
from tests.support.fakes import StoppedClock


def main(endpoint: str, export: str, ahead: str, source: str, rows: str, wide: str) -> None:
    services = Services(settings_for(endpoint), clock=StoppedClock(datetime.now(UTC) + timedelta(seconds=int(ahead))))
    services.bind()
    kinds = dict(export_kinds())
    made = Counting(int(rows), int(wide), 1_000)
    kinds["counting"] = Kind("dossiers.read", lambda agency, order: made)
    part = SMALLEST if source == "small" else PART
    writing = Writing(ExportStore(), kinds, services.files, services.audit, services.clock, part)
    done = writing.work(AGENCY, export)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps({"sha256": done.sha256, "rows": done.rows, "tries": done.tries, "asked": made.asked, "peak": peak})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
