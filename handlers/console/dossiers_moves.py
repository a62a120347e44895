"""The page of each act on a dossier: its small form, and the act itself, from the dossier as it was seen.

For officers, and for leaders where the act is theirs. The second of two officers is told who did what meanwhile and gets
back what was typed; an act that the dossier's state does not allow says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX
from handlers.console.dossiers_acts import DEEDS, LISTS, Deed
from handlers.console.dossiers_one import Told, found, of, told
from handlers.console.dossiers_receive import last_steps, procedure_of, proposed_limit
from handlers.console.dossiers_typed import at_fields, limit_typed, steps_typed
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form
from miniapp.accounts.access import require
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused
from miniapp.core.time_limits import UNSTATED
from miniapp.core.workdays import WORKING_DAY
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier

moves = pages("console_dossiers_moves", officers(may="dossiers.read"), PREFIX, "console")

VERSION_MOST = 9  # figures
HAND_ON = "chuyen"
AHEAD = 10 * WORKING_DAY  # how far the example of a date lies ahead


@dataclass(frozen=True)
class MovePage:
    """One act. `is_possible`: whether the dossier is where it can be done; `meanwhile`: what somebody else did;
    `example`: day, month and year of a working day to come."""

    form: Form
    deed: str
    dossier: Dossier
    is_possible: bool
    meanwhile: Sequence[Told]
    colleagues: Mapping[str, str]
    example: tuple[str, str, str]
    action: str
    away: str


@moves.get("/<dossier>/viec/<deed>")
def show(agency: str, dossier: str, deed: str) -> Response:
    """The form, or why this can't be done now."""
    asked, held = _deed(deed), found(dossier)
    if not asked.fits(held):
        return _page(held, deed, forms.blank(seen=str(held.version)), 409)
    return _page(held, deed, forms.blank(seen=str(held.version), **_proposed(deed, held)))


@moves.post("/<dossier>/viec/<deed>")
def move(agency: str, dossier: str, deed: str) -> Response:
    """Do it, or say what is wrong or who was faster."""
    asked, held = _deed(deed), found(dossier)
    form = forms.read((*asked.fields, "seen"), raw=[name for name in asked.fields if name in LISTS])
    if form.problems:
        return _page(held, deed, form, 422)
    by = By(Side.OFFICER, context.officer().id)

    def do() -> str:
        act = asked.made(form, by)
        if deed == HAND_ON and form.value("officer") not in colleagues(held.agency):
            raise Invalid("dossier_officer_unknown", field="officer")
        context.services().dossier_office.move(held.agency, str(held.code), _seen(form), act, by=by)
        return of(held)

    try:
        return answers.see(forms.once(form, do))
    except (Invalid, Conflict, Refused) as problem:
        return _wrong(dossier, deed, form, problem)


def _deed(name: str) -> Deed:
    """The act of an address, for who may do it."""
    deed = DEEDS.get(name)
    if deed is None:
        raise NotFound("page_unknown")
    require(context.officer().standing, deed.may, context.agency().id)
    return deed


def _seen(form: Form) -> int:
    """The version that the writer saw; what is no version is none that ever was."""
    text = form.value("seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= VERSION_MOST else -1


def _wrong(dossier: str, deed: str, form: Form, problem: Problem) -> Response:
    held = found(dossier)
    if problem.code == "dossier_changed":
        seen = _seen(form)
        story = context.services().dossier_office.story(held.agency, str(held.code))
        again = replace(form, values={**form.values, "seen": str(held.version)})
        again = again.with_problems(FieldProblem("", problem.code))
        return _page(held, deed, again, 409, told(held, [event for event in story if event.version > seen]))
    status = {Invalid: 422, Conflict: 409, Refused: 403}[type(problem)]
    return _page(held, deed, form.with_problems(*at_fields(problem)), status)


def _proposed(deed: str, held: Dossier) -> dict[str, str]:
    """What stands in the form before anybody types."""
    if deed == "tra-ket-qua":
        return {"channel": str(held.channel.value)}
    if deed == HAND_ON:
        return {"step": str(min(held.step + 1, len(held.steps) - 1)), "officer": context.officer().id}
    if deed == "tiep-nhan":
        return {"steps": steps_typed(last_steps(held.procedure)), **_limit(held)}
    return {}


def _limit(held: Dossier) -> dict[str, str]:
    """The catalogue's limit for the way it came in by."""
    try:
        return limit_typed(proposed_limit(procedure_of(held.procedure), held.channel))
    except NotFound:
        return limit_typed(UNSTATED)


def colleagues(agency: str) -> dict[str, str]:
    """Who may have it on the desk, by id."""
    people, me = context.services().accounts.people, context.officer().standing
    return {id: name.reveal for id, name in people.colleagues(agency, "dossiers.manage", me).items()}


def _example(agency: str) -> tuple[str, str, str]:
    """A day to come on which work is done, for hints of dates."""
    services = context.services()
    day = services.calendars.of(agency).due(services.clock.now(), AHEAD).astimezone(LOCAL)
    return str(day.day), str(day.month), str(day.year)


def _page(held: Dossier, deed: str, form: Form, status: int = 200, meanwhile: Sequence[Told] = ()) -> Response:
    page = MovePage(
        form=form,
        deed=deed,
        dossier=held,
        is_possible=DEEDS[deed].fits(held),
        meanwhile=meanwhile,
        colleagues=colleagues(held.agency) if deed == HAND_ON else {},
        example=_example(held.agency),
        action=of(held, f"/viec/{deed}"),
        away=of(held),
    )
    return answers.show("console/dossiers/move.html", page, status=status, wrong=status != 200)
