"""The index of Decision 766/QĐ-TTg (23/06/2022): six groups, 100 points, a class. For pages and reports.

Groups and weights are sourced (18, 20, 12, 10, 18, 22). How a group's points are made of counts is not: each group
names a formula as data, which the page prints beside the figure together with its inputs. Which class the exact 70, 80
and 90 have is unsourced too; they are taken as the upper one, and `inclusive_is_sourced` says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from miniapp.ratings.formulas import Formula, shipped
from miniapp.ratings.grading import Grades, Total, added

DATA = Path(__file__).with_name("data") / "decision766.json"


@dataclass(frozen=True, slots=True)
class Group:
    """One group: at most how many points, and by which formula."""

    code: str
    most: int
    formula: Formula


@dataclass(frozen=True, slots=True)
class Scored:
    """One group of one agency: its points, and what they were made of. None: its inputs are not there yet."""

    group: Group
    inputs: Mapping[str, int]
    points: Fraction | None


@dataclass(frozen=True)
class Decision:
    """The decision as data."""

    law: str
    groups: tuple[Group, ...]
    grades: Grades
    inclusive_is_sourced: bool

    def scored(self, figures: Mapping[str, int]) -> list[Scored]:
        """Every group over the figures that are known; a part can't be more than its whole."""
        return [Scored(group, *_scored(group, figures)) for group in self.groups]

    def total(self, scored: list[Scored]) -> Total:
        """The sum out of 100; no class while a group lacks."""
        return added([(each.group.code, each.points, each.group.most) for each in scored], self.grades)


@cache
def decision() -> Decision:
    """The decision as it ships."""
    held = json.loads(DATA.read_text("utf-8"))
    groups = tuple(Group(each["code"], each["most"], shipped()[each["formula"]]) for each in held["groups"])
    return Decision(held["law"], groups, Grades.read(held["grades"]), held["inclusive_sourced"])


def _scored(group: Group, figures: Mapping[str, int]) -> tuple[Mapping[str, int], Fraction | None]:
    inputs = {name: figures[name] for name in group.formula.inputs if name in figures}
    if len(inputs) < len(group.formula.inputs):
        return inputs, None
    points = group.formula.value(inputs)
    if points is not None and not 0 <= points <= group.most:
        raise ValueError(f"{group.code}: a part is more than its whole")
    return inputs, points
