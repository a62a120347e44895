"""One procedure: what to bring, what it costs, when it is ready, where to go.

For citizens in the chat. Nothing is kept of whoever looks. The page is the same for everybody until somebody asks it for
a day or an amount, so shared caches may keep it for a minute. Long texts go on at an address of their own
(`procedure_texts`); what stands on the page is told by `handlers.procedure_page`."""

from flask import Response, request

from handlers import answers, context
from handlers.citizen.procedures import EDGE, agency_of, base
from handlers.doors import anyone, pages
from handlers.procedure_page import page_of
from miniapp.core.errors import Invalid, NotFound
from miniapp.procedures.model import Procedure, national_code

procedure = pages("procedure", door=anyone, url_prefix="/<agency>/thu-tuc/<code>")


@procedure.get("")
def one(agency: str, code: str) -> Response:
    """The procedure; a local variant of its code leads to the one address it has."""
    held = agency_of()
    try:
        national = national_code(code)
    except Invalid:
        raise NotFound("procedure_unknown", procedure=code[:20]) from None
    if national != code:
        return answers.see(base(f"/{national}"), 301)
    page = page_of(held, found_of(code), request.args, f"/{held.address}/thu-tuc")
    wrong = bool(page.problems)
    status = 422 if wrong else 200
    shown = "citizen/procedures/one.html"
    return answers.show(shown, page, back=base(), edge=EDGE, status=status, wrong=wrong, index=True)


def found_of(code: str) -> Procedure:
    """A procedure of this request's agency, by its canonical code; NotFound `procedure_unknown`, `service_closed`."""
    return context.services().catalogue.get(agency_of().id, code).procedure
