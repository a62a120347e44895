"""An import at the command line: run here, or watched where a worker is at it already; with a bar in both cases.

For the `scores` commands. It decides nothing: the import is `miniapp.exam_scores.importing`."""

import sys
from types import TracebackType
from typing import Any, Self

import click

from handlers.wiring import Services
from miniapp.core.errors import Conflict
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, EditionState, Exam
from miniapp.exam_scores.reporting import Standing

LOOK_EVERY = 1.0


class Bar:
    """One line on standard error that says the stage and how far it is; nothing at all when `quiet`."""

    def __init__(self, label: str, quiet: bool = False) -> None:
        self._label = label
        self._quiet = quiet
        self._stage = ""
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, at: TracebackType | None
    ) -> None:
        self._finish()

    def tell(self, stage: str, done: int, total: int) -> None:
        """How far a stage is; a new stage begins a new line."""
        if self._quiet:
            return
        if self._bar is None or stage != self._stage:
            self._finish()
            self._stage = stage
            self._bar = click.progressbar(
                length=max(total, 1), label=stage or self._label, file=sys.stderr, show_pos=True
            )
            self._bar.__enter__()
        self._bar.length = max(total, done, 1)
        self._bar.update(done - self._bar.pos)

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.length - self._bar.pos)
            self._bar.__exit__(None, None, None)
            self._bar = None


def checked(services: Services, exam: Exam, edition_id: str, quiet: bool) -> Edition:
    """The edition, brought to `checked` here, or by the worker that is at it."""
    note = ImportEdition(exam.agency, exam.slug, edition_id)
    with Bar("importing", quiet) as bar:
        while True:
            edition = services.exam_office.edition(exam, edition_id)
            if edition.state is not EditionState.GATHERING or not edition.files:
                return edition
            try:
                return services.importing.run(note, bar.tell)
            except Conflict as conflict:
                if conflict.code != "import_under_way":
                    raise
            _watch(services, exam, edition_id, bar)


def _watch(services: Services, exam: Exam, edition_id: str, bar: Bar) -> None:
    """Look on until the other worker is done, or was not heard of for a minute."""
    reports = services.exam_reports
    while True:
        edition = services.exam_office.edition(exam, edition_id)
        work = reports.work(exam, edition)
        if reports.standing(exam, edition, work) is not Standing.IMPORTING or work is None or not work.live:
            return
        bar.tell(work.stage, work.done, work.total)
        services.sleep(LOOK_EVERY)
