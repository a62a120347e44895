"""An agency's dossiers as rows of a file: what lies on its desk, or what ended in some months. For exports.

The lines of the desk, so never who asks. The cursor names the shelf or month and the place on it."""

from collections.abc import Mapping, Sequence
from datetime import date

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.dossiers.lists import Line, Page, Shelf
from miniapp.dossiers.store import PAGE_MOST, DossierStore
from miniapp.exports.model import Batch, Order

DESK = (Shelf.NEW, Shelf.RUNNING, Shelf.WAITING, Shelf.READY)
COLUMNS = ("code", "status", "procedure", "procedure_name", "post", "due", "changed_at")
MONTHS_MOST = 24
FIRST_YEAR = 2000


class DossierRows:
    """Lines of dossiers, place after place."""

    def __init__(self, store: DossierStore, agency: str, order: Order) -> None:
        self._store = store
        self._agency = agency
        self._words = order.words
        self._months = _months(order.asked)
        self._places: Sequence[str] = self._months or [shelf.value for shelf in DESK]

    def after(self, cursor: str) -> Batch:
        place, _, within = cursor.partition("|")
        at = self._places.index(place) if place else 0
        page = self._page(self._places[at], within)
        if page.cursor:
            after = f"{self._places[at]}|{page.cursor}"
        else:
            after = f"{self._places[at + 1]}|" if at + 1 < len(self._places) else ""
        return Batch([self._row(line) for line in page.lines], after)

    def _page(self, place: str, within: str) -> Page:
        if self._months:
            return self._store.ended(self._agency, place, after=within, most=PAGE_MOST)
        return self._store.shelf(self._agency, Shelf(place), after=within, most=PAGE_MOST)

    def _row(self, line: Line) -> Sequence[str]:
        status = str(line.status.value)
        due = f"{line.due.astimezone(VIETNAM):%Y-%m-%d %H:%M}" if line.due else ""
        changed = f"{line.changed_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
        told = self._words.get(status, status)
        return [line.code, told, line.procedure, line.procedure_name, line.post, due, changed]


def _months(asked: Mapping[str, str]) -> list[str]:
    """The months that are asked for, both ends in; none where the desk is. Invalid `export_months_shape`."""
    first, last = asked.get("from", ""), asked.get("to", "")
    if not first and not last:
        return []
    problem = Invalid("export_months_shape", field="from", most=MONTHS_MOST)
    try:
        begin, end = (date.fromisoformat(f"{month}-01") for month in (first, last))
    except ValueError:
        raise problem from None
    span = (end.year - begin.year) * 12 + end.month - begin.month
    if not 0 <= span < MONTHS_MOST or begin.year < FIRST_YEAR:
        raise problem
    every = (begin.year * 12 + begin.month - 1 + step for step in range(span + 1))
    return [f"{one // 12:04}-{one % 12 + 1:02}" for one in every]
