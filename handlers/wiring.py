"""Services: the one module that knows every concrete class. Web, workers, commands and tests build the same object.

Each part is made on first use, so a page that needs no S3 pays for none. Tests give their own clock, ids or sleep."""

import time
from collections.abc import Callable
from functools import cached_property

from miniapp.accounts import service as accounts_service
from miniapp.accounts.service import Accounts
from miniapp.agencies import store as agencies_store
from miniapp.agencies.directory import Directory
from miniapp.agencies.service import Agencies
from miniapp.agencies.store import AgencyStore
from miniapp.audit import store as audit_store
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core import once as once_table
from miniapp.core.aws import Aws
from miniapp.core.clock import Clock, WallClock
from miniapp.core.files import Files
from miniapp.core.ids import Ids, RandomIds
from miniapp.core.once import Once
from miniapp.core.queues import Queues
from miniapp.core.sealing import Sealer
from miniapp.core.settings import Settings
from miniapp.core.tables import Table, Write, bind
from miniapp.exam_scores import guarding
from miniapp.exam_scores import store as exam_scores_store
from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.guarding import Guard
from miniapp.exam_scores.importing import Importing
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.service import ExamOffice
from miniapp.exam_scores.store import ExamScoreStore

TABLES: list[type[Table]] = [
    *accounts_service.TABLES,
    *agencies_store.TABLES,
    *audit_store.TABLES,
    *exam_scores_store.TABLES,
    *guarding.TABLES,
    *once_table.TABLES,
]


class Services:
    """Everything the doors lead to, wired by hand."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        ids: Ids | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or WallClock()
        self.ids: Ids = ids or RandomIds()
        self.sleep = sleep
        self.aws = Aws(settings)

    def bind(self) -> None:
        """Give every table its stage; once, before the first call."""
        bind(TABLES, self.settings, self.aws)

    @cached_property
    def sealer(self) -> Sealer:
        return Sealer(self.settings.session_key, self.settings.session_key_before)

    @cached_property
    def files(self) -> Files:
        return Files(self.aws, self.settings)

    @cached_property
    def queues(self) -> Queues:
        return Queues(self.aws, self.settings)

    @cached_property
    def once(self) -> Once:
        return Once(self.clock, self.sleep)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.clock, self.ids)

    @cached_property
    def agencies(self) -> Agencies:
        return Agencies(AgencyStore(), self.clock, self._record_agency)

    def _record_agency(self, changed: str, agency: str, by: str, writes: list[Write]) -> None:
        event = Event("agency_changed", agency=agency, changed=changed)
        self.audit.commit(event, agency=agency, by=by, writes=writes)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.audit, self.sealer, self.clock, self.ids, self.settings.base_url)

    @cached_property
    def exam_store(self) -> ExamScoreStore:
        return ExamScoreStore()

    @cached_property
    def factor_keys(self) -> FactorKeys:
        return FactorKeys(self.settings.factor_keys)

    @cached_property
    def editions(self) -> Editions:
        settings = self.settings
        return Editions(
            self.exam_store,
            self.files,
            self.clock,
            settings.exam_row_age,
            settings.exam_row_grace,
            settings.segment_memory,
            settings.pack_max,
        )

    @cached_property
    def guard(self) -> Guard:
        return Guard(self.clock, self.sealer)

    @cached_property
    def looking_up(self) -> LookingUp:
        return LookingUp(self.editions, self.factor_keys, self.sealer, self.guard, self.clock)

    @cached_property
    def exam_office(self) -> ExamOffice:
        settings = self.settings
        return ExamOffice(
            self.exam_store,
            self.files,
            self.queues,
            self.audit,
            self.clock,
            self.ids,
            settings.upload_max,
            settings.pack_max,
        )

    @cached_property
    def importing(self) -> Importing:
        return Importing(self.exam_store, self.files, self.audit, self.factor_keys, self.clock, self.ids)
