"""One import over the edition that is out, in a process of its own (`python -m tests.load.one_import ENDPOINT YEAR`):
prints its peak memory.

The year is released before, and the file uploaded, by a child, so that the peak is the worker's alone."""

import json
import lzma
import multiprocessing
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from miniapp.core.aws import Aws
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, Exam, Reason
from tests.support.cloud import settings_for
from tests.support.exams import APPROVER, UPLOADER, Bureau, exam

MEGABYTE = 1_000_000
AGENCY, SLUG = "agc_memory", "memory"
EVERY = 100


class _Cloud:
    def __init__(self, endpoint: str) -> None:
        self.settings = settings_for(endpoint)
        self.aws = Aws(self.settings)


def bureau_at(endpoint: str) -> Bureau:
    """All of the slice, as this process sees it."""
    return Bureau(_Cloud(endpoint))  # type: ignore[arg-type]


def gathered(bureau: Bureau, made: Exam, lines: Iterable[bytes]) -> Edition:
    """An edition with a plain file that waits to be read."""
    edition = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    with tempfile.TemporaryFile() as plain:
        plain.writelines(lines)
        size = plain.tell()
        plain.seek(0)
        file_id = bureau.office.put_file(made, edition, plain, size)
    return bureau.office.take_file(made, edition.id, file_id, "year.csv", UPLOADER)


def corrected(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The year once more, with the scores of the candidate before at every hundredth."""
    before = b""
    for place, line in enumerate(lines):
        number, comma, scores = line.partition(b",")
        yield number + comma + (before if place and place % EVERY == 0 else scores)
        before = scores


def prepare(endpoint: str, year: Path, edition: str) -> None:
    """The year out, and a corrected one that waits to be imported; the edition's id into the file `edition`."""
    bureau = bureau_at(endpoint)
    made = bureau.office.add_exam(exam(agency=AGENCY, slug=SLUG), UPLOADER)
    with lzma.open(year) as lines:
        first = gathered(bureau, made, lines)
    bureau.importing.run(ImportEdition(made.agency, made.slug, first.id))
    made = bureau.office.approve(made, first.id, APPROVER, None)
    with lzma.open(year) as lines:
        Path(edition).write_text(gathered(bureau, made, corrected(lines)).id)


def main(endpoint: str, year: Path) -> None:
    """Import, say the peak."""
    with tempfile.NamedTemporaryFile("r") as told:
        child = multiprocessing.get_context("spawn").Process(target=prepare, args=(endpoint, year, told.name))
        child.start()
        child.join()
        edition = Path(told.name).read_text()
    bureau = bureau_at(endpoint)
    before = peak()
    checked = bureau.importing.run(ImportEdition(AGENCY, SLUG, edition))
    print(json.dumps({"before_mb": before, "peak_mb": peak(), "rows": checked.candidates, "changed": checked.changed}))


def peak() -> float:
    """The most memory this process has had, in MB: VmHWM, since ru_maxrss keeps what the parent had before exec."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) * 1024 / MEGABYTE, 1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
