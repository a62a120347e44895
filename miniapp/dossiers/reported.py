"""What another system tells of one of its dossiers: where it stands, since when, and what that status needs.

For imports and the API. Only facts, checked for what can be told without the dossier itself; how a dossier comes to stand
there is `leading`'s business."""

from dataclasses import dataclass, field
from datetime import datetime

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.parts import Applicant, Channel, Wanted, short_enough
from miniapp.dossiers.states import Status

OLDEST = datetime(2000, 1, 1, tzinfo=VIETNAM)
POST_MOST = 200


@dataclass(frozen=True)
class Report:
    """A status and its facts. `since`: when it came to stand there; what is not said is now.

    `due` is the appointment that the other system gave; `article` and `words` say by which law and why it was refused,
    stopped or asked for something; `papers` until `deadline`, or an `amount`, are what was asked for."""

    status: Status
    received: datetime | None = None
    due: datetime | None = None
    finished: datetime | None = None
    since: datetime | None = None
    post: str = ""
    article: str = ""
    words: str = ""
    papers: tuple[Wanted, ...] = ()
    deadline: datetime | None = None
    amount: int = 0
    returned_by: Channel = Channel.DESK

    def check(self, now: datetime) -> None:
        """Invalid where its moments can't be, each at its field."""
        short_enough("post", self.post, POST_MOST)
        for name in ("received", "finished", "since"):
            moment = getattr(self, name)
            if moment is not None and not OLDEST <= moment <= now:
                raise Invalid("dossier_moment_not_past", field=name)
        begun = self.received or OLDEST
        for name in ("due", "finished", "since"):
            moment = getattr(self, name)
            if moment is not None and moment < begun:
                raise Invalid("dossier_moment_before_receipt", field=name)


@dataclass(frozen=True)
class Record:
    """A dossier of another system; without a code it gets one of ours."""

    procedure: str
    procedure_name: str
    applicant: Applicant
    report: Report
    channel: Channel = Channel.DESK
    code: DossierCode | None = field(default=None)


def of_the_same_place(code: DossierCode, identifier: str) -> bool:
    """Whether a code begins with an identifier of the same ministry or province, in the old form or in the new one."""
    return _top(code.agency) == _top(identifier)


def _top(identifier: str) -> str:
    parts = identifier.split(".")
    return parts[0] if parts[0][:1].isalpha() else parts[-1]
