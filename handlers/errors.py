"""Kinds of error → status, page and log level, in one table. For the whole app; nobody else turns errors into answers.

An answer is a page, a console page or a problem details object (RFC 9457) by audience. The last-resort page is a
constant with the time behind it: it renders nothing, so it can't fail. Nothing that is not 2xx may be kept by a cache (F12)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from handlers import answers, formats
from handlers.context import language, services, words
from miniapp.core import log, metrics
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused, Unavailable


@dataclass(frozen=True)
class Page:
    """How one kind of error is answered."""

    status: int
    template: str


PAGES: dict[type[Problem], Page] = {
    Invalid: Page(422, "errors/invalid.html"),
    NotFound: Page(404, "errors/not_found.html"),
    Refused: Page(403, "errors/refused.html"),
    Conflict: Page(409, "errors/conflict.html"),
    Unavailable: Page(503, "errors/busy.html"),
}
STATUS = {
    "unforeseen": 500,
    "too_many_tries": 429,
    "too_many_links": 429,
    "form_must_wait": 429,
    "form_used_up": 429,
    "request_malformed": 400,
    "json_malformed": 400,
    "json_name_repeated": 400,
    "body_too_large": 413,
    "method_unknown": 405,
    "body_kind_unknown": 415,
    "sign_in_needed": 401,
    "exam_withdrawn": 410,
    "machine_key_needed": 401,
    "machine_key_refused": 401,
    "machine_key_ended": 401,
    "idempotency_key_needed": 400,
    "idempotency_key_reused": 422,
}
# What deserves a page of its own beside its kind's.
OWN_PAGES = {
    "unforeseen": "errors/sorry.html",
    "body_too_large": "errors/too_large.html",
    "service_closed": "citizen/agencies/service_closed.html",
    "dossier_link_unknown": "citizen/dossiers/link_unknown.html",
}
RETRY_AFTER = {503: "30", 429: "60"}
HTTP_CODES = {
    400: Invalid("request_malformed"),
    403: Refused("not_allowed"),
    404: NotFound("page_unknown"),
    405: Refused("method_unknown"),
    415: Invalid("body_kind_unknown"),
}
LAST_RESORT = (
    "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Xin lỗi</title><h1>Xin lỗi, hệ thống đang gặp sự cố</h1>"
    "<p>Vui lòng thử lại sau ít phút hoặc gọi tổng đài 1022.<p lang=en>Sorry, something failed on our side. "
    "Please try again in a few minutes or call 1022."
)


@dataclass(frozen=True)
class ErrorPage:
    """What an error template shows."""

    code: str
    sentence: str
    reference: str
    status: int
    facts: Mapping[str, Any]


def install(app: Flask) -> None:
    """Attach the table to an app."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def answer(problem: Problem) -> Response:
    """The answer for a problem, in the audience's form."""
    kind = next(kind for kind in type(problem).__mro__ if kind in PAGES)
    page = PAGES[kind]
    status = STATUS.get(problem.code, page.status)
    if isinstance(problem, Unavailable):
        note(problem)
    sentence = words().sentence(language(), problem.code, problem.facts)
    if audience() == "json":
        made = answers.problem_details(status, problem.code, sentence, problem.facts)
    else:
        body = ErrorPage(problem.code, sentence, reference(), status, problem.facts)
        made = answers.show(OWN_PAGES.get(problem.code, page.template), body, status=status)
    if status == 401 and audience() == "json":
        made.headers["WWW-Authenticate"] = "Bearer"
    if status in RETRY_AFTER:
        made.headers["Retry-After"] = str(problem.facts.get("wait", RETRY_AFTER[status]))
    return made


def note(problem: Unavailable) -> None:
    """Tell operators that somebody was told that something of ours is away; for a form that says so itself, too."""
    log.warning("unavailable", code=problem.code, path=request.endpoint, **problem.facts)
    metrics.put({"code": problem.code}, Unavailable=1)


def audience() -> str:
    """How the asker wants errors: by the blueprint that the request met, else by its address."""
    from flask import current_app

    blueprint = current_app.blueprints.get(request.blueprint or "")
    found = getattr(blueprint, "audience", None)
    if found is None:
        found = "json" if request.path.startswith("/api/") else "page"
    return str(found)


def reference() -> str:
    """What a person reads out to the hotline, and what the log line of this request carries."""
    if "reference" not in g:
        g.reference = services().ids.code(8)
    return str(g.reference)


def _http(failure: HTTPException) -> Response:
    code = failure.code or 500
    known = _too_large() if code == 413 else HTTP_CODES.get(code)
    made = answer(known or (HTTP_CODES[400] if code < 500 else _broken()))
    if isinstance(failure, MethodNotAllowed):
        made.headers["Allow"] = ", ".join(sorted(failure.valid_methods or []))
    return made


def _too_large() -> Problem:
    """What was sent and what is taken, in bytes; 0 for the latter where the whole is not what was too large."""
    sent, most = request.content_length or 0, request.max_content_length or 0
    return Invalid("body_too_large", sent=sent, most=most if sent > most else 0)


def _unforeseen(failure: Exception) -> Response:
    try:
        log.error("unforeseen", failure, path=request.endpoint, reference=reference())
        if audience() == "json":
            text = json.dumps({"type": "about:blank", "title": "Internal error", "status": 500, "code": "unforeseen"})
            return answers.plain(text, 500, "application/problem+json")
        return answer(_broken())
    except Exception:
        return answers.plain(LAST_RESORT + _now(), 500, "text/html; charset=utf-8")


def _now() -> str:
    """The time, by which the hotline finds what happened; the page stands without it too."""
    try:
        return f"<p>{formats.moment(services().clock.now())}"
    except Exception:  # whatever broke the page may break this too, and nothing comes after the last resort
        return ""


def _broken() -> Problem:
    return Unavailable("unforeseen")
