"""What the clock starts. For Lambda's schedules, and for the loop of `make run`. Each may be started twice at once,
and of two starts close together `handle` runs one.

`SCHEDULES` says how many seconds lie between two starts; `handle` is the function's entry, and the clock says which."""

from collections.abc import Mapping
from typing import Any

from handlers.lambdas.workers import services
from miniapp.core import log, metrics


def resume_imports(event: Mapping[str, Any], context: Any) -> int:
    """Wake workers for imports whose worker died."""
    return services().exam_office.resume_all()


def begin_rounds(event: Mapping[str, Any], context: Any) -> int:
    """Tell those who wait of what came out, and go on with rounds that stalled."""
    return services().rounds.begin_due()


def sweep_outbox(event: Mapping[str, Any], context: Any) -> int:
    """Messages whose note was lost get another one."""
    return services().outbox.sweep()


def erase_old(event: Mapping[str, Any], context: Any) -> int:
    """Factor hashes and registrations go when their days are over."""
    return len(services().erasing.run())


def anchor_audit(event: Mapping[str, Any], context: Any) -> int:
    """Heads of audit chains that moved are written down where nothing can be let go."""
    return services().anchors.write()


def relist_agencies(event: Mapping[str, Any], context: Any) -> bool:
    """The directory learns of changes whose note was lost."""
    return services().listing.rewrite()


SCHEDULES = {
    "resume_imports": (resume_imports, 60),
    "begin_rounds": (begin_rounds, 60),
    "sweep_outbox": (sweep_outbox, 300),
    "relist_agencies": (relist_agencies, 600),
    "erase_old": (erase_old, 3600),
    "anchor_audit": (anchor_audit, 900),
}


def handle(event: Mapping[str, Any], context: Any) -> int:
    """Lambda's entry: `{"schedule": "<name>"}`. A name that is not there is an error, for it would never run.

    The clock starts a job at least once, so of two starts close together one runs; a job that failed may be started
    again at once. A heartbeat is told by those that ran to their end: silence rings (F46)."""
    name = event["schedule"]
    work, seconds = SCHEDULES[name]
    once = services().once
    if not once.turn(name, seconds / 2):
        log.info("schedule_runs_already", schedule=name)
        return 0
    try:
        done = work(event, context)
    except Exception as failure:
        log.error("schedule_failed", failure, schedule=name)
        metrics.put({"schedule": name}, ScheduleFailed=1)
        once.turn_failed(name)
        raise
    metrics.put({"schedule": name}, Heartbeat=1)
    return done
