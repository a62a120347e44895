"""The rules of a procedure's questions said whole: who is asked what, and for which answers a paper or a fee applies.

For officers, who keep the rules and see them in words. Pure. Like `personal`, a condition that speaks of nothing asked here
is left out, for it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from miniapp.procedures.model import FeeLine, Paper, Procedure, Way
from miniapp.procedures.questions import Choice, Condition, Question


@dataclass(frozen=True)
class Need:
    """One thing that must have been answered: the question, and the choices of which any will do."""

    question: Question
    choices: tuple[Choice, ...]


Needs = Sequence[Need]  # all of them; none: it is so for everybody


@dataclass(frozen=True)
class Explained:
    """Everything that hangs on answers, each with what it needs."""

    questions: Sequence[tuple[Question, Needs]]
    papers: Sequence[tuple[Paper, Needs]]
    fees: Sequence[tuple[Way, FeeLine, Needs]]


def explained(procedure: Procedure) -> Explained:
    """The rules of a procedure, in the order in which people meet them."""
    known = {question.id: question for question in procedure.questions}

    def needs(when: Sequence[Condition]) -> Needs:
        named = ((known[one.question], one.choices) for one in when if one.question in known)
        told = [Need(question, tuple(one for one in question.choices if one.id in ids)) for question, ids in named]
        return [one for one in told if one.choices]

    return Explained(
        questions=[(question, needs(question.when)) for question in procedure.questions],
        papers=[(paper, needs(paper.when)) for paper in procedure.papers],
        fees=[(channel.way, fee, needs(fee.when)) for channel in procedure.channels for fee in channel.fees],
    )
