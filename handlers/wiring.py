"""Services: the one module that knows every concrete class. Web, workers, commands and tests build the same object.

Each part is made on first use, so a page that needs no S3 pays for none. Tests give their own clock, ids or sleep."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from handlers.exam_rooms import ExamRooms
from handlers.ground_files import FilesGround
from handlers.public_figures import PublicFigures
from miniapp.calendars.service import Calendars
from miniapp.calendars.store import CalendarStore
from miniapp.core.stuck import Stuck
from miniapp.exam_scores import waiting
from miniapp.exam_scores.erasing_store import ErasureStore
from miniapp.exam_scores.telling import Telling
from miniapp.exam_scores.telling_store import TellingStore
from miniapp.procedures.catalogue import Catalogue
from miniapp.procedures.finding import Finder
from miniapp.procedures.model import national_code
from miniapp.procedures.signal_store import SignalStore
from miniapp.procedures.signals import Signals
from miniapp.procedures.store import ProcedureStore

if TYPE_CHECKING:  # these are imported where they are made: a citizens' page needs none of them
    from miniapp.core.tables import Write
    from miniapp.dossiers.batching import Batches
    from miniapp.dossiers.bringing import Bringing
    from miniapp.dossiers.following import Following
    from miniapp.dossiers.keeping import Keeping
    from miniapp.dossiers.lines import Lines
    from miniapp.dossiers.model import Dossier
    from miniapp.dossiers.opening import Openings
    from miniapp.dossiers.reopening_news import ReopeningNews
    from miniapp.dossiers.reopenings import Reopenings
    from miniapp.dossiers.service import DossierOffice
    from miniapp.dossiers.sheet_import import SheetImports
    from miniapp.dossiers.sweeping import Sweeping
    from miniapp.dossiers.telling import DossierTelling
    from miniapp.exam_scores.erasing import Erasing
    from miniapp.exam_scores.rounds import Rounds
    from miniapp.procedures.desk import ProcedureDesk
    from miniapp.procedures.service import ProcedureOffice
    from miniapp.procedures.synonyms import Synonyms
    from miniapp.ratings.casting import Casting
    from miniapp.ratings.comments import Comments
    from miniapp.ratings.counters import Counters
    from miniapp.ratings.doubting import Doubting
    from miniapp.ratings.reading import Reading
    from miniapp.ratings.reviewing import Reviewing
    from miniapp.ratings.rolling_up import RollingUp
    from miniapp.ratings.rollup_store import RollUps
    from miniapp.ratings.shared_addresses import SharedAddresses
    from miniapp.ratings.store import BallotStore


class Services(ExamRooms, PublicFigures, FilesGround):
    """Everything the doors lead to, wired by hand on the floors below."""

    # --- the tree's layers: working calendars, the catalogue of procedures

    def lineage(self, agency: str) -> tuple[str, ...]:
        """An agency and those above it, topmost first."""
        found: list[str] = []
        held = self.agencies.find(agency)
        while held is not None and held.id not in found:
            found.insert(0, held.id)
            held = self.agencies.find(held.parent)
        return tuple(found)

    @cached_property
    def calendars(self) -> Calendars:
        return Calendars(CalendarStore(), self.lineage, self.audit, self.clock)

    @cached_property
    def procedure_store(self) -> ProcedureStore:
        return ProcedureStore(self.files)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.procedure_store, self.lineage, self.clock)

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.procedure_store, self.catalogue, self.clock)

    @cached_property
    def procedure_signals(self) -> Signals:
        return Signals(SignalStore(), self.sealer, self.clock)

    @cached_property
    def synonyms(self) -> Synonyms:
        from miniapp.procedures.synonyms import Synonyms

        return Synonyms(self.procedure_store, self.procedure_signals, self.audit, self.clock)

    @cached_property
    def procedure_office(self) -> ProcedureOffice:
        from miniapp.procedures.service import ProcedureOffice

        return ProcedureOffice(self.procedure_store, self.lineage, self.audit, self.clock)

    @cached_property
    def procedure_desk(self) -> ProcedureDesk:
        from miniapp.procedures.desk import ProcedureDesk

        return ProcedureDesk(self.procedure_store, self.catalogue, self.lineage, self.clock)

    # --- dossiers

    @cached_property
    def dossier_office(self) -> DossierOffice:
        from miniapp.dossiers.service import DossierOffice
        from miniapp.dossiers.store import DossierStore

        return DossierOffice(
            DossierStore(), self.calendars.of, self.audit, self.ids, self.clock, self.dossier_lines, self._invited
        )

    @cached_property
    def dossier_lines(self) -> Lines:
        from miniapp.dossiers.lines import Lines

        return Lines(self.signer, self._address_of)

    def _address_of(self, agency: str) -> str:
        held = self.agencies.find(agency)
        return held.address if held else agency

    def _invited(self, before: Dossier | None, after: Dossier) -> list[Write]:
        """Whoever handed a dossier in is invited to rate once its result is ready (national status 9, or 10 at once)."""
        from miniapp.dossiers.spent import spent
        from miniapp.dossiers.states import DONE
        from miniapp.ratings.model import Place
        from miniapp.ratings.points61 import by_the_clock

        if after.status not in DONE or (before is not None and before.status in DONE):
            return []
        place = Place(after.agency, after.post, after.procedure, after.officer)
        took = spent(after, self.calendars.of(after.agency))
        points = by_the_clock(took.taken, took.allowed, took.is_of_one_post) if took else {}
        return self.casting.invited(place, str(after.code), after.ended_at or after.changed_at, points)

    @cached_property
    def bringing(self) -> Bringing:
        from miniapp.dossiers.bringing import Bringing
        from miniapp.dossiers.store import DossierStore

        return Bringing(
            DossierStore(), self.calendars.of, self.audit, self.ids, self.clock, self.dossier_lines, self._invited
        )

    @cached_property
    def sheet_imports(self) -> SheetImports:
        from miniapp.dossiers.import_store import ImportStore
        from miniapp.dossiers.sheet_import import SheetImports

        return SheetImports(
            ImportStore(),
            self.bringing,
            self.files,
            self._procedure_named,
            lambda agency: self.agencies.now(agency).identifier,
            self.audit,
            self.ids,
            self.clock,
        )

    def _procedure_named(self, agency: str, code: str) -> tuple[str, str]:
        known = national_code(code)
        return known, self.catalogue.get(agency, known).procedure.name

    @cached_property
    def batches(self) -> Batches:
        from miniapp.dossiers.batch_store import BatchStore
        from miniapp.dossiers.batching import Batches

        return Batches(BatchStore(), self.dossier_office, self.calendars.of, self.queues, self.audit, self.clock)

    @cached_property
    def following(self) -> Following:
        from miniapp.dossiers.following import Following
        from miniapp.dossiers.store import DossierStore

        return Following(DossierStore(), self.calendars.of, self.sealer, self.guard, self.clock)

    # --- ratings

    @cached_property
    def ballots(self) -> BallotStore:
        from miniapp.ratings.store import BallotStore

        return BallotStore()

    @cached_property
    def casting(self) -> Casting:
        from miniapp.dossiers.store import DossierStore
        from miniapp.ratings.casting import Casting
        from miniapp.ratings.fact_store import FactStore

        return Casting(self.ballots, FactStore(), DossierStore().rated, self.sealer, self.ids, self.clock)

    @cached_property
    def rating_counts(self) -> RollUps:
        from miniapp.ratings.rollup_store import RollUps

        return RollUps()

    @cached_property
    def rolling_up(self) -> RollingUp:
        from miniapp.ratings.rolling_up import RollingUp

        return RollingUp(self.ballots, self.rating_counts, self.clock)

    @cached_property
    def doubting(self) -> Doubting:
        from miniapp.ratings.doubting import Doubting
        from miniapp.ratings.fact_store import FactStore

        return Doubting(self.ballots, FactStore(), self.shared_addresses.marks, self.clock)

    @cached_property
    def dossier_sweeping(self) -> Sweeping:
        from handlers.dossier_grounds import supplement_over
        from miniapp.dossiers.marks import Marks
        from miniapp.dossiers.sweeping import Sweeping

        return Sweeping(self.dossier_office, Marks(), self.calendars.of, supplement_over, self.clock)

    @cached_property
    def dossier_keeping(self) -> Keeping:
        from miniapp.dossiers.keepers import KeeperStore
        from miniapp.dossiers.keeping import Keeping
        from miniapp.dossiers.store import DossierStore

        return Keeping(KeeperStore(), DossierStore(), self.consents, self.sealer, self.clock)

    @cached_property
    def dossier_openings(self) -> Openings:
        from miniapp.dossiers.opening import Openings
        from miniapp.dossiers.store import DossierStore

        return Openings(self.clock, DossierStore().events)

    @cached_property
    def dossier_telling(self) -> DossierTelling:
        from miniapp.dossiers.keepers import KeeperStore
        from miniapp.dossiers.marks import Marks
        from miniapp.dossiers.store import DossierStore
        from miniapp.dossiers.telling import DossierTelling

        keeping, consents, agencies, outbox = self.dossier_keeping, self.consents, self.agencies, self.outbox
        return DossierTelling(DossierStore(), Marks(), KeeperStore(), keeping, consents, agencies, outbox)

    @cached_property
    def reopenings(self) -> Reopenings:
        from miniapp.dossiers.reopening_store import ReopeningStore
        from miniapp.dossiers.reopenings import Reopenings
        from miniapp.dossiers.store import DossierStore

        return Reopenings(ReopeningStore(), DossierStore(), self.calendars.of, self.audit, self.clock)

    @cached_property
    def reopening_news(self) -> ReopeningNews:
        from miniapp.dossiers.keepers import KeeperStore
        from miniapp.dossiers.reopening_news import ReopeningNews
        from miniapp.dossiers.reopening_store import ReopeningStore

        keeping, consents, agencies = self.dossier_keeping, self.consents, self.agencies
        return ReopeningNews(ReopeningStore(), KeeperStore(), keeping, consents, agencies, self.audit, self.outbox)

    @cached_property
    def rating_figures(self) -> Reading:
        from miniapp.ratings.reading import Reading

        return Reading(self.rating_counts)

    @cached_property
    def rating_comments(self) -> Comments:
        from miniapp.ratings.comments import Comments
        from miniapp.ratings.reply_store import ReplyStore

        return Comments(self.ballots, self.rating_counts, ReplyStore(), self.audit, self.clock)

    @cached_property
    def rating_counters(self) -> Counters:
        from miniapp.ratings.counter_store import CounterStore
        from miniapp.ratings.counters import Counters

        return Counters(CounterStore(), self.sealer, self.audit, self.clock)

    @cached_property
    def shared_addresses(self) -> SharedAddresses:
        from miniapp.ratings.address_store import AddressStore
        from miniapp.ratings.shared_addresses import SharedAddresses

        return SharedAddresses(AddressStore(), self.sealer, self.audit)

    @cached_property
    def rating_reviewing(self) -> Reviewing:
        from miniapp.ratings.reviewing import Reviewing

        return Reviewing(self.ballots, self.rating_counts, self.audit, self.clock)

    # --- telling and erasing scores

    @cached_property
    def telling(self) -> Telling:
        return Telling(TellingStore(), self.exam_store, self.consents, self.sealer, self.clock)

    @cached_property
    def rounds(self) -> Rounds:
        from miniapp.exam_scores.rounds import Rounds

        return Rounds(
            self.telling,
            TellingStore(),
            self.exam_store,
            self.outbox,
            self.consents,
            self.agencies,
            self.queues,
            self.clock,
            self.editions,
            self.settings.tell_wave,
            self.settings.tell_pace,
        )

    @cached_property
    def erasing(self) -> Erasing:
        from miniapp.exam_scores.erasing import Erasing

        settings = self.settings
        readers = timedelta(seconds=2 * (settings.exam_row_age + settings.exam_row_grace))
        return Erasing(
            self.exam_store,
            ErasureStore(),
            self.rounds,
            self.files,
            self.audit,
            self.clock,
            settings.erase_factors_after_days,
            readers,
        )

    def stuck(self) -> dict[str, list[Stuck]]:
        """What waits longer than it should, by pipeline. The directory's is a file: it is whole or written anew."""
        return {
            "imports": waiting.stuck(self.exam_store, self.clock.now()),
            "rounds": self.rounds.stuck(),
            "messages": self.outbox.stuck(),
            "crests": self.crests.stuck(),
            "batches": self.batches.stuck(),
            "dossier_imports": self.sheet_imports.stuck(),
            "tokens": self.tokens.stuck(),
            "unsent": self.outbox.unsent(),
            "erasing": self.erasing.stuck(),
            "ratings": self.rolling_up.stuck(),
            "exports": self.exports.stuck(),
        }
