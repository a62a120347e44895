"""One import in a process of its own (`python -m tests.load.one_import ENDPOINT YEAR`): prints its peak memory.

The file is uploaded by a child before, so that the peak is the worker's alone."""

import json
import lzma
import multiprocessing
import shutil
import sys
import tempfile
from pathlib import Path

from miniapp.core.aws import Aws
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Reason
from tests.support.cloud import settings_for
from tests.support.exams import UPLOADER, Bureau, exam


class _Cloud:
    def __init__(self, endpoint: str) -> None:
        self.settings = settings_for(endpoint)
        self.aws = Aws(self.settings)


def upload(endpoint: str, year: Path, key: str) -> None:
    """The plain year into the bucket."""
    cloud = _Cloud(endpoint)
    with tempfile.TemporaryFile() as plain, lzma.open(year) as packed:
        shutil.copyfileobj(packed, plain)
        plain.seek(0)
        cloud.aws.s3.put_object(Bucket=cloud.settings.resource("uploads"), Key=key, Body=plain)


def main(endpoint: str, year: Path) -> None:
    """Import, say the peak."""
    bureau = Bureau(_Cloud(endpoint))  # type: ignore[arg-type]
    made = bureau.office.add_exam(exam(agency="agc_memory", slug="memory"), UPLOADER)
    edition = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    file_id, _ = bureau.office.upload_form(made, edition, "http://localhost:8000/")
    key = f"scores/{made.agency}/{made.slug}/{edition.id}/{file_id}"
    child = multiprocessing.get_context("spawn").Process(target=upload, args=(endpoint, year, key))
    child.start()
    child.join()
    bureau.office.take_file(made, edition.id, file_id, "year.csv", UPLOADER)
    before = peak()
    bureau.importing.run(ImportEdition(made.agency, made.slug, edition.id))
    print(json.dumps({"before_mib": before, "peak_mib": peak()}))


def peak() -> float:
    """The most memory this process has had, in MiB: VmHWM, since ru_maxrss keeps what the parent had before exec."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
