"""The ground floor of the services: what every slice stands on. For `wiring`, which builds the slices on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from handlers.tables import TABLES
from miniapp.accounts.service import Accounts
from miniapp.agencies.crest_store import CrestStore
from miniapp.agencies.directory import Directory
from miniapp.agencies.listing import COALESCED, Listing, RelistAgencies
from miniapp.agencies.service import Agencies
from miniapp.agencies.store import AgencyStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.aws import Aws
from miniapp.core.clock import Clock, WallClock
from miniapp.core.dead_letters import DeadLetters
from miniapp.core.errors import NotFound
from miniapp.core.files import Files
from miniapp.core.guarding import Guard
from miniapp.core.ids import Ids, RandomIds
from miniapp.core.once import Once
from miniapp.core.queues import Queues
from miniapp.core.sealing import Sealer
from miniapp.core.settings import Settings
from miniapp.core.signing import PublicKeys, Signer
from miniapp.core.tables import Write, bind

if TYPE_CHECKING:  # these are imported where they are made: a citizens' page needs none of them
    from miniapp.agencies.crests import Crests
    from miniapp.audit.anchors import Anchors


class Ground:
    """What is below the slices: the cloud, keys, time and ids; agencies, accounts and the trail."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        ids: Ids | None = None,
        sleep: Callable[[float], None] = time.sleep,
        patient: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or WallClock()
        self.ids: Ids = ids or RandomIds()
        self.sleep = sleep
        self.monotonic = monotonic
        self.aws = Aws(settings, patient)

    def bind(self) -> None:
        """Give every table its stage; once, before the first call."""
        bind(TABLES, self.settings, self.aws)

    @cached_property
    def sealer(self) -> Sealer:
        return Sealer(self.settings.session_key, *self.settings.session_key_before.split(","))

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.settings.signing_keys)

    @cached_property
    def public_keys(self) -> PublicKeys:
        return PublicKeys.of(self.settings.signing_keys or self.settings.signing_keys_public)

    @cached_property
    def files(self) -> Files:
        return Files(self.aws, self.settings)

    @cached_property
    def queues(self) -> Queues:
        return Queues(self.aws, self.settings)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        return DeadLetters(self.aws, self.queues)

    @cached_property
    def once(self) -> Once:
        return Once(self.clock, self.sleep)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.clock, self.ids)

    @cached_property
    def anchors(self) -> Anchors:
        from miniapp.audit.anchors import Anchors

        return Anchors(self.files, self.clock)

    @cached_property
    def agencies(self) -> Agencies:
        return Agencies(
            AgencyStore(), self.clock, self._record_agency, lambda: self.queues.send(RelistAgencies(), COALESCED)
        )

    @cached_property
    def listing(self) -> Listing:
        return Listing(self.files, AgencyStore().find)

    @cached_property
    def crests(self) -> Crests:
        from miniapp.agencies.crests import Crests

        return Crests(CrestStore(), self.agencies, self.files, self.queues, self.clock, self.ids)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.files, self.clock)

    def _record_agency(self, changed: str, agency: str, by: str, writes: list[Write]) -> None:
        event = Event("agency_changed", agency=agency, changed=changed)
        self.audit.commit(event, agency=agency, by=by, writes=writes)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.audit, self.sealer, self.clock, self.ids, self.settings.base_url, self._parent_of)

    def _parent_of(self, agency: str) -> str:
        try:
            return self.agencies.now(agency).parent
        except NotFound:
            return ""

    @cached_property
    def guard(self) -> Guard:
        return Guard(self.clock, self.sealer)
