"""The slip as its template wants it: one object, most of it made once per build and language.

For the citizens' pages. A slip is shown a million times in a minute, so names, pictures, tables and condition words are
made when the first slip of a build is shown; what is left per slip is looking things up. It decides nothing."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from handlers.charts import Band, Chart
from handlers.formats import grouped
from handlers.words import Words
from miniapp.exam_scores.model import Exam, Window
from miniapp.exam_scores.scores import LOWEST_STATE, NOT_TAKEN, STATE_NAMES
from miniapp.exam_scores.statistics import Distribution
from miniapp.exam_scores.subjects import vocabulary
from miniapp.exam_scores.totals import Group, Outcome, Totals, outcome_of

if TYPE_CHECKING:  # what makes a slip needs no store
    from miniapp.exam_scores.looking_up import Found

BIN = 50  # hundredths: half a point per bar
BAND = 200  # hundredths per line of the table
BEST = 3  # combinations seen at once; the others open on a tap
KITS_MOST = 64
NOTHING = Markup("")
EDITION = "citizen/exam_scores/_released.html"


class Row(NamedTuple):
    """One subject of a slip: a score in hundredths, or a state."""

    name: str
    score: int
    state: str
    share: int | None
    picture: Markup


class Named(NamedTuple):
    """A combination as its rows show it; `condition` is the language that it needs when the file does not say which."""

    code: str
    subjects: str
    population: int
    condition: str


TotalRow = tuple[int, int | None, Named]  # total, share, combination


class Slip(NamedTuple):
    """One candidate's result as shown."""

    exam: Exam
    title: str
    number: str
    grouped: str
    rows: list[Row]
    best: list[TotalRow]
    others: list[TotalRow]
    outcome: Outcome | None
    failed: list[str]
    updated: Markup
    released: Markup
    remark: Window | None
    remark_open: bool
    remark_over: bool
    distributions: str
    again: str


class Kit:
    """What all slips of one edition and language share."""

    def __init__(self, found: Found, language: str, words: Words) -> None:
        exam, pointer, statistics = found.exam, found.pointer, found.build.statistics
        self.title = exam.title_en if language == "en" and exam.title_en else exam.title
        subjects, languages = vocabulary().subjects, vocabulary().languages
        self._names = {code: subjects[code].name(language) for code in exam.subjects}
        self._spoken = {int(code[1]): item.name(language) for code, item in languages.items()}
        self._pictures = {
            code: (statistics.subjects[code], _pictures(statistics.subjects[code], name, exam.scale, words, language))
            for code, name in self._names.items()
            if statistics.subjects[code].is_shown
        }
        self._exam, self._part = exam, partial(words.part, language, EDITION)
        facts = (exam.first_out, pointer.release_at, exam.correction(pointer), statistics.shown_population)
        self.released = self._part("released", *facts)
        self._updates: dict[int, Markup] = {}
        self._totals = Totals(exam, statistics)
        self._rows: dict[tuple[str, int, int], Row] = {}
        self._groups: dict[Group, Named] = {}

    def rows(self, found: Found) -> list[Row]:
        """The subjects that the candidate has something in."""
        rows, spoken = self._rows, found.result.language
        return [
            rows.get((code, score, spoken)) or self._row(code, score, spoken)
            for code, score in found.result.scores.items()
            if score != NOT_TAKEN
        ]

    def _row(self, code: str, score: int, spoken: int) -> Row:
        """The row of all who have this; there are fewer of them than scores times languages."""
        name, share, picture = self._names[code], None, NOTHING
        if code == "nn" and spoken:
            name = f"{name} ({self._spoken[spoken]})"
        is_state = score >= LOWEST_STATE
        if code in self._pictures and not is_state:
            group, drawn = self._pictures[code]
            share = group.share_below(score)
            picture = drawn[min(score // BIN, len(drawn) - 1)]  # the highest score stands in the last bar
        row = Row(name, 0 if is_state else score, STATE_NAMES[score] if is_state else "", share, picture)
        self._rows[code, score, spoken] = row
        return row

    def totals(self, found: Found) -> list[TotalRow]:
        """The combinations, best first."""
        names = self._groups
        return [
            (total, share, names.get(group) or self._named(group))
            for total, share, group in self._totals.of(found.result)
        ]

    def _named(self, group: Group) -> Named:
        item = group.combination
        subjects = ", ".join(self._names[subject] for subject in item.subjects)
        condition = self._spoken[group.language] if group.language else ""
        named = self._groups[group] = Named(item.code, subjects, group.population, condition)
        return named

    def updated(self, change: int) -> Markup:
        """What last changed the results whose records name this correction; empty where nothing did."""
        said = self._updates.get(change)
        if said is None:
            correction = self._exam.updated(change)
            said = self._updates[change] = self._part("updated", correction) if correction else NOTHING
        return said

    def subject_names(self, codes: tuple[str, ...]) -> list[str]:
        """Names of subjects, for sentences."""
        return [self._names[code] for code in codes]


def _pictures(item: Distribution, name: str, scale: int, words: Words, language: str) -> list[Markup]:
    """The subject's distribution, with the table for readers, once per bar that may be one's own."""
    chart = chart_of(item, scale, BIN)
    marks = [chart.mark(count, place) for place, count in enumerate(item.bins(BIN, scale))]
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
        self._kits: OrderedDict[tuple[str, str, int, str], Kit] = OrderedDict()
        self._lock = Lock()

    def make(self, found: Found, language: str, now: datetime, again: str, distributions: str) -> Slip:
        """The slip of a result; `again` and `distributions` are addresses."""
        exam, result = found.exam, found.result
        kit = self.kit(found, language)
        outcome = outcome_of(exam, result)
        remark = exam.remark
        totals = kit.totals(found)
        return Slip(
            exam=exam,
            title=kit.title,
            number=result.number,
            grouped=grouped(result.number),
            rows=kit.rows(found),
            best=totals[:BEST],
            others=totals[BEST:],
            outcome=outcome,
            failed=kit.subject_names(outcome.failed) if outcome and outcome.failed else [],
            updated=kit.updated(result.change),
            released=kit.released,
            remark=remark,
            remark_open=remark is not None and remark.opens <= now <= remark.closes,
            remark_over=remark is not None and remark.closes < now,
            distributions=distributions,
            again=again,
        )

    def kit(self, found: Found, language: str) -> Kit:
        """The shared part of an edition's slips; a few editions at a time."""
        key = (found.pointer.build, found.pointer.edition, found.exam.version, language)
        kit = self._kits.get(key)
        if kit is None:
            kit = Kit(found, language, self._words)
            with self._lock:
                self._kits[key] = kit
                while len(self._kits) > KITS_MOST:
                    self._kits.popitem(last=False)
        return kit
