"""A second look at a finished dossier: asked for by whoever holds its rating's link, decided by a named senior.

For citizens' pages and the desk. A request is one row that is written only where the dossier is finished, nothing about it is
open, and whoever asks saw who will answer; sent again it is the one there is. Nothing here looks at a ballot: that somebody
asks tells nothing of how they rated. Citizens' pages have no right to the trail, so the clock notes a request there
(`reopening_news`); a decision and its entry are one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Refused
from miniapp.core.sealing import digest
from miniapp.core.tables import transact
from miniapp.core.workdays import Calendar
from miniapp.dossiers.events import Happened, Side
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.reopening import (
    LOOKS_MOST,
    REASON_MOST,
    SENIORS_MOST,
    Decided,
    Request,
    Senior,
    State,
    answer_of,
    chosen,
    due_by,
    post_of,
    reason_of,
)
from miniapp.dossiers.reopening_store import Line, ReopeningStore, Seniors
from miniapp.dossiers.states import DONE
from miniapp.dossiers.store import DossierStore

EVENTS = {State.REOPENED: "dossier_reopened", State.ANSWERED: "dossier_reopening_answered"}


@dataclass(frozen=True)
class Offered:
    """Whom somebody would ask now, until when there would be an answer; `senior` is None where nobody is named."""

    code: str
    procedure_name: str
    senior: Senior | None
    due: datetime | None


class Reopenings:
    """Asks, decides, lists; and who answers at an agency."""

    reason_most = REASON_MOST

    def __init__(
        self,
        store: ReopeningStore,
        dossiers: DossierStore,
        calendars: Callable[[str], Calendar],
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._dossiers = dossiers
        self._calendars = calendars
        self._audit = audit
        self._clock = clock

    # --- whoever asks

    def of(self, agency: str, code: str) -> Sequence[Request]:
        """What was asked about a dossier, in order."""
        return self._store.of(agency, code)

    def offered(self, agency: str, code: str, so_far: Sequence[Request]) -> Offered | None:
        """What somebody could ask for now; None while a request is open, and when no more may be asked."""
        if len(so_far) >= LOOKS_MOST or any(each.is_open for each in so_far):
            return None
        held = self._finished(agency, code)
        senior = chosen(self._store.seniors(agency).people, code, held.officer)
        due = due_by(State.ASKED, self._clock.now(), self._calendars(agency))
        return Offered(held.code.printed, held.procedure_name, senior, due if senior else None)

    def ask(self, agency: str, code: str, words: str, *, seen: str, key: str) -> Request:
        """Ask for a second look, of the senior that was seen; the same form again is the request there is.

        Invalid as `reason_of`; Conflict `reopening_not_eligible`, `reopening_asked` while one is open, `reopening_nobody`
        and `reopening_senior_changed`; Refused `reopenings_used`."""
        reason, mark = reason_of(words), digest(key)
        so_far = self._store.of(agency, code)
        if made := _made(so_far, mark):
            return made
        if any(each.is_open for each in so_far):
            raise Conflict("reopening_asked")
        if len(so_far) >= LOOKS_MOST:
            raise Refused("reopenings_used", most=LOOKS_MOST)
        held, now = self._finished(agency, code), self._clock.now()
        senior = chosen(self._store.seniors(agency).people, code, held.officer)
        if senior is None:
            raise Conflict("reopening_nobody")
        if seen != self.seen(senior):
            raise Conflict("reopening_senior_changed")
        request = Request(
            agency=agency,
            code=code,
            procedure=held.procedure,
            procedure_name=held.procedure_name,
            number=len(so_far) + 1,
            senior=senior,
            asked_at=now,
            key=mark,
            words=reason,
            due=due_by(State.ASKED, now, self._calendars(agency)),
        )
        try:
            transact(*self._store.added(request))
        except Conflict:  # somebody else's, or this very form's, whose answer was lost
            made = _made(self._store.of(agency, code), mark)
            if made is None:
                raise
            return made
        return request

    @staticmethod
    def seen(senior: Senior) -> str:
        """What a form says of who was seen on it."""
        return digest(f"{senior.officer} {senior.name} {senior.post}")[:16]

    # --- the desk

    def open(self, agency: str, after: str = "") -> tuple[Sequence[Line], str]:
        """What has to be answered, what is due first first, and where the next ones begin."""
        return self._store.lines(agency, after)

    def count(self, agency: str, since: datetime | None, until: datetime, most: int) -> int:
        """How many have to be answered from one moment to before another; beyond `most`, one more than that."""
        return self._store.count(agency, since, until, most)

    def find(self, agency: str, code: str, number: int) -> Request:
        """One request; NotFound `reopening_unknown`."""
        found = self._store.find(agency, code, number)
        if found is None:
            raise NotFound("reopening_unknown")
        return found

    def lately(self, agency: str) -> Sequence[str]:
        """What was answered of late, for who compares another answer with it."""
        return self._store.lately(agency)

    def decide(
        self,
        agency: str,
        code: str,
        number: int,
        seen: int,
        state: State,
        text: str,
        *,
        by: str,
        key: str,
        weak: Iterable[str] = (),
    ) -> Request:
        """Reopen, or answer with reasons, from the version that was seen; the same form again is what it decided.

        Invalid as `answer_of`; Refused `reopening_own` for whoever moved the dossier; Conflict `reopening_changed` where
        somebody was faster, `reopening_answered` for what is answered; NotFound `reopening_unknown`."""
        said, mark = answer_of(text), digest(key)
        held = self.find(agency, code, number)
        if held.sent_with(mark):
            return held
        if held.version != seen:
            raise Conflict("reopening_changed")
        if self._moved(held, by):
            raise Refused("reopening_own")
        now = self._clock.now()
        after = held.moved(state, Decided(state, now, by, mark, said), self._calendars(held.agency))
        event = Event(EVENTS[state], dossier=held.code, number=held.number, weak=" ".join(weak))
        self._audit.commit(event, agency=held.agency, by=by, writes=self._store.changed(held, after))
        return after

    def _moved(self, held: Request, officer: str) -> bool:
        """Whether an officer had a hand in the dossier; to annul a wrong request of others is no such hand."""
        story = self._dossiers.events(held.agency, held.code)
        mine = (one for one in story if one.by.side is Side.OFFICER and one.by.id == officer)
        return any(one.what is not Happened.SUPPLEMENT_ANNULLED for one in mine)

    # --- who answers

    def seniors(self, agency: str) -> Seniors:
        """Who answers, as they sign."""
        return self._store.seniors(agency)

    def name(self, agency: str, senior: Senior, version: int, *, by: str) -> None:
        """Put somebody on the list, or give them another post; what changes nothing leaves no trace.

        Invalid `senior_post_shape`; Conflict `seniors_changed`; Refused `seniors_most`."""
        senior = Senior(senior.officer, senior.name, post_of(senior.post))
        before = self._store.seniors(agency)
        if senior in before.people:
            return
        others = [each for each in before.people if each.officer != senior.officer]
        if len(others) >= SENIORS_MOST:
            raise Refused("seniors_most", most=SENIORS_MOST)
        self._change(agency, before, version, [*others, senior], Event("senior_named", officer=senior.officer), by)

    def unname(self, agency: str, officer: str, version: int, *, by: str) -> None:
        """Take somebody off the list; what they were asked stays theirs to answer, or any other leader's."""
        before = self._store.seniors(agency)
        others = [each for each in before.people if each.officer != officer]
        if len(others) < len(before.people):
            self._change(agency, before, version, others, Event("senior_unnamed", officer=officer), by)

    def _change(self, agency: str, before: Seniors, seen: int, people: Sequence[Senior], event: Event, by: str) -> None:
        if before.version != seen:
            raise Conflict("seniors_changed")
        self._audit.commit(event, agency=agency, by=by, writes=[self._store.with_seniors(agency, before, people)])

    def _finished(self, agency: str, code: str) -> Dossier:
        held = self._dossiers.find(agency, code)
        if held is None or held.status not in DONE:
            raise Conflict("reopening_not_eligible")
        return held


def _made(so_far: Sequence[Request], mark: str) -> Request | None:
    return next((each for each in so_far if each.key == mark), None)
