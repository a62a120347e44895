"""The papers of a dossier beside its receipt: request for papers, refusal, apology with a new appointment (mẫu 02, 03, 04).

For officers who handle dossiers; printed from the browser, dated on the day of the act, whoever prints it and when. They
say what the dossier holds and have a line to sign on."""

from dataclasses import dataclass

from flask import Response

from handlers import answers, context
from handlers.console.dossiers import PREFIX
from handlers.console.dossiers_one import at_hand, found, of
from handlers.console.dossiers_receipt import in_words, place_of
from handlers.console.dossiers_why import ask_why, opened
from handlers.doors import officers, pages
from miniapp.agencies.model import Agency
from miniapp.core.errors import NotFound
from miniapp.dossiers.model import Dossier

papers = pages("console_dossiers_papers", officers(may="dossiers.manage"), PREFIX, "console")


@dataclass(frozen=True)
class PaperPage:
    """One of the papers, by its name in the address; `day` as forms are dated."""

    kind: str
    agency: Agency
    dossier: Dossier
    name: str
    place: str
    day: tuple[str, str, str]
    away: str


@papers.get("/<dossier>/phieu/<kind>")
def show(agency: str, dossier: str, kind: str) -> Response:
    """The paper; NotFound `dossier_paper_unknown` where nothing of the kind was done."""
    held = found(dossier)
    if not opened(held):
        return ask_why(held, f"/phieu/{kind}")
    at = at_hand(held).get(kind)
    if at is None:
        raise NotFound("dossier_paper_unknown")
    whose = context.services().agencies.now(held.agency)
    name = held.applicant.name.reveal
    page = PaperPage(kind, whose, held, name, place_of(whose), in_words(at), of(held))
    return answers.show("console/dossiers/paper.html", page)
