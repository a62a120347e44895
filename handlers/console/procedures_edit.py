"""An officer changes a procedure: the form, how citizens would see it on a phone, and only then keeping it.

Two officers at once: the second gets back what was typed with what the first one did; what neither typed over follows.
The preview is the citizens' own page in a frame that runs nothing and leads nowhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from handlers import answers, context, formats, forms
from handlers.console.agency import version_of
from handlers.console.procedures import (
    EDITABLE,
    PREFIX,
    Change,
    base,
    changes,
    layer_name,
    one_page,
    state_of,
)
from handlers.console.procedures_form import (
    BODY_MOST,
    LONGEST,
    Changed,
    begins,
    day_of,
    day_shown,
    differences,
    fields_of,
    followed,
    received,
    refusal,
    values_of,
    would_be,
)
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from handlers.procedure_page import page_of
from handlers.procedure_questions import checklist_page
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.procedures.desk import State
from miniapp.procedures.explaining import Explained, explained
from miniapp.procedures.model import Procedure
from miniapp.procedures.personal import is_personal
from miniapp.procedures.written import headings, label

edit = pages("console_procedures_edit", officers(may="procedures.manage"), PREFIX, "console")

ON_ANSWERS = frozenset({"questions", "papers", "channels"})  # what questions and rules stand in
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


@dataclass(frozen=True)
class Done:
    """What somebody else did meanwhile, and in which fields."""

    change: Change
    fields: Sequence[str]


@dataclass(frozen=True)
class Input:
    """A field of the form: what lines of it begin with, and whether the agency has its own, which it may give up."""

    name: str
    label: str
    headings: Sequence[str]
    is_own: bool
    whose: str


@dataclass(frozen=True)
class EditPage:
    """The form."""

    form: Form
    procedure: Procedure
    inputs: Sequence[Input]
    done: Sequence[Done]
    most: int
    day: tuple[str, str, str]
    action: str
    away: str


@dataclass(frozen=True)
class PreviewPage:
    """What would change, and the citizens' page as it would be; where it hangs on answers, also what they are asked and
    the rules in words."""

    form: Form
    procedure: Procedure
    differences: Sequence[Changed]
    day: str
    is_today: bool
    html: str
    questions: str
    rules: Explained | None
    action: str
    away: str


@edit.get("/<code>/sua")
def show(agency: str, code: str) -> Response:
    """The form; `ngay` asks for a day to come on which something begins."""
    state = state_of(code)
    day = request.args.get("ngay", "")
    state = state_of(code, day if day in state.days else state.day)
    return _form(state, forms.blank(**values_of(state, state.day)))


@edit.post("/<code>/sua")
def save(agency: str, code: str) -> Response:
    """The preview of what was typed; or the form again; or keep it."""
    request.max_content_length = request.max_form_memory_size = BODY_MOST
    form, now = received(), state_of(code)
    day = day_of(form)
    if late := begins(form):
        return _form(now, form.with_problems(late), 422)
    try:
        state = state_of(code, day)
    except NotFound:
        early = FieldProblem("effective", "effective_too_early", {"day": formats.day(now.day)})
        return _form(now, form.with_problems(early), 422)
    fields = fields_of(form)
    if form.problems or isinstance(fields, Form):
        return _form(state, fields if isinstance(fields, Form) else form, 422)
    if form.value("act") == "again":
        return _form(state, forms.blank(**form.values))
    try:
        return _kept_or_tried(form, state, fields, day)
    except Conflict as conflict:
        if conflict.code != "procedures_changed":
            raise
        return _changed_meanwhile(form, state, day)
    except Invalid as problem:
        return _form(state, form.with_problems(refusal(problem)), 422)


@edit.post("/<code>/da-kiem-tra")
def verify(agency: str, code: str) -> Response:
    """Somebody has looked it over today."""
    form = forms.read(("seen",))
    state_of(code)
    if form.problems:
        raise Invalid(form.problems[0].code, **form.problems[0].facts)
    fields = {"verified_on": context.services().procedure_desk.today}
    try:
        return answers.see(forms.once(form, lambda: _keep(code, fields, form.value("seen"), "", "verified")))
    except Conflict as conflict:
        if conflict.code != "procedures_changed":
            raise
        return one_page(code, 409)


def _kept_or_tried(form: Form, state: State, fields: Mapping[str, Any], day: str) -> Response:
    code = state.procedure.code
    if form.value("act") == "save":
        return answers.see(forms.once(form, lambda: _keep(code, fields, form.value("seen"), day, "desk")))
    if form.value("seen") != state.mark:
        raise Conflict("procedures_changed")
    changed = differences(state, fields)
    if not changed:
        return _form(state, form.with_problems(FieldProblem("", "nothing_changed")), 422)
    return _preview(form, would_be(state, fields), changed, day)


def _keep(code: str, fields: Mapping[str, Any], seen: str, day: str, source: str) -> str:
    context.services().procedure_office.edit(
        context.agency().id, code, fields, by=context.officer().id, expected=seen, effective=day, source=source
    )
    return base(f"/{code}", ngay=day) if day > context.services().procedure_desk.today else base(f"/{code}")


def _changed_meanwhile(form: Form, state: State, day: str) -> Response:
    """What was typed over what stands there now, with who was faster."""
    code = state.procedure.code
    found = context.services().procedure_desk.changed_since(context.agency().id, code, version_of_number(form))
    made = changes([version for version, _ in found])
    done = [
        Done(change, list(dict.fromkeys(label(one.field) for one in moved)))
        for change, (_, moved) in zip(made, found, strict=True)
    ]
    again = followed(form, state, day).with_problems(FieldProblem("", "procedure_changed_meanwhile"))
    return _form(state, again, 409, done)


def version_of_number(form: Form) -> int:
    """The version that the form was made of."""
    return version_of(Form({"version": form.value("number")}))


def _form(state: State, form: Form, status: int = 200, done: Sequence[Done] = ()) -> Response:
    code = state.procedure.code
    inputs = [
        Input(name, label(name), headings(name), name in state.own, layer_name(state.sources.get(name, "-")))
        for name in EDITABLE
    ]
    page = EditPage(
        form=form,
        procedure=state.procedure,
        inputs=inputs,
        done=done,
        most=LONGEST,
        day=day_shown(form),
        action=base(f"/{code}/sua"),
        away=base(f"/{code}"),
    )
    return answers.show("console/procedures/edit.html", page, status=status, wrong=bool(form.problems))


def _preview(form: Form, shown: Procedure, changed: Sequence[Changed], day: str) -> Response:
    held = context.agency()
    public = f"/{held.address}/thu-tuc"
    address = f"{public}/{shown.code}"
    frame = context.citizens_frame(context.parts(), held, address, context.language(), public)

    def looked_at(template: str, inside: object) -> str:
        html = context.words().page(context.language(), template, page=inside, frame=frame)
        return SCRIPT.sub("", html)  # it is only looked at

    asks = is_personal(shown) and any(one.name in ON_ANSWERS for one in changed)
    questions = checklist_page(shown, {}, f"{address}/giay-to", public, day)
    page = PreviewPage(
        form=forms.blank(**{name: text for name, text in form.values.items() if name != "act"}),
        procedure=shown,
        differences=changed,
        day=day,
        is_today=day == context.services().procedure_desk.today,
        html=looked_at("citizen/procedures/one.html", page_of(held, shown, {}, public, day)),
        questions=looked_at("citizen/procedures/checklist.html", questions) if asks else "",
        rules=explained(shown) if asks else None,
        action=base(f"/{shown.code}/sua"),
        away=base(f"/{shown.code}"),
    )
    return answers.show("console/procedures/preview.html", page, inner=frame.style.digest)
