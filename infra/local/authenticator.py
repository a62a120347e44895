"""The demo officers' phone: a page with their logins, passwords and the codes of this half minute.

Only in front of the app that `make run` serves on this machine, so that a newcomer can sign in without a phone. The app
itself knows nothing of it."""

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

from infra.local import demo

PATH = "/demo/officers"
PAGE = (Path(__file__).parent / "authenticator.html").read_text("utf-8")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_authenticator(app: Wsgi, folder: Path) -> Wsgi:
    """The app, with the officers' phone beside it."""

    def entry(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return app(environ, start_response)
        rows = "".join(
            f"<tr><td>{escape(one.name)}<td>{escape(', '.join(one.roles))}<td><code>{escape(one.login)}</code>"
            f"<td><code>{escape(one.password)}</code><td><strong>{one.code()}</strong>"
            for one in demo.officers(folder)
        )
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
        return [PAGE.replace("{rows}", rows).encode()]

    return entry
