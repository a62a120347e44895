"""Formulas as data: what is calculated is what a page prints beside the figure, for there is one of it.

For figures and for the groups of decision 766. A formula is a tree in JSON: a whole number, the name of an input, or a
list `[sign, left, right]` with a sign of + - * /. Values are exact; what has no value (a division by nothing) is None.
The names of inputs are codes, whose words stand in templates."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
SIGNS = "+-*/"
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a formula as it is read: a `number`, an input's `name`, a `sign` or a `bracket`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Formula:
    """One formula: its code, its tree, and whether a source states it (else it is ours, and a page says so)."""

    code: str
    tree: Any
    sourced: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names it needs, in the order in which they are read."""
        return tuple(dict.fromkeys(token.text for token in self.tokens() if token.kind == "name"))

    def value(self, inputs: Mapping[str, int]) -> Fraction | None:
        """What it comes to; KeyError for an input that was not given."""
        return _value(self.tree, inputs)

    def tokens(self) -> list[Token]:
        """As people read it, with brackets where they are needed."""
        return list(_tokens(self.tree))


@cache
def shipped() -> Mapping[str, Formula]:
    """The formulas that come with the project, by code."""
    held = json.loads((DATA / "formulas.json").read_text("utf-8"))
    return {code: Formula(code, each["tree"], each["sourced"]) for code, each in held.items()}


def _value(tree: Any, inputs: Mapping[str, int]) -> Fraction | None:
    if isinstance(tree, int):
        return Fraction(tree)
    if isinstance(tree, str):
        return Fraction(inputs[tree])
    sign, left, right = tree[0], _value(tree[1], inputs), _value(tree[2], inputs)
    if left is None or right is None or (sign == "/" and not right):
        return None
    return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[sign](right)


def _tokens(tree: Any) -> Iterator[Token]:
    if isinstance(tree, int | str):
        yield Token("number" if isinstance(tree, int) else "name", str(tree))
        return
    sign, left, right = tree
    yield from _side(left, _BINDS[sign])
    yield Token("sign", sign)
    yield from _side(right, _BINDS[sign] + (sign in "-/"))


def _side(tree: Any, binds: int) -> Iterator[Token]:
    bare = isinstance(tree, int | str) or _BINDS[tree[0]] >= binds
    if not bare:
        yield Token("bracket", "(")
    yield from _tokens(tree)
    if not bare:
        yield Token("bracket", ")")
