"""What is behind an edition's figures: every problem, the distributions, the differences; and the lists as downloads.

For officers before they decide. Lists come in parts of 20,000 lines, so that no answer outgrows what a function may
send back; each is safe to open in a spreadsheet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from flask import Response, request

from handlers import answers, context, downloads
from handlers.charts import Chart, outline
from handlers.console import exam_scores_desk as desk
from handlers.console.exam_scores_desk import Head
from handlers.doors import officers, pages
from handlers.formats import score
from handlers.slips import chart_of
from miniapp.core.errors import NotFound
from miniapp.exam_scores.counting import PREFIXES_MOST as COUNTED_MOST
from miniapp.exam_scores.difference import Change, Moved
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.problem_list import Place
from miniapp.exam_scores.reporting import Prefixes, Problems
from miniapp.exam_scores.scores import STATE_NAMES, is_score
from miniapp.exam_scores.statistics import Distribution, Figures, Statistics
from miniapp.exam_scores.subjects import vocabulary

lists = pages("console_exam_scores_lists", officers(may="scores.read"), desk.PREFIX, "console")

PART = 20_000
SAMPLE = 50
PREFIXES_MOST = 100
BAR = 25  # hundredths: a quarter of a point per bar
TOTAL_BAR, SUBJECTS_IN_TOTAL = 50, 3
Line = TypeVar("Line")
WORDS = "console/exam_scores/_columns.txt"


@dataclass(frozen=True)
class ProblemsPage:
    """Every kind of problem, and the first places."""

    head: Head
    kinds: list[Problems]
    places: list[Place]
    kept: int
    total: int
    parts: list[int]


@dataclass(frozen=True)
class ChangeLine:
    """One difference: a row that came or went, or a figure that is another now. Scores in hundredths, or states."""

    number: str
    kind: str
    subject: str
    old: int | None = None
    new: int | None = None
    old_state: str = ""
    new_state: str = ""


@dataclass(frozen=True)
class DifferencesPage:
    """What differs from the edition that is out."""

    head: Head
    has_base: bool
    sample: list[ChangeLine]
    kept: int
    total: int
    parts: list[int]
    subjects: list[tuple[str, Moved]]


@dataclass(frozen=True)
class SubjectPicture:
    """One subject's distribution, and the year before where there is one."""

    name: str
    chart: Chart
    before: str
    counts: list[int]
    counts_before: list[int]
    population: int
    mean: int
    median: int
    tens: int
    at_most_one: int
    mean_before: int | None
    states: dict[str, int]


@dataclass(frozen=True)
class PrefixLine:
    """One prefix: how many candidates, and their mean in the first subjects."""

    prefix: str
    candidates: int
    means: list[int | None]


@dataclass(frozen=True)
class SubjectByPrefix:
    """One subject, prefix by prefix; figures that an earlier release did not count are None."""

    name: str
    lines: list[tuple[str, Figures]]


@dataclass(frozen=True)
class TotalPicture:
    """One combination's distribution."""

    code: str
    subjects: str
    chart: Chart
    item: Distribution
    top: int


@dataclass(frozen=True)
class DistributionsPage:
    """What approving would show. `uncounted` prefixes have no figures of their own."""

    head: Head
    population: int = 0
    subjects: list[SubjectPicture] = field(default_factory=list)
    combinations: list[TotalPicture] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    prefixes: list[PrefixLine] = field(default_factory=list)
    by_prefix: list[SubjectByPrefix] = field(default_factory=list)
    more_prefixes: int = 0
    uncounted: int = 0
    counted_most: int = COUNTED_MOST
    strange: Prefixes = field(default_factory=Prefixes)
    before: str = ""
    step: int = BAR


@lists.get(f"{desk.EDITION}/van-de")
def problems(agency: str, exam: str, edition: str) -> Response:
    """Problems by kind, and where the first ones are."""
    head = desk.head(exam, edition, "problems")
    reports = context.services().exam_reports
    kinds = reports.problems(head.edition)
    held = reports.places(head.exam, head.edition)
    page = ProblemsPage(head, kinds, list(islice(held, SAMPLE)), held.kept, held.total, _parts(held.kept))
    return answers.show("console/exam_scores/problems.html", page)


@lists.get(f"{desk.EDITION}/van-de.<any(csv, xlsx):kind>")
def problems_file(agency: str, exam: str, edition: str, kind: str) -> Response:
    """The whole list of problems, a part at a time."""
    head = desk.head(exam, edition)
    say = _saying()
    rows = (
        (place.file, place.row or "", place.column, place.value, say(place))
        for place in _part(context.services().exam_reports.places(head.exam, head.edition).start_at)
    )
    return downloads.answer(f"van-de-{head.exam.slug}-{head.number}", kind, _columns("problem_columns"), rows)


@lists.get(f"{desk.EDITION}/khac-biet")
def differences(agency: str, exam: str, edition: str) -> Response:
    """What differs from the edition that was out when this one was checked."""
    head = desk.head(exam, edition, "differences")
    found = context.services().exam_reports.changes(head.exam, head.edition)
    subjects = [(_subject(code), found.moves[code]) for code in head.exam.subjects if code in found.moves]
    page = DifferencesPage(
        head=head,
        has_base=bool(head.edition.base_build),
        sample=list(map(_change, found.sample)),
        kept=found.kept.kept,
        total=found.kept.total,
        parts=_parts(found.kept.kept),
        subjects=subjects,
    )
    return answers.show("console/exam_scores/differences.html", page)


@lists.get(f"{desk.EDITION}/khac-biet.<any(csv, xlsx):kind>")
def differences_file(agency: str, exam: str, edition: str, kind: str) -> Response:
    """The list of changes, a part at a time."""
    head = desk.head(exam, edition)
    changes = context.services().exam_reports.changes(head.exam, head.edition)
    words = _columns("states")
    states = dict(zip(STATE_NAMES.values(), words, strict=True))
    kinds = dict(zip(("added", "removed", "changed"), _columns("kinds"), strict=True))
    rows = (
        (
            line.number,
            kinds[line.kind],
            line.subject,
            _figure(line.old, line.old_state, states),
            _figure(line.new, line.new_state, states),
        )
        for line in map(_change, _part(changes.start_at))
    )
    return downloads.answer(f"khac-biet-{head.exam.slug}-{head.number}", kind, _columns("change_columns"), rows)


@lists.get(f"{desk.EDITION}/pho-diem")
def distributions(agency: str, exam: str, edition: str) -> Response:
    """Distributions as pictures against the year before, and candidates per prefix."""
    head = desk.head(exam, edition, "distributions")
    preview = context.services().exam_reports.preview(head.exam, head.edition)
    if preview is None:
        return answers.show("console/exam_scores/distributions.html", DistributionsPage(head))
    held, before = preview.statistics, preview.before.subjects if preview.before else {}
    codes = [code for code in head.exam.subjects if held.subjects[code].population]
    prefixes = sorted(held.prefixes.items())
    page = DistributionsPage(
        head=head,
        population=held.population,
        subjects=[
            _picture(head.exam, code, held.subjects[code], held.states.get(code, {}), before.get(code))
            for code in codes
        ],
        combinations=_totals(head.exam, held),
        names=[_subject(code) for code in codes],
        prefixes=[_prefix(prefix, entry, codes) for prefix, entry in prefixes[:PREFIXES_MOST]],
        by_prefix=[_by_prefix(code, prefixes[:PREFIXES_MOST]) for code in codes],
        more_prefixes=max(0, len(prefixes) - PREFIXES_MOST),
        uncounted=held.uncounted,
        strange=preview.prefixes,
        before=desk.title_of(preview.before_exam) if preview.before_exam else "",
    )
    return answers.show("console/exam_scores/distributions.html", page)


def _picture(
    exam: Exam, code: str, item: Distribution, states: Mapping[str, int], before: Distribution | None
) -> SubjectPicture:
    counts_before = before.bins(BAR, exam.scale) if before is not None else []
    return SubjectPicture(
        name=_subject(code),
        chart=chart_of(item, exam.scale, BAR),
        before=outline(counts_before),
        counts=item.bins(BAR, exam.scale),
        counts_before=counts_before,
        population=item.population,
        mean=item.mean,
        median=item.median,
        tens=item.counts.get(exam.scale, 0),
        at_most_one=item.at_most(100),
        mean_before=before.mean if before is not None and before.population else None,
        states={name: times for name, times in states.items() if name != "not_taken"},
    )


def _totals(exam: Exam, held: Statistics) -> list[TotalPicture]:
    """The distributions of the combinations that anybody can use."""
    parts = {one.code: ", ".join(map(_subject, one.subjects)) for one in exam.usable_combinations}
    scale = SUBJECTS_IN_TOTAL * exam.scale
    return [
        TotalPicture(code, parts.get(code, ""), chart_of(item, scale, TOTAL_BAR), item, item.counts.get(scale, 0))
        for code, item in held.combinations.items()
        if item.population
    ]


def _prefix(prefix: str, entry: Mapping[str, Figures], codes: list[str]) -> PrefixLine:
    means = [entry[code].mean if code in entry else None for code in codes]
    return PrefixLine(prefix, entry[""].candidates, means)


def _by_prefix(code: str, prefixes: list[tuple[str, Mapping[str, Figures]]]) -> SubjectByPrefix:
    lines = [(prefix, entry[code]) for prefix, entry in prefixes if code in entry and entry[code].candidates]
    return SubjectByPrefix(_subject(code), lines)


def _subject(code: str) -> str:
    return vocabulary().subjects[code].name(context.language())


def _change(change: Change) -> ChangeLine:
    if not change.subject:
        return ChangeLine(change.number, change.kind, "")
    old, new = change.old, change.new
    return ChangeLine(
        number=change.number,
        kind=change.kind,
        subject=_subject(change.subject),
        old=old if is_score(old) else None,
        new=new if is_score(new) else None,
        old_state=STATE_NAMES.get(old, ""),
        new_state=STATE_NAMES.get(new, ""),
    )


def _figure(hundredths: int | None, state: str, states: dict[str, str]) -> str:
    return score(hundredths) if hundredths is not None else states.get(state, "")


def _saying() -> Callable[[Place], str]:
    """Sentences of problems; each kind is said once and remembered, since lists are long."""
    said: dict[tuple[str, int, str], str] = {}

    def say(place: Place) -> str:
        key = (place.code, 0, "") if place.column else (place.code, place.row, place.value)
        if key not in said:
            said[key] = context.words().sentence(context.language(), place.code, place.facts)
        return said[key]

    return say


def _columns(macro: str) -> list[str]:
    """Words for columns and cells, from the template that has them, one a line."""
    return str(context.words().part(context.language(), WORDS, macro)).strip().split("\n")


def _parts(total: int) -> list[int]:
    """The numbers of the parts that a list comes in."""
    return list(range(1, max(1, -(-total // PART)) + 1))


def _part(rows_from: Callable[[int], Iterable[Line]]) -> list[Line]:
    """The lines of the part that was asked for; NotFound beyond the last."""
    text = request.args.get("phan", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise NotFound("page_unknown")
    start = (int(text) - 1) * PART
    found = list(islice(rows_from(start), PART))
    if not found and start:
        raise NotFound("page_unknown")
    return found
