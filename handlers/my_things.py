"""Everything kept about one citizen, over all services: to be seen, taken along, taken back, erased. For `/toi`.

It stands here and not in a slice, because it is the one place that looks at all of them. Consent history stays for its
time even when a person erases everything: it is the proof that we were allowed to write. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers.wiring import Services
from miniapp.accounts.model import Consent, Kind, Session
from miniapp.core.clock import iso
from miniapp.core.errors import NotFound
from miniapp.exam_scores.telling import PURPOSE, Waiting
from miniapp.messaging.model import MESSAGES, Message

if TYPE_CHECKING:  # a slip's start does not pay for what dossiers are
    from miniapp.dossiers.keeping import Kept as KeptDossier

DOSSIER_NEWS = "dossier_news"  # the purpose of a consent


@dataclass(frozen=True)
class Registered:
    """A "tell me" registration with the names that a person knows."""

    waiting: Waiting
    exam: str
    agency: str
    address: str


@dataclass(frozen=True)
class Written:
    """A message as it was said; a one-time link is not shown again."""

    message: Message
    agency: str
    text: str


@dataclass(frozen=True)
class Agreed:
    """A consent with the name of the agency."""

    consent: Consent
    agency: str


@dataclass(frozen=True)
class Kept:
    """All of it."""

    user: str
    sessions: list[Session]
    registrations: list[Registered]
    messages: list[Written]
    consents: list[Agreed]
    dossiers: list[KeptDossier]


class MyThings:
    """One citizen's view of every service."""

    def __init__(self, services: Services, user: str, language: str) -> None:
        self._services = services
        self._user = user
        self._language = language

    def kept(self) -> Kept:
        """Everything kept about this person now."""
        services, user = self._services, self._user
        return Kept(
            user,
            services.accounts.sessions.of(Kind.CITIZEN, user),
            [self._registered(waiting) for waiting in services.telling.of(user)],
            [self._written(message) for message in services.outbox.of(user)],
            [Agreed(consent, self._agency(consent.agency)) for consent in services.consents.of(user)],
            services.dossier_keeping.of(user),
        )

    def export(self) -> dict[str, Any]:
        """The same as plain values, with every consent step and whole candidate numbers: they are the person's own."""
        kept = self.kept()
        return {
            "made_at": iso(self._services.clock.now()),
            "chat_user": kept.user,
            "sessions": [
                {"begun": iso(one.made), "last_used": iso(one.seen), "ends": iso(one.ends)} for one in kept.sessions
            ],
            "registrations": [
                {
                    "agency": one.agency,
                    "exam": one.exam,
                    "candidate_numbers": [number.reveal for _, number in one.waiting.numbers],
                    "made_at": iso(one.waiting.made_at),
                    "told_at": _iso(one.waiting.told_at),
                }
                for one in kept.registrations
            ],
            "dossiers": [self._dossier(one) for one in kept.dossiers],
            "messages": [
                {
                    "agency": one.agency,
                    "text": one.text,
                    "state": one.message.state.value,
                    "made_at": iso(one.message.made_at),
                    "ended_at": _iso(one.message.ended_at),
                }
                for one in kept.messages
            ],
            "consents": [
                {
                    "agency": self._agency(step.agency),
                    "purpose": step.purpose,
                    "text_version": step.version,
                    "given_at": iso(step.given_at),
                    "withdrawn_at": _iso(step.withdrawn_at),
                }
                for step in self._services.consents.history(self._user)
            ],
        }

    def withdraw(self, agency: str, purpose: str) -> None:
        """Take one consent back, and what was kept under it."""
        self._services.consents.withdraw(self._user, agency, purpose)
        if purpose == PURPOSE:
            self._services.telling.forget(self._user, agency)
        if purpose == DOSSIER_NEWS:
            self._services.dossier_keeping.quiet(self._user, agency)

    def erase(self) -> None:
        """Take all back, erase all, end all sessions. Bears repetition: what is gone already is fine."""
        services, user = self._services, self._user
        services.consents.withdraw_all(user)
        services.telling.forget(user)
        services.dossier_keeping.forget(user)
        services.outbox.forget(user)
        services.accounts.citizen_links.leave_everywhere(user)

    def _registered(self, waiting: Waiting) -> Registered:
        try:
            exam = self._services.exam_store.exam(waiting.agency, waiting.slug)
            title = exam.title_en if self._language == "en" and exam.title_en else exam.title
        except NotFound:
            title = waiting.slug
        held = self._services.agencies.find(waiting.agency)
        address = f"/{held.address}/diem-thi/{waiting.slug}/bao-tin" if held else ""
        return Registered(waiting, title, self._agency(waiting.agency), address)

    def _dossier(self, one: KeptDossier) -> dict[str, Any]:
        keeper = one.keeper
        opened = self._services.dossier_openings.of(keeper.agency, keeper.code)
        return {
            "agency": self._agency(keeper.agency),
            "code": keeper.code,
            "procedure": one.procedure_name,
            "kept_since": iso(keeper.made_at),
            "told_of_changes": keeper.is_told,
            "opened": [{"at": iso(each.at), "post": each.post, "reason": each.reason.value} for each in opened],
        }

    def _written(self, message: Message) -> Written:
        said = self._services.outbox.said(message)
        # A message that carried a way in has nothing else to say: one paragraph of it is enough here.
        text = said.text.partition("\n")[0] if MESSAGES[message.name].enters else said.text
        return Written(message, self._agency(message.agency), text)

    def _agency(self, agency_id: str) -> str:
        held = self._services.agencies.find(agency_id)
        if held is None:
            return agency_id
        return held.name_en if self._language == "en" else held.name


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
