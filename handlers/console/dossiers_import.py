"""Files of the agency's own system at the desk: looked at before anything is saved, taken in by a worker, followed here.

For who handles dossiers. As with files of procedures, the page that says what a file would do carries it along: nothing is
kept anywhere before somebody has seen and confirmed it. Lists of problems name row and column, and nobody."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request
from jinja2 import UndefinedError

from handlers import answers, context, downloads, forms
from handlers.console.dossiers import PREFIX, base
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from handlers.words import NoWords
from miniapp.core.errors import Conflict, Invalid, Problem
from miniapp.core.folding import clean
from miniapp.dossiers.bringing import Outcome
from miniapp.dossiers.import_store import SheetImport
from miniapp.dossiers.sheet import ROWS_MOST, Trouble
from miniapp.dossiers.sheet_import import FILE_MOST, NAME_MOST, Preview
from miniapp.dossiers.sheet_words import sheet_words

importing = pages("console_dossiers_import", officers(may="dossiers.manage"), PREFIX, "console")

BODY_MOST = FILE_MOST * 3 // 2
SHOWN_MOST = 100
Shown = tuple[int, str, str]


@dataclass(frozen=True)
class ImportsPage:
    """The way to send a file, and those that were sent."""

    form: Form
    imports: Sequence[tuple[SheetImport, str]]
    columns: Sequence[str]
    most: int
    rows_most: int
    action: str
    away: str


@dataclass(frozen=True)
class PreviewPage:
    """What a file would do."""

    form: Form
    rows: int
    counts: Mapping[str, int]
    unknown: Sequence[str]
    lines: Sequence[tuple[int, str, Outcome]]
    lines_left: int
    troubles: Sequence[Shown]
    troubles_left: int
    action: str
    away: str


@dataclass(frozen=True)
class ImportPage:
    """One file and how far it is."""

    held: SheetImport
    troubles: Sequence[Shown]
    troubles_left: int
    csv: str
    xlsx: str
    again: str
    away: str


@importing.get("/nap")
def show(agency: str) -> Response:
    """All of them, and the form."""
    return _all(forms.blank())


@importing.post("/nap")
def send(agency: str) -> Response:
    """What a file would do; nothing is saved."""
    request.max_content_length = request.max_form_memory_size = BODY_MOST
    form, sent = forms.read(()), request.files.get("file")
    body = sent.read(FILE_MOST + 1) if sent is not None else b""
    if form.problems:
        return _all(form, 422)
    try:
        if not body:
            raise Invalid("dossier_import_file_needed")
        preview = _look(body)
    except (Invalid, Conflict) as problem:
        return _all(form.with_problems(_at_file(problem)), 422)
    name = clean((sent.filename if sent is not None else "") or "")[-NAME_MOST:] or "-"
    return _preview(preview, forms.blank(file=base64.b64encode(body).decode(), name=name))


@importing.post("/nap/nhan")
def take(agency: str) -> Response:
    """Take the file in that was looked at, or hand out what is wrong with it."""
    request.max_content_length = request.max_form_memory_size = BODY_MOST
    form = forms.read(("file", "name", "as"), raw=("file",), most=BODY_MOST)
    try:
        body = base64.b64decode(form.value("file"), validate=True)
        preview = _look(body)
    except (binascii.Error, ValueError):
        return _all(form.with_problems(FieldProblem("file", "dossier_import_file_needed")), 422)
    except (Invalid, Conflict) as problem:
        return _all(form.with_problems(_at_file(problem)), 422)
    if form.problems:
        return _preview(preview, form, 422)
    if form.value("as"):
        return _download(preview.troubles, form.value("as"))
    imports, by = context.services().sheet_imports, context.officer().id
    held = context.agency().id
    return answers.see(
        forms.once(form, lambda: base(f"/nap/{imports.begin(held, body, form.value('name') or '-', by).id}"))
    )


@importing.get("/nap/<sheet>")
def one(agency: str, sheet: str) -> Response:
    """How far it is, and what was wrong."""
    imports, held = context.services().sheet_imports, context.agency().id
    found = imports.find(held, sheet)
    shown = _shown(imports.troubles(held, found.id))
    page = ImportPage(
        held=found,
        troubles=shown[:SHOWN_MOST],
        troubles_left=max(len(shown) - SHOWN_MOST, 0),
        csv=base(f"/nap/{found.id}/loi.csv"),
        xlsx=base(f"/nap/{found.id}/loi.xlsx"),
        again=base(f"/nap/{found.id}"),
        away=base("/nap"),
    )
    return answers.show("console/dossiers/import_one.html", page)


@importing.get("/nap/<sheet>/loi.<any(csv, xlsx):kind>")
def problems(agency: str, sheet: str, kind: str) -> Response:
    """What was wrong with its rows, as a list."""
    imports, held = context.services().sheet_imports, context.agency().id
    return _download(imports.troubles(held, imports.find(held, sheet).id), kind)


def _look(body: bytes) -> Preview:
    return context.services().sheet_imports.look(context.agency().id, body, context.officer().id)


def _at_file(problem: Problem) -> FieldProblem:
    return FieldProblem("file", problem.code, problem.facts)


def _all(form: Form, status: int = 200) -> Response:
    held = context.services().sheet_imports.of(context.agency().id)
    page = ImportsPage(
        form=form,
        imports=[(one, base(f"/nap/{one.id}")) for one in held],
        columns=list(sheet_words().shown.values()),
        most=FILE_MOST,
        rows_most=ROWS_MOST,
        action=base("/nap"),
        away=base(),
    )
    return answers.show("console/dossiers/imports.html", page, status=status, wrong=bool(form.problems))


def _preview(preview: Preview, form: Form, status: int = 200) -> Response:
    shown = _shown(preview.troubles)
    lines = [one for one in preview.codes if one[2] is not Outcome.UNCHANGED]
    counts = {outcome.value: preview.outcomes[outcome] for outcome in Outcome}
    page = PreviewPage(
        form=form,
        rows=preview.rows,
        counts={**counts, "refused": preview.refused},
        unknown=preview.heading.unknown,
        lines=lines[:SHOWN_MOST],
        lines_left=max(len(lines) - SHOWN_MOST, 0),
        troubles=shown[:SHOWN_MOST],
        troubles_left=max(len(shown) - SHOWN_MOST, 0),
        action=base("/nap/nhan"),
        away=base("/nap"),
    )
    return answers.show("console/dossiers/import_preview.html", page, status=status, wrong=bool(form.problems))


def _shown(troubles: Sequence[Trouble]) -> list[Shown]:
    names = sheet_words().shown
    return [(one.row, names.get(one.column, ""), _words(one)) for one in troubles]


def _words(one: Trouble) -> str:
    """What is wrong and what to do; in general words where a sentence needs facts that a row does not have."""
    say, language = context.words().sentence, context.language()
    try:
        return say(language, one.code, one.facts)
    except (NoWords, UndefinedError):
        return say(language, "dossier_import_word", {})


def _download(troubles: Sequence[Trouble], kind: str) -> Response:
    header = (
        context.words().part(context.language(), "console/dossiers/_import_header.txt", "header").strip().split("\n")
    )
    return downloads.answer("loi", "xlsx" if kind == "xlsx" else "csv", header, _shown(troubles))
