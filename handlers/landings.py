"""Where the bucket sends a browser after an upload: a page that says the file has arrived and leads back.

For every page that takes a file. No cookie of ours comes along from the bucket's origin, so the page knows nobody and says
nothing of anybody: any origin may read it, and a script that sent the file follows the redirect and learns that the file
is there. It changes nothing and does not look whether the file really came."""

from dataclasses import dataclass

from flask import Response

from handlers import answers


@dataclass(frozen=True)
class ReceivedPage:
    """The way back from the bucket."""

    back: str


def received(template: str, back: str) -> Response:
    """The page: back to `back`, by a click or by itself."""
    return _readable(answers.show(template, ReceivedPage(back)))


def may_be_read() -> Response:
    """What a browser asks before it follows a redirect of an upload that shows progress."""
    return _readable(answers.plain("", 204, "text/plain; charset=utf-8"))


def _readable(made: Response) -> Response:
    made.headers["Access-Control-Allow-Origin"] = "*"
    made.headers["Access-Control-Allow-Methods"] = "GET"
    return made
