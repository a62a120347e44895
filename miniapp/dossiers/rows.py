"""The rows of dossiers. For their store; a process that has nothing to do with dossiers learns of no more than these.

Questions: those of `store`, `batch_store` and `reopening_store`, which make the keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from miniapp.core.tables import SortedTable


class DossiersTable(SortedTable):
    """Dossiers, and what leads to them."""

    class Meta:
        table_name = "dossiers"


class DossierRow(DossiersTable):
    """One dossier."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class EventRow(DossiersTable):
    """One thing that happened to a dossier; never changed."""

    body = UnicodeAttribute()


class DossierLineRow(DossiersTable):
    """A dossier as a list shows it, without who asked."""

    code = UnicodeAttribute()
    status = NumberAttribute()
    procedure = UnicodeAttribute()
    procedure_name = UnicodeAttribute()
    post = UnicodeAttribute(default="")
    officer = UnicodeAttribute(default="")
    due = UnicodeAttribute(default="")
    changed_at = UnicodeAttribute()
    version = NumberAttribute()


class LeadRow(DossiersTable):
    """What leads to a dossier: a link, or an order that was made into one."""

    agency = UnicodeAttribute()
    code = UnicodeAttribute()
    order = UnicodeAttribute(default="")


class LinkRow(DossiersTable):
    """The token of a dossier's link, so that a receipt can be printed again."""

    token = UnicodeAttribute()


class NumberRow(DossiersTable):
    """How many codes were given on a day."""

    given = NumberAttribute(default=0)


class DeadlineRow(DossiersTable):
    """Until when a dossier's missing papers may come."""


class NewsRow(DossiersTable):
    """That something happened to a dossier which whoever keeps it wants to hear."""


class SweptRow(DossiersTable):
    """An agency that has dossiers, and how far they are counted anew by its calendar."""

    version = NumberAttribute(default=0)
    body = UnicodeAttribute(default="{}")


class KeepersTable(SortedTable):
    """Who keeps dossiers; apart, since citizens' pages write it, and never a dossier."""

    class Meta:
        table_name = "dossier_keepers"


class OpeningsTable(SortedTable):
    """Who opened dossiers; apart, since only the desk writes it."""

    class Meta:
        table_name = "dossier_openings"


class KeeperRow(KeepersTable):
    """That a citizen keeps a dossier among their things; under the dossier whole, under the person a mark."""

    body = UnicodeAttribute(default="{}")


class SeenRow(OpeningsTable):
    """That an officer opened a dossier on a day for a reason; goes when its time is over."""

    post = UnicodeAttribute(default="")
    at = UnicodeAttribute()
    reason = UnicodeAttribute()
    expires = NumberAttribute()


class ImportRow(DossiersTable):
    """A file of another system that is taken in, and how far it has come."""

    done = NumberAttribute()
    body = UnicodeAttribute()


class TroubleRow(DossiersTable):
    """What was wrong with some rows of such a file; nothing of who asks."""

    body = UnicodeAttribute()


class RatedRow(DossiersTable):
    """That a dossier was rated: not how, not when, not by which ballot."""


class ReopeningRow(DossiersTable):
    """That somebody asked for a second look at a dossier, why, who answers until when, and what they said."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class ReopeningLineRow(DossiersTable):
    """Such a request as the list of what is to be answered shows it, without its words."""

    body = UnicodeAttribute()


class ReopeningAnswerRow(DossiersTable):
    """What was answered to such a request, by its moment."""

    text = UnicodeAttribute()


class ReopeningMarkRow(DossiersTable):
    """That such a request came to a state which is not noted or told yet."""


class SeniorsRow(DossiersTable):
    """Who answers such requests at an agency, as they sign in public."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class BatchRow(DossiersTable):
    """One act for many dossiers, ordered at once."""

    state = UnicodeAttribute()
    body = UnicodeAttribute()
    beat_at = UnicodeAttribute()


class PieceRow(DossiersTable):
    """Some of a batch's dossiers, each with the version it was seen at; which are done, and of these which were refused."""

    lines = UnicodeAttribute()
    done = UnicodeSetAttribute(null=True)
    refused = UnicodeSetAttribute(null=True)


class OpenBatchRow(DossiersTable):
    """That a batch is not at its end; which lies in the open, for whoever goes on with it."""

    agency = UnicodeAttribute()
    batch = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (
    DossierRow,
    EventRow,
    DossierLineRow,
    LeadRow,
    LinkRow,
    NumberRow,
    DeadlineRow,
    NewsRow,
    SweptRow,
    KeeperRow,
    SeenRow,
    ImportRow,
    TroubleRow,
    RatedRow,
    ReopeningRow,
    ReopeningLineRow,
    ReopeningAnswerRow,
    ReopeningMarkRow,
    SeniorsRow,
    BatchRow,
    PieceRow,
    OpenBatchRow,
)
