"""What the clock starts. For Lambda's schedules, and for the loop of `make run`. Each may be started twice at once,
and of two starts close together `handle` runs one.

`SCHEDULES` says how many seconds lie between two starts; `handle` is the function's entry, and the clock says which."""

from collections.abc import Mapping
from typing import Any

from handlers.lambdas.failing import by_kind
from handlers.lambdas.workers import services
from handlers.wiring import Services
from miniapp.core import log, metrics
from miniapp.core.stuck import oldest

COUNTED_IN = 30_000  # milliseconds that must be left for another day of ballots to be begun
IMPORT_SECONDS = 45  # of a minute, after which the next start goes on
STUCK_TOLD = 20  # lines of the log per pipeline


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


def count_ratings(event: Mapping[str, Any], context: Any) -> int:
    """Days whose ballots changed are looked at for doubts and counted anew, as many as there is time for."""
    held = services()
    return held.rolling_up.run(
        lambda: context is None or context.get_remaining_time_in_millis() > COUNTED_IN, held.doubting.look
    )


def publish_quality(event: Mapping[str, Any], context: Any) -> int:
    """A quarter of each agency comes out once, eight days after its end."""
    return services().publish_quality()


def sweep_dossiers(event: Mapping[str, Any], context: Any) -> int:
    """Dossiers whose papers did not come in time are stopped; after a calendar changed, appointments are counted anew."""
    return services().dossier_sweeping.run()


def tell_dossiers(event: Mapping[str, Any], context: Any) -> int:
    """What happened to dossiers, and what was decided about them again, is told to whoever keeps them and asked to be told."""
    held = services()
    return held.dossier_telling.run() + held.reopening_news.run()


def refresh_tokens(event: Mapping[str, Any], context: Any) -> int:
    """Official Accounts' tokens are replaced at half their life."""
    return services().tokens.refresh_due()


def import_dossiers(event: Mapping[str, Any], context: Any) -> int:
    """Files of other systems are taken in, row by row, for as long as a start may last."""
    held = services()
    until = held.monotonic() + IMPORT_SECONDS
    return held.sheet_imports.resume_all(lambda: held.monotonic() >= until)


def write_exports(event: Mapping[str, Any], context: Any) -> int:
    """Lists that officers ordered are written, part by part, for as long as a start may last."""
    held = services()
    until = held.monotonic() + IMPORT_SECONDS
    return held.export_writing.resume_all(lambda: held.monotonic() >= until)


def count_usage(event: Mapping[str, Any], context: Any) -> int:
    """What the log told is counted, quarter of an hour by quarter."""
    return services().usage_rolling.run(lambda: context is None or context.get_remaining_time_in_millis() > COUNTED_IN)


def reconcile(event: Mapping[str, Any], context: Any) -> int:
    """What waits longer than a quarter of an hour is begun anew where nothing else does it, and told by pipeline."""
    return reconciled(services())


def reconciled(held: Services) -> int:
    """The same of these services."""
    woken = held.crests.wake() + held.batches.wake()
    now = held.clock.now()
    for pipeline, found in held.stuck().items():
        metrics.put({"pipeline": pipeline}, Stuck=len(found), OldestStuck=oldest(found, now))
        for one in found[:STUCK_TOLD]:
            log.warning("stuck", pipeline=pipeline, agency=one.agency, what=one.what, tries=one.tries)
    return woken


SCHEDULES = {
    "resume_imports": (resume_imports, 60),
    "begin_rounds": (begin_rounds, 60),
    "sweep_outbox": (sweep_outbox, 300),
    "count_ratings": (count_ratings, 60),
    "relist_agencies": (relist_agencies, 600),
    "erase_old": (erase_old, 3600),
    "anchor_audit": (anchor_audit, 900),
    "refresh_tokens": (refresh_tokens, 300),
    "publish_quality": (publish_quality, 3600),
    "sweep_dossiers": (sweep_dossiers, 900),
    "tell_dossiers": (tell_dossiers, 60),
    "import_dossiers": (import_dossiers, 60),
    "write_exports": (write_exports, 60),
    "count_usage": (count_usage, 300),
    "reconcile": (reconcile, 900),
}


def handle(event: Mapping[str, Any], context: Any) -> int:
    """Lambda's entry: `{"schedule": "<name>"}`. A name that is not there is an error, for it would never run.

    The clock starts a job at least once, so of two starts close together one runs; a job that failed may be started
    again at once. A heartbeat is told by those that ran to their end: silence rings (F46). No name at all is a deployment
    that asks whether this starts."""
    name = event["schedule"]
    if not name:
        services()
        return 0
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
        raise by_kind(failure) from None
    metrics.put({"schedule": name}, Heartbeat=1)
    return done
