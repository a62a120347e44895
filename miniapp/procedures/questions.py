"""Questions whose answers say which papers of a procedure somebody needs, and for whom it is not. For the model.

Rules are data: a condition names a question and the choices with which it holds, and what has several needs them all. So
whether a rule can ever hold is decided here, once, before a procedure is kept. Pure; `personal` reads the answers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from miniapp.core.errors import Invalid

QUESTIONS_MOST = 6
CHOICES_LEAST, CHOICES_MOST = 2, 9
_WORD = re.compile(r"[a-z][a-z0-9]{0,19}")


@dataclass(frozen=True)
class Condition:
    """Holds when the question was answered with one of these choices."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One answer to choose. With `refuses` it says why the procedure is not for whoever chooses it."""

    id: str
    words: str
    refuses: str = ""
    article: str = ""  # the text that says so, or where to go instead


@dataclass(frozen=True)
class Question:
    """One question. `when`: what must have been answered before for it to be asked; empty: always."""

    id: str
    ask: str
    choices: tuple[Choice, ...]
    when: tuple[Condition, ...] = ()

    def choice(self, id: str) -> Choice | None:
        """The choice of that id, if it is one."""
        return next((one for one in self.choices if one.id == id), None)


def check(questions: tuple[Question, ...], conditioned: Iterable[tuple[Condition, ...]]) -> None:
    """Invalid where a question, or what makes another thing depend on its answer, can't be kept."""
    if len(questions) > QUESTIONS_MOST:
        raise Invalid("questions_too_many", field="questions", most=QUESTIONS_MOST)
    known: dict[str, Question] = {}
    for question in questions:
        _check_shape(question, known)
        _check_rule(question.when, known, "questions")
        known[question.id] = question
    for when in conditioned:
        _check_rule(when, known, "papers")


def _check_shape(question: Question, before: Mapping[str, Question]) -> None:
    ids = [choice.id for choice in question.choices]
    is_sound = (
        question.id not in before
        and question.ask
        and CHOICES_LEAST <= len(ids) <= CHOICES_MOST
        and len(set(ids)) == len(ids)
        and all(_WORD.fullmatch(id) for id in (question.id, *ids))
        and all(choice.words and bool(choice.refuses) == bool(choice.article) for choice in question.choices)
        and _leading_on(question)
    )
    if not is_sound:
        least, most = CHOICES_LEAST, CHOICES_MOST
        raise Invalid("question_shape", field="questions", question=question.id, least=least, most=most)


def _check_rule(when: tuple[Condition, ...], known: Mapping[str, Question], field: str) -> None:
    """Conditions may speak of questions that come before, and must be able to hold together."""
    for condition in when:
        question = known.get(condition.question)
        if question is None or not all(question.choice(id) for id in condition.choices):
            raise Invalid("condition_unknown", field=field, question=condition.question)
    if not _is_possible(when, known):
        raise Invalid("condition_impossible", field=field, question=when[0].question)


def _is_possible(when: Iterable[Condition], known: Mapping[str, Question]) -> bool:
    """Whether some answers meet them all: whoever is asked one question was led there by what that one needs."""
    left: dict[str, set[str]] = {}
    needed = list(when)
    while needed:
        condition = needed.pop()
        question = known[condition.question]
        left[question.id] = left.get(question.id, _leading_on(question)) & set(condition.choices)
        needed += question.when
    return all(left.values())


def _leading_on(question: Question) -> set[str]:
    """The choices after which the procedure is still for whoever chose."""
    return {choice.id for choice in question.choices if not choice.refuses}
