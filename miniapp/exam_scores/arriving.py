"""Files that arrive in the bucket for an edition that takes none any more. For the function that the bucket wakes.

An upload's form lives for half an hour; meanwhile its edition may have been approved or given up. Such a file holds
thousands of people's scores, belongs to nothing and nobody can take it: it goes at once, not when its month is over. A
file that an edition holds, or still may take, is never touched."""

import re

from miniapp.core import log
from miniapp.core.errors import NotFound
from miniapp.core.files import Files
from miniapp.exam_scores.model import Edition, EditionState
from miniapp.exam_scores.store import ExamScoreStore

UPLOADS = "uploads"
TAKES = (EditionState.GATHERING, EditionState.CHECKED)
KEY = re.compile(r"scores/([^/]+)/([^/]+)/([^/]+)/([^/]+)")


class Arriving:
    """What becomes of a file that has just been stored."""

    def __init__(self, store: ExamScoreStore, files: Files) -> None:
        self._store = store
        self._files = files

    def arrived(self, key: str) -> bool:
        """Whether the file stays. Doing it twice is doing it once."""
        found = KEY.fullmatch(key)
        if found is None:
            return True  # no upload of scores: not ours to judge
        agency, slug, edition_id, file_id = found.groups()
        if self._may_stay(agency, slug, edition_id, file_id):
            return True
        self._files.remove(UPLOADS, key)
        log.info("upload_dropped", exam=f"{agency}#{slug}", edition=edition_id, file=file_id)
        return False

    def _may_stay(self, agency: str, slug: str, edition_id: str, file_id: str) -> bool:
        try:
            edition: Edition = self._store.edition(self._store.exam(agency, slug, consistent=True), edition_id)
        except NotFound:
            return False
        return edition.state in TAKES or any(item.id == file_id for item in edition.files)
