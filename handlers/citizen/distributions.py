"""Distributions of the edition that is out: one subject or combination at a time, chosen by links. For everybody.

Groups under ten candidates are left out, and there is nothing to see before the hour. It shows no single candidate."""

from dataclasses import dataclass, replace

from flask import Response, request

from handlers import answers, context
from handlers.charts import Chart
from handlers.citizen.exam_hour import address_of, exam_of, hour, title_of
from handlers.doors import anyone, pages
from handlers.express import OPEN_SLIP
from handlers.slips import chart_of
from miniapp.core.errors import Refused
from miniapp.exam_scores.model import Exam, Policy
from miniapp.exam_scores.statistics import LOW, Distribution, Statistics
from miniapp.exam_scores.subjects import vocabulary

distributions = pages("distributions", door=anyone, url_prefix="/<agency>/diem-thi/<slug>/pho-diem")

SUBJECT_BAR, SUBJECT_BAND = 25, 50  # hundredths per bar and per line of the table
TOTAL_BAR, TOTAL_BAND = 50, 100
SUBJECTS_IN_TOTAL = 3


@dataclass(frozen=True)
class Choice:
    """One link to a distribution."""

    name: str
    address: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """The chosen distribution; `low` is None for totals, where one point says nothing."""

    name: str
    subjects: str
    item: Distribution
    chart: Chart
    median_bar: str
    scale: int
    highest: int
    low: int | None


@dataclass(frozen=True)
class DistributionPage:
    """All distributions, one chosen; none where every group is too small."""

    title: str
    chosen: Shown | None
    subjects: list[Choice]
    combinations: list[Choice]
    population: int | None


@distributions.get("")
def show(agency: str, slug: str) -> Response:
    """The chosen distribution and the way to the others."""
    exam = exam_of(slug)
    try:
        _, build = context.services().looking_up.released(exam)
    except Refused as refusal:
        return hour(exam, refusal)
    page = _page(exam, build.statistics, request.args.get("mon", ""))
    edge = OPEN_SLIP if exam.policy is Policy.OPEN else ""
    return answers.show("citizen/exam_scores/distributions.html", page, back=address_of(slug), edge=edge)


def _page(exam: Exam, statistics: Statistics, wanted: str) -> DistributionPage:
    subjects = {code: item for code, item in statistics.subjects.items() if item.is_shown}
    totals = {code: item for code, item in statistics.combinations.items() if item.is_shown}
    known = [*subjects, *totals]
    code = wanted if wanted in known else next(iter(known), "")
    chosen = None
    if code in subjects:
        chosen = _subject(exam, code, subjects[code])
    elif code:
        chosen = _total(exam, code, totals[code])
    return DistributionPage(
        title=title_of(exam),
        chosen=chosen,
        subjects=[Choice(_name(each), _address(exam, each), each == code) for each in subjects],
        combinations=[Choice(each, _address(exam, each), each == code) for each in totals],
        population=statistics.shown_population,
    )


def _subject(exam: Exam, code: str, item: Distribution) -> Shown:
    chart = _chart(item, exam.scale, SUBJECT_BAR, SUBJECT_BAND)
    bar = _median_bar(item, chart, exam.scale, SUBJECT_BAR)
    return Shown(_name(code), "", item, chart, bar, exam.scale, item.counts.get(exam.scale, 0), item.at_most(LOW))


def _total(exam: Exam, code: str, item: Distribution) -> Shown:
    scale = SUBJECTS_IN_TOTAL * exam.scale
    chart = _chart(item, scale, TOTAL_BAR, TOTAL_BAND)
    parts = next((each.subjects for each in exam.usable_combinations if each.code == code), ())
    subjects = ", ".join(_name(each) for each in parts)
    bar = _median_bar(item, chart, scale, TOTAL_BAR)
    return Shown(code, subjects, item, chart, bar, scale, item.counts.get(scale, 0), None)


def _chart(item: Distribution, scale: int, step: int, band: int) -> Chart:
    """The picture over the whole scale; the table from the first line with anybody in it to the last."""
    chart = chart_of(item, scale, step, band)
    places = [place for place, line in enumerate(chart.bands) if line.count]
    return replace(chart, bands=chart.bands[places[0] : places[-1] + 1])


def _median_bar(item: Distribution, chart: Chart, scale: int, step: int) -> str:
    bars = item.bins(step, scale)
    place = min(item.median // step, len(bars) - 1)
    return chart.mark(bars[place], place)


def _name(code: str) -> str:
    return vocabulary().subjects[code].name(context.language())


def _address(exam: Exam, code: str) -> str:
    address = address_of(exam.slug, "/pho-diem")
    return f"{address}{'&' if '?' in address else '?'}mon={code}"
