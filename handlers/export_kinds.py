"""Which lists are written as files, who may have them and where their rows come from. For `wiring`."""

from collections.abc import Mapping
from functools import partial

from miniapp.dossiers.exporting import DossierRows
from miniapp.dossiers.store import DossierStore
from miniapp.exports.model import Kind


def export_kinds() -> Mapping[str, Kind]:
    """Every kind by its name."""
    return {"dossiers": Kind("dossiers.read", partial(DossierRows, DossierStore()))}
