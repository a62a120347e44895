"""The block «Báo cho tôi khi có điểm» as its template takes it. For the hour's page and the registrations' own page.

Shapes only: who fills them decides what is in them."""

from dataclasses import dataclass
from datetime import date

from handlers.forms import Form
from miniapp.exam_scores.telling import NUMBERS_MOST


@dataclass(frozen=True)
class ConsentText:
    """What a person is asked to agree to. Texts read `agency` and `days`."""

    template: str
    version: str
    since: date
    agency: str
    days: int


@dataclass(frozen=True)
class TellMe:
    """The block: a link only (no form), a way in (nobody known), or form and list."""

    address: str
    leave_address: str = ""
    known: bool = False
    form: Form | None = None
    numbers: tuple[tuple[str, str], ...] = ()  # the mark that names one, and the end of the number
    consent: ConsentText | None = None  # None: agreed already
    most: int = NUMBERS_MOST
    example: str = ""
    remember_address: str = ""  # for who is not known yet: the number waits until they are
    remembered: str = ""  # its end
