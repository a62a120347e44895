"""Procedures for programs: a search, and one record as the nation or an agency shows it (`/api/v1/procedures`).

The same index and the same layers as on the citizens' pages, and like them it asks no table. A question is never kept
and its answer never stored on the way; a record is the same for everybody."""

from flask import Response

from handlers import answers, context
from handlers.api import reading
from handlers.api.procedure_json import found_json, procedure_json
from handlers.doors import anyone, pages
from miniapp.agencies.model import Agency, Service
from miniapp.core.errors import Invalid, NotFound
from miniapp.procedures.model import national_code
from miniapp.procedures.searching import SHOWN

procedures = pages("api_procedures", door=anyone, url_prefix="/api/v1/procedures", audience="json")

AGENCY = "[a-z0-9]+(-[a-z0-9]+)*"
QUESTION = r"[^\x00-\x1f\x7f]{1,300}"
LIMIT = "[1-9]|[1-4][0-9]|50"
A_MINUTE = "public, max-age=30, s-maxage=60"


@procedures.get("")
def search() -> Response:
    """What a question finds, best first, each with the reasons."""
    asked = reading.query(q=QUESTION, agency=AGENCY, limit=LIMIT)
    if not asked["q"]:
        raise Invalid("parameter_missing", parameter="q")
    held = _agency(asked["agency"])
    most = int(asked["limit"] or SHOWN)
    found = context.services().finder.find(held.id if held else "", asked["q"], held.kind if held else None, most)
    return answers.data(found_json(asked["q"], found, asked["agency"]))


@procedures.get("/<code>")
def one(code: str) -> Response:
    """One record; the nation's where no agency is named."""
    asked = reading.query(agency=AGENCY)
    held = _agency(asked["agency"])
    try:
        found = context.services().catalogue.get(held.id if held else "", national_code(code))
    except Invalid:
        raise NotFound("procedure_unknown", procedure=reading.printable(code)) from None
    now = context.services().clock.now()
    return answers.data(procedure_json(found, asked["agency"], now), edge=A_MINUTE)


def _agency(address: str) -> Agency | None:
    """The agency that is asked about, if its procedures are open; NotFound `agency_unknown`, `service_closed`."""
    if not address:
        return None
    held = context.services().agencies.at(address)
    held.require(Service.PROCEDURES)
    return held
