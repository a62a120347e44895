"""Dossiers for the agency's own systems (`/api/v1/dossiers`): create, move, read, list. For who holds a key.

The key says which agency it is; no address names one, so no key reaches another's. Whatever changes something carries an
Idempotency-Key and is done once under it. The description of this part is for key holders too."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Response

from handlers import answers, context
from handlers.api import dossier_reading, reading
from handlers.api.dossier_json import dossier_json, made_json, page_json
from handlers.api.key_holders import held_key, key_holders
from handlers.doors import pages
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.lists import Page, Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.opening import Reason
from miniapp.procedures.model import Procedure, national_code

dossiers = pages("api_dossiers", door=key_holders, url_prefix="/api/v1/dossiers", audience="json")

DOCUMENT = Path(__file__).with_name("dossiers_openapi.json")
SHELVES = "|".join(shelf.value for shelf in Shelf)
MONTH = r"20[0-9]{2}-(0[1-9]|1[0-2])"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
CURSOR = r"[0-9A-Za-z#:.\-]{1,200}"
LIMIT = "[1-9]|[1-9][0-9]|100"
DEFAULT_LIMIT = 50


@dossiers.get("/openapi.json")
def document() -> Response:
    """The description of this part."""
    reading.parameters()
    return answers.plain(_document(), 200, "application/json")


@dossiers.post("")
def create() -> Response:
    """A new dossier, once under its key; repeated, the same answer."""
    reading.parameters()
    key = dossier_reading.idempotency_key()
    body = dossier_reading.record_body()
    agency = context.services().agencies.now(held_key().agency)
    if not agency.identifier:
        raise Conflict("agency_identifier_needed")
    record = dossier_reading.record_of(body, _procedure(agency.id, dossier_reading.procedure_code(body)))
    bringing = context.services().bringing
    made = _once(lambda: bringing.create(agency.id, agency.identifier, record, by=_by(), key=key))
    first = len(bringing.way_of(record.report))
    answer = answers.data(made_json(made, first), 201)
    answer.headers["Location"] = f"/api/v1/dossiers/{made.code}"
    return answer


@dossiers.post("/<code>/moves")
def move(code: str) -> Response:
    """Move a dossier to where it stands in the agency's own system."""
    reading.parameters()
    key = dossier_reading.idempotency_key()
    seen, report = dossier_reading.move_body()
    bringing = context.services().bringing
    known, agency = _code(code), held_key().agency
    held = _once(lambda: bringing.move(agency, known, seen, report, by=_by(), key=key))
    return answers.data(dossier_json(held, _link(code)))


@dossiers.get("/<code>")
def one(code: str) -> Response:
    """One dossier; whoever keeps it sees that another system read it."""
    reading.parameters()
    held = context.services().dossier_office.find(held_key().agency, _code(code))
    context.services().dossier_openings.note(held, held_key().id, Reason.SYSTEM)
    return answers.data(dossier_json(held, _link(code)))


@dossiers.get("")
def listed() -> Response:
    """Lines of a shelf, what is due first first; of those, what changed since a moment."""
    asked = reading.query(shelf=SHELVES, month=MONTH, changed_since=MOMENT, after=CURSOR, limit=LIMIT)
    if not asked["shelf"]:
        raise Invalid("parameter_missing", parameter="shelf")
    if (asked["shelf"] == Shelf.ENDED.value) != bool(asked["month"]):
        raise Invalid("parameter_missing" if not asked["month"] else "parameter_unknown", parameter="month")
    page = _page(asked)
    kept = {name: text for name, text in asked.items() if text} | {"after": page.cursor}
    return answers.data(page_json(page, f"/api/v1/dossiers?{urlencode(kept)}" if page.cursor else ""))


def _once(act: Callable[[], Dossier]) -> Dossier:
    """What an act gives; a key that stood for something else is the request's mistake, not a race."""
    try:
        return act()
    except Conflict as conflict:
        if conflict.code != "order_differs":
            raise
        raise Invalid("idempotency_key_reused", field="Idempotency-Key", **conflict.facts) from None


def _page(asked: dict[str, str]) -> Page:
    office, agency = context.services().dossier_office, held_key().agency
    most = int(asked["limit"] or DEFAULT_LIMIT)
    since = dossier_reading.moment_of(asked["changed_since"], "changed_since")
    keep = (lambda line: line.changed_at >= since) if since else None
    if asked["month"]:
        return office.ended(agency, asked["month"], after=asked["after"], most=most, keep=keep)
    return office.shelf(agency, Shelf(asked["shelf"]), after=asked["after"], most=most, keep=keep)


def _procedure(agency: str, code: str) -> Procedure:
    try:
        known = national_code(code)
    except Invalid:
        raise Invalid("dossier_procedure_unknown", field="procedure", procedure=reading.printable(code)) from None
    try:
        return context.services().catalogue.get(agency, known).procedure
    except NotFound:
        raise Invalid("dossier_procedure_unknown", field="procedure", procedure=known) from None


def _code(text: str) -> str:
    """A code as it stands in an address; NotFound for what is none."""
    try:
        return str(DossierCode.of(text))
    except Invalid:
        raise NotFound("dossier_unknown") from None


def _link(code: str) -> str:
    """The address that the QR code on its receipt leads to."""
    token = context.services().dossier_office.link(held_key().agency, code)
    return f"{context.services().settings.base_url}/hs/{token}" if token else ""


def _by() -> By:
    return By(Side.MACHINE, held_key().id)


@cache
def _document() -> bytes:
    return DOCUMENT.read_bytes()
