"""The personal checklist of a procedure: its questions, and the papers and fees that the answers leave.

For anybody. Answers stand in the address and nowhere else, so a list can be sent on and nothing is kept. What an address
says beside the questions that are asked counts for nothing (`miniapp.procedures.personal`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context
from handlers.citizen.procedure import found_of
from handlers.citizen.procedures import base
from handlers.doors import anyone, pages
from miniapp.core.clock import local_day
from miniapp.procedures.model import Procedure
from miniapp.procedures.personal import Checklist, checklist, is_personal

procedure_checklist = pages("procedure_checklist", door=anyone, url_prefix="/<agency>/thu-tuc/<code>/giay-to")

FIELD = "c-"  # before a question's id, so that no question takes a name that pages need


@dataclass(frozen=True)
class Field:
    """One question as the form has it."""

    name: str
    ask: str
    options: Sequence[tuple[str, str]]
    chosen: str
    is_open: bool


@dataclass(frozen=True)
class ChecklistPage:
    """The questions, and what the answers say. `begun`: something was answered; `others`: where to look for another."""

    procedure: Procedure
    address: str
    others: str
    fields: Sequence[Field]
    told: Checklist
    begun: bool
    day: str


@procedure_checklist.get("")
def show(agency: str, code: str) -> Response:
    """Every question that is asked so far, and the list once all are answered."""
    procedure = found_of(code)
    back = base(f"/{procedure.code}")
    if not procedure.is_open or not is_personal(procedure):
        return answers.see(back)
    day = local_day(context.services().clock.now())
    given = {one.id: request.args.get(FIELD + one.id, "") for one in procedure.questions}
    told = checklist(procedure, given, day)
    page = ChecklistPage(
        procedure=procedure,
        address=base(f"/{procedure.code}/giay-to"),
        others=base(),
        fields=_fields(told),
        told=told,
        begun=any(one.choice for one in told.asked),
        day=day,
    )
    return answers.show("citizen/procedures/checklist.html", page, back=back)


def _fields(told: Checklist) -> list[Field]:
    return [
        Field(
            FIELD + one.question.id,
            one.question.ask,
            [(choice.id, choice.words) for choice in one.question.choices],
            one.choice.id if one.choice else "",
            one.question in told.open,
        )
        for one in told.asked
    ]
