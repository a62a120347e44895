"""The second person: what admins asked for, and another admin's yes or no.

For the console and the command line. Who may say yes: an admin of the agency or of the agency right above it, or an
operator; never who asked and never whom it is about, in whatever agency's name they come. The one-use link that comes of
it goes to who said yes, so who asked never holds it. It asks for nothing itself: that is `People`."""

from collections.abc import Callable

from miniapp.accounts.access import Actor, require, require_fresh
from miniapp.accounts.asked import Asked, Link
from miniapp.accounts.asked_store import AskedStore
from miniapp.accounts.doing import Doing, spelled
from miniapp.accounts.model import State
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Refused

ParentOf = Callable[[str], str]


def no_parent(agency: str) -> str:
    """Where agencies stand alone."""
    return ""


class Confirming:
    """Lists, confirms, declines."""

    def __init__(
        self,
        store: AccountStore,
        asked_store: AskedStore,
        doing: Doing,
        audit: Audit,
        clock: Clock,
        parent_of: ParentOf,
    ) -> None:
        self._store = store
        self._asked = asked_store
        self._doing = doing
        self._audit = audit
        self._clock = clock
        self._parent_of = parent_of

    def waiting(self, agency: str, by: Actor) -> list[Asked]:
        """What is asked in an agency, and then what is asked right below it; the oldest first."""
        require(by, "officers.manage", agency)
        now = self._clock.now()
        # An agency may have been put below another since.
        below = [asked for asked in self._asked.below(agency, now) if self._parent_of(asked.agency) == agency]
        return [*self._asked.of(agency, now), *below]

    def get(self, agency: str, officer: str, by: Actor) -> Asked:
        """What is asked about an officer; NotFound for who has no say in it, as for nothing."""
        asked = self._asked.find(agency, officer, self._clock.now()) if self._has_say(by, agency) else None
        if asked is None:
            raise NotFound("asked_unknown")
        return asked

    @staticmethod
    def is_mine_to_confirm(asked: Asked, by: Actor) -> bool:
        """Whether `by` is a second person here."""
        return by.id not in (asked.by, asked.officer)

    def confirm(self, asked: Asked, *, by: Actor) -> Link | None:
        """Do what was asked, as it was shown to who confirms. Of several at once one does it."""
        held = self._same(asked, by)
        require_fresh(by, self._clock.now())
        if by.id == held.by:
            raise Refused("asked_by_yourself")
        if by.id == held.officer:
            raise Refused("not_for_yourself")
        if self._store.get(held.by).state != State.ACTIVE:
            raise Conflict("asker_left")
        return self._doing.do(held, by, [self._asked.still_admin(held), self._asked.removed(held)])

    def decline(self, asked: Asked, *, by: Actor) -> None:
        """Drop what was asked: another's no, or the asker's second thought."""
        held = self._same(asked, by)
        facts = {"officer": held.officer, "act": held.act.value, "roles": spelled(held.roles)}
        event = Event("people_declined", **facts, asked_by="" if held.by == by.id else held.by)
        self._audit.commit(event, agency=held.agency, by=by.id, writes=[self._asked.removed(held)])

    def _same(self, asked: Asked, by: Actor) -> Asked:
        """What is kept, when it is still what was shown; from here on only what is kept counts."""
        if not self._has_say(by, asked.agency):
            raise Refused("permission_missing", permission="officers.manage")
        held = self._asked.find(asked.agency, asked.officer, self._clock.now())
        if held is None or held.id != asked.id:
            raise Conflict("asked_no_more")
        return held

    def _has_say(self, by: Actor, agency: str) -> bool:
        if by.may("officers.manage", agency):
            return True
        parent = self._parent_of(agency)
        return bool(parent) and by.may("officers.manage", parent)
