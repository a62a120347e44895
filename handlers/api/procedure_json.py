"""Procedures as the API shows them; the shapes are declared in `openapi.json`.

For the API's views. A record has the fields of the catalogue under their own names, so that what is read here can be
imported again; `sources` says which layer each field is from."""

from datetime import date, datetime
from typing import Any

from miniapp.core.clock import local_day
from miniapp.core.ids import NATION
from miniapp.core.plain import to_plain
from miniapp.procedures.finding import Found, Hit
from miniapp.procedures.layers import Merged

Json = dict[str, Any]
NATION_NAME = "nation"


def found_json(question: str, found: Found, agency: str) -> Json:
    """The answer to a question."""
    answer = found.answer
    return {
        "query": question,
        "doubtful": found.is_doubtful,
        "matches": [_match(hit, agency) for hit in found.hits],
        "has_more": found.has_more,
        "sections": [section for section in answer.sections if section],
        "life_events": list(answer.events),
        "not_understood": list(answer.strange),
        "suggestions": list(answer.suggestions),
    }


def procedure_json(found: Merged, agency: str, now: datetime) -> Json:
    """One record, and what follows from the day."""
    one = found.procedure
    sources = {name: NATION_NAME if layer == NATION else layer for name, layer in found.sources.items()}
    facts = {
        "is_stale": one.is_stale(date.fromisoformat(local_day(now))),
        "sources": sources,
        "links": _links(one.code, agency),
    }
    return {**to_plain(one), **facts}


def _match(hit: Hit, agency: str) -> Json:
    one = hit.procedure
    return {
        "code": one.code,
        "name": one.name,
        "field": one.field,
        "levels": [level.value for level in one.levels],
        "score": hit.match.score,
        "reasons": [{"typed": why.typed, "via": why.via.value, "met": why.met} for why in hit.match.reasons],
        "life_events": list(hit.match.events),
        "links": _links(one.code, agency),
    }


def _links(code: str, agency: str) -> Json:
    links = {"self": f"/api/v1/procedures/{code}" + (f"?agency={agency}" if agency else "")}
    return links | ({"page": f"/{agency}/thu-tuc/{code}"} if agency else {})
