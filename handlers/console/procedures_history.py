"""What was changed in an agency's part of the catalogue, version by version; and where it differs from what changed above.

For officers. Of what changed above an officer keeps the agency's own, for the whole procedure, or takes a field as it is
above; both only as long as things stand as they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from handlers import answers, context, forms
from handlers.console.procedures import PREFIX, Change, base, changes, may_manage, state_of
from handlers.doors import officers, pages
from handlers.forms import Form
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.procedures.layers import Drift, drift_mark
from miniapp.procedures.model import Procedure
from miniapp.procedures.written import label, written

history = pages("console_procedures_history", officers(may="procedures.read"), f"{PREFIX}/lich-su", "console")
drifts = pages("console_procedures_drifts", officers(may="procedures.read"), f"{PREFIX}/khac-cap-tren", "console")
deciding = pages("console_procedures_deciding", officers(may="procedures.manage"), f"{PREFIX}/khac-cap-tren", "console")

VERSIONS_MOST, DIFFERENCES_MOST, DRIFTS_MOST = 50, 200, 30
NUMBER_MOST = 8  # figures


@dataclass(frozen=True)
class VersionsPage:
    """Every version, newest first, as many as one looks through."""

    versions: Sequence[Change]
    away: str


@dataclass(frozen=True)
class Moved:
    """A field before and after; `before` and `after` are None where the agency has nothing of its own."""

    day: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class VersionPage:
    """One version, procedure by procedure."""

    change: Change
    procedures: Sequence[tuple[str, str, str, Sequence[Moved]]]
    left: int
    home: str
    away: str


@dataclass(frozen=True)
class Drifted:
    """A procedure of which something changed above."""

    procedure: Procedure
    address: str
    action: str
    fields: Sequence[tuple[str, str, str, str]]
    seen: str
    above: str
    form_token: str


@dataclass(frozen=True)
class DriftsPage:
    """All that waits for an officer to look at."""

    rows: Sequence[Drifted]
    left: int
    may_manage: bool
    away: str


@history.get("")
def show(agency: str) -> Response:
    """The versions."""
    versions = context.services().procedure_office.versions(context.agency().id, VERSIONS_MOST)
    return answers.show("console/procedures/versions.html", VersionsPage(changes(versions), base()))


@history.get("/<number>")
def show_version(agency: str, number: str) -> Response:
    """What one version changed, field by field."""
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_MOST):
        raise NotFound("version_unknown")
    version, found = context.services().procedure_desk.differences(context.agency().id, int(number))
    (change,) = changes([version])
    shown = found[:DIFFERENCES_MOST]
    page = VersionPage(
        change=change,
        procedures=[
            (
                code,
                _name(code),
                base(f"/{code}"),
                [
                    Moved(one.day, label(one.field), _said(one.field, one.before), _said(one.field, one.after))
                    for one in shown
                    if one.code == code
                ],
            )
            for code in dict.fromkeys(one.code for one in shown)
        ],
        left=len(found) - len(shown),
        home=base(),
        away=base("/lich-su"),
    )
    return answers.show("console/procedures/version.html", page)


@drifts.get("")
def show_drifts(agency: str) -> Response:
    """Where the agency's own differs from what changed above."""
    return _drifts()


@deciding.post("/<code>")
def decide(agency: str, code: str) -> Response:
    """Keep the agency's own of a procedure, or take one field as it is above."""
    form = forms.read(("seen", "above", "take"))
    if form.problems:
        raise Invalid(form.problems[0].code, **form.problems[0].facts)
    try:
        return answers.see(forms.once(form, lambda: _decided(code, form)))
    except Conflict as conflict:
        if conflict.code != "procedures_changed":
            raise
        return _drifts(409)


def _decided(code: str, form: Form) -> str:
    office, held, by = context.services().procedure_office, context.agency().id, context.officer().id
    seen, above, field = form.value("seen"), form.value("above"), form.value("take")
    found = state_of(code).drifts
    if above != drift_mark(found):
        raise Conflict("procedures_changed")
    if not field:
        office.keep_own(held, code, by=by, expected=seen, seen=above)
    elif field in {one.field for one in found}:
        office.edit(held, code, {field: None}, by=by, expected=seen, source="above")
    return base("/khac-cap-tren")


def _drifts(status: int = 200) -> Response:
    found = context.services().procedure_office.drifts(context.agency().id)
    rows = [_drifted(code, moved) for code, moved in list(found.items())[:DRIFTS_MOST]]
    page = DriftsPage(rows, max(len(found) - DRIFTS_MOST, 0), may_manage(), base())
    return answers.show("console/procedures/drifts.html", page, status=status, wrong=status != 200)


def _drifted(code: str, moved: Sequence[Drift]) -> Drifted:
    state = state_of(code)
    return Drifted(
        procedure=state.procedure,
        address=base(f"/{code}"),
        action=base(f"/khac-cap-tren/{code}"),
        fields=[
            (one.field, label(one.field), written(one.field, one.ours), written(one.field, one.above)) for one in moved
        ],
        seen=state.mark,
        above=drift_mark(moved),
        form_token=forms.fresh_token(),
    )


def _said(field: str, value: Any) -> str | None:
    return None if value is None else written(field, value)


def _name(code: str) -> str:
    """What the procedure is called today; its code where nobody knows it any more."""
    try:
        return state_of(code).procedure.name
    except NotFound:
        return code
