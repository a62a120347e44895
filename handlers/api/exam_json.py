"""Exams, results and distributions as the API shows them; the shapes are declared in `openapi.json`.

For the API's views. Scores are decimal texts with a point and two figures, moments are UTC, subjects carry their names
in both languages. It never shows a name, a factor or a group under ten, nor what is not released yet."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from miniapp.core.clock import iso
from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.looking_up import Found, countdown
from miniapp.exam_scores.model import Correction, Exam
from miniapp.exam_scores.scores import NOT_TAKEN, STATE_NAMES, is_score
from miniapp.exam_scores.statistics import SMALLEST_GROUP, Distribution, Statistics
from miniapp.exam_scores.subjects import Subject, vocabulary
from miniapp.exam_scores.totals import Outcome, Total, Totals, outcome_of

STEP = 50  # hundredths per bar of a distribution, as on the page
TOTAL_SUBJECTS = 3

Json = dict[str, Any]


def exam_json(exam: Exam, address: str, base: str, now: datetime) -> Json:
    """One exam as everybody may know it at `now`; `base` is its own address."""
    pointer = exam.pointer(now)
    coming = countdown(exam, now)
    withdrawn = pointer is None and exam.withdrawn_at is not None and exam.coming(now) is None
    release_at = pointer.release_at if pointer else coming
    window = exam.remark
    return {
        "agency": address,
        "exam": exam.slug,
        "title": {"vi": exam.title, "en": exam.title_en or exam.title},
        "year": exam.year,
        "state": "released" if pointer else "withdrawn" if withdrawn else "upcoming",
        "release_at": iso(release_at) if release_at else None,
        "policy": exam.policy.value,
        "factors": list(exam.factors),
        "number": {"pattern": f"^(?:{exam.number_format})$", "example": exam.number_example},
        "subjects": [_subject(code) for code in exam.subjects],
        "scale": decimal(exam.scale),
        "remark": {"opens": iso(window.opens), "closes": iso(window.closes), "place": window.place} if window else None,
        "corrections": [_correction(item) for item in exam.history if pointer and item.released_at <= now],
        "links": {"self": base, "look_up": f"{base}/look-up", "distributions": f"{base}/distributions"},
    }


def result_json(found: Found, address: str) -> Json:
    """One candidate's result."""
    exam, result, statistics = found.exam, found.result, found.build.statistics
    outcome = outcome_of(exam, result)
    return {
        "agency": address,
        "exam": exam.slug,
        "number": result.number,
        "released_at": iso(found.pointer.release_at),
        "correction": _change(exam, result),
        "scores": [
            _score(code, score, statistics.subjects.get(code))
            for code, score in result.scores.items()
            if score != NOT_TAKEN
        ],
        "language": _language(result.language),
        "totals": [_total(item) for item in Totals(exam, statistics).of(result)],
        "outcome": _outcome(outcome) if outcome else None,
    }


def distributions_json(exam: Exam, statistics: Statistics, address: str, released_at: datetime) -> Json:
    """What was counted of the edition that is out; small groups are left out."""
    names = vocabulary().subjects
    return {
        "agency": address,
        "exam": exam.slug,
        "released_at": iso(released_at),
        "population": statistics.shown_population,
        "smallest_group": SMALLEST_GROUP,
        "step": decimal(STEP),
        "subjects": [
            {"subject": _named(names[code]), **_counted(item, exam.scale)} for code, item in _shown(statistics.subjects)
        ],
        "combinations": [
            {"combination": code, **_counted(item, TOTAL_SUBJECTS * exam.scale)}
            for code, item in _shown(statistics.combinations)
        ],
    }


def decimal(hundredths: int) -> str:
    """825 as `8.25`."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _shown(groups: Mapping[str, Distribution]) -> Iterable[tuple[str, Distribution]]:
    return ((code, item) for code, item in groups.items() if item.is_shown)


def _counted(item: Distribution, highest: int) -> Json:
    return {
        "candidates": item.population,
        "mean": decimal(item.mean),
        "median": decimal(item.median),
        "highest_possible": item.counts.get(highest, 0),
        "at_most_one": item.at_most(100),
        "counts": item.bins(STEP, highest),
    }


def _subject(code: str) -> Json:
    return _named(vocabulary().subjects[code])


def _named(item: Subject) -> Json:
    return {"code": item.code, "name": {"vi": item.vi, "en": item.en}}


def _score(code: str, score: int, group: Distribution | None) -> Json:
    taken = is_score(score)
    share = group.share_below(score) if taken and group is not None and group.is_shown else None
    return {
        "subject": _subject(code),
        "state": "score" if taken else STATE_NAMES[score],
        "score": decimal(score) if taken else None,
        "share_below": share,
    }


def _language(code: int) -> Json | None:
    return _named(vocabulary().languages[f"N{code}"]) if code else None


def _total(item: Total) -> Json:
    group = item.group
    return {
        "combination": group.combination.code,
        "subjects": list(group.combination.subjects),
        "total": decimal(item.total),
        "share_below": item.share,
        "population": group.population or None,
        "if_language": f"N{group.language}" if group.language else None,
    }


def _outcome(outcome: Outcome) -> Json:
    return {
        "code": outcome.code or None,
        "total": None if outcome.total is None else decimal(outcome.total),
        "benchmark": None if outcome.benchmark is None else decimal(outcome.benchmark),
        "failed": list(outcome.failed),
    }


def _change(exam: Exam, result: Result) -> Json | None:
    said = exam.updated(result.change)
    return _correction(said) if said else None


def _correction(item: Correction) -> Json:
    return {"reason": item.reason.value, "decision": item.decision, "released_at": iso(item.released_at)}
