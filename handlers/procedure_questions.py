"""What the personal checklist of a procedure shows: for citizens at its address, and for officers who try new questions.

Answers come from whoever asks, and are kept nowhere; what belongs to no question that is asked counts for nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from miniapp.procedures.model import Procedure
from miniapp.procedures.personal import Checklist, checklist

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


def checklist_page(
    procedure: Procedure, asked: Mapping[str, str], address: str, others: str, day: str
) -> ChecklistPage:
    """Every question that is asked so far, and the list once all are answered."""
    given = {one.id: asked.get(FIELD + one.id, "") for one in procedure.questions}
    told = checklist(procedure, given, day)
    begun = any(one.choice for one in told.asked)
    return ChecklistPage(procedure, address, others, _fields(told), told, begun, day)


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
