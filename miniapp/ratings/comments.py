"""What people wrote on ballots, read by officers and answered. For the console; the citizen reads answers by token.

An officer reads what was written about the officer or about nobody by name, a leader everything; of a month in which
fewer than five people rated them, neither reads a word. Nobody can take anything away. An answer is looked at before it
is sent (`answers`); whoever sends it may still be right, and the trail says what was found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.folding import folded_words
from miniapp.core.sealing import digest
from miniapp.ratings.answers import Weak, weaknesses
from miniapp.ratings.bounds import BOUNDS
from miniapp.ratings.counting import ZERO
from miniapp.ratings.model import Ballot
from miniapp.ratings.reading import Counted
from miniapp.ratings.reply_store import REPLIES_MOST, Reply, ReplyStore
from miniapp.ratings.rolled import By
from miniapp.ratings.scales import OVERALL

PAGE_MOST = 20
LOOKED_MOST = 400  # ballots looked through at once for those that somebody asks for
AT_ONCE = 100
REPLY_MOST = 2000  # letters
CURSOR_MOST = 200


class WordsPage(Protocol):
    """Ballots with words, and where the next ones begin."""

    @property
    def ballots(self) -> Sequence[Ballot]: ...
    @property
    def cursor(self) -> str: ...


class Ballots(Protocol):
    """Where ballots are kept."""

    def find(self, agency: str, ids: Sequence[str]) -> Ballot | None: ...
    def words(self, agency: str, month: str, *, after: str = "", most: int = 50) -> WordsPage: ...


@dataclass(frozen=True)
class Wanted:
    """Which words: of which months (the newest first), by whom they may be read (an officer, or empty for all), and
    what narrows them."""

    months: Sequence[str]
    officer: str = ""
    text: str = ""
    level: str = ""
    reason: str = ""

    def keeps(self, ballot: Ballot) -> bool:
        """Whether these words are among them; their words are found with or without accents."""
        if self.officer and ballot.place.officer not in ("", self.officer):
            return False
        if self.level and ballot.said.option(OVERALL) != self.level:
            return False
        if self.reason and self.reason not in ballot.said.reasons:
            return False
        return folded_words(self.text) in folded_words(ballot.said.words)


@dataclass(frozen=True)
class Comment:
    """A ballot with words, and what was answered."""

    ballot: Ballot
    replies: Sequence[Reply]

    @property
    def month(self) -> str:
        """When it was written, as far as officers are told."""
        return self.ballot.cast_on[:7]

    def sent_with(self, key: str) -> Reply | None:
        """The answer that was sent with this form, if it was."""
        mark = digest(key)
        return next((reply for reply in self.replies if reply.key == mark), None)


@dataclass(frozen=True)
class Found:
    """A page of words, where the next begins (empty at the end), and months of which there are too few ballots."""

    comments: Sequence[Comment]
    cursor: str
    withheld: Sequence[str]


class Comments:
    """Reads words and answers them."""

    def __init__(self, ballots: Ballots, counts: Counted, replies: ReplyStore, audit: Audit, clock: Clock) -> None:
        self._ballots = ballots
        self._counts = counts
        self._replies = replies
        self._audit = audit
        self._clock = clock

    def page(self, agency: str, wanted: Wanted, after: str = "") -> Found:
        """Words from a cursor on, the newest day first; a page may be empty and say that there is more."""
        open_to = self._open(agency, wanted.months, wanted.officer)
        kept: list[Ballot] = []
        looked, cursor = 0, ""
        for ballot in self._written(agency, wanted.months, after):
            if looked == LOOKED_MOST or len(kept) > PAGE_MOST:
                break
            looked, cursor = looked + 1, _mark(ballot)
            if (ballot.cast_on[:7], _read_by(wanted.officer, ballot)) in open_to and wanted.keeps(ballot):
                kept.append(ballot)
        else:
            cursor = "" if len(kept) <= PAGE_MOST else cursor
        if len(kept) > PAGE_MOST:
            kept, cursor = kept[:PAGE_MOST], _mark(kept[PAGE_MOST - 1])
        replies = self._replies.of(agency, [ballot.id for ballot in kept]) if kept else {}
        told = {month for month, _ in open_to}
        withheld = [month for month in wanted.months if month not in told]
        return Found([Comment(ballot, replies[ballot.id]) for ballot in kept], cursor, withheld)

    def find(self, agency: str, id: str, officer: str = "") -> Comment:
        """One ballot's words as of this moment; NotFound `rating_comment_unknown`, also for who may not read it."""
        ballot = self._ballots.find(agency, [id])
        if ballot is None or not ballot.said.words or not Wanted((), officer).keeps(ballot):
            raise NotFound("rating_comment_unknown")
        month = ballot.cast_on[:7]
        if (month, _read_by(officer, ballot)) not in self._open(agency, [month], officer):
            raise NotFound("rating_comment_unknown")
        return Comment(ballot, self._replies.of(agency, [id])[id])

    def looked_at(self, agency: str, text: str, matter: Iterable[str], more: Sequence[str] = ()) -> list[Weak]:
        """What a reader of this answer would miss, beside what the agency answered of late; `more`: what it said elsewhere."""
        return weaknesses(text, matter, [*more, *self._replies.lately(agency)])

    def reply(
        self, agency: str, id: str, text: str, *, by: str, key: str, seen: int, weak: Iterable[Weak], officer: str = ""
    ) -> Reply:
        """Answer a ballot's words, after so many answers as were seen; sent again under its key it is the one there is.

        Invalid `rating_reply_needed` and `rating_reply_long`, Conflict `rating_answered`, Refused `rating_replies_used`."""
        if not text:
            raise Invalid("rating_reply_needed", field="text")
        if len(text) > REPLY_MOST:
            raise Invalid("rating_reply_long", field="text", most=REPLY_MOST)
        comment = self.find(agency, id, officer)
        sent = comment.sent_with(key)
        if sent is not None:
            return sent
        if len(comment.replies) >= REPLIES_MOST:
            raise Refused("rating_replies_used", most=REPLIES_MOST)
        if len(comment.replies) != seen:
            raise Conflict("rating_answered")
        reply = Reply(id, seen + 1, by, self._clock.now(), digest(key), text)
        found = " ".join(each.weakness.value for each in weak)
        event = Event("rating_answered", ballot=id, number=reply.number, weak=found)
        self._audit.commit(event, agency=agency, by=by, writes=self._replies.added(agency, reply))
        return reply

    def of_ballot(self, agency: str, id: str) -> Sequence[Reply]:
        """What was answered to a ballot, for who holds its token."""
        return self._replies.of(agency, [id])[id]

    def _written(self, agency: str, months: Sequence[str], after: str) -> Iterator[Ballot]:
        """Ballots with words, from behind a cursor on; a cursor of no such month begins anew."""
        month = after[:7] if len(after) <= CURSOR_MOST and after[:7] in months else ""
        at = after if month else ""
        for each in months[months.index(month) :] if month else months:
            while True:
                page = self._ballots.words(agency, each, after=at, most=AT_ONCE)
                yield from page.ballots
                at = page.cursor
                if not at:
                    break

    def _open(self, agency: str, months: Sequence[str], officer: str) -> set[tuple[str, str]]:
        """Of which months enough people rated an officer, or nobody by name, that their words may be read."""
        by = By.OFFICER if officer else By.WHOLE
        held = self._counts.several(agency, [(month, by) for month in months])
        readers = (officer, "") if officer else (agency,)
        return {
            (month, each)
            for month in months
            for each in readers
            if held.get((month, by), {}).get(each, ZERO).counted >= BOUNDS.hidden_under
        }


def _read_by(officer: str, ballot: Ballot) -> str:
    """Of whom there must be enough ballots before this one's words are read."""
    return ballot.place.officer if officer else ballot.place.agency


def _mark(ballot: Ballot) -> str:
    """Where a ballot lies among its month's words."""
    return f"{ballot.cast_on}#{ballot.id}"
