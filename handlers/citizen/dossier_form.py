"""The form that finds a dossier: what was typed, what kept it from an answer, which codes were perhaps meant.

What was typed always stays. The codes that were perhaps meant are worked out from what was typed and from today's date,
so they stand there alike whether there are such dossiers or not. Who waits is the guard's to say, what is found the service's."""

from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.citizen.asking import TOO_MANY, cookie, give_form_cookie
from handlers.forms import FieldProblem, Form
from miniapp.agencies.model import HOTLINE, Agency
from miniapp.core.errors import Problem, Refused, Unavailable
from miniapp.core.guarding import ADDRESS_WAIT, PROOF_BITS

SERVED_COOKIE = "k"
MEANT_MOST = 4
# Codes that the page says as a notice in its own words, with what to do next.
NOTICES = frozenset(
    {"form_expired", "slip_expired", "too_many_tries", "form_must_wait", "form_used_up", "store_unavailable"}
)
STATUSES = {"slip_expired": 403, "form_expired": 422, "store_unavailable": 503}
RETRY_AFTER = {429: ADDRESS_WAIT, 503: 30}
MISSPELT = frozenset({"dossier_mismatch", "dossier_code_shape"})


@dataclass(frozen=True)
class DossierForm:
    """The form: what was typed, what is wrong, what to try next."""

    form: Form
    notice: FieldProblem | None
    problems: tuple[FieldProblem, ...]
    not_found: bool
    meant: tuple[str, ...]
    action: str
    hotline: str
    example: str
    code_most: int
    figures_most: int
    proof_bits: int
    wait: int


def base(held: Agency, below: str = "") -> str:
    """Where the look-up, or a page below it, stands; in this request's language."""
    return f"/{held.address}/ho-so{below}{context.suffix()}"


def read() -> Form:
    """The form as it came; a code of the page's own that was pressed stands for the typed one."""
    form = forms.read(("code", "figures", "meant"))
    values = {"code": form.value("meant") or form.value("code"), "figures": form.value("figures")}
    return Form(values, form.problems, form.token)


def unreadable(form: Form) -> list[FieldProblem]:
    """What is typed so that no dossier could have it; it counts as no try."""
    found = context.services().following.unreadable(form.value("code"), form.value("figures"))
    return [FieldProblem(str(problem.facts["field"]), problem.code, problem.facts) for problem in found]


def ask(held: Agency, form: Form) -> Response:
    """The form as it is first shown, or with what is wrong with it."""
    notice = next((problem for problem in form.problems if problem.code in NOTICES), None)
    problems = tuple(problem for problem in form.problems if problem.code not in NOTICES)
    following = context.services().following
    strict = following.is_strict(held, context.client_address(), cookie(SERVED_COOKIE))
    page = DossierForm(
        form=form,
        notice=notice,
        problems=problems,
        not_found=any(problem.code == "dossier_mismatch" for problem in problems),
        meant=_meant(form, problems),
        action=base(held),
        hotline=held.hotline or HOTLINE,
        example=following.example,
        code_most=following.code_most,
        figures_most=following.figures_most,
        proof_bits=PROOF_BITS if strict else 0,
        wait=ADDRESS_WAIT,
    )
    home = f"/{held.address}/{context.suffix()}"
    shown = "citizen/dossiers/look_up.html"
    made = answers.show(shown, page, status=_status(page), back=home, wrong=bool(problems))
    if made.status_code in RETRY_AFTER and notice is not None:
        made.headers["Retry-After"] = str(notice.facts.get("wait", RETRY_AFTER[made.status_code]))
    give_form_cookie(made)
    return made


def ask_again(held: Agency, form: Form, failure: Problem) -> Response:
    """The form with what kept it from an answer. A refused one keeps its token: its age is what it waits with."""
    problem = FieldProblem("", failure.code, failure.facts)
    if isinstance(failure, Refused | Unavailable):
        return ask(held, Form(form.values, (*form.problems, problem), form.token))
    return ask(held, form.with_problems(problem))


def _meant(form: Form, problems: tuple[FieldProblem, ...]) -> tuple[str, ...]:
    if not any(problem.code in MISSPELT for problem in problems):
        return ()
    return context.services().following.meant(form.value("code"))[:MEANT_MOST]


def _status(page: DossierForm) -> int:
    if page.notice is not None:
        return STATUSES.get(page.notice.code, TOO_MANY)
    if not page.problems:
        return 200
    return 404 if page.not_found else 422
