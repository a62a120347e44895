"""Procedures as files at the desk: handed out in parts, and a filled form taken in once its officer has seen what it does.

A file of some megabytes comes through the form itself: it needs no place to lie and no right to a bucket, and is kept
nowhere before it is confirmed, for the page that reports on it carries it along. Nothing is written by looking."""

import base64
import binascii
import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request
from jinja2 import UndefinedError

from handlers import answers, context, downloads, forms
from handlers.console.agency import with_problem
from handlers.console.procedures import PREFIX, Line, base, may_manage
from handlers.console.procedures_form import DAY, begins, day_of, day_shown, day_values
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from handlers.procedure_sheets import as_csv, as_xlsx
from handlers.words import NoWords
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem
from miniapp.core.folding import clean
from miniapp.procedures.findings import Finding
from miniapp.procedures.importing import Read, read_file
from miniapp.procedures.model import Procedure
from miniapp.procedures.publishing import in_silence
from miniapp.procedures.written import label

files = pages("console_procedures_files", officers(may="procedures.read"), PREFIX, "console")
taking = pages("console_procedures_taking", officers(may="procedures.manage"), PREFIX, "console")

PART = 200  # procedures of a file: no answer outgrows what a function may send back
FILE_MOST = 3 * 1024 * 1024
BODY_MOST = FILE_MOST * 3 // 2
NAME_MOST = 120
FINDINGS_MOST, CHANGED_MOST, PART_FIGURES = 100, 50, 3
SHAPES = ("sheets", "own")  # the national portal's belong to the whole country: operators take them in
PACKED = (b"\xfd7zXZ", b"\x1f\x8b")  # a few bytes of these may be hundreds of megabytes


@dataclass(frozen=True)
class FilesPage:
    """What can be downloaded, and the way to send a filled form. `parts`: number and size, of all that the agency shows and
    of what it has its own of."""

    form: Form
    parts: Sequence[tuple[int, int]]
    own_parts: Sequence[tuple[int, int]]
    may_manage: bool
    most: int
    base: str
    more: str
    away: str


@dataclass(frozen=True)
class ReportPage:
    """What a file holds and would change; `late`: the code of what somebody else did meanwhile."""

    form: Form
    read: Read
    changed: Sequence[Line]
    changed_left: int
    new: int
    findings: Sequence[tuple[Finding, str]]
    findings_left: int
    late: str
    day: tuple[str, str, str]
    action: str
    away: str


@files.get("/tep")
def show(agency: str) -> Response:
    """The files."""
    return _files(forms.blank())


@files.get("/tep.<any(xlsx, csv):kind>")
def download(agency: str, kind: str) -> Response:
    """What the agency shows (`phan`: which part) or only what it has its own of (`rieng`), or the empty form."""
    held = context.agency()
    own, every = request.args.get("rieng", ""), request.args.get("phan", "")
    made: Sequence[Procedure] = ()
    if own:
        made = _part([one.procedure for one in context.services().procedure_desk.own(held.id)], own)
    elif every:
        names = sorted(context.services().procedure_office.names(held.id), key=lambda one: one.code)
        made = [context.services().catalogue.get(held.id, one.code).procedure for one in _part(names, every)]
    body, shape = (as_xlsx(made), downloads.XLSX) if kind == "xlsx" else (as_csv(made), downloads.CSV)
    name = f"thu-tuc-{held.address}" + (f"-rieng-{own}" if own else f"-{every}" if every else "")
    return answers.plain(body, 200, shape, Content_Disposition=f'attachment; filename="{name}.{kind}"')


@taking.post("/tep")
def send(agency: str) -> Response:
    """What a file holds and would change, before anything is taken in."""
    request.max_content_length = request.max_form_memory_size = BODY_MOST
    form = forms.read(())
    sent = request.files.get("file")
    body = sent.read(FILE_MOST + 1) if sent is not None else b""
    if form.problems:
        return _files(form, 422)
    try:
        read = _read(body)
    except Problem as problem:
        again = with_problem(form, problem)
        return _files(again, 422)
    name = clean((sent.filename if sent is not None else "") or "")[-NAME_MOST:]
    today = context.services().procedure_desk.today
    return _report(read, forms.blank(file=base64.b64encode(body).decode(), name=name, **day_values(today)))


@taking.post("/tep/nap")
def take(agency: str) -> Response:
    """Take the file in that was reported on, if nothing of it has changed since."""
    request.max_content_length = request.max_form_memory_size = BODY_MOST
    form = forms.read(("file", "name", "seen", *DAY), raw=("file",), most=BODY_MOST)
    try:
        read = _read(base64.b64decode(form.value("file"), validate=True))
    except (binascii.Error, ValueError):
        return _files(form.with_problems(FieldProblem("file", "desk_file_shape")), 422)
    except Problem as problem:
        return _files(with_problem(form, problem), 422)
    if late := begins(form):
        form = form.with_problems(late)
    if form.problems:
        return _report(read, form, 422)
    try:
        return answers.see(forms.once(form, lambda: _taken(read, form)))
    except Conflict as conflict:
        if conflict.code != "procedures_changed":
            raise
        kept = {name: text for name, text in form.values.items() if name != "seen"}
        return _report(read, forms.blank(**kept), 409)


def _taken(read: Read, form: Form) -> str:
    context.services().procedure_office.take(
        context.agency().id,
        read.procedures,
        by=context.officer().id,
        source=f"{read.shape} {form.value('name')}"[:200],
        effective=day_of(form),
        told=read.told,
        only_new=read.is_older,
        expected=form.value("seen") or "-",
    )
    return base("/lich-su")


def _read(body: bytes) -> Read:
    if not body or body.startswith(PACKED):
        raise Invalid("desk_file_shape", field="file")
    if len(body) > FILE_MOST:
        raise Invalid("procedures_file_too_large", field="file", most=FILE_MOST)
    held = context.agency().id
    try:
        read = read_file(io.BytesIO(body), lambda: context.services().procedure_office.names(held), in_silence)
    except Invalid as problem:
        code = "desk_file_shape" if problem.code == "procedures_file_shape" else problem.code
        raise Invalid(code, **{**problem.facts, "field": "file"}) from None
    if read.shape not in SHAPES:
        raise Invalid("desk_file_shape", field="file")
    return read


def _report(read: Read, form: Form, status: int = 200) -> Response:
    desk = context.services().procedure_desk
    day = "" if begins(form) else day_of(form)
    would, seen = desk.would_change(context.agency().id, read.procedures, read.told, day)
    lines = [
        Line(one.code, one.name, base(f"/{one.code}"), list(map(label, one.fields))) for one in would[:CHANGED_MOST]
    ]
    found = sorted(read.findings, key=lambda one: (one.severity, one.sheet, one.row))
    page = ReportPage(
        form=Form({**form.values, "seen": seen}, form.problems, form.token),
        read=read,
        changed=lines,
        changed_left=max(len(would) - CHANGED_MOST, 0),
        new=sum(one.is_new for one in would),
        findings=[(one, _words(one)) for one in found[:FINDINGS_MOST]],
        findings_left=max(len(read.findings) - FINDINGS_MOST, 0),
        late="procedures_changed_meanwhile" if status == 409 else "",
        day=day_shown(form),
        action=base("/tep/nap"),
        away=base("/tep"),
    )
    return answers.show("console/procedures/report.html", page, status=status, wrong=status != 200)


def _words(one: Finding) -> str:
    """What is wrong at a place; in general words where its own need facts that a file's place doesn't have."""
    say, language = context.words().sentence, context.language()
    try:
        return say(language, one.code, {})
    except (NoWords, UndefinedError):
        return say(language, "record_shape", {})


def _files(form: Form, status: int = 200) -> Response:
    services, held = context.services(), context.agency().id
    page = FilesPage(
        form=form,
        parts=_parts(len(services.procedure_office.names(held))),
        own_parts=_parts(len(services.procedure_desk.own(held))),
        may_manage=may_manage(),
        most=FILE_MOST,
        base=base("/tep", language=False),
        more=context.suffix(),
        away=base(),
    )
    return answers.show("console/procedures/files.html", page, status=status, wrong=bool(form.problems))


def _parts(count: int) -> list[tuple[int, int]]:
    """Number and size of each part."""
    return [(at // PART + 1, min(PART, count - at)) for at in range(0, count, PART)]


def _part(every: Sequence[Procedure], asked: str) -> Sequence[Procedure]:
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= PART_FIGURES else 0
    chosen = every[(number - 1) * PART : number * PART] if number else ()
    if not chosen:
        raise NotFound("page_unknown")
    return chosen
