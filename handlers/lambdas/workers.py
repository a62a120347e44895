"""What reads the queues: one line per queue. For Lambda, and for the workers' loop of `make run`.

An entry takes (event, context) and reports just the records that failed. A new queue is named here and in
`infra/stack.yaml`; a house test names whichever was forgotten. What Lambda calls stands in `started/`: the same entries,
opened while the environment starts."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from handlers.wiring import Services
from miniapp.agencies.crests import CheckCrest
from miniapp.agencies.listing import RelistAgencies
from miniapp.core import log, metrics
from miniapp.core.errors import NotFound
from miniapp.core.queues import per_record
from miniapp.core.starting import settings_of_process
from miniapp.dossiers.batching import ApplyBatch
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.rounds import TellWave
from miniapp.messaging.model import DeliverMessage


@cache
def services() -> Services:
    """The services of this process, made with the first note."""
    made = Services(settings_of_process(), patient=True)
    log.start(made.settings.log_level)
    metrics.start(made.settings.stage if made.settings.figures else "")
    made.bind()
    return made


def opened(ask: Callable[[Services], object]) -> None:
    """Make the services now and ask the store for something that nobody has, so that the first event waits for neither.

    A secret that lacks, a key that is denied, a right that was forgotten: whoever can do no work does not start, and a
    deployment that asks whether it starts is told so. What was to be done comes again, as after any failure."""
    with suppress(NotFound):  # that it is not there is an answer
        ask(services())


def _import(note: ImportEdition) -> None:
    services().importing.wake(note)


import_scores = per_record(ImportEdition, _import)


def _deliver(note: DeliverMessage) -> None:
    services().outbox.deliver(note)


def _tell(note: TellWave) -> None:
    services().rounds.wave(note)


deliver_messages = per_record(DeliverMessage, _deliver)
tell_waves = per_record(TellWave, _tell)


def _check_crest(note: CheckCrest) -> None:
    services().crests.check(note)


def _relist(note: RelistAgencies) -> None:
    services().listing.rewrite()


def _apply_batch(note: ApplyBatch) -> None:
    services().batches.apply(note)


check_crests = per_record(CheckCrest, _check_crest)
relist_agencies = per_record(RelistAgencies, _relist)
apply_batches = per_record(ApplyBatch, _apply_batch)

WORKERS = {
    ImportEdition.queue: import_scores,
    DeliverMessage.queue: deliver_messages,
    TellWave.queue: tell_waves,
    CheckCrest.queue: check_crests,
    RelistAgencies.queue: relist_agencies,
    ApplyBatch.queue: apply_batches,
}
