"""The form of an exam: what officers type, read into an `Exam` or into problems per field; and an exam back as values.

For adding and editing. Once an exam has an edition, what its records depend on (subjects, number, policy, factors,
scale, combinations) is locked and not read; nor are formula and benchmark once something was approved. Patterns of
candidate numbers are typed as masks (9 a figure, A a letter) or as a small safe kind of expression; never as anything
that could run long."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers import formats
from handlers.console.exam_scores_desk import moment_fields, moment_values, read_moment
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid
from miniapp.exam_scores.combinations import Combination, read_set, shipped
from miniapp.exam_scores.councils import councils_of
from miniapp.exam_scores.model import FACTORS, NUMBER_MOST, Exam, Formula, Policy, Window
from miniapp.exam_scores.scores import is_score, read_score
from miniapp.exam_scores.subjects import vocabulary

TITLE_MOST, SLUG_MOST, PLACE_MOST, PREFIXES_MOST, COMBINATIONS_MOST = 150, 60, 200, 200, 100
TAKEN_SLUGS = frozenset({"them"})
FIRST_YEAR, LAST_YEAR = 2000, 2100
WEIGHT_MOST = 10
SET_MOST = 3_500  # characters of a field
SCALE_MOST = 100_00
MOMENTS = ("expected", "opens", "closes")
BASIC = (
    "title",
    "title_en",
    "slug",
    "year",
    "paper",
    "remark_place",
    "bonus_cap",
    "floor",
    "benchmark",
    "all_councils",
)
LOCKED = ("number_mask", "number_example", "scale", "policy", "languages", "combination_set", "prefix_length")
RAW = ("combinations", "expected_prefixes")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_MASK = re.compile(r"[9A0-8B-Z]{1,16}\Z")
_EXPRESSION = re.compile(r"(?:(?:\[(?:[0-9A-Z](?:-[0-9A-Z])?)+\]|[0-9A-Z])(?:\{\d{1,2}(?:,\d{1,2})?\})?){1,16}\Z")
_PREFIX = re.compile(r"[0-9A-Z]{1,16}\Z")


def fields() -> tuple[str, ...]:
    """Every field of the form."""
    moments = tuple(field for name in MOMENTS for field in moment_fields(name))
    subjects = tuple(f"{kind}-{code}" for code in vocabulary().subjects for kind in ("subject", "weight"))
    return (*BASIC, *LOCKED, *RAW, *moments, *subjects, *(f"factor-{name}" for name in FACTORS))


def values_of(exam: Exam) -> dict[str, str]:
    """An exam as the form shows it."""
    formula, window = exam.formula or Formula(), exam.remark
    found = {
        "title": exam.title,
        "title_en": exam.title_en,
        "slug": exam.slug,
        "year": str(exam.year),
        "number_mask": mask_of(exam.number_format),
        "number_example": exam.number_example,
        "scale": _figure(exam.scale),
        "policy": exam.policy.value,
        "languages": "1" if exam.languages else "",
        "combination_set": exam.combination_set,
        "combinations": "" if has_long_set(exam) else "\n".join(_line(item) for item in exam.combinations),
        "prefix_length": str(exam.prefix_length),
        "expected_prefixes": " ".join(exam.expected_prefixes),
        "paper": exam.paper,
        "bonus_cap": _figure(formula.bonus_cap) if formula.bonus_cap else "",
        "floor": _figure(formula.floor),
        "benchmark": _figure(exam.benchmark),
        "remark_place": window.place if window else "",
    }
    found |= {f"subject-{code}": "1" for code in exam.subjects}
    found |= {f"factor-{name}": "1" for name in exam.factors}
    found |= {f"weight-{code}": str(weight) for code, weight in formula.weights}
    moments = (exam.expected_at, window.opens if window else None, window.closes if window else None)
    for name, moment in zip(MOMENTS, moments, strict=True):
        found |= moment_values(name, moment)
    return found


def read_exam(form: Form, agency: str, before: Exam | None, locked: bool) -> tuple[Exam | None, Form]:
    """The exam that was typed; or None, and the form with what is wrong."""
    reader = _Reader(form)
    exam = before or Exam(agency, reader.slug(), "", "", 0, ())
    if not locked:
        exam = _structure(reader, exam)
    year = reader.whole("year", FIRST_YEAR, LAST_YEAR)
    exam = replace(
        exam,
        title=reader.text("title", TITLE_MOST),
        title_en=reader.text("title_en", TITLE_MOST),
        year=year,
        paper=reader.text("paper", PLACE_MOST, required=False),
        expected_at=reader.moment("expected"),
        remark=_window(reader),
        expected_prefixes=_prefixes(reader, exam.prefix_length, year),
    )
    if not exam.is_settled:
        exam = replace(exam, formula=_formula(reader, exam, before), benchmark=reader.score("benchmark", SCALE_MOST))
    if reader.problems:
        return None, form.with_problems(*reader.problems)
    return exam, form


def rule_fields(exam: Exam) -> tuple[str, ...]:
    """The fields of what decides over results."""
    return ("bonus_cap", "floor", "benchmark", *(f"weight-{code}" for code in exam.subjects))


def read_rules(form: Form, exam: Exam) -> tuple[tuple[Formula | None, int | None], Form]:
    """Formula and benchmark as they were typed, and the form with what is wrong."""
    reader = _Reader(form)
    read = _formula(reader, exam, exam), reader.score("benchmark", SCALE_MOST)
    return read, form.with_problems(*reader.problems) if reader.problems else form


def has_long_set(exam: Exam) -> bool:
    """Whether an imported set is too long for the form's field; then the form leaves it as it is."""
    return sum(len(_line(item)) + 2 for item in exam.combinations) > SET_MOST


def changes_between(before: Exam, after: Exam) -> dict[str, object]:
    """What differs, for the audit trail and the write."""
    names = [name for name in Exam.__dataclass_fields__ if name != "version"]
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}


def mask_of(expression: str) -> str:
    """`[0-9]{8}` as `99999999`; an expression that no mask says is shown as it is."""
    found = ""
    for kind, times in re.findall(r"(\[0-9\]|\[A-Z\])(?:\{(\d{1,2})\})?", expression):
        found += {"[0-9]": "9", "[A-Z]": "A"}[kind] * int(times or 1)
    return found if found and expression_of(found) == expression else expression


def expression_of(mask: str) -> str:
    """`A99999` as `[A-Z][0-9]{5}`; empty when it is neither a mask nor a safe expression."""
    if _MASK.match(mask) and set(mask) <= {"9", "A"}:
        groups = re.findall(r"9+|A+", mask)
        kinds = {"9": "[0-9]", "A": "[A-Z]"}
        return "".join(kinds[group[0]] + (f"{{{len(group)}}}" if len(group) > 1 else "") for group in groups)
    return mask if _EXPRESSION.match(mask) else ""


class _Reader:
    """Reads fields and remembers what is wrong."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[FieldProblem] = []

    def wrong(self, field: str, code: str, **facts: object) -> None:
        self.problems.append(FieldProblem(field, code, facts))

    def text(self, name: str, most: int, required: bool = True) -> str:
        value = self.form.value(name)
        if required and not value:
            self.wrong(name, "required")
        elif len(value) > most:
            self.wrong(name, "value_too_long", most=most)
        return value

    def slug(self) -> str:
        value = self.form.value("slug")
        if not (_SLUG.match(value) and len(value) <= SLUG_MOST) or value in TAKEN_SLUGS:
            self.wrong("slug", "slug_shape")
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        value = self.form.value(name)
        if value.isascii() and value.isdigit() and len(value) < 6 and low <= int(value) <= high:
            return int(value)
        self.wrong(name, "whole_shape", low=low, high=high)
        return low

    def score(self, name: str, most: int) -> int | None:
        value = self.form.value(name)
        if not value:
            return None
        said = read_score(value, most)
        if said.code is None or not is_score(said.code):
            self.wrong(name, "figure_shape")
            return None
        return said.code

    def moment(self, name: str) -> datetime | None:
        read = read_moment(self.form, name)
        if isinstance(read, FieldProblem):
            self.problems.append(read)
            return None
        return read


def _structure(reader: _Reader, exam: Exam) -> Exam:
    """What records depend on."""
    form = reader.form
    subjects = tuple(code for code in vocabulary().subjects if form.value(f"subject-{code}") == "1")
    if not subjects:
        reader.wrong("subject-toan", "subjects_missing")
    expression = expression_of(form.value("number_mask").upper())
    example = form.value("number_example").upper().replace(" ", "")
    if not expression:
        reader.wrong("number_mask", "mask_shape")
    elif not re.fullmatch(expression, example):
        reader.wrong("number_example", "example_mismatch")
    scale = reader.score("scale", SCALE_MOST)
    if not scale:
        reader.wrong("scale", "figure_shape")
    policy, factors = _policy(reader)
    return replace(
        exam,
        subjects=subjects,
        number_format=expression,
        number_example=example,
        scale=scale or exam.scale,
        policy=policy,
        factors=factors,
        languages=form.value("languages") == "1" and "nn" in subjects,
        combination_set=_chosen_set(reader),
        combinations=exam.combinations if has_long_set(exam) else _combinations(reader),
        prefix_length=reader.whole("prefix_length", 1, NUMBER_MOST),
    )


def _policy(reader: _Reader) -> tuple[Policy, tuple[str, ...]]:
    form = reader.form
    policy = next((policy for policy in Policy if policy.value == form.value("policy")), None)
    if policy is None:
        reader.wrong("policy", "required")
        return Policy.OPEN, ()
    if policy is Policy.OPEN:
        return policy, ()
    if policy is Policy.CODED:
        return policy, ("card_code",)
    factors = tuple(name for name in FACTORS if name != "card_code" and form.value(f"factor-{name}") == "1")
    if not factors:
        reader.wrong("factor-birth_date", "factors_missing")
    return policy, factors


def _chosen_set(reader: _Reader) -> str:
    chosen = reader.form.value("combination_set")
    if chosen and chosen not in shipped():
        reader.wrong("combination_set", "required")
    return chosen


def _combinations(reader: _Reader) -> tuple[Combination, ...]:
    """Lines such as `D01 toan van nn N1`; subjects by code."""
    table: dict[str, Mapping[str, object]] = {}
    for line in reader.form.value("combinations").splitlines():
        code, *rest = line.replace(",", " ").replace(":", " ").split() or [""]
        if not code:
            continue
        language = rest.pop().upper() if len(rest) == 4 else ""
        table[code.upper()] = {"subjects": [word.lower() for word in rest], "language": language}
    if len(table) > COMBINATIONS_MOST:
        reader.wrong("combinations", "value_too_long", most=COMBINATIONS_MOST)
        return ()
    try:
        return read_set(table)
    except Invalid as problem:
        reader.wrong("combinations", problem.code, **problem.facts)
        return ()


def _prefixes(reader: _Reader, length: int, year: int) -> tuple[str, ...]:
    """What was typed, and where it is ticked every council of the country in the exam's year."""
    typed = set(reader.form.value("expected_prefixes").replace(",", " ").replace(";", " ").upper().split())
    if reader.form.value("all_councils") == "1":
        known = councils_of(year)
        typed.update(known)
        if not known:
            reader.wrong("all_councils", "councils_unknown", year=year)
    found = sorted(typed)
    if len(found) > PREFIXES_MOST or any(len(item) != length or not _PREFIX.match(item) for item in found):
        reader.wrong("expected_prefixes", "prefix_shape", length=length)
    return tuple(found)


def _formula(reader: _Reader, exam: Exam, before: Exam | None) -> Formula | None:
    weights = []
    for code in exam.subjects:
        if reader.form.value(f"weight-{code}"):
            weights.append((code, reader.whole(f"weight-{code}", 1, WEIGHT_MOST)))
    cap, floor = reader.score("bonus_cap", SCALE_MOST), reader.score("floor", SCALE_MOST)
    if not weights:
        if cap is not None or floor is not None:
            reader.wrong("weight-toan", "weights_missing")
        return None
    made = Formula(tuple(weights), cap or 0, floor)
    held = before.formula if before else None
    if held is None:
        return made
    made = replace(made, version=held.version)
    return made if made == held else replace(made, version=held.version + 1)


def _window(reader: _Reader) -> Window | None:
    opens, closes = reader.moment("opens"), reader.moment("closes")
    place = reader.text("remark_place", PLACE_MOST, required=False)
    if opens is None and closes is None:
        return None
    if opens is None or closes is None or closes <= opens:
        reader.wrong("closes", "window_shape")
        return None
    return Window(opens, closes, place)


def _figure(hundredths: int | None) -> str:
    """A score without needless zeros: 10, 8,5."""
    return formats.score(hundredths).rstrip("0").rstrip(",") if hundredths is not None else ""


def _line(item: Combination) -> str:
    return " ".join([item.code, *item.subjects, *([f"N{item.language}"] if item.language else [])])
