"""A nation, two provinces and two communes of one, with the catalogue's desk and its readers. For tests of the services."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.wiring import Services
from miniapp.procedures.catalogue import Catalogue
from miniapp.procedures.finding import Finder
from miniapp.procedures.layers import Merged
from miniapp.procedures.model import Procedure
from miniapp.procedures.service import ProcedureOffice, Taken
from miniapp.procedures.store import ProcedureStore
from miniapp.procedures.synonyms import Synonyms
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

ABOVE = {"xa-a": ("tinh", "xa-a"), "xa-b": ("tinh", "xa-b"), "tinh": ("tinh",), "tinh-2": ("tinh-2",)}


class CatalogueTown:
    """Those who change the catalogue, and a fresh process for each question of those who read it."""

    def __init__(self, cloud: Cloud, clock: StoppedClock | None = None) -> None:
        self.clock = clock or StoppedClock()
        self.services = Services(cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.services.bind()
        self.store = ProcedureStore(self.services.files)
        self.office = ProcedureOffice(self.store, ABOVE.__getitem__, self.services.audit, self.clock)
        self.signals = self.services.procedure_signals
        self.synonyms = Synonyms(self.store, self.signals, self.services.audit, self.clock)

    def take(self, layer: str, *procedures: Procedure, **more: Any) -> Taken:
        """Records of a layer."""
        return self.office.take(layer, procedures, by="operator", source="test", **more)

    def catalogue(self) -> Catalogue:
        return Catalogue(self.store, ABOVE.__getitem__, self.clock)

    def get(self, agency: str, code: str, at: datetime | None = None) -> Merged:
        """A procedure as an agency shows it."""
        return self.catalogue().get(agency, code, at)

    def finder(self) -> Finder:
        return Finder(self.store, self.catalogue(), self.clock)

    def found(self, agency: str, text: str) -> Sequence[Procedure]:
        """What a question finds."""
        return [hit.procedure for hit in self.finder().find(agency, text).hits]
