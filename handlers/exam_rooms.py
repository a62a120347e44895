"""The rooms of exam scores: what is imported, released and looked up. For `wiring`, which builds the other slices on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.chat_floor import ChatFloor
from miniapp.exam_scores.announcing import Announcing
from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.store import ExamScoreStore

if TYPE_CHECKING:  # these are imported where they are made: a citizens' page needs none of them
    from miniapp.exam_scores.arriving import Arriving
    from miniapp.exam_scores.importing import Importing
    from miniapp.exam_scores.reporting import ExamReports
    from miniapp.exam_scores.ruling import Ruling
    from miniapp.exam_scores.service import ExamOffice


class ExamRooms(ChatFloor):
    """Everything of exam scores that stands on the ground floor alone."""

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
    def looking_up(self) -> LookingUp:
        return LookingUp(self.editions, self.factor_keys, self.sealer, self.guard, self.clock)

    @cached_property
    def announcing(self) -> Announcing:
        settings = self.settings
        return Announcing(self.exam_store, self.clock, settings.exam_row_age, settings.exam_row_grace)

    @cached_property
    def exam_office(self) -> ExamOffice:
        from miniapp.exam_scores.service import ExamOffice

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
    def ruling(self) -> Ruling:
        from miniapp.exam_scores.ruling import Ruling

        return Ruling(self.exam_store, self.audit, self.clock)

    @cached_property
    def exam_reports(self) -> ExamReports:
        from miniapp.exam_scores.reporting import ExamReports

        return ExamReports(self.exam_store, self.files, self.audit, self.clock)

    @cached_property
    def importing(self) -> Importing:
        from miniapp.exam_scores.importing import Importing

        return Importing(self.exam_store, self.files, self.audit, self.factor_keys, self.clock, self.ids)

    @cached_property
    def arriving(self) -> Arriving:
        from miniapp.exam_scores.arriving import Arriving

        return Arriving(self.exam_store, self.files)
