"""Every kind of row there is, of every slice: what gets its stage before the first call, and what tests compare.

A new store is named here, nowhere else."""

from miniapp.accounts import service as accounts_service
from miniapp.agencies import crest_store, listing_store
from miniapp.agencies import store as agencies_store
from miniapp.audit import store as audit_store
from miniapp.calendars import store as calendars_store
from miniapp.core import guarding
from miniapp.core import once as once_table
from miniapp.core.tables import Table
from miniapp.dossiers import rows as dossier_rows
from miniapp.exam_scores import erasing_store, telling_store
from miniapp.exam_scores import store as exam_scores_store
from miniapp.exports import store as exports_store
from miniapp.messaging import store as messaging_store
from miniapp.procedures import signal_store
from miniapp.procedures import store as procedures_store
from miniapp.quality import store as quality_store
from miniapp.ratings import address_store, counter_store, fact_store, reply_store, rollup_store
from miniapp.ratings import store as ratings_store
from miniapp.usage import store as usage_store
from miniapp.zalo import oauth_simulator, simulator, token_store

TABLES: list[type[Table]] = [
    *accounts_service.TABLES,
    *agencies_store.TABLES,
    *crest_store.TABLES,
    *listing_store.TABLES,
    *audit_store.TABLES,
    *calendars_store.TABLES,
    *exam_scores_store.TABLES,
    *guarding.TABLES,
    *once_table.TABLES,
    *dossier_rows.TABLES,
    *exports_store.TABLES,
    *messaging_store.TABLES,
    *procedures_store.TABLES,
    *signal_store.TABLES,
    *usage_store.TABLES,
    *ratings_store.TABLES,
    *reply_store.TABLES,
    *counter_store.TABLES,
    *address_store.TABLES,
    *rollup_store.TABLES,
    *fact_store.TABLES,
    *quality_store.TABLES,
    *simulator.TABLES,
    *token_store.TABLES,
    *oauth_simulator.TABLES,
    *telling_store.TABLES,
    *erasing_store.TABLES,
]
