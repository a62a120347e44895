"""What an agency says of itself, and which services it has open. For agency admins at the desk.

Two admins at once: what one saved stays, and the other is told what it was and loses nothing typed; fields that nobody
typed over follow. What closing takes from citizens is said before it is done. Colour and logo: `agency_look`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context, forms
from handlers.built import BUILT
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.agencies.accents import DEFAULT_ACCENT, Judgement, judged
from miniapp.agencies.model import Agency, Description, Service
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from miniapp.dossiers.lists import Shelf

PREFIX = "/console/<agency>/co-quan"
agency = pages("console_agency", officers(may="agency.manage"), PREFIX, "console")

FIELDS = ("name", "name_en", "short", "hotline", "site", "street", "identifier")
WAS = tuple(f"was_{name}" for name in FIELDS)
VERSION_MOST = 9  # figures


@dataclass(frozen=True)
class ServiceLine:
    """One service and whether citizens may use it."""

    code: str
    is_open: bool
    address: str


@dataclass(frozen=True)
class AgencyPage:
    """The agency as it stands."""

    agency: Agency
    accent: Judgement
    successors: Sequence[tuple[str, str]]
    services: Sequence[ServiceLine]
    below: int
    base: str
    more: str


@dataclass(frozen=True)
class FactsPage:
    """The form; `changed` is what somebody else saved meanwhile: field → value."""

    form: Form
    version: int
    changed: Mapping[str, str]
    action: str
    away: str


@dataclass(frozen=True)
class ServicePage:
    """A service before it is opened or closed, and what hangs on it: exams with results out, and those to come."""

    form: Form
    code: str
    is_open: bool
    exams_out: Sequence[str]
    exams_ahead: Sequence[str]
    hotline: str
    action: str
    away: str


@dataclass(frozen=True)
class BelowPage:
    """Agencies right below, a page at a time."""

    rows: Sequence[tuple[str, str, str]]
    total: int
    later: str
    first: str
    away: str


@agency.get("")
def show(agency: str) -> Response:
    """The agency as it stands."""
    held = now()
    services = context.services().agencies
    shown = [*BUILT, *sorted(held.services - set(BUILT))]
    page = AgencyPage(
        agency=held,
        accent=judged(held.accent or DEFAULT_ACCENT),
        successors=[(name_of(one), f"/{one.address}/{context.suffix()}") for one in services.successors(held)],
        services=[ServiceLine(one.value, one in held.services, base(f"/dich-vu/{one.value}")) for one in shown],
        below=services.page(held.id).total,
        base=base(language=False),
        more=context.suffix(),
    )
    return answers.show("console/agency/agency.html", page)


@agency.get("/thong-tin")
def show_facts(agency: str) -> Response:
    """The form as it is first shown."""
    return _facts(now(), forms.blank(**_values(Description.of(now()))), {})


@agency.post("/thong-tin")
def save_facts(agency: str) -> Response:
    """Save what was typed, or say what is wrong or changed meanwhile."""
    form = forms.read((*FIELDS, *WAS, "version", "understood"))
    if form.problems:
        return _facts(now(), form, {}, 422)
    typed = Description(**{name: form.value(name) for name in FIELDS})
    was = Description(**{name: form.value(f"was_{name}") for name in FIELDS})
    if form.value("understood") != "1" and _codes_begin_otherwise(typed, was):
        return _facts(now(), form.with_problems(FieldProblem("understood", "not_understood")), {}, 422)

    def save() -> str:
        at_version(
            version_of(form),
            lambda held: not Description.of(held).differences(was),
            lambda version: context.services().agencies.describe(
                context.agency().id, version, typed, context.officer().id
            ),
        )
        return base()

    try:
        return answers.see(forms.once(form, save))
    except Conflict as conflict:
        if conflict.code != "agency_changed":
            return _facts(now(), with_problem(form, conflict), {}, 409)
        return _changed_meanwhile(form, typed, was)
    except Problem as problem:
        return _facts(now(), with_problem(form, problem), {}, 422)


@agency.get("/dich-vu/<service>")
def show_service(agency: str, service: str) -> Response:
    """What opening or closing will do, in words, before it is done."""
    return answers.show("console/agency/service.html", _service_page(forms.blank(), service))


@agency.post("/dich-vu/<service>")
def set_service(agency: str, service: str) -> Response:
    """Open or close it, once it was understood."""
    form = forms.read(("understood", "to"))
    if not form.problems and form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))
    page = _service_page(form, service)
    if form.problems:
        return answers.show("console/agency/service.html", page, status=422, wrong=True)
    services = context.services().agencies
    act = services.open_service if form.value("to") == "open" else services.close_service

    def do() -> str:
        act(context.agency().id, Service(service), context.officer().id)
        return base()

    try:
        return answers.see(forms.once(form, do))
    except Conflict as problem:
        again = _service_page(with_problem(form, problem), service)
        return answers.show("console/agency/service.html", again, status=409, wrong=True)


@agency.get("/truc-thuoc")
def below(agency: str) -> Response:
    """Agencies right below this one."""
    found = context.services().agencies.page(context.agency().id, request.args.get("sau", ""))
    rows = [(child.name_en if english() else child.name, child.kind.value, child.address) for child in found.children]
    later = f"{base('/truc-thuoc', language=False)}?{urlencode(_asked(sau=found.cursor))}" if found.cursor else ""
    first = base("/truc-thuoc") if request.args.get("sau") else ""
    return answers.show("console/agency/below.html", BelowPage(rows, found.total, later, first, base()))


def now() -> Agency:
    """The agency as it is this moment; the frame shows it so too."""
    held = context.services().agencies.now(context.agency().id)
    context.agency_frame(held)
    return held


def base(below: str = "", language: bool = True) -> str:
    """An address of these pages."""
    return f"/console/{context.agency().address}/co-quan{below}{context.suffix() if language else ''}"


def version_of(form: Form) -> int:
    """The version that the writer saw; what is no version is none that ever was."""
    text = form.value("version")
    return int(text) if text.isdecimal() and len(text) <= VERSION_MOST else -1


def at_version(version: int, is_same: Callable[[Agency], bool], act: Callable[[int], Agency]) -> Agency:
    """Act on the version that was seen, or on a newer one in which nothing of what is written here has changed."""
    try:
        return act(version)
    except Conflict as conflict:
        held = now()
        if conflict.code != "agency_changed" or not is_same(held):
            raise
        return act(held.version)


def with_problem(form: Form, problem: Problem) -> Form:
    """The form with what kept it from being saved; a store that is away is no mistake of the form's."""
    if isinstance(problem, Unavailable):
        raise problem
    return form.with_problems(FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts))


def english() -> bool:
    """Whether this page is shown in English."""
    return context.language() == "en"


def name_of(held: Agency) -> str:
    """The agency's name in this page's language."""
    return held.name_en if english() else held.name


def _codes_begin_otherwise(typed: Description, was: Description) -> bool:
    """Whether the identifier is another one, or none, while dossiers under it are not at their end."""
    held = now()
    try:
        identifier = typed.checked().identifier
    except Invalid:
        return False  # saving says so
    if not held.identifier or identifier in (held.identifier, was.identifier):
        return False
    office, ahead = context.services().dossier_office, set(Shelf) - {Shelf.ENDED}
    return any(office.shelf(held.id, shelf, most=1).lines for shelf in ahead)


def _changed_meanwhile(form: Form, typed: Description, was: Description) -> Response:
    """What was typed, laid over what the agency is now, with what changed in between."""
    held = now()
    current = Description.of(held)
    changed = {name: getattr(current, name) for name in current.differences(was)}
    again = replace(form, values=_values(typed.merged(was, current), current))
    return _facts(held, again.with_problems(FieldProblem("", "agency_changed_meanwhile")), changed, 409)


def _values(said: Description, was: Description | None = None) -> dict[str, str]:
    before = {f"was_{name}": text for name, text in asdict(was or said).items()}
    return {**asdict(said), **before}


def _facts(held: Agency, form: Form, changed: Mapping[str, str], status: int = 200) -> Response:
    version = held.version if status in (200, 409) else version_of(form)
    page = FactsPage(form, version, changed, base("/thong-tin"), base())
    return answers.show("console/agency/facts.html", page, status=status, wrong=bool(form.problems))


def _service_page(form: Form, code: str) -> ServicePage:
    held = now()
    if code not in {*(one.value for one in BUILT), *(one.value for one in held.services)}:
        raise NotFound("page_unknown")
    exams = context.services().exam_office.exams(held.id) if code == Service.EXAM_SCORES else []
    moment = context.services().clock.now()
    titles = {exam.slug: exam.title_en if english() and exam.title_en else exam.title for exam in exams}
    return ServicePage(
        form=form,
        code=code,
        is_open=code in held.services,
        exams_out=[titles[exam.slug] for exam in exams if exam.pointer(moment)],
        exams_ahead=[titles[exam.slug] for exam in exams if not exam.pointer(moment) and exam.coming(moment)],
        hotline=held.hotline,
        action=base(f"/dich-vu/{code}"),
        away=base(),
    )


def _asked(**given: str) -> dict[str, str]:
    return {**given, "lang": "en"} if english() else given
