"""Another formula or benchmark for an exam that has been approved: one officer proposes, another decides.

For publishers and approvers. Approving asks the second factor once more, as a release does. While nothing of an exam is
approved, its rules stand in its form (`exam_scores_exams`). What may be changed, and by whom, `Ruling` decides."""

from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.console import exam_scores_desk as desk
from handlers.console import exam_scores_form as exam_form
from handlers.console.exam_scores_desk import address
from handlers.console.exam_scores_release import decided, gave_code_again
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.accounts.access import Permission, require
from miniapp.core.errors import Conflict, Problem
from miniapp.exam_scores.model import Exam, Reason, RuleChange

rules = pages("console_exam_scores_rules", officers(may="scores.read"), desk.PREFIX, "console")

PROPOSE = ("reason", "decision", "version")
DECIDE = ("code", "understood", "version")
REASONS = (Reason.REMARK, Reason.CORRECTION, Reason.VIOLATION)
FIELDS = {"reason_missing": "reason", "decision_missing": "decision"}


@dataclass(frozen=True)
class RulesPage:
    """The rules in force, and the form of a proposal."""

    exam: Exam
    title: str
    form: Form
    action: str
    list_address: str
    exam_address: str
    subjects: list[tuple[str, str]]


@dataclass(frozen=True)
class DecidePage:
    """What is proposed, beside what is in force."""

    exam: Exam
    proposed: RuleChange
    title: str
    form: Form
    action: str
    decline: str
    list_address: str
    exam_address: str
    subjects: list[tuple[str, str]]
    proposer: str
    is_mine: bool
    may_approve: bool
    asks_code: bool

    @staticmethod
    def fresh() -> str:
        """A token for the other form of the page: each is used up by its own act."""
        return forms.fresh_token()


@rules.get("/<exam>/quy-tac")
def show_propose(agency: str, exam: str) -> Response:
    """The form of a proposal, with the rules in force."""
    held = _exam(exam, "exams.manage")
    form = forms.blank(**exam_form.values_of(held), version=str(held.version))
    return answers.show("console/exam_scores/rules.html", _page(held, form))


@rules.post("/<exam>/quy-tac")
def propose(agency: str, exam: str) -> Response:
    """Propose other rules; nothing changes for anybody yet."""
    held = _exam(exam, "exams.manage")
    form = forms.read((*PROPOSE, *exam_form.rule_fields(held)))
    read, form = exam_form.read_rules(form, held)
    reason = next((reason for reason in REASONS if reason.value == form.value("reason")), None)
    if reason is None:
        form = form.with_problems(FieldProblem("reason", "required"))
    if form.value("version") != str(held.version):
        form = form.with_problems(FieldProblem("", "exam_changed_meanwhile"))

    def act() -> str:
        ruling, by = context.services().ruling, context.officer().id
        ruling.propose(held, by, *read, reason or Reason.RELEASE, form.value("decision"))
        return address(exam, "quy-tac", "duyet")

    if not form.problems:
        try:
            return answers.see(forms.once(form, act))
        except Problem as problem:
            form = form.with_problems(FieldProblem(FIELDS.get(problem.code, ""), problem.code, problem.facts))
    return answers.show("console/exam_scores/rules.html", _page(held, form), wrong=True, status=422)


@rules.get("/<exam>/quy-tac/duyet")
def show_decide(agency: str, exam: str) -> Response:
    """What is proposed, and the form of the decision for who may give it."""
    held = _exam(exam, "scores.read")
    return answers.show("console/exam_scores/rules_decide.html", _decide_page(held, _blank(held)))


@rules.post("/<exam>/quy-tac/duyet")
def decide(agency: str, exam: str) -> Response:
    """Put the proposal in force."""
    held = _exam(exam, "scores.approve")
    form = _seen(forms.read(DECIDE), held)
    if form.value("understood") != "1":
        form = form.with_problems(FieldProblem("understood", "not_understood"))

    def act() -> str:
        context.services().ruling.approve(held, context.officer().id)
        return address(exam)

    def again(form: Form, status: int) -> Response:
        page = _decide_page(_exam(exam, "scores.approve"), form)
        return answers.show("console/exam_scores/rules_decide.html", page, wrong=True, status=status)

    return decided(form, not gave_code_again(), act, again)


@rules.post("/<exam>/quy-tac/bo")
def decline(agency: str, exam: str) -> Response:
    """Drop the proposal: an approver's no, or the proposer's second thought."""
    held = _exam(exam, "scores.read")
    if held.proposed is None or held.proposed.by != context.officer().id:
        held = _exam(exam, "scores.approve")
    form = _seen(forms.read(("version",)), held)

    def act() -> str:
        context.services().ruling.decline(held, context.officer().id)
        return address(exam)

    if form.problems:
        page = _decide_page(held, form)
        return answers.show("console/exam_scores/rules_decide.html", page, wrong=True, status=422)
    return answers.see(forms.once(form, act))


def _seen(form: Form, held: Exam) -> Form:
    """What is decided is what was shown."""
    if form.value("version") == str(held.version):
        return form
    return form.with_problems(FieldProblem("", "exam_changed_meanwhile"))


def _blank(held: Exam) -> Form:
    return forms.blank(version=str(held.version))


def _exam(exam: str, permission: Permission) -> Exam:
    require(desk.signed(), permission, context.agency().id)
    return context.services().exam_office.exam(context.agency().id, exam)


def _page(held: Exam, form: Form) -> RulesPage:
    """Conflict `rules_still_open` while the exam's own form has them."""
    if not held.is_settled:
        raise Conflict("rules_still_open")
    return RulesPage(
        exam=held,
        title=desk.title_of(held),
        form=form,
        action=address(held.slug, "quy-tac"),
        list_address=address(),
        exam_address=address(held.slug),
        subjects=desk.subjects_of(held),
    )


def _decide_page(held: Exam, form: Form) -> DecidePage:
    proposed = held.proposed
    if proposed is None:
        raise Conflict("nothing_proposed")
    return DecidePage(
        exam=held,
        proposed=proposed,
        title=desk.title_of(held),
        form=form,
        action=address(held.slug, "quy-tac", "duyet"),
        decline=address(held.slug, "quy-tac", "bo"),
        list_address=address(),
        exam_address=address(held.slug),
        subjects=desk.subjects_of(held),
        proposer=desk.names({proposed.by})[proposed.by],
        is_mine=proposed.by == context.officer().id,
        may_approve="scores.approve" in desk.may(),
        asks_code=not gave_code_again(),
    )
