"""A change that was set to begin on a day is called off, once its officer has seen what then stays as it is. For officers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.procedures import PREFIX, base, state_of
from handlers.console.procedures_form import Changed, differences
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Conflict, NotFound
from miniapp.procedures.desk import State
from miniapp.procedures.model import Procedure
from miniapp.procedures.written import label, written

calling_off = pages("console_procedures_call_off", officers(may="procedures.manage"), PREFIX, "console")


@dataclass(frozen=True)
class CallOffPage:
    """A change to come, with what it would change, before it is called off."""

    form: Form
    procedure: Procedure
    day: str
    differences: Sequence[Changed]
    seen: str
    action: str
    away: str


@calling_off.get("/<code>/huy-hen")
def show(agency: str, code: str) -> Response:
    """What calling the change of a day (`ngay`) off will do."""
    return _page(code, request.args.get("ngay", ""), forms.blank())


@calling_off.post("/<code>/huy-hen")
def call_off(agency: str, code: str) -> Response:
    """Call it off, once it was understood."""
    form = forms.read(("understood", "day", "seen"))
    if not form.problems and form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))
    day, seen = form.value("day"), form.value("seen")
    if form.problems:
        return _page(code, day, form, 422)
    office, held, by = context.services().procedure_office, context.agency().id, context.officer().id

    def do() -> str:
        office.call_off(held, code, day, by=by, expected=seen)
        return base(f"/{code}") if _on(code) else base()

    try:
        return answers.see(forms.once(form, do))
    except Conflict as conflict:
        if conflict.code != "procedures_changed":
            raise
        return _page(code, day, forms.blank().with_problems(FieldProblem("", "procedures_changed")), 409)


def _page(code: str, day: str, form: Form, status: int = 200) -> Response:
    state = state_of(code)
    if day not in state.days:
        raise NotFound("change_unknown", procedure=code[:20])
    before = _on(code, max((one for one in state.days if one < day), default=context.services().procedure_desk.today))
    then = state_of(code, day)
    page = CallOffPage(
        form=form,
        procedure=then.procedure,
        day=day,
        differences=_between(before, then),
        seen=state.mark,
        action=base(f"/{code}/huy-hen"),
        away=base(f"/{code}", ngay=day),
    )
    return answers.show("console/procedures/call_off.html", page, status=status, wrong=status != 200)


def _on(code: str, day: str = "") -> State | None:
    """The procedure on a day; None where it is not there then."""
    try:
        return state_of(code, day)
    except NotFound:
        return None


def _between(before: State | None, then: State) -> list[Changed]:
    """What changes on a day; all that the agency says, where nothing is there before."""
    if before is None:
        return [Changed(name, label(name), "", written(name, value), False) for name, value in then.own.items()]
    return differences(before, {name: then.own.get(name) for name in [*before.own, *then.own]})
