"""The personal checklist of a procedure: its questions, and the papers and fees that the answers leave.

For anybody. Answers stand in the address and nowhere else, so a list can be sent on and nothing is kept. What an address
says beside the questions that are asked counts for nothing (`miniapp.procedures.personal`)."""

from flask import Response, request

from handlers import answers, context
from handlers.citizen.procedure import found_of
from handlers.citizen.procedures import base
from handlers.doors import anyone, pages
from handlers.procedure_questions import checklist_page
from miniapp.core.clock import local_day
from miniapp.procedures.personal import is_personal

procedure_checklist = pages("procedure_checklist", door=anyone, url_prefix="/<agency>/thu-tuc/<code>/giay-to")


@procedure_checklist.get("")
def show(agency: str, code: str) -> Response:
    """Every question that is asked so far, and the list once all are answered."""
    procedure = found_of(code)
    back = base(f"/{procedure.code}")
    if not procedure.is_open or not is_personal(procedure):
        return answers.see(back)
    day = local_day(context.services().clock.now())
    page = checklist_page(procedure, request.args, base(f"/{procedure.code}/giay-to"), base(), day)
    return answers.show("citizen/procedures/checklist.html", page, back=back)
