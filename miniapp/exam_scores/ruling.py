"""What decides over results, the formula and the benchmark: changed by two persons once something was approved.

For the office's service, the console and the commands. One officer proposes, with a reason and a decision's number;
nothing changes until another approves. From then on every slip says that it was updated. It never touches scores."""

from collections.abc import Mapping
from dataclasses import replace

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.exam_scores.model import Correction, Exam, Formula, Reason, RuleChange
from miniapp.exam_scores.store import ExamScoreStore

RULES = frozenset({"formula", "benchmark"})
DECISION_MOST = 120


class Ruling:
    """Proposes, approves and declines changes of the rules; whether one may is checked at the door."""

    def __init__(self, store: ExamScoreStore, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def propose(
        self, exam: Exam, by: str, formula: Formula | None, benchmark: int | None, reason: Reason, decision: str
    ) -> Exam:
        """Other rules, to be approved by somebody else; in place of a proposal that nobody has approved.

        Conflict `rules_still_open` where nothing was approved yet: they are edited with the exam then."""
        if not exam.is_settled:
            raise Conflict("rules_still_open")
        if reason is Reason.RELEASE:
            raise Invalid("reason_missing")
        if not decision.strip():
            raise Invalid("decision_missing")
        if (formula, benchmark) == (exam.formula, exam.benchmark):
            raise Invalid("rules_unchanged")
        now = self._clock.now()
        proposed = RuleChange(formula, benchmark, reason, decision.strip()[:DECISION_MOST], by, now)
        changed = replace(exam, proposed=proposed, version=exam.version + 1)
        return self._changed("rules_proposed", exam, proposed, changed, by)

    def approve(self, exam: Exam, by: str) -> Exam:
        """Put what is proposed in force. Conflict `nothing_proposed`, Refused `proposer_cannot_approve`."""
        proposed = _proposed(exam)
        if by == proposed.by:
            raise Refused("proposer_cannot_approve")
        now = self._clock.now()
        changed = replace(
            exam, formula=proposed.formula, benchmark=proposed.benchmark, proposed=None, version=exam.version + 1
        )
        if exam.pointer(now) is not None or exam.withdrawn_at is not None or exam.history:
            said = Correction("", proposed.reason, proposed.decision, now)
            changed = replace(changed, history=(*exam.history, said), ruled=len(exam.history) + 1)
        return self._changed("rules_approved", exam, proposed, changed, by)

    def decline(self, exam: Exam, by: str) -> Exam:
        """Drop what is proposed: an approver's no, or the proposer's second thought."""
        changed = replace(exam, proposed=None, version=exam.version + 1)
        return self._changed("rules_declined", exam, _proposed(exam), changed, by)

    def _changed(self, name: str, before: Exam, proposed: RuleChange, after: Exam, by: str) -> Exam:
        event = Event(
            name,
            exam=before.id,
            rules_before=said(before.formula, before.benchmark),
            rules=said(proposed.formula, proposed.benchmark),
            proposed_by=proposed.by,
            reason=proposed.reason.value,
            decision=proposed.decision,
        )
        self._audit.commit(event, agency=before.agency, by=by, writes=[self._store.changing_exam(after)])
        return after


def _proposed(exam: Exam) -> RuleChange:
    if exam.proposed is None:
        raise Conflict("nothing_proposed")
    return exam.proposed


def changed_by_one(exam: Exam, changes: Mapping[str, object], by: str) -> Exam:
    """The exam as one officer may change it; Conflict `rules_need_two` for the rules once something was approved."""
    rules = {name for name in RULES & changes.keys() if getattr(exam, name) != changes[name]}
    if rules and exam.is_settled:
        raise Conflict("rules_need_two")
    made = replace(exam, version=exam.version + 1, **changes)  # type: ignore[arg-type]
    return replace(made, ruled_by=by) if rules else made


def said_changes(exam: Exam, changes: Mapping[str, object]) -> str:
    """The names of what changes, for the trail; of rules also what they were and are."""
    different = sorted(name for name in changes if getattr(exam, name) != changes[name])
    return ",".join(_said_change(name, getattr(exam, name), changes[name]) for name in different)


def _said_change(name: str, before: object, after: object) -> str:
    if name not in RULES:
        return name
    return f"{name} {_said_rule(before)}>{_said_rule(after)}"


def said(formula: Formula | None, benchmark: int | None) -> str:
    """Rules as the trail keeps them, in hundredths: `toan*2 van*1 bonus<=150 floor 100 v2; benchmark 2400`."""
    return f"{_said_rule(formula)}; benchmark {_said_rule(benchmark)}"


def _said_rule(rule: object) -> str:
    if not isinstance(rule, Formula):
        return "-" if rule is None else str(rule)
    weights = " ".join(f"{subject}*{weight}" for subject, weight in rule.weights)
    floor = "-" if rule.floor is None else rule.floor
    return f"{weights} bonus<={rule.bonus_cap} floor {floor} v{rule.version}"
