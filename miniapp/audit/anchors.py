"""Heads of the audit chains, written down where nothing can be let go: by them a cut or rewritten trail is known.

For the schedule and for verifying. One object per head that changed since it was last written down; its key says all,
so that verifying reads keys only. Whoever can write to the tables can neither change nor remove what lies here; what
came after the newest anchor is not protected yet. It judges nothing."""

import json
from dataclasses import asdict
from datetime import timedelta

from miniapp.audit.model import Anchor
from miniapp.audit.store import AuditStore
from miniapp.core.clock import Clock, local_day
from miniapp.core.files import Files

BUCKET = "audit"
DAYS_BACK = 3  # today, and the days that ended while no schedule ran; whatever is older hangs on a newer head


class Anchors:
    """Writes heads down, and says what was."""

    def __init__(self, files: Files, clock: Clock, store: AuditStore | None = None) -> None:
        self._files = files
        self._clock = clock
        self._store = store or AuditStore()

    def write(self) -> int:
        """Write down every head that moved since the last time; how many there were. Twice is the same as once."""
        now = self._clock.now()
        days = [local_day(now - timedelta(days=back)) for back in range(DAYS_BACK)]
        moved = [head for day in days for head in self._store.heads_of(day) if head.seq > head.anchored]
        for head in moved:
            anchor = Anchor(head.agency, head.day, head.seq, head.hash)
            self._files.put(BUCKET, _key(anchor), json.dumps(asdict(anchor)).encode(), "application/json")
            self._store.anchored(head)
        return len(moved)

    def of(self, agency: str) -> list[Anchor]:
        """Everything that was written down about an agency."""
        found = (_anchor(key) for key in dict.fromkeys(self._files.written(BUCKET, f"{agency}/")))
        return [anchor for anchor in found if anchor is not None]

    def agencies(self, day: str = "") -> list[str]:
        """Every agency about which something was written down (on a day), whatever the tables say now."""
        every = list(self._files.folders(BUCKET))
        return [each for each in every if any(anchor.day == day for anchor in self.of(each))] if day else every


def _key(anchor: Anchor) -> str:
    return f"{anchor.agency}/{anchor.day}/{anchor.seq:08d}/{anchor.hash}"


def _anchor(key: str) -> Anchor | None:
    """What a key says; None for what nobody here wrote."""
    parts = key.split("/")
    if len(parts) != 4 or not (parts[2].isascii() and parts[2].isdigit()):
        return None
    return Anchor(parts[0], parts[1], int(parts[2]), parts[3])
