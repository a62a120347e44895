"""What a citizen agreed to, under which wording, since when, until when. For every service that must ask first.

Consent is per agency and purpose, given by an act and never assumed. Each giving and each withdrawal is a row that
stays, so that it can be shown later what was agreed to; only the newest one counts. It holds no wording: the texts
stand in templates/consents/<purpose>/<version>.html, and a new wording is a new version that must be asked for anew."""

from collections.abc import Mapping, Sequence

from miniapp.accounts.consent_store import ConsentStore
from miniapp.accounts.model import Consent, Wording
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, NotFound

TRIES = 4


class Consents:
    """Asks, notes, withdraws, shows."""

    def __init__(self, store: ConsentStore, wordings: Mapping[str, Sequence[Wording]], clock: Clock) -> None:
        self._store = store
        self._wordings = wordings
        self._clock = clock

    def wording(self, purpose: str, version: str = "") -> Wording:
        """A version of a text, or the one that is asked for now; NotFound `consent_text_unknown`."""
        versions = self._wordings.get(purpose, ())
        today = self._clock.now().date()
        found = [one for one in versions if (one.version == version if version else one.since <= today)]
        if not found:
            raise NotFound("consent_text_unknown")
        return found[-1]

    def holds(self, user: str, agency: str, purpose: str) -> bool:
        """Whether a person agreed to the wording that is asked for now, and still does."""
        held = self._store.find(user, agency, purpose)
        return held is not None and held.holds and held.version == self.wording(purpose).version

    def in_force(self, user: str, agency: str, purpose: str) -> bool:
        """Whether a person agreed to any wording and did not withdraw: enough for what was registered under it."""
        held = self._store.find(user, agency, purpose)
        return held is not None and held.holds

    def give(self, user: str, agency: str, purpose: str, version: str) -> Consent:
        """Agree to a wording; agreeing again to the same one changes nothing.

        Invalid `consent_text_changed` when the person saw another version than the one that holds now."""
        if version != self.wording(purpose).version:
            raise Invalid("consent_text_changed")
        for _ in range(TRIES):
            held = self._store.find(user, agency, purpose)
            if held is not None and held.holds and held.version == version:
                return held
            given = Consent(agency, purpose, version, self._clock.now(), None, held.place + 1 if held else 1)
            if self._store.note(user, given, held):
                return given
        raise Conflict("consent_changed_meanwhile")

    def withdraw(self, user: str, agency: str, purpose: str) -> bool:
        """Take a consent back; False when there is none in force."""
        for _ in range(TRIES):
            held = self._store.find(user, agency, purpose)
            if held is None or not held.holds:
                return False
            ended = Consent(agency, purpose, held.version, held.given_at, self._clock.now(), held.place + 1)
            if self._store.note(user, ended, held):
                return True
        raise Conflict("consent_changed_meanwhile")

    def of(self, user: str) -> list[Consent]:
        """Where a person stands with every agency and purpose, newest first."""
        return sorted(self._store.of(user), key=lambda consent: consent.given_at, reverse=True)

    def history(self, user: str) -> list[Consent]:
        """Every giving and withdrawal that is still kept, oldest first."""
        return self._store.history(user, self._clock.now())

    def withdraw_all(self, user: str) -> int:
        """Take everything back; how many were in force. That they were given is kept as proof for its time."""
        return sum(self.withdraw(user, held.agency, held.purpose) for held in self.of(user))
