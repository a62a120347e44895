"""Dossiers as the API shows them to who holds a key; the shapes are declared in `dossiers_openapi.json`."""

from datetime import datetime
from typing import Any

from miniapp.core.clock import VIETNAM
from miniapp.dossiers.lists import Line, Page
from miniapp.dossiers.model import Dossier

Json = dict[str, Any]


def dossier_json(held: Dossier, link: str) -> Json:
    """One dossier, with who asks: who holds a key of the agency reads what its officers read."""
    who = held.applicant
    return {
        **_head(str(held.code), held.version),
        "procedure": held.procedure,
        "procedure_name": held.procedure_name,
        "status": held.status.value,
        "channel": held.channel.value,
        "applicant": {
            "name": who.name.reveal,
            "identity": who.identity.reveal,
            "phone": who.phone.reveal,
            "subject": who.subject.value,
        },
        "check": held.code.check,
        "post": held.post,
        "filed": moment(held.filed_at),
        "received": moment(held.received_at),
        "due": moment(held.due),
        "ended": moment(held.ended_at),
        "returned": moment(held.returned_at),
        "changed": moment(held.changed_at),
        "link": link,
    }


def made_json(held: Dossier, version: int) -> Json:
    """What a new dossier is answered with: nothing that changes later, so a repeated request gets the very same."""
    return {**_head(str(held.code), version), "check": held.code.check, "printed": held.code.printed}


def page_json(page: Page, more: str) -> Json:
    """Lines of a shelf, and where the next ones are."""
    return {"dossiers": [_line(one) for one in page.lines], "next": more}


def moment(at: datetime | None) -> str | None:
    """A moment as it is written in Vietnam."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds") if at else None


def _line(line: Line) -> Json:
    return {
        **_head(line.code, line.version),
        "procedure": line.procedure,
        "procedure_name": line.procedure_name,
        "status": line.status.value,
        "post": line.post,
        "due": moment(line.due),
        "changed": moment(line.changed_at),
    }


def _head(code: str, version: int) -> Json:
    return {"code": code, "version": version, "links": {"self": f"/api/v1/dossiers/{code}"}}
