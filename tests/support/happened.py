"""What is told as counted, while a test does something. For tests of what is counted."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from handlers.usage_kinds import KINDS
from miniapp.core import log
from miniapp.core.happenings import counts


class Heard(logging.Handler):
    """Lines as the log writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(log.as_line(record))

    @property
    def counted(self) -> Counter[tuple[str, ...]]:
        """How often what was told: agency, kind and facts."""
        found: Counter[tuple[str, ...]] = Counter()
        for one, times in counts(self.lines, KINDS).items():
            found[one.agency, one.kind, *one.facts] += times
        return found


@contextmanager
def heard() -> Iterator[Heard]:
    """The lines that are told meanwhile."""
    logger, held = logging.getLogger("motcua"), Heard()
    level = logger.level
    logger.addHandler(held)
    logger.setLevel(logging.INFO)
    try:
        yield held
    finally:
        logger.removeHandler(held)
        logger.setLevel(level)
