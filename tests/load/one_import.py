"""One import in a process of its own (`python -m tests.load.one_import ENDPOINT YEAR`): prints its peak memory."""

import json
import lzma
import resource
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


def main(endpoint: str, year: Path) -> None:
    """Upload without holding the file in memory, import, say the peak."""
    cloud = _Cloud(endpoint)
    bureau = Bureau(cloud)  # type: ignore[arg-type]
    made = bureau.office.add_exam(exam(agency="agc_memory", slug="memory"), UPLOADER)
    edition = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    file_id, _ = bureau.office.upload_form(made, edition, "http://localhost:8000/")
    with tempfile.TemporaryFile() as plain, lzma.open(year) as packed:
        shutil.copyfileobj(packed, plain)
        plain.seek(0)
        key = f"scores/{made.agency}/{made.slug}/{edition.id}/{file_id}"
        cloud.aws.s3.put_object(Bucket=cloud.settings.resource("uploads"), Key=key, Body=plain)
    bureau.office.take_file(made, edition.id, file_id, "year.csv", UPLOADER)
    bureau.importing.run(ImportEdition(made.agency, made.slug, edition.id))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"peak_mib": round(peak, 1)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
