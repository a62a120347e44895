"""What every console page of exam scores needs: addresses, the edition in the address, its head with the four steps.

For the views of `exam_scores*.py` beside it. It reads through the services and decides nothing; who may do what is
asked of `miniapp.accounts.access`, here only to know which buttons to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from handlers import context
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form, read_clock
from miniapp.accounts.access import PERMISSIONS, Permission
from miniapp.accounts.model import SignedOfficer
from miniapp.exam_scores.model import Edition, Exam, Work
from miniapp.exam_scores.reporting import Standing
from miniapp.exam_scores.subjects import vocabulary

PREFIX = "/console/<agency>/diem-thi"
EDITION = "/<exam>/<edition>"
BEFORE_CHECK = (Standing.EMPTY, Standing.IMPORTING, Standing.STALLED)
CHECKED = (Standing.READY, Standing.WAITING, Standing.RELEASED, Standing.SUPERSEDED, Standing.WITHDRAWN)
OUT = (Standing.RELEASED, Standing.SUPERSEDED)


def address(*parts: str, query: str = "") -> str:
    """An address of this area, in the language of the page; `query` is one pair, ready to print."""
    kept = "&".join(part for part in (query, "lang=en" if context.language() == "en" else "") if part)
    path = "/".join([f"/console/{context.agency().address}/diem-thi", *parts])
    return f"{path}?{kept}" if kept else path


def title_of(exam: Exam) -> str:
    """An exam's name in the language of the page."""
    return exam.title_en if context.language() == "en" and exam.title_en else exam.title


def subjects_of(exam: Exam) -> list[tuple[str, str]]:
    """An exam's subjects with their names in the language of the page."""
    names, language = vocabulary().subjects, context.language()
    return [(code, names[code].name(language)) for code in exam.subjects]


def may() -> frozenset[str]:
    """What the officer may do in this agency."""
    standing, agency = context.officer().standing, context.agency().id
    return frozenset(name for name in PERMISSIONS if standing.may(cast(Permission, name), agency))


def names(officers: Iterable[str]) -> dict[str, str]:
    """Officers' ids with their names; an id that is nobody's (the importer, an operator) stands for itself."""
    wanted = set(officers)
    found = context.services().accounts.people.names(wanted)
    return {officer: found[officer].reveal if officer in found else officer for officer in wanted}


@dataclass(frozen=True)
class Step:
    """One of the four steps across the top; its words stand in the template."""

    state: str
    who: str = ""
    when: str = ""


@dataclass(frozen=True)
class Head:
    """The top of every page about one edition."""

    exam: Exam
    title: str
    edition: Edition
    number: int
    standing: Standing
    work: Work | None
    steps: tuple[Step, Step, Step, Step]
    may: frozenset[str]
    tab: str
    people: dict[str, str]

    def at(self, *parts: str) -> str:
        """An address below this edition."""
        return address(self.exam.slug, self.edition.id, *parts)

    @property
    def list_address(self) -> str:
        return address()

    @property
    def exam_address(self) -> str:
        return address(self.exam.slug)

    @property
    def problem_count(self) -> int:
        """Places to look at, errors and warnings."""
        return sum(item.errors + item.warnings for item in self.edition.files)


def head(slug: str, edition_id: str, tab: str = "") -> Head:
    """The head of an edition's page; NotFound when there is no such exam or edition in this agency."""
    services = context.services()
    exam = services.exam_office.exam(context.agency().id, slug)
    edition = services.exam_office.edition(exam, edition_id)
    ids = sorted(item.id for item in services.exam_office.editions(exam))
    reports = services.exam_reports
    work = reports.work(exam, edition)
    standing = reports.standing(exam, edition, work)
    people = names({*edition.uploaders, *edition.approved_by, *edition.seconds})
    number = ids.index(edition.id) + 1 if edition.id in ids else len(ids) + 1
    steps = _steps(edition, standing, people)
    return Head(exam, title_of(exam), edition, number, standing, work, steps, may(), tab, people)


def _steps(edition: Edition, standing: Standing, people: dict[str, str]) -> tuple[Step, Step, Step, Step]:
    sent = max((item.started_at for item in edition.files), default="")
    read = max((item.beat_at for item in edition.files), default="")
    senders = ", ".join(sorted(people[officer] for officer in edition.uploaders))
    approvers = ", ".join(people[officer] for officer in edition.approved_by)
    loaded = Step("current") if standing is Standing.EMPTY else Step("done", senders, sent)
    if standing in BEFORE_CHECK:
        checked = Step({Standing.IMPORTING: "current", Standing.STALLED: "wrong"}.get(standing, "waiting"))
    else:
        checked = Step("wrong" if standing is Standing.FAULTY else "done", "", read)
    approved_at = edition.approved_at.isoformat() if edition.approved_at else ""
    if edition.approved_at is None:
        approved = Step("current" if standing is Standing.READY else "waiting")
    else:
        approved = Step("done", approvers, approved_at)
    return loaded, checked, approved, _released(edition, standing)


def _released(edition: Edition, standing: Standing) -> Step:
    if standing is Standing.WITHDRAWN:
        return Step("wrong", "", edition.withdrawn_at.isoformat() if edition.withdrawn_at else "")
    when = edition.release_at.isoformat() if edition.release_at else ""
    if standing is Standing.WAITING:
        return Step("current", "", when)
    return Step("done", "", when) if standing in OUT else Step("waiting")


# --- moments as officers type them: three fields for the day, one for the time, in Vietnam


def moment_fields(name: str) -> tuple[str, str, str, str]:
    """The form fields of a moment."""
    return f"{name}-day", f"{name}-month", f"{name}-year", f"{name}-time"


def moment_values(name: str, moment: datetime | None) -> dict[str, str]:
    """A moment as the fields show it."""
    if moment is None:
        return dict.fromkeys(moment_fields(name), "")
    local = moment.astimezone(LOCAL)
    parts = (str(local.day), str(local.month), str(local.year), local.strftime("%H:%M"))
    return dict(zip(moment_fields(name), parts, strict=True))


def read_moment(form: Form, name: str) -> datetime | FieldProblem | None:
    """A moment as typed, aware; None when all four fields are empty."""
    day, month, year, clock = (form.value(field) for field in moment_fields(name))
    if not any((day, month, year, clock)):
        return None
    at = read_clock(clock)
    if at is None:
        return FieldProblem(f"{name}-time", "time_shape")
    try:
        return datetime(int(year), int(month), int(day), at.hour, at.minute, tzinfo=LOCAL)
    except (ValueError, OverflowError):
        return FieldProblem(name, "date_shape")


def signed() -> SignedOfficer:
    """Who acts."""
    return context.officer()
