"""Services of what is written as files for officers, and of what is counted from the log. For `wiring`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.ground import Ground
from miniapp.agencies.lineage import above
from miniapp.core.ids import NATION

if TYPE_CHECKING:  # officers' and the clock's
    from miniapp.exports.service import Exports
    from miniapp.exports.writing import Writing
    from miniapp.usage.rolling import UsageRolling
    from miniapp.usage.store import UsageStore

LOGS = ("public", "console", "schedules")  # the functions that people talk to, and who takes in files of dossiers


class FilesGround(Ground):
    """Lists that are written, and figures that are counted, while nobody waits."""

    @cached_property
    def exports(self) -> Exports:
        from handlers.export_kinds import export_kinds
        from miniapp.exports.service import Exports
        from miniapp.exports.store import ExportStore

        return Exports(ExportStore(), export_kinds(), self.files, self.audit, self.ids, self.clock)

    @cached_property
    def export_writing(self) -> Writing:
        from handlers.export_kinds import export_kinds
        from miniapp.exports.store import ExportStore
        from miniapp.exports.writing import Writing

        return Writing(ExportStore(), export_kinds(), self.files, self.audit, self.clock)

    @cached_property
    def usage(self) -> UsageStore:
        from miniapp.usage.store import UsageStore

        return UsageStore()

    @cached_property
    def usage_rolling(self) -> UsageRolling:
        from handlers.usage_kinds import KINDS
        from miniapp.usage.cloud_lines import CloudLines
        from miniapp.usage.rolling import UsageRolling

        groups = [f"/aws/lambda/motcua-{self.settings.stage}-{name}" for name in LOGS]
        return UsageRolling(self.usage, CloudLines(self.aws, groups), KINDS, self._above, self.clock)

    def _above(self, agency: str, day: str) -> tuple[str, ...]:
        """The agencies above one on a day, the nation topmost."""
        return (NATION, *above(self.agencies.find, agency, day))
