"""The slip as its template wants it: one object, most of it made once per build and language.

For the citizens' pages. A slip is shown a million times in a minute, so names, pictures, tables and condition words are
made when the first slip of a build is shown; what is left per slip is looking things up. It decides nothing."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from markupsafe import Markup

from handlers.charts import Band, Chart
from handlers.formats import grouped
from handlers.words import Words
from miniapp.exam_scores.looking_up import Found
from miniapp.exam_scores.model import Correction, Exam, Window
from miniapp.exam_scores.scores import LOWEST_STATE, NOT_TAKEN, STATE_NAMES
from miniapp.exam_scores.statistics import Distribution
from miniapp.exam_scores.subjects import vocabulary
from miniapp.exam_scores.totals import Outcome, Total, outcome_of, totals_of

BIN = 50  # hundredths: half a point per bar
BAND = 200  # hundredths per line of the table
KITS_MOST = 64


class Row(NamedTuple):
    """One subject of a slip: a score in hundredths, or a state."""

    name: str
    score: int
    state: str
    share: int | None
    picture: Markup


class TotalRow(NamedTuple):
    """One combination of a slip; `condition` is the language that it needs when the file does not say which."""

    code: str
    subjects: str
    total: int
    share: int | None
    population: int
    condition: str


class Slip(NamedTuple):
    """One candidate's result as shown."""

    exam: Exam
    title: str
    number: str
    grouped: str
    rows: list[Row]
    totals: list[TotalRow]
    outcome: Outcome | None
    failed: list[str]
    updated: Correction | None
    released_at: datetime
    remark: Window | None
    remark_open: bool
    remark_over: bool
    population: int
    distributions: str
    again: str


class Kit:
    """What all slips of one build and language share."""

    def __init__(self, found: Found, language: str, words: Words) -> None:
        self._language = language
        exam, statistics = found.exam, found.build.statistics
        self.title = exam.title_en if language == "en" and exam.title_en else exam.title
        subjects, languages = vocabulary().subjects, vocabulary().languages
        self._names = {code: subjects[code].name(language) for code in exam.subjects}
        self._spoken = {int(code[1]): item.name(language) for code, item in languages.items()}
        self._distributions = {code: statistics.subjects[code] for code in exam.subjects}
        self._bins = max(1, exam.scale // BIN)
        self._pictures = {
            code: _pictures(item, self._names[code], exam.scale, self._bins, words, language)
            for code, item in self._distributions.items()
            if item.is_shown
        }
        self.population = statistics.population
        self._total_names: dict[str, str] = {}

    def rows(self, found: Found) -> list[Row]:
        """The subjects that the candidate has something in."""
        made = []
        result = found.result
        nothing = Markup("")
        for code, score in result.scores.items():
            if score == NOT_TAKEN:
                continue
            name = self._names[code]
            if code == "nn" and result.language:
                name = f"{name} ({self._spoken[result.language]})"
            if score >= LOWEST_STATE:
                made.append(Row(name, 0, STATE_NAMES[score], None, nothing))
                continue
            pictures = self._pictures.get(code)
            share = self._distributions[code].share_below(score) if pictures else None
            picture = pictures[min(score // BIN, self._bins - 1)] if pictures else nothing
            made.append(Row(name, score, "", share, picture))
        return made

    def totals(self, found: Found) -> list[TotalRow]:
        """The combinations, best first."""
        return [self._total(item) for item in totals_of(found.exam, found.build.statistics, found.result)]

    def _total(self, item: Total) -> TotalRow:
        code = item.combination.code
        names = self._total_names.get(code)
        if names is None:
            names = self._total_names[code] = ", ".join(self._names[subject] for subject in item.combination.subjects)
        condition = self._spoken[item.language] if item.language else ""
        return TotalRow(code, names, item.total, item.share, item.population, condition)

    def subject_names(self, codes: tuple[str, ...]) -> list[str]:
        """Names of subjects, for sentences."""
        return [self._names[code] for code in codes]


def _pictures(item: Distribution, name: str, scale: int, bins: int, words: Words, language: str) -> list[Markup]:
    """The subject's distribution once per bar that may be one's own, with the table for readers."""
    chart = chart_of(item, scale, BIN)
    counts = item.bins(scale // bins, scale)
    marks = [chart.mark(counts[place], place) for place in range(bins)]
    return [words.part(language, "components/distribution.html", "distribution", chart, name, mark) for mark in marks]


def chart_of(item: Distribution, scale: int, step: int, band: int = BAND) -> Chart:
    """A distribution's picture with bars of `step` hundredths and a table of `band` hundredths a line."""
    bands = [
        Band(low, min(low + band, scale), count)
        for low, count in zip(range(0, scale, band), item.bins(band, scale), strict=False)
    ]
    return Chart.of(item.bins(step, scale), bands)


class Slips:
    """Makes slips."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._kits: OrderedDict[tuple[str, int, str], Kit] = OrderedDict()
        self._lock = Lock()

    def make(self, found: Found, language: str, now: datetime, again: str, distributions: str) -> Slip:
        """The slip of a result; `again` and `distributions` are addresses."""
        exam, result = found.exam, found.result
        kit = self.kit(found, language)
        outcome = outcome_of(exam, result)
        change = result.change
        remark = exam.remark
        return Slip(
            exam=exam,
            title=kit.title,
            number=result.number,
            grouped=grouped(result.number),
            rows=kit.rows(found),
            totals=kit.totals(found),
            outcome=outcome,
            failed=kit.subject_names(outcome.failed) if outcome and outcome.failed else [],
            updated=exam.history[change - 1] if 0 < change <= len(exam.history) else None,
            released_at=found.pointer.release_at,
            remark=remark,
            remark_open=remark is not None and remark.opens <= now <= remark.closes,
            remark_over=remark is not None and remark.closes < now,
            population=kit.population,
            distributions=distributions,
            again=again,
        )

    def kit(self, found: Found, language: str) -> Kit:
        """The shared part of a build's slips; a few builds at a time."""
        key = (found.pointer.build, found.exam.version, language)
        kit = self._kits.get(key)
        if kit is None:
            kit = Kit(found, language, self._words)
            with self._lock:
                self._kits[key] = kit
                while len(self._kits) > KITS_MOST:
                    self._kits.popitem(last=False)
        return kit
