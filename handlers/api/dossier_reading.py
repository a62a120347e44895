"""What programs send of dossiers, read strictly: a record, a move, the key of a request. For the API of dossiers.

The shapes are declared in `dossiers_openapi.json`; what is not declared is refused. Moments are ISO 8601 with an offset,
statuses and kinds are the national portal's numbers."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

from flask import request

from handlers.api import reading
from miniapp.core.errors import Invalid
from miniapp.dossiers.applying import IDENTITY_MOST, NAME_MOST, PHONE_MOST, applicant
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.parts import ARTICLE_MOST, DONG_MOST, PAPERS_MOST, WORDS_MOST, Channel, Lack, Subject, Wanted
from miniapp.dossiers.reported import POST_MOST, Record, Report
from miniapp.dossiers.states import Status
from miniapp.procedures.model import Procedure

BODY_MOST = 32 * 1024
KEY_MOST = 128
MOMENT_MOST = 40
CODE_MOST = 50
PAPER_MOST = 300
SEEN_MOST = 1_000_000
FIRST_YEAR, LAST_YEAR = 1_900, 9_000  # what lies beyond can't be told in every zone
_KEY = re.compile(rf'"?([!#-\[\]-~]{{1,{KEY_MOST}}})"?\Z')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
REPORT = (
    *("status", "received", "due", "finished", "since", "post", "article", "words"),
    *("papers", "deadline", "amount", "returned_by"),
)
RECORD = ("code", "procedure", "channel", "applicant")
Kind = TypeVar("Kind", bound=IntEnum)


def idempotency_key() -> str:
    """The key of this request; Invalid `idempotency_key_needed` without one of a plain shape."""
    found = _KEY.match(request.headers.get("Idempotency-Key", ""))
    if found is None:
        raise Invalid("idempotency_key_needed", field="Idempotency-Key", most=KEY_MOST)
    return found[1]


def record_body() -> dict[str, Any]:
    """The body of a new dossier, with every field known."""
    held = reading.json_object(BODY_MOST, numbers=True)
    reading.known(held, (*RECORD, *REPORT), "")
    return held


def move_body() -> tuple[int, Report]:
    """The version that was seen, and where the dossier stands now."""
    held = reading.json_object(BODY_MOST, numbers=True)
    reading.known(held, ("seen", *REPORT), "")
    return _figure(held, "seen", SEEN_MOST, 1), report_of(held)


def record_of(held: Mapping[str, Any], procedure: Procedure) -> Record:
    """The record of a body, under the procedure that it names."""
    who = held.get("applicant")
    if not isinstance(who, dict):
        raise Invalid("field_kind" if "applicant" in held else "field_missing", field="applicant")
    reading.known(who, ("name", "identity", "phone", "subject"), "applicant/")
    code = _text(held, "code", CODE_MOST)
    asks = applicant(
        _text(who, "name", NAME_MOST, "applicant/"),
        _text(who, "identity", IDENTITY_MOST, "applicant/"),
        _text(who, "phone", PHONE_MOST, "applicant/"),
        _one_of(who, "subject", Subject, Subject.CITIZEN, "applicant/"),
    )
    channel = _one_of(held, "channel", Channel, Channel.DESK)
    known = DossierCode.of(code) if code else None
    return Record(procedure.code, procedure.name, asks, report_of(held), channel, known)


def procedure_code(held: Mapping[str, Any]) -> str:
    """The code of the procedure that a body names."""
    if "procedure" not in held:
        raise Invalid("field_missing", field="procedure")
    return _text(held, "procedure", CODE_MOST)


def report_of(held: Mapping[str, Any]) -> Report:
    """A status and its facts."""
    if "status" not in held:
        raise Invalid("field_missing", field="status")
    return Report(
        status=_one_of(held, "status", Status, Status.FILED),
        received=_moment(held, "received"),
        due=_moment(held, "due"),
        finished=_moment(held, "finished"),
        since=_moment(held, "since"),
        post=_text(held, "post", POST_MOST),
        article=_text(held, "article", ARTICLE_MOST),
        words=_text(held, "words", WORDS_MOST),
        papers=_papers(held),
        deadline=_moment(held, "deadline"),
        amount=_figure(held, "amount", DONG_MOST, 1) if "amount" in held else 0,
        returned_by=_one_of(held, "returned_by", Channel, Channel.DESK),
    )


def _papers(held: Mapping[str, Any]) -> tuple[Wanted, ...]:
    found = held.get("papers", [])
    if not isinstance(found, list) or len(found) > PAPERS_MOST or not all(isinstance(one, dict) for one in found):
        raise Invalid("field_kind", field="papers")
    return tuple(_paper(one, f"papers/{place}/") for place, one in enumerate(found))


def _paper(held: Mapping[str, Any], where: str) -> Wanted:
    reading.known(held, ("paper", "lack", "note"), where)
    if "paper" not in held:
        raise Invalid("field_missing", field=f"{where}paper")
    lack = next((one for one in Lack if one.value == held.get("lack", Lack.MISSING.value)), None)
    if lack is None:
        raise Invalid("field_kind", field=f"{where}lack")
    return Wanted(_text(held, "paper", PAPER_MOST, where), lack, _text(held, "note", PAPER_MOST, where))


def _text(held: Mapping[str, Any], name: str, most: int, where: str = "") -> str:
    return reading.text(held[name], where + name, most) if name in held else ""


def moment_of(text: str, name: str) -> datetime | None:
    """A moment written with its offset, None for no text; Invalid `moment_shape`."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text) if _MOMENT.match(text) else None
        if found is not None and FIRST_YEAR < found.year < LAST_YEAR:
            return found
    except ValueError:
        pass
    raise Invalid("moment_shape", field=name)


def _moment(held: Mapping[str, Any], name: str) -> datetime | None:
    return moment_of(_text(held, name, MOMENT_MOST), name)


def _one_of(held: Mapping[str, Any], name: str, kind: type[Kind], otherwise: Kind, where: str = "") -> Kind:
    if name not in held:
        return otherwise
    found = next((one for one in kind if type(held[name]) is int and one.value == held[name]), None)
    if found is None:
        raise Invalid("field_kind", field=where + name)
    return found


def _figure(held: Mapping[str, Any], name: str, most: int, least: int) -> int:
    if name not in held:
        raise Invalid("field_missing", field=name)
    value = held[name]
    if type(value) is not int or not least <= value <= most:
        raise Invalid("field_kind", field=name)
    return value
