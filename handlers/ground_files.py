"""Services of what is written as files for officers. For `wiring`, on the ground floor."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.ground import Ground

if TYPE_CHECKING:  # officers' and the clock's
    from miniapp.exports.service import Exports
    from miniapp.exports.writing import Writing


class FilesGround(Ground):
    """Lists that are written while nobody waits."""

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
