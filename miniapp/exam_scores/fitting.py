"""An edition's row within what one item may hold, however many files it has and whatever is wrong with them.

For the import, which writes the row. Pages show the first findings of each file from the row; every one of them stands in
the lists beside it. Where the row would grow too large it names fewer, and says how many others there are: counts stay
what they were. Pure: an edition in, the same edition with less to read out."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby

from miniapp.core.plain import to_plain
from miniapp.exam_scores.findings import OTHERS
from miniapp.exam_scores.model import Edition, Finding

ROW_MOST = 350_000  # bytes, of the 400,000 of an item: its keys and a file more are to fit beside
FEWER = (20, 8, 4, 2, 1)  # findings that each file names, until they fit
SHORT = 12  # characters of a column or value, when even one finding a file is too much


def fitted(edition: Edition) -> Edition:
    """The edition as its row can hold it."""
    for most in FEWER:
        if size(edition) <= ROW_MOST:
            return edition
        edition = _each(edition, partial(_fewer, most))
    return edition if size(edition) <= ROW_MOST else _each(edition, _shorter)


def size(edition: Edition) -> int:
    """Bytes of the row's body."""
    return len(json.dumps(to_plain(edition), ensure_ascii=False).encode())


def _each(edition: Edition, less: Callable[[tuple[Finding, ...]], Iterable[Finding]]) -> Edition:
    return replace(edition, files=tuple(replace(item, findings=tuple(less(item.findings))) for item in edition.files))


def _fewer(most: int, kinds: tuple[Finding, ...]) -> Iterator[Finding]:
    """The first findings of one file: of each kind that only other files bring about, and of the file's own kinds."""
    beside = sorted((kind for kind in kinds if kind.is_together), key=lambda kind: kind.code)
    for _, group in groupby(beside, key=lambda kind: kind.code):
        alike = list(group)
        yield from alike[: most - 1]
        if rest := alike[most - 1 :]:
            yield replace(rest[0], count=sum(kind.count for kind in rest))
    own = [kind for kind in kinds if not kind.is_together]
    yield from own[:most]
    for code, severity in OTHERS.items():
        if count := sum(kind.count for kind in own[most:] if kind.severity == severity):
            yield Finding(code, severity, count, 0, "", "")


def _shorter(kinds: tuple[Finding, ...]) -> Iterator[Finding]:
    return (replace(kind, column=kind.column[:SHORT], value=kind.value[:SHORT]) for kind in kinds)
