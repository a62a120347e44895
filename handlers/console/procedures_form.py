"""The form of one procedure: each field as text, with a mark of what stood there, so that only what was typed over counts.

For `procedures_edit`. Fields that nobody typed over follow what somebody else saves meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers import context, forms
from handlers.console.procedures import EDITABLE
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid
from miniapp.core.plain import from_plain
from miniapp.procedures.desk import State, may_begin
from miniapp.procedures.layers import mark
from miniapp.procedures.model import Procedure, checked
from miniapp.procedures.written import Unwritten, label, read, written

LONGEST = 100_000  # letters of a field: the national portal's longest has 80,000
BODY_MOST = 2 * 1024 * 1024
DAY = ("effective-day", "effective-month", "effective-year")
WAS = tuple(f"was-{name}" for name in EDITABLE)
ABOVE = tuple(f"above-{name}" for name in EDITABLE)
OTHERS = (*DAY, *WAS, *ABOVE, "seen", "number", "act")


@dataclass(frozen=True)
class Changed:
    """One field before and after, as text; `is_above`: the agency's own is given up."""

    name: str
    label: str
    before: str
    after: str
    is_above: bool


def values_of(state: State, day: str) -> dict[str, str]:
    """The form as it is first shown."""
    texts = {name: written(name, state.plain[name]) for name in EDITABLE}
    return {
        **texts,
        **{f"was-{name}": mark(text) for name, text in texts.items()},
        **day_values(day),
        "seen": state.mark,
        "number": str(state.number),
    }


def received() -> Form:
    """What was sent, with lines as we write them."""
    form = forms.read((*EDITABLE, *OTHERS), raw=EDITABLE, most=LONGEST)
    typed = {name: form.value(name).replace("\r\n", "\n").replace("\r", "\n").strip("\n") for name in EDITABLE}
    return replace(form, values={**form.values, **typed})


def day_values(day: str) -> dict[str, str]:
    """A day as the three fields of the form."""
    return dict(zip(DAY, reversed(day.split("-")), strict=True))


def day_shown(form: Form) -> tuple[str, str, str]:
    """The three fields as they were typed."""
    return form.value(DAY[0]), form.value(DAY[1]), form.value(DAY[2])


def begins(form: Form) -> FieldProblem | None:
    """What is wrong with the day from which it is to hold."""
    day = day_of(form)
    if may_begin(day, context.services().procedure_desk.today):
        return None
    return FieldProblem("effective", "effective_shape" if day else "date_shape")


def day_of(form: Form) -> str:
    """From which day it is to hold; empty where that is no day."""
    try:
        return date(*(int(form.value(part)) for part in reversed(DAY))).isoformat()
    except (ValueError, OverflowError):
        return ""


def typed_over(form: Form) -> list[str]:
    """The fields that somebody typed over, or gave up."""
    return [
        name for name in EDITABLE if _is_given_up(form, name) or mark(form.value(name)) != form.value(f"was-{name}")
    ]


def fields_of(form: Form) -> dict[str, Any] | Form:
    """What was typed over as plain values, None for what is given up; or the form with what can't be read."""
    found: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name in typed_over(form):
        try:
            found[name] = None if _is_given_up(form, name) else read(name, form.value(name))
        except Unwritten as problem:
            problems.append(FieldProblem(name, problem.code, {"line": problem.words[:200]}))
    return form.with_problems(*problems) if problems else found


def would_be(state: State, fields: Mapping[str, Any]) -> Procedure:
    """The procedure as it would be shown; raises Invalid for what may not be kept."""
    after = {name: state.above[name] if value is None else value for name, value in fields.items()}
    return checked(from_plain(Procedure, {**state.plain, **after, "code": state.procedure.code}))


def differences(state: State, fields: Mapping[str, Any]) -> list[Changed]:
    """What would change, field by field."""
    found = []
    for name, value in fields.items():
        before = written(name, state.plain[name])
        after = written(name, state.above[name] if value is None else value)
        given_up = value is None and name in state.own
        if before != after or given_up:
            found.append(Changed(name, label(name), before, after, given_up))
    return found


def followed(form: Form, state: State, day: str) -> Form:
    """The form over what stands there now: what was typed stays, everything else follows."""
    kept = {name: form.value(name) for name in typed_over(form)}
    given_up = {f"above-{name}": "1" for name in kept if _is_given_up(form, name)}
    parts = {part: form.value(part) for part in DAY}
    return replace(form, values={**values_of(state, day), **parts, **kept, **given_up})


def refusal(problem: Invalid) -> FieldProblem:
    """What kept it from being saved, at its field."""
    return FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts)


def _is_given_up(form: Form, name: str) -> bool:
    return form.value(f"above-{name}") == "1"
