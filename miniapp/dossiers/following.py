"""Following a dossier: by the link of its receipt at once, by its code with the last four figures of a phone or identity
number. For citizens' pages.

What is told is the timeline and what the dossier is about, never who asked: whoever has the link may have found it.

A code that nobody has, one of another agency and a wrong factor are one answer for one price: every way to read what was
typed is looked at, whatever is found, and each has its own share of failures. Nothing is written on the way to a dossier."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from miniapp.agencies.model import Agency, Service
from miniapp.core.clock import Clock, local_day
from miniapp.core.errors import Invalid, NotFound, Refused
from miniapp.core.folding import fold
from miniapp.core.guarding import Asker, Guard
from miniapp.core.happenings import Kind as Happening
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer
from miniapp.core.workdays import Calendar
from miniapp.dossiers.codes import EXAMPLE, DossierCode
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.nearby import did_you_mean
from miniapp.dossiers.store import DossierStore, Lead, link_key
from miniapp.dossiers.timeline import Timeline, timeline
from miniapp.dossiers.typed import TYPED_MOST, read

FIGURES = 4
FIGURES_LONGEST = 40
TOKEN_LONGEST = 64
TOKEN_LIFE = timedelta(minutes=10)
PURPOSE = "dossier"
FOLLOWED = Happening("dossiers_followed", {"by": frozenset({"code", "link", "kept"})})


@dataclass(frozen=True, slots=True)
class Dossiers:
    """All dossiers of an agency, as the guard tells them from what else the agency has."""

    agency: str

    @property
    def id(self) -> str:
        """No exam's, since no name in an address has a slash."""
        return f"{self.agency}/dossiers"


@dataclass(frozen=True)
class Followed:
    """A dossier as it stands now, without who asked; `calendar` is the agency's.

    `line`: its receipt's, signed, or empty. `is_misread`: the check character that was typed with its code is another
    code's."""

    code: DossierCode
    procedure: str
    procedure_name: str
    filed_at: datetime
    received_at: datetime | None
    told: Timeline
    calendar: Calendar
    version: int
    line: str
    is_misread: bool = False

    @property
    def due(self) -> datetime | None:
        """The appointment that holds."""
        return self.told.due


class Following:
    """The citizens' verbs."""

    example, code_most, figures_most = DossierCode.of(EXAMPLE).printed, TYPED_MOST, FIGURES_LONGEST

    def __init__(
        self, store: DossierStore, calendars: Callable[[str], Calendar], sealer: Sealer, guard: Guard, clock: Clock
    ) -> None:
        self._store = store
        self._calendars = calendars
        self._sealer = sealer
        self._guard = guard
        self._clock = clock

    @staticmethod
    def unreadable(typed: str, figures: str) -> list[Invalid]:
        """What is typed so that no dossier could have it, each with its field; it counts as no try."""
        problems = []
        try:
            read(typed)
        except Invalid as failure:
            problems.append(Invalid(failure.code, **{**failure.facts, "field": "code"}))
        if not last_figures(figures):
            problems.append(Invalid("last_figures_shape", field="figures"))
        return problems

    def meant(self, typed: str) -> tuple[str, ...]:
        """Codes that were perhaps meant, of days that have come, as they are printed: pure arithmetic on what was typed."""
        today = local_day(self._clock.now())[2:].replace("-", "")
        return tuple(code.printed for code in did_you_mean(typed) if code.day <= today)

    def lead(self, token: str) -> Lead:
        """Which dossier of which agency a link leads to; NotFound `dossier_link_unknown`, for one taken back too."""
        found = self._store.lead(link_key(token)) if len(token) <= TOKEN_LONGEST else None
        if found is None:
            raise NotFound("dossier_link_unknown")
        return found

    def of(self, held: Agency, code: str) -> Followed:
        """The dossier that a lead names; NotFound `service_closed`, `dossier_link_unknown`."""
        held.require(Service.DOSSIERS)
        found = self._store.find(held.id, code)
        if found is None:
            raise NotFound("dossier_link_unknown")
        return self._followed(found)

    def by_code(self, held: Agency, typed: str, figures: str, asker: Asker) -> tuple[str, str]:
        """A code and four figures as they were typed → a sealed token for the page, good for ten minutes, and the code.

        NotFound `service_closed`; Invalid as `typed.read`, or `last_figures_shape`; NotFound `dossier_mismatch` alike
        for whatever does not fit; Refused as the guard says."""
        held.require(Service.DOSSIERS)
        readings = read(typed)
        codes = tuple(dict.fromkeys(reading.code for reading in readings))
        said = last_figures(figures)
        if not said:
            raise Invalid("last_figures_shape", field="figures")
        fitting = [code for code in codes if self._fits(held.id, code, said)]
        numbers = dict.fromkeys(code.letters for code in codes)
        tried = self._guard.admit(Dossiers(held.id), asker, *numbers)  # last, so that all counted by now decides
        if not fitting:
            self._guard.failed(tried)
            raise NotFound("dossier_mismatch")
        misread = all(reading.holds is False for reading in readings if reading.code == fitting[0])
        facts = {"a": held.id, "d": str(fitting[0]), "c": asker.cookie, "m": misread}
        return self._sealer.seal(PURPOSE, facts, self._clock.now() + TOKEN_LIFE), str(fitting[0])

    def sealed(self, held: Agency, token: str, cookie: str) -> Followed:
        """The dossier behind a sealed token, in the browser that it was made for; Refused `token_expired`/`_unknown`."""
        held.require(Service.DOSSIERS)
        facts = self._sealer.open(PURPOSE, token, self._clock.now())
        if facts["a"] != held.id or facts["c"] != cookie:
            raise Refused("token_unknown")
        return replace(self.of(held, facts["d"]), is_misread=facts["m"])

    def served(self, held: Agency, code: str) -> str:
        """The mark of a success, with which who was served goes on."""
        return self._guard.served(Dossiers(held.id), code)

    def is_strict(self, held: Agency, address: str, served: str) -> bool:
        """Whether a form given to this address now needs a proof or a wait."""
        return self._guard.is_strict(Dossiers(held.id), address, served)

    @staticmethod
    def seen(held: Agency, by: str) -> None:
        """A dossier's page was looked at: by its `code`, by its `link`, or `kept` among one's things. Counted, not kept."""
        FOLLOWED.tell(held.id, by=by)

    def _fits(self, agency: str, code: DossierCode, said: str) -> bool:
        """Whether there is such a dossier with these figures; nothing is left out once it is known."""
        found = self._store.looked_up(agency, str(code))
        nobody = Personal("")
        phone, identity = (found.applicant.phone, found.applicant.identity) if found else (nobody, nobody)
        return _ends(phone, said) | _ends(identity, said)

    def _followed(self, found: Dossier) -> Followed:
        calendar = self._calendars(found.agency)
        told = timeline(found, self._clock.now(), calendar)
        return Followed(
            code=found.code,
            procedure=found.procedure,
            procedure_name=found.procedure_name,
            filed_at=found.filed_at,
            received_at=found.received_at,
            told=told,
            calendar=calendar,
            version=found.version,
            line=found.line,
        )


def last_figures(text: str) -> str:
    """The last four figures of what was typed, which may be the whole number; empty where there are fewer."""
    figures = "".join(character for character in fold(text[:FIGURES_LONGEST]) if character in "0123456789")
    return figures[-FIGURES:] if len(figures) >= FIGURES else ""


def _ends(number: Personal, said: str) -> bool:
    """Whether a number ends so, in constant time; one that has fewer figures ends like no other."""
    return hmac.compare_digest(last_figures(number.reveal).rjust(FIGURES, "-"), said)
