"""How an agency looks to citizens: its colour, measured before it is taken, and its logo, checked before it is shown.

For agency admins at the desk. A colour that can't be read is refused and the nearest readable one offered. A logo goes
straight to the bucket; the bucket sends the browser to `da-nhan`, which knows nobody and leads back. Looking changes
nothing here."""

from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms, landings
from handlers.console.agency import PREFIX, at_version, base, now, version_of, with_problem
from handlers.doors import anyone, officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.agencies.accents import DEFAULT_ACCENT, Judgement, is_colour, judged, readable_accent_in_the_dark
from miniapp.agencies.crest_store import Sent
from miniapp.agencies.crests import UPLOAD_MOST
from miniapp.agencies.model import Agency
from miniapp.agencies.pictures import SMALLEST
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem
from miniapp.core.files import UploadForm
from miniapp.core.folding import clean

look = pages("console_agency_look", officers(may="agency.manage"), PREFIX, "console")
landing = pages("console_agency_landing", anyone, PREFIX)

COLOUR_MOST = 20


@dataclass(frozen=True)
class ColourPage:
    """The form, and how the colour in it reads; none where it is no colour."""

    form: Form
    version: int
    judgement: Judgement | None
    in_the_dark: str
    changed: str
    was: str
    default: str
    action: str
    away: str


@dataclass(frozen=True)
class LogoPage:
    """The logo as it is, how the last file stands, and the way to send one. `arrived`: a file that nobody took yet."""

    form: Form
    crest: str
    sent: Sent | None
    upload: UploadForm
    upload_id: str
    arrived: str
    most: int
    smallest: int
    base: str
    more: str


@look.get("/mau")
def show_colour(agency: str) -> Response:
    """The form; `accent` in the address only measures another colour."""
    held = now()
    tried = clean(request.args.get("accent", ""))[:COLOUR_MOST]
    return _colour(held, forms.blank(accent=tried or held.accent or DEFAULT_ACCENT), held.accent)


@look.post("/mau")
def save_colour(agency: str) -> Response:
    """Measure what was typed, or take it."""
    form = forms.read(("accent", "was", "version", "act", "nearest"))
    held = now()
    if form.problems:
        return _colour(held, form, form.value("was"), status=422)
    if form.value("act") == "try":
        return _colour(held, form, form.value("was"), version=version_of(form))
    accent = form.value("nearest") or form.value("accent")
    was = form.value("was")

    def save() -> str:
        at_version(
            version_of(form),
            lambda current: current.accent == was,
            lambda version: context.services().agencies.colour(
                context.agency().id, version, "" if accent == DEFAULT_ACCENT else accent, context.officer().id
            ),
        )
        return base()

    try:
        return answers.see(forms.once(form, save))
    except Conflict as conflict:
        held = now()
        code = "agency_changed_meanwhile" if conflict.code == "agency_changed" else conflict.code
        again = form.with_problems(FieldProblem("", code, conflict.facts))
        return _colour(held, again, held.accent, changed=held.accent or DEFAULT_ACCENT, status=409)
    except Problem as problem:
        return _colour(held, with_problem(form, problem), was, version=version_of(form), status=422)


@look.get("/logo")
def show_logo(agency: str) -> Response:
    """The logo, how the last file stands, and the form to send one."""
    return _logo(forms.blank())


@look.post("/logo")
def take_logo(agency: str) -> Response:
    """Have a file that has arrived checked."""
    form = forms.read(("file", "name"))
    if form.problems:
        return _logo(form, 422)

    def act() -> str:
        context.services().crests.take(context.agency().id, form.value("file"), context.officer().id)
        return base("/logo")

    try:
        return answers.see(forms.once(form, act))
    except NotFound as problem:
        return _logo(with_problem(form, problem), 422)


@look.post("/logo/bo")
def remove_logo(agency: str) -> Response:
    """Show the plain picture again."""
    form = forms.read(())
    if form.problems:
        raise Invalid(form.problems[0].code, **form.problems[0].facts)

    def act() -> str:
        context.services().crests.remove(context.agency().id, context.officer().id)
        return base("/logo")

    return answers.see(forms.once(form, act))


@landing.get("/logo/<upload>/da-nhan")
def received(agency: str, upload: str) -> Response:
    """The file is in the bucket: back to the logo's page."""
    back = f"{base('/logo', language=False)}?tep={upload}" + ("&lang=en" if context.language() == "en" else "")
    return landings.received("received/agency_logo.html", back)


@landing.route("/logo/<upload>/da-nhan", methods=["OPTIONS"])
def may_be_read(agency: str, upload: str) -> Response:
    """What a browser asks first when a script sent the file."""
    return landings.may_be_read()


def _colour(
    held: Agency, form: Form, was: str, changed: str = "", version: int | None = None, status: int = 200
) -> Response:
    accent = form.value("accent")
    page = ColourPage(
        form=form,
        version=held.version if version is None else version,
        judgement=judged(accent) if is_colour(accent) else None,
        in_the_dark=readable_accent_in_the_dark(accent),
        changed=changed,
        was=was,
        default=DEFAULT_ACCENT,
        action=base("/mau"),
        away=base(),
    )
    return answers.show("console/agency/colour.html", page, status=status, wrong=bool(form.problems))


def _logo(form: Form, status: int = 200) -> Response:
    held, crests = now(), context.services().crests
    upload_id = crests.new_upload()
    then = f"{context.services().settings.base_url.rstrip('/')}{base(f'/logo/{upload_id}/da-nhan')}"
    upload = crests.upload_form(held.id, upload_id, then)
    sent, asked = crests.sent(held.id), request.args.get("tep", "")
    arrived = asked if asked and (sent is None or sent.upload != asked) and crests.has_arrived(held.id, asked) else ""
    page = LogoPage(
        form=form,
        crest=held.crest,
        sent=sent,
        upload=upload,
        upload_id=upload_id,
        arrived=arrived,
        most=UPLOAD_MOST,
        smallest=SMALLEST,
        base=base("/logo", language=False),
        more=context.suffix(),
    )
    return answers.show("console/agency/logo.html", page, status=status, wrong=bool(form.problems), forms=upload.origin)
