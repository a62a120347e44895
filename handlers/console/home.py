"""What waits for me today, in every agency I work for. For officers, first thing after signing in.

Shows only what this officer can do something about: files to mend, results to approve, hours to come, dossiers
that are due, people to confirm. It decides nothing and changes nothing; each line leads to the page where the work is."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Response

from handlers import answers, context
from handlers.console.asked import wishes
from handlers.console.home_dossiers import Waits, dossiers_waiting
from handlers.doors import officers, pages
from miniapp.accounts.access import PERMISSIONS, Permission
from miniapp.agencies.model import Agency
from miniapp.exam_scores.model import Edition, Exam
from miniapp.exam_scores.reporting import Standing

home = pages("console_home", officers(), "/console", "console")

RECENT_EXAMS = 6
RECENT_EDITIONS = 3
MINE = (Standing.EMPTY, Standing.STALLED, Standing.FAULTY)


@dataclass(frozen=True)
class Task:
    """One thing that waits: an edition and how it stands."""

    title: str
    address: str
    standing: Standing
    at: datetime | None


@dataclass(frozen=True)
class Room:
    """One agency of mine: what I may open there, and what waits."""

    name: str
    scores: str
    procedures: str
    dossiers: str
    ratings: str
    people: str
    agency: str
    calendar: str
    trail: str
    tasks: list[Task]
    waits: list[Waits]
    asked: int


@dataclass(frozen=True)
class HomePage:
    """All my agencies."""

    name: str
    rooms: list[Room]


@home.get("/")
def today() -> Response:
    """My agencies with what waits for me in each."""
    signed = context.officer()
    found = [context.services().agencies.find(agency) for agency in signed.standing.agencies]
    rooms = [_room(agency) for agency in found if agency is not None]
    return answers.show("console/home/today.html", HomePage(signed.name.reveal, rooms))


def _room(agency: Agency) -> Room:
    standing = context.officer().standing
    may = {name for name in PERMISSIONS if standing.may(cast(Permission, name), agency.id)}
    base, suffix = f"/console/{agency.address}", context.suffix()
    return Room(
        name=agency.name_en if context.language() == "en" else agency.name,
        scores=f"{base}/diem-thi{suffix}" if "scores.read" in may else "",
        procedures=f"{base}/thu-tuc{suffix}" if "procedures.read" in may else "",
        dossiers=f"{base}/ho-so{suffix}" if "dossiers.read" in may else "",
        ratings=f"{base}/danh-gia{suffix}" if "ratings.read" in may else "",
        people=f"{base}/officers{suffix}" if "officers.manage" in may else "",
        agency=f"{base}/co-quan{suffix}" if "agency.manage" in may else "",
        calendar=f"{base}/lich-lam-viec{suffix}" if "agency.manage" in may else "",
        trail=f"{base}/audit{suffix}" if "audit.read" in may else "",
        tasks=_tasks(agency, may) if "scores.read" in may else [],
        waits=dossiers_waiting(agency) if "dossiers.read" in may else [],
        asked=sum(wish.may_confirm for wish in wishes(agency)) if "officers.manage" in may else 0,
    )


def _tasks(agency: Agency, may: set[str]) -> list[Task]:
    services = context.services()
    tasks = []
    for exam in services.exam_office.exams(agency.id)[:RECENT_EXAMS]:
        for edition in services.exam_office.editions(exam)[:RECENT_EDITIONS]:
            reports = services.exam_reports
            standing = reports.standing(exam, edition, reports.work(exam, edition))
            if _waits_for_me(edition, standing, may):
                address = f"/console/{agency.address}/diem-thi/{exam.slug}/{edition.id}{context.suffix()}"
                tasks.append(Task(_title(exam), address, standing, edition.release_at))
    return tasks


def _waits_for_me(edition: Edition, standing: Standing, may: set[str]) -> bool:
    if standing is Standing.WAITING or standing is Standing.IMPORTING:
        return True
    if standing is Standing.READY:
        return "scores.approve" in may and context.officer().id not in edition.uploaders
    return standing in MINE and "scores.upload" in may


def _title(exam: Exam) -> str:
    return exam.title_en if context.language() == "en" and exam.title_en else exam.title
