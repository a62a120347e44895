"""Every error code that Python raises has its sentence in both languages and brings the facts that it needs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handlers.errors import HTTP_CODES, STATUS
from handlers.translation import PLACE
from handlers.words import build_environment
from tests.support.code import files, name, parsed

KINDS = {"Invalid", "NotFound", "Refused", "Conflict", "Unavailable"}
# Where a code is only passed on; what passes through is found where it is chosen.
PASSED_ON = {"problem.code", "refusal.code", "refused.code", "failure.code", "code", "form.problems[0].code"}
# Where a function chooses the code; its own tests know every code it gives.
CHOSEN = {"reason", "ole_kind(counted)", "str(failure)"}
# Conditions that can't fail, so that nobody ever hears of them.
NEVER_SAID = {"calendar", "signal_newer"}
WORDS = build_environment()


@dataclass(frozen=True)
class Raised:
    """One place where a code is given; `facts` is None where they can't be read off."""

    where: str
    code: str
    facts: frozenset[str] | None


def codes_of(node: ast.expr) -> list[str] | None:
    """The constants an expression may be; None when it can't be read off."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        both = [codes_of(node.body), codes_of(node.orelse)]
        return None if None in both else [code for codes in both for code in codes or []]
    return None


def facts_of(call: ast.Call) -> frozenset[str] | None:
    """The names of the facts in a call."""
    if isinstance(call.func, ast.Name) and call.func.id == "FieldProblem":
        given = [*call.args[2:3], *(word.value for word in call.keywords if word.arg == "facts")]
        if not given:
            return frozenset()
        if not isinstance(given[0], ast.Dict) or not all(isinstance(key, ast.Constant) for key in given[0].keys):
            return None
        return frozenset(str(key.value) for key in given[0].keys if isinstance(key, ast.Constant))
    names = [word.arg for word in call.keywords]
    return None if None in names else frozenset(str(word) for word in names)


def code_argument(call: ast.Call) -> ast.expr | None:
    """The argument that is the code, if this is a call that gives one."""
    called = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    place = 0 if called in KINDS else 1 if called == "FieldProblem" else None
    if place is None:
        return None
    if len(call.args) > place:
        return call.args[place]
    return next((word.value for word in call.keywords if word.arg == "code"), None)


def raised_in(path: Path) -> Iterator[tuple[ast.Call, ast.expr]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and (argument := code_argument(node)) is not None:
            yield node, argument


@cache
def raised() -> tuple[Raised, ...]:
    return tuple(
        Raised(f"{name(path)}:{call.lineno}", code, facts_of(call))
        for path in files("miniapp", "handlers")
        for call, argument in raised_in(path)
        for code in codes_of(argument) or []
    )


def test_every_code_is_written_out_where_it_is_raised():
    hidden = [
        f"{name(path)}:{call.lineno}: {ast.unparse(argument)}"
        for path in files("miniapp", "handlers")
        for call, argument in raised_in(path)
        if codes_of(argument) is None and ast.unparse(argument) not in PASSED_ON | CHOSEN
    ]
    assert hidden == []


def test_every_code_that_is_raised_has_its_sentence():
    speechless = sorted(
        {f"{one.code} ({one.where})" for one in raised() if one.code not in WORDS.facts_of | dict.fromkeys(NEVER_SAID)}
    )
    assert speechless == []


def test_every_sentence_gets_the_facts_that_it_needs():
    lacking = [
        f"{one.code} ({one.where}) lacks {sorted(needed - one.facts)}"
        for one in raised()
        if one.facts is not None and (needed := WORDS.facts_of.get(one.code, frozenset())) - one.facts
    ]
    assert lacking == []


def test_every_sentence_is_said_in_both_languages():
    same = []
    for code, facts in WORDS.facts_of.items():
        given = {fact: 3 for fact in facts}
        said = {language: WORDS.sentence(language, code, given) for language in WORDS.languages}
        if not all(said.values()) or said["vi"] == said["en"] or any(PLACE.search(text) for text in said.values()):
            same.append(code)
    assert same == []


def test_every_sentence_is_of_a_code_that_somebody_gives():
    constants = {
        node.value
        for path in files("miniapp", "handlers")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(WORDS.facts_of) - constants) == []


def test_every_status_is_of_a_code_with_words():
    assert set(STATUS) - set(WORDS.facts_of) == set()
    assert {problem.code for problem in HTTP_CODES.values()} - set(WORDS.facts_of) == set()
