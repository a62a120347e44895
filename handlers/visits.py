"""Visits, and who comes for the first time of a day, counted without knowing anybody. For the app, after every answer.

A browser is given a mark that says when it was here last, to the quarter of an hour and until the day is over in Vietnam:
everybody who came in that quarter holds the same one, so it tells nobody apart, and nothing of it is kept here. Each first
piece of an address has a mark of its own, so what is counted is a day of one agency. A page that shared caches may keep
neither gives a mark nor counts; what it leads to does."""

from datetime import datetime, timedelta

from flask import Response, current_app, g, request

from handlers import context
from handlers.answers import PAGE, PRIVATE
from miniapp.core.clock import VIETNAM
from miniapp.core.happenings import Kind

VISITED = Kind("pages_visited", {"first": frozenset({"yes", "no"})})
QUARTER = timedelta(minutes=15)
PAUSE = 2  # quarters: whoever was quiet for longer has come again
MARK = "%Y%m%d.%H%M"
BROWSERS = ("none", "same-origin", "same-site", "cross-site")  # what only a browser says of where a request comes from


def count(answer: Response) -> Response:
    """Tell a visit, and give the browser its mark, where an agency's page was opened."""
    if request.method == "GET" and answer.status_code == 200 and "agency" in g and _is_page(answer):
        now = context.services().clock.now()
        quarter, before = _quarter(now), request.cookies.get(_name(), "")
        mark = quarter.strftime(MARK)
        if before != mark:
            came = _read(before, quarter)
            if came is None or quarter - came > PAUSE * QUARTER:
                VISITED.tell(g.agency.id, first="yes" if came is None else "no")
            _give(answer, mark, quarter)
    return answer


def _is_page(answer: Response) -> bool:
    """A page for citizens that no shared cache keeps, asked for by a browser."""
    held = current_app.blueprints.get(request.blueprint or "")
    is_open = getattr(held, "audience", "") == "page" and answer.headers.get("Cache-Control") == PRIVATE
    return is_open and answer.content_type == PAGE and request.headers.get("Sec-Fetch-Site") in BROWSERS


def _quarter(now: datetime) -> datetime:
    local = now.astimezone(VIETNAM)
    return local.replace(minute=local.minute - local.minute % 15, second=0, microsecond=0)


def _read(mark: str, quarter: datetime) -> datetime | None:
    """When a mark was given; None for none, for one of another day and for what is none of ours."""
    try:
        came = datetime.strptime(mark, MARK).replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return came if came.date() == quarter.date() and came <= quarter else None


def _give(answer: Response, mark: str, quarter: datetime) -> None:
    """The mark until the day is over, for addresses that begin like this one."""
    over = (quarter + timedelta(days=1)).replace(hour=0, minute=0)
    answer.set_cookie(
        _name(),
        mark,
        max_age=over - quarter,
        path="/" + request.path.split("/")[1],
        secure=context.parts().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    """A mark is for a part of the host, so its name can't promise the whole of it."""
    return "__Secure-n" if context.parts().settings.secure_cookies else "n"
