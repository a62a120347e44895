"""One person's part of a procedure: from answers to the papers and fees that apply, each with the answers that say so.

Pure. An answer to what is not asked, or that is no choice, counts as none. A layer may change questions and leave papers
above as they are: a condition that speaks of nothing asked here holds, so that a paper is rather shown than lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure
from miniapp.procedures.questions import Choice, Condition, Question

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What was chosen."""

    question: Question
    choice: Choice


@dataclass(frozen=True)
class Asked:
    """A question that is for this person, and what was chosen so far."""

    question: Question
    choice: Choice | None


@dataclass(frozen=True)
class Because(Generic[T]):
    """Something that applies, with the answers for which it does (none: to everybody)."""

    what: T
    why: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A paper that is not needed, and the answer that says so."""

    paper: Paper
    why: Answer


@dataclass(frozen=True)
class Fees:
    """What one way of handing in costs."""

    channel: Channel
    lines: tuple[Because[FeeLine], ...]


@dataclass(frozen=True)
class Checklist:
    """What the answers so far say. With a refusal nothing applies; while a question is open its papers are in no list."""

    asked: tuple[Asked, ...]
    papers: tuple[Because[Paper], ...]
    left_out: tuple[LeftOut, ...]
    fees: tuple[Fees, ...]
    refusal: Answer | None

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that wait for an answer; none once the procedure is not for this person."""
        return () if self.refusal else tuple(one.question for one in self.asked if one.choice is None)

    @property
    def next(self) -> Question | None:
        """The first of them."""
        return next(iter(self.open), None)


def is_personal(procedure: Procedure) -> bool:
    """Whether answers make a difference."""
    refuses = any(choice.refuses for question in procedure.questions for choice in question.choices)
    return bool(procedure.questions) and (refuses or any(procedure.rules()))


def checklist(procedure: Procedure, given: Mapping[str, str], day: str) -> Checklist:
    """What answers (question → choice) say of a procedure on a day."""
    walk = _Walk(procedure.questions)
    for question in procedure.questions:
        walk.meet(question, given.get(question.id, ""))
    refusal = next((one for one in walk.answers.values() if one.choice.refuses), None)
    if refusal:
        return Checklist(tuple(walk.asked), (), (), (), refusal)
    ruled = [(paper, walk.against(paper.when)) for paper in procedure.papers]
    return Checklist(
        asked=tuple(walk.asked),
        papers=tuple(Because(paper, walk.why(paper.when)) for paper in procedure.papers if walk.holds(paper.when)),
        left_out=tuple(LeftOut(paper, answer) for paper, answer in ruled if answer),
        fees=tuple(Fees(channel, _fees(channel, walk, day)) for channel in procedure.channels),
        refusal=None,
    )


@dataclass
class _Walk:
    """Question by question, in their order."""

    questions: tuple[Question, ...]
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    spared: dict[str, Answer] = field(default_factory=dict)  # question → the answer for which it is not asked

    def meet(self, question: Question, id: str) -> None:
        """Ask it if it is for this person, and take the answer if it is one."""
        spared = self.against(question.when)
        if spared:
            self.spared[question.id] = spared
        elif self.holds(question.when):
            choice = question.choice(id)
            self.asked.append(Asked(question, choice))
            if choice:
                self.answers[question.id] = Answer(question, choice)

    def holds(self, when: tuple[Condition, ...]) -> bool:
        """Whether every condition is met."""
        told = self._told(when)
        return self.against(when) is None and all(one.question in self.answers for one in told)

    def against(self, when: tuple[Condition, ...]) -> Answer | None:
        """The answer that keeps a condition from being met, if there is one."""
        for condition in self._told(when):
            if condition.question in self.spared:
                return self.spared[condition.question]
            answer = self.answers.get(condition.question)
            if answer and answer.choice.id not in condition.choices:
                return answer
        return None

    def why(self, when: tuple[Condition, ...]) -> tuple[Answer, ...]:
        """The answers that meet them, each once."""
        names = dict.fromkeys(one.question for one in self._told(when))
        return tuple(self.answers[name] for name in names if name in self.answers)

    def _told(self, when: tuple[Condition, ...]) -> list[Condition]:
        """The conditions that speak of something asked here."""
        known = {question.id: question for question in self.questions}
        return [
            one for one in when if one.question in known and any(known[one.question].choice(id) for id in one.choices)
        ]


def _fees(channel: Channel, walk: _Walk, day: str) -> tuple[Because[FeeLine], ...]:
    lines = (fee for fee in channel.fees if fee.holds(day) and walk.holds(fee.when))
    return tuple(Because(fee, walk.why(fee.when)) for fee in lines)
