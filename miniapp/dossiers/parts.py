"""What a dossier is made of: who asks, which desks it passes, what was asked of the citizen, and by which law.

For the model. Who a person is, is `Personal`; a desk is a post (chuyên viên tư pháp), and which officer sits there is an
id that citizens never see."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from miniapp.core.errors import Invalid, both
from miniapp.core.personal import Personal

WORDS_MOST = 1_000
ARTICLE_MOST = 300
PAPERS_MOST = 40
DONG_MOST = 10_000_000_000  # more is a mistake of whoever types


class Subject(IntEnum):
    """Who asks; the value is what the national portal calls it."""

    CITIZEN = 1
    BUSINESS = 2
    STATE_BODY = 3
    ORGANISATION = 4


class Channel(IntEnum):
    """How a dossier comes in, or its result goes out; the value is what the national portal calls it."""

    DESK = 1
    ONLINE = 2
    POST = 3


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks. `identity` is the number of an identity card or of a tax payer."""

    name: Personal
    identity: Personal
    phone: Personal
    subject: Subject = Subject.CITIZEN


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the agency's own way of working: what is done there, and by which post."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is refused or stopped: the article, and what it means here, in the agency's words."""

    article: str
    words: str

    def __post_init__(self) -> None:
        both(self._check_article, self._check_words)

    def _check_article(self) -> None:
        if not self.article.strip():
            raise Invalid("legal_article_needed", field="article")
        short_enough("article", self.article, ARTICLE_MOST)

    def _check_words(self) -> None:
        if not self.words.strip():
            raise Invalid("legal_reason_needed", field="words")
        short_enough("words", self.words, WORDS_MOST)


class Lack(StrEnum):
    """What is wrong with a paper."""

    MISSING = "missing"
    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper that is asked for, what is wrong with it, and what to do about it."""

    paper: str
    lack: Lack = Lack.MISSING
    note: str = ""


@dataclass(frozen=True, slots=True)
class Supplement:
    """The one request for more papers, which lists everything. `given` are places in `papers`, from 0."""

    at: datetime
    by: str  # the officer who asks
    papers: tuple[Wanted, ...]
    article: str
    deadline: datetime
    given: tuple[int, ...] = ()

    @property
    def missing(self) -> tuple[Wanted, ...]:
        """What has not come yet."""
        return tuple(paper for place, paper in enumerate(self.papers) if place not in self.given)


@dataclass(frozen=True, slots=True)
class Annulled:
    """A request that the agency itself found wrong, who of its leaders says so, and why."""

    supplement: Supplement
    at: datetime
    leader: str
    words: str


@dataclass(frozen=True, slots=True)
class Fee:
    """What has to be paid before work goes on, in whole đồng."""

    at: datetime
    amount: int
    article: str
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Apology:
    """That it will be late, said before it is: why, what was promised, what is promised now."""

    at: datetime
    reason: str
    was: datetime
    due: datetime


def short_enough(field: str, text: str, most: int) -> None:
    """Raise unless a text fits where it is kept."""
    if len(text) > most:
        raise Invalid("value_too_long", field=field, most=most)
