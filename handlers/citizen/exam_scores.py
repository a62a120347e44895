"""Looking up a score: an agency's exams, one exam's form or its hour, the slip, the distributions.

For citizens in the chat. Nothing personal stands in an address: exams that ask for more than a number are looked up by
POST and shown under a sealed token. Nothing here is written on the way to a slip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.charts import Chart
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form
from handlers.slips import BIN, chart_of
from miniapp.core.errors import Invalid, NotFound, Refused
from miniapp.exam_scores.guarding import PROOF_BITS, Asker
from miniapp.exam_scores.looking_up import Found, countdown
from miniapp.exam_scores.model import CandidateNumber, Exam, Policy
from miniapp.exam_scores.statistics import Distribution
from miniapp.exam_scores.subjects import vocabulary

exam_scores = pages("exam_scores", door=anyone, url_prefix="/<agency>/diem-thi")

OPEN_SLIP = "public, max-age=30, s-maxage=60"
DATE_PARTS = ("birth_date-day", "birth_date-month", "birth_date-year")
FORM_COOKIE, SERVED_COOKIE = "f", "v"
COOKIE_LIFE = 24 * 3600


@dataclass(frozen=True)
class ExamLine:
    """One exam of the list."""

    title: str
    address: str
    released: bool
    at: datetime | None


@dataclass(frozen=True)
class ListPage:
    """An agency's exams."""

    exams: list[ExamLine]


@dataclass(frozen=True)
class LookUpPage:
    """The form: which factors it asks for, what was typed, what to try."""

    exam: Exam
    title: str
    form: Form
    action: str
    released_at: datetime
    distributions: str
    padded: str = ""
    padded_address: str = ""
    proof_bits: int = 0
    wait: int = 0


@dataclass(frozen=True)
class HourPage:
    """Before the hour, or after a withdrawal."""

    exam: Exam
    title: str
    at: datetime | None
    seconds: int
    withdrawn: bool
    tell_me: object | None


@dataclass(frozen=True)
class SubjectChart:
    """One subject's distribution as shown."""

    name: str
    address: str
    item: Distribution
    chart: Chart
    tens: int
    low: int


@dataclass(frozen=True)
class DistributionPage:
    """All distributions, one chosen."""

    title: str
    chosen: SubjectChart
    choices: list[SubjectChart]
    combinations: list[SubjectChart]
    population: int
    back: str


@exam_scores.get("")
def exams(agency: str) -> Response:
    """The exams of an agency, what is out or comes next first."""
    held = context.agency()
    now = context.services().clock.now()
    lines = [
        ExamLine(_title(exam), f"{_base(agency, exam.slug)}{context.suffix()}", exam.pointer(now) is not None, _at(exam, now))
        for exam in context.services().looking_up.exams(held.id)
    ]
    lines.sort(key=lambda line: not line.released)
    return answers.show("citizen/exam_scores/exams.html", ListPage(lines), back=f"/{agency}/{context.suffix()}")


@exam_scores.get("/<slug>")
def exam(agency: str, slug: str) -> Response:
    """The form, or the hour when there is nothing to look up yet."""
    found = _exam(slug)
    try:
        pointer, _ = context.services().looking_up.released(found)
    except Refused as refusal:
        return _hour(found, refusal)
    typed = request.args.get("sbd", "")[:32]
    form = forms.blank(number=typed)
    return _form_cookie(found, _ask(found, form, pointer.release_at))


@exam_scores.post("/<slug>")
def look_up(agency: str, slug: str) -> Response:
    """A number (and factors) → the slip's address."""
    found = _exam(slug)
    try:
        pointer, _ = context.services().looking_up.released(found)
    except Refused as refusal:
        return _hour(found, refusal)
    form = forms.read(("number", *(name for factor in found.factors for name in _fields(factor))))
    if form.problems and found.policy is not Policy.OPEN:
        return _ask(found, form, pointer.release_at, 422)
    try:
        if found.policy is Policy.OPEN:
            return answers.see(f"{_base(agency, slug)}/{_number(found, form)}{context.suffix()}")
        return _verify(found, form)
    except (Invalid, NotFound) as problem:
        field = "" if problem.code == "result_mismatch" else "number"
        status = 404 if isinstance(problem, NotFound) else 422
        again = form.with_problems(FieldProblem(field, problem.code, problem.facts))
        return _ask(found, again, pointer.release_at, status)
    except Refused as refusal:
        kept = Form(form.values, (FieldProblem("", refusal.code, refusal.facts),), form.token)
        return _ask(found, kept, pointer.release_at, 429, wait=int(refusal.facts.get("wait", 0)))


@exam_scores.get("/<slug>/pho-diem")
def distributions(agency: str, slug: str) -> Response:
    """Distributions of the edition that is out; groups under ten are left out."""
    found = _exam(slug)
    try:
        pointer, build = context.services().looking_up.released(found)
    except Refused as refusal:
        return _hour(found, refusal)
    names = vocabulary().subjects
    address = f"{_base(agency, slug)}/pho-diem"
    charts = [
        _chart(names[code].name(context.language()), f"{address}?mon={code}{_more()}", item, found.scale)
        for code, item in build.statistics.subjects.items()
        if item.is_shown
    ]
    codes = [code for code, item in build.statistics.subjects.items() if item.is_shown]
    sums = [
        _chart(code, f"{address}?mon={code}{_more()}", item, 3 * found.scale)
        for code, item in build.statistics.combinations.items()
        if item.is_shown
    ]
    by_code = dict(zip(codes, charts, strict=True)) | {line.name: line for line in sums}
    if not by_code:
        raise NotFound("distribution_too_small")
    chosen = by_code.get(request.args.get("mon", ""), next(iter(by_code.values())))
    page = DistributionPage(_title(found), chosen, charts, sums, build.statistics.population, "")
    return answers.show(
        "citizen/exam_scores/distributions.html",
        page,
        back=f"{_base(agency, slug)}{context.suffix()}",
        edge=OPEN_SLIP if found.policy is Policy.OPEN else "",
    )


@exam_scores.get("/<slug>/kq/<token>")
def sealed_slip(agency: str, slug: str, token: str) -> Response:
    """The slip behind a sealed token; after ten minutes the form comes again."""
    found = _exam(slug)
    try:
        slip = context.services().looking_up.sealed(found, token, _cookie(FORM_COOKIE))
    except Refused as refusal:
        if refusal.code in ("not_released", "exam_withdrawn"):
            return _hour(found, refusal)
        pointer, _ = context.services().looking_up.released(found)
        form = forms.blank().with_problems(FieldProblem("", "slip_expired"))
        return _form_cookie(found, _ask(found, form, pointer.release_at, 403))
    return _slip(agency, slip, "")


@exam_scores.get("/<slug>/<number>")
def open_slip(agency: str, slug: str, number: str) -> Response:
    """The slip of an exam that is open."""
    found = _exam(slug)
    looking_up = context.services().looking_up
    try:
        return _slip(agency, looking_up.open(found, number), OPEN_SLIP)
    except Refused as refusal:
        return _hour(found, refusal)
    except (Invalid, NotFound) as problem:
        if problem.code == "page_unknown":
            raise
        pointer, _ = looking_up.released(found)
        form = forms.blank(number=number[:32]).with_problems(FieldProblem("number", problem.code, problem.facts))
        padded = str(problem.facts.get("zero_padded", ""))
        return _ask(found, form, pointer.release_at, 404 if isinstance(problem, NotFound) else 422, padded)


def _slip(agency: str, found: Found, edge: str) -> Response:
    base = _base(agency, found.exam.slug)
    suffix = context.suffix()
    now = context.services().clock.now()
    page = context.parts().slips.make(found, context.language(), now, base + suffix, f"{base}/pho-diem{suffix}")
    return answers.show("citizen/exam_scores/slip.html", page, back=base + suffix, edge=edge)


def _verify(found: Exam, form: Form) -> Response:
    services = context.services()
    asker = Asker(
        address=context.client_address(),
        form=form.token,
        born=forms.born(form.token),
        cookie=_cookie(FORM_COOKIE),
        proof=request.form.get("proof", "")[:20],
        served=_cookie(SERVED_COOKIE),
    )
    token, number = services.looking_up.verified(found, form.value("number"), _said(found, form.values), asker)
    made = answers.see(f"{_base(context.agency().address, found.slug)}/kq/{token}{context.suffix()}")
    _set_cookie(made, SERVED_COOKIE, services.guard.served(found, number))
    return made


def _said(found: Exam, values: Mapping[str, str]) -> dict[str, str]:
    said = {factor: values.get(factor, "") for factor in found.factors}
    if "birth_date" in said:
        said["birth_date"] = "/".join(values.get(part, "") for part in DATE_PARTS)
    return said


def _fields(factor: str) -> tuple[str, ...]:
    return DATE_PARTS if factor == "birth_date" else (factor,)


def _number(found: Exam, form: Form) -> str:
    """The typed number as it stands in the slip's address; Invalid when it can't be one."""
    return CandidateNumber.read(form.value("number"), found).text


def _ask(
    found: Exam, form: Form, released_at: datetime, status: int = 200, padded: str = "", wait: int = 0
) -> Response:
    base = _base(context.agency().address, found.slug)
    strict = found.policy is not Policy.OPEN and context.services().guard.is_strict(found, context.client_address())
    page = LookUpPage(
        exam=found,
        title=_title(found),
        form=form,
        action=base + context.suffix(),
        released_at=released_at,
        distributions=f"{base}/pho-diem{context.suffix()}",
        padded=padded,
        padded_address=f"{base}/{padded}{context.suffix()}" if padded else "",
        proof_bits=PROOF_BITS if strict else 0,
        wait=wait,
    )
    back = f"/{context.agency().address}/diem-thi{context.suffix()}"
    return answers.show("citizen/exam_scores/look_up.html", page, status=status, back=back, wrong=bool(form.problems))


def _hour(found: Exam, refusal: Refused) -> Response:
    """The same page for every number, known or not, while nothing is out."""
    now = context.services().clock.now()
    at = countdown(found, now)
    seconds = max(0, int((at - now).total_seconds())) if at else 0
    withdrawn = refusal.code == "exam_withdrawn"
    page = HourPage(found, _title(found), at, seconds, withdrawn, None)
    back = f"/{context.agency().address}/diem-thi{context.suffix()}"
    return answers.show("citizen/exam_scores/hour.html", page, back=back)


def _exam(slug: str) -> Exam:
    return context.services().looking_up.exam(context.agency().id, slug)


def _title(found: Exam) -> str:
    return found.title_en if context.language() == "en" and found.title_en else found.title


def _at(found: Exam, now: datetime) -> datetime | None:
    pointer = found.pointer(now)
    return pointer.release_at if pointer else countdown(found, now)


def _base(agency: str, slug: str) -> str:
    return f"/{agency}/diem-thi/{slug}"


def _more() -> str:
    return "&lang=en" if context.language() == "en" else ""


def _chart(name: str, address: str, item: Distribution, scale: int) -> SubjectChart:
    chart = chart_of(item, scale, BIN if scale <= 1000 else 3 * BIN)
    return SubjectChart(name, address, item, chart, item.counts.get(scale, 0), item.at_most(100))


def _cookie(name: str) -> str:
    prefix = "__Host-" if context.parts().settings.secure_cookies else ""
    return request.cookies.get(prefix + name, "")[:200]


def _set_cookie(made: Response, name: str, value: str) -> None:
    secure = context.parts().settings.secure_cookies
    prefix = "__Host-" if secure else ""
    made.set_cookie(prefix + name, value, max_age=COOKIE_LIFE, secure=secure, httponly=True, samesite="Lax", path="/")


def _form_cookie(found: Exam, made: Response) -> Response:
    """What a sealed slip is bound to; only exams that ask for more than a number need it."""
    if found.policy is not Policy.OPEN and not _cookie(FORM_COOKIE):
        _set_cookie(made, FORM_COOKIE, context.services().ids.secret(16))
    return made
