"""The receipt that a citizen takes home (giấy tiếp nhận hồ sơ và hẹn trả kết quả, mẫu 01), and a new link in its QR code.

For officers who handle dossiers; printed from the browser. What the dossier does not hold (an address, how many copies
came) has a line to write on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, names_of
from handlers.console.dossiers_one import found, of
from handlers.console.dossiers_receive import procedure_of
from handlers.console.dossiers_why import ask_why, opened
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form
from handlers.receipt_codes import Codes, codes_of
from miniapp.agencies.model import Agency, Kind
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.folding import fold
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier
from miniapp.procedures.model import Paper

receipt = pages("console_dossiers_receipt", officers(may="dossiers.manage"), PREFIX, "console")

PAPERS_MOST = 30
PADDED_MONTHS = 2  # January and February are written with a zero, the others without
ABOVE_MOST = 4  # how far up the tree a place is looked for
# What stands before a place's own name: whose office it is, then its kind. A name that is a figure or a person's keeps
# its kind (domain 4.7).
OFFICES = ("uy ban nhan dan ", "ubnd ")
KINDS = ("thanh pho ", "dac khu ", "phuong ", "tinh ", "xa ")
PERSONS = ("ho chi minh",)


@dataclass(frozen=True)
class ReceiptPage:
    """The receipt. `place` and `day` are its date line, `papers` the catalogue's, `receiver` who received it."""

    agency: Agency
    dossier: Dossier
    name: str
    identity: str
    phone: str
    papers: Sequence[Paper]
    place: str
    day: tuple[str, str, str]
    receiver: str
    codes: Codes
    new_link: str
    away: str


@dataclass(frozen=True)
class LinkPage:
    """Before a link is replaced."""

    form: Form
    dossier: Dossier
    action: str
    away: str


@receipt.get("/<dossier>/giay-hen")
def show(agency: str, dossier: str) -> Response:
    """The receipt of what was received."""
    held = found(dossier)
    if not opened(held):
        return ask_why(held, "/giay-hen")
    if held.received_at is None:
        raise NotFound("dossier_not_received")
    services, asks = context.services(), held.applicant
    token = services.dossier_office.link(held.agency, str(held.code))
    story = services.dossier_office.story(held.agency, str(held.code))
    receiver = next((event.by.id for event in story if event.at == held.received_at and event.by.id), "")
    at = services.agencies.now(held.agency)
    page = ReceiptPage(
        agency=at,
        dossier=held,
        name=asks.name.reveal,
        identity=asks.identity.reveal,
        phone=asks.phone.reveal,
        papers=_papers(held.procedure),
        place=place_of(at),
        day=in_words(held.received_at),
        receiver=names_of({receiver}).get(receiver, ""),
        codes=codes_of(held.code, services.dossier_office.lined(held).line, token),
        new_link=of(held, "/lien-ket-moi"),
        away=of(held),
    )
    return answers.show("console/dossiers/receipt.html", page)


@receipt.get("/<dossier>/lien-ket-moi")
def show_link(agency: str, dossier: str) -> Response:
    """What a new link does to the old one, before it is done."""
    return _link_page(found(dossier), forms.blank())


@receipt.post("/<dossier>/lien-ket-moi")
def renew_link(agency: str, dossier: str) -> Response:
    """Another link; whoever has the old one sees nothing from now on."""
    held = found(dossier)
    form = forms.read(("understood",))
    if not form.problems and form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))
    if form.problems:
        return _link_page(held, form, 422)
    by = By(Side.OFFICER, context.officer().id)

    def do() -> str:
        context.services().dossier_office.link_anew(held.agency, str(held.code), by=by)
        return of(held, "/giay-hen") if held.received_at else of(held)

    try:
        return answers.see(forms.once(form, do))
    except Conflict as problem:
        return _link_page(held, form.with_problems(FieldProblem("", problem.code, problem.facts)), 409)


def in_words(at: datetime) -> tuple[str, str, str]:
    """Day, month and year as forms are dated."""
    day = at.astimezone(LOCAL)
    return f"{day:%d}", f"{day:%m}" if day.month <= PADDED_MONTHS else str(day.month), str(day.year)


def place_of(agency: Agency) -> str:
    """Where it is dated: the commune's or the province's own name, its own or of the one above it; empty where none is."""
    at: Agency | None = agency
    for _ in range(ABOVE_MOST):
        if at is None:
            break
        if at.kind in (Kind.COMMUNE, Kind.PROVINCE):
            return own_name(at.name)
        at = context.services().agencies.find(at.parent) if at.parent else None
    return ""


def own_name(name: str) -> str:
    """A commune's or a province's own name, without whose office it is and mostly without its kind."""
    folded = fold(name)
    if len(folded) != len(name):
        return name
    office = len(next((one for one in OFFICES if folded.startswith(one)), ""))
    kind = len(next((one for one in KINDS if folded.startswith(one, office)), ""))
    own = folded[office + kind :]
    begin = office if own.isdecimal() or own in PERSONS else office + kind
    return name[begin : begin + 1].upper() + name[begin + 1 :]


def _papers(code: str) -> list[Paper]:
    """What the catalogue says is to be brought; nothing where it no longer knows the procedure."""
    try:
        return list(procedure_of(code).papers[:PAPERS_MOST])
    except NotFound:
        return []


def _link_page(held: Dossier, form: Form, status: int = 200) -> Response:
    page = LinkPage(form, held, of(held, "/lien-ket-moi"), of(held))
    return answers.show("console/dossiers/new_link.html", page, status=status, wrong=status != 200)
