"""Logos of agencies: sent by an admin, checked by a worker, shown to everybody under a name that never changes its picture.

For the desk (send, see how it stands, take away), the worker, and the address that pictures come from. A file lies in
the uploads, where nobody is served from, until the worker has written it anew; a broken one changes nothing. The last
one sent counts. It does not decide who may send."""

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

from miniapp.agencies.crest_store import CrestStore, Sent, State, Waiting
from miniapp.agencies.pictures import badge
from miniapp.agencies.service import Agencies
from miniapp.core import log
from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.files import Files, UploadForm
from miniapp.core.ids import Ids
from miniapp.core.queues import Queues
from miniapp.core.stuck import AFTER, Stuck
from miniapp.core.stuck import TRIES as TRIED_MOST

UPLOADS, KEPT_IN = "uploads", "packs"
UPLOAD_MOST = 2 * 1024 * 1024
PICTURE_MOST = 512 * 1024
ADDRESS = "/assets/crests/"
REMEMBERED = 64
TRIES = 4
_NAME = re.compile(r"[0-9a-f]{32}\.png\Z")
_UPLOAD = re.compile(r"crs_[0-9A-Za-z_]{1,40}\Z")


@dataclass(frozen=True)
class CheckCrest:
    """A note: a logo has arrived."""

    queue: ClassVar[str] = "agency_crests"
    agency: str
    upload: str
    v: int = 1


class Crests:
    """Sends, checks, shows."""

    def __init__(
        self, store: CrestStore, agencies: Agencies, files: Files, queues: Queues, clock: Clock, ids: Ids
    ) -> None:
        self._store = store
        self._agencies = agencies
        self._files = files
        self._queues = queues
        self._clock = clock
        self._ids = ids
        self._lock = Lock()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()

    def new_upload(self) -> str:
        """The id under which one file may be sent."""
        return self._ids.new("crs")

    def upload_form(self, agency: str, upload: str, then: str) -> UploadForm:
        """A form that takes one file and goes to `then`."""
        return self._files.upload_form(UPLOADS, _key(agency, upload), UPLOAD_MOST, then)

    def has_arrived(self, agency: str, upload: str) -> bool:
        """Whether a file lies under this id."""
        return bool(_UPLOAD.match(upload)) and self._files.find(UPLOADS, _key(agency, upload)) is not None

    def sent(self, agency: str) -> Sent | None:
        """The logo that was sent last, and what became of it."""
        return self._store.sent(agency)

    def take(self, agency: str, upload: str, by: str) -> None:
        """Have a file that has arrived checked and shown; NotFound `crest_not_arrived`."""
        if not self.has_arrived(agency, upload):
            raise NotFound("crest_not_arrived")
        self._store.begin(agency, Sent(upload, State.WAITING, "", by, iso(self._clock.now())))
        self._queues.send(CheckCrest(agency, upload))

    def check(self, note: CheckCrest) -> None:
        """What the worker does: the file becomes the agency's logo, or the reason why not is kept.

        The file as it was sent goes whatever became of it: one that died after the end, or a newer file that took its
        place, would leave it, and where its picture was taken, lying until the bucket's own days are over."""
        key = _key(note.agency, note.upload)
        sent = self._store.sent(note.agency)
        if sent is not None and sent.upload == note.upload and sent.state is State.WAITING:
            self._end(note.agency, sent, key)
        self._files.remove(UPLOADS, key)

    def _end(self, agency: str, sent: Sent, key: str) -> None:
        try:
            name, body = self._made(key)
        except (Invalid, NotFound) as problem:
            self._store.refuse(agency, sent, problem.code)
            log.info("crest_refused", agency=agency, code=problem.code)
            return
        self._files.put(KEPT_IN, f"crests/{name}", body, "image/png")
        self._show(agency, sent, ADDRESS + name)

    def wake(self) -> int:
        """Call the worker again for logos whose note was lost, three times at most; how many (a schedule calls this)."""
        woken = 0
        for waiting in self._overdue():
            if waiting.calls < TRIED_MOST:
                self._queues.send(CheckCrest(waiting.agency, waiting.upload))
                self._store.called(waiting)
                woken += 1
        return woken

    def stuck(self) -> list[Stuck]:
        """Logos that wait although the worker was called again and again."""
        return [Stuck("crests", one.agency, one.upload, one.at, one.calls) for one in self._overdue()]

    def _overdue(self) -> list[Waiting]:
        """What has waited too long; marks of what waits no more go."""
        found = []
        for waiting in self._store.waiting():
            sent = self._store.sent(waiting.agency)
            if sent is None or sent.upload != waiting.upload or sent.state is not State.WAITING:
                self._store.waits_no_more(waiting)
            elif self._clock.now() - waiting.at >= AFTER:
                found.append(waiting)
        return found

    def remove(self, agency: str, by: str) -> None:
        """Show the plain picture again."""
        self._agencies.crest(agency, "", by)

    def picture(self, name: str) -> bytes:
        """A logo by its name, remembered; NotFound `page_unknown`, without a read for what can be none."""
        if not _NAME.match(name):
            raise NotFound("page_unknown")
        found = self._pictures.get(name)
        if found is None:
            found = self._files.get(KEPT_IN, f"crests/{name}", PICTURE_MOST)
            with self._lock:
                self._pictures[name] = found
                while len(self._pictures) > REMEMBERED:
                    self._pictures.popitem(last=False)
        return found

    def _made(self, key: str) -> tuple[str, bytes]:
        found = self._files.find(UPLOADS, key)
        if found is None:
            raise NotFound("crest_not_arrived")
        if found.size > UPLOAD_MOST:
            raise Invalid("crest_file_too_large")
        body = badge(self._files.get(UPLOADS, key, UPLOAD_MOST))
        return f"{hashlib.sha256(body).hexdigest()[:32]}.png", body

    def _show(self, agency: str, sent: Sent, address: str) -> None:
        """The agency's row, the trail and the upload's state in one step, unless another file was sent meanwhile."""
        for attempt in range(TRIES):
            try:
                self._agencies.crest(agency, address, sent.by, [self._store.done(agency, sent)])
                return
            except Conflict as conflict:
                if conflict.code == "crest_replaced":
                    return
                if conflict.code != "agency_changed" or attempt == TRIES - 1:
                    raise


def _key(agency: str, upload: str) -> str:
    return f"crests/{agency}/{upload}"
