"""Answers with all their headers. For views and error pages: `show` a template, `see` another page, `data` as JSON.

Every header of an answer is written here and by assignment, once. A page may be kept by shared caches only when its
view says so by name (`edge`); everything else is private and not stored (F13). The CSP belongs to the page: the one
style sheet it carries by hash, plus what the view names (an upload's origin, a frame)."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Response, current_app, redirect, request, template_rendered
from werkzeug.datastructures import Headers

from handlers import context
from handlers.frame import Frame

PAGE = "text/html; charset=utf-8"
PRIVATE = "private, no-store"
NOTHING = "default-src 'none'; frame-ancestors 'none'"  # the policy of what is no page
SHARED_PARAMETERS = frozenset({"lang", "mon"})  # what pages that shared caches may keep are told apart by
HSTS = "max-age=31536000; includeSubDomains"
PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


@lru_cache(maxsize=512)
def _headers(kind: str, cache: str, csp: str, secure: bool) -> tuple[tuple[str, str], ...]:
    headers = [
        ("Content-Type", kind),
        ("Cache-Control", cache),
        ("Content-Security-Policy", csp),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
        ("Vary", "Accept-Encoding"),
    ]
    if secure:
        headers.append(("Strict-Transport-Security", HSTS))
    return tuple(Headers(headers))


@lru_cache(maxsize=256)
def policy(
    style: str, framed: bool, console: bool, forms: str = "", pictures: str = "", frames: str = "", inner: str = ""
) -> str:
    """The Content-Security-Policy of one page; `style` is the digest of its one sheet, `inner` that of a page inside it."""
    parts = [
        "default-src 'none'",
        f"style-src '{style}'" + (f" '{inner}'" if inner else ""),
        "script-src 'self'",
        f"img-src 'self' data:{' ' + pictures if pictures else ''}",
        f"connect-src 'self'{' ' + forms if forms else ''}",
        f"form-action 'self'{' ' + forms if forms else ''}",
        "base-uri 'none'",
        "frame-ancestors 'self'" if framed and not console else "frame-ancestors 'none'",
    ]
    if frames:
        parts.append(f"frame-src {frames}")
    return "; ".join(parts)


class Finished(Response):
    """An answer whose body and headers are complete: nothing is worked out again while it is sent.

    Werkzeug copies, checks and completes headers for every answer; ours are made of constants. What a view adds later
    (a cookie, Retry-After) goes through `headers` as always."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


def _ready(body: bytes, status: int, headers: tuple[tuple[str, str], ...]) -> Finished:
    kept = Headers()
    kept._list = [*headers, ("Content-Length", str(len(body)))]  # checked once, when the constants were made
    return Finished([body], status, kept)


def show(
    template: str,
    page: Any,
    *,
    status: int = 200,
    back: str = "",
    wrong: bool = False,
    index: bool = False,
    edge: str = "",
    forms: str = "",
    pictures: str = "",
    frames: str = "",
    inner: str = "",
    frame: Frame | None = None,
) -> Response:
    """A page from a template and its one object. `edge` is a Cache-Control that lets shared caches keep a 200, `inner`
    the digest of the style of a page that stands whole inside this one."""
    parts = context.parts()
    settings = parts.settings
    frame = frame or context.frame(template, back, wrong, index)
    body = parts.words.page(context.language(), template, page=page, frame=frame)
    if template_rendered.receivers:  # Flask's own signal; whoever has to miss no page listens
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # listeners name the app, not its proxy
        template_rendered.send(app, template=template, context={"page": page, "frame": frame})
    console = context.layout_of(template) == "console"
    csp = policy(frame.style.digest, settings.simulated_chat, console, forms, pictures, frames, inner)
    cache = edge if edge and status == 200 and _is_address_known() else PRIVATE
    return _ready(body.encode(), status, _headers(PAGE, cache, csp, settings.secure_cookies))


def _is_address_known() -> bool:
    """Whether the address has no parameter but ours: a page's links repeat it, and a stranger's must not reach others."""
    if not request.environ.get("QUERY_STRING"):
        return True
    return all(name in SHARED_PARAMETERS and len(values) == 1 for name, values in request.args.lists())


def public_headers(made_of: context.Parts, frame: Frame, edge: str) -> tuple[tuple[str, str], ...]:
    """The headers of a citizens' page that shared caches may keep, for an answer without a request."""
    settings = made_of.settings
    csp = policy(frame.style.digest, settings.simulated_chat, False)
    return _headers(PAGE, edge, csp, settings.secure_cookies)


def see(address: str, status: int = 303) -> Response:
    """Go and look at another page of ours (303: after a POST)."""
    made = redirect(address, status)
    secure = context.parts().settings.secure_cookies
    for name, value in _headers(PAGE, PRIVATE, NOTHING, secure):
        made.headers[name] = value
    return current_app.make_response(made)


def plain(text: str | bytes, status: int, kind: str, edge: str = "", **headers: str) -> Response:
    """A body that is no page of ours: JSON, a file, the last resort."""
    cache = edge if edge and status == 200 else PRIVATE
    secure = context.parts().settings.secure_cookies
    body = text.encode() if isinstance(text, str) else text
    made = _ready(body, status, _headers(kind, cache, NOTHING, secure))
    for name, value in headers.items():
        made.headers[name.replace("_", "-")] = value
    return made


def data(facts: Any, status: int = 200, edge: str = "") -> Response:
    """JSON for the API."""
    return plain(json.dumps(facts, ensure_ascii=False), status, "application/json", edge)


def problem_details(status: int, code: str, sentence: str, facts: Mapping[str, Any]) -> Response:
    """A problem as RFC 9457 has it; `code` and the facts are extension members."""
    body = {"type": "about:blank", "title": sentence, "status": status, "code": code}
    body |= {name: value for name, value in facts.items() if isinstance(value, str | int | float | bool)}
    return plain(json.dumps(body, ensure_ascii=False), status, "application/problem+json")
