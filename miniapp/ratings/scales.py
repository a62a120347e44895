"""What a ballot asks and what may be answered, as data: scales, criteria, sheets of criteria, reasons.

For ballots, counts and pages. A scale is options from the best to the worst; whether one counts as satisfied is a flag
of the option, for that a neutral answer does not is convention and in no text (domain 3.3). Only codes here: the words
stand in templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data") / "scales.json"
OVERALL = "overall"
EVERYWHERE = "*"  # stands for every agency


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a scale."""

    code: str
    value: int
    counts_as_satisfied: bool
    asks_reasons: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered options, the best first."""

    code: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        values = [option.value for option in self.options]
        if values != sorted(set(values), reverse=True) or len({option.code for option in self.options}) != len(values):
            raise ValueError("options go from the best down, each once")

    def find(self, code: str) -> Option | None:
        """The option with this code."""
        return next((option for option in self.options if option.code == code), None)

    def counting_as_satisfied(self, *codes: str) -> "Scale":
        """The same scale where just these options count as satisfied, as an agency's rule may say."""
        return replace(
            self, options=tuple(replace(each, counts_as_satisfied=each.code in codes) for each in self.options)
        )


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. `index` is the index of decree 61 that its values are points of, 0 for none."""

    code: str
    scale: Scale
    required: bool
    index: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions of one kind of ballot, in their order, and the reasons that the dissatisfied may give."""

    code: str
    criteria: tuple[Criterion, ...]
    reasons: tuple[str, ...]

    def find(self, code: str) -> Criterion | None:
        """The criterion with this code."""
        return next((criterion for criterion in self.criteria if criterion.code == code), None)


@cache
def scales() -> Mapping[str, Scale]:
    """The scales that come with the project."""
    held = json.loads(DATA.read_text("utf-8"))["scales"]
    return {
        code: Scale(
            code,
            tuple(Option(each["code"], each["value"], each["satisfied"], each["asks_reasons"]) for each in options),
        )
        for code, options in held.items()
    }


@cache
def sheets() -> Mapping[str, Sheet]:
    """The sheets that come with the project."""
    held = json.loads(DATA.read_text("utf-8"))
    reasons = tuple(held["reasons"])
    return {
        code: Sheet(
            code,
            tuple(
                Criterion(each["code"], scales()[each["scale"]], each["required"], each["index"]) for each in criteria
            ),
            reasons,
        )
        for code, criteria in held["sheets"].items()
    }


@cache
def asked_by_default() -> Mapping[str, str]:
    """Which sheet is asked after a dossier, as the project ships it."""
    return dict(json.loads(DATA.read_text("utf-8"))["asked"])


def sheet_for(asked: Mapping[str, str], agency: str, procedure: str) -> str:
    """The sheet that an agency asks after a procedure: what is said of both, of the agency, of the procedure, of all."""
    places = (f"{agency}/{procedure}", agency, f"{EVERYWHERE}/{procedure}", EVERYWHERE)
    return next(asked[place] for place in places if place in asked)
