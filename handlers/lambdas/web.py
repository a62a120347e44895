"""The web functions: public pages, the console and the hooks, by the role that the environment names.

Everything is made while the environment starts, so that nobody waits for it: the app, the connection to the store, the
template that a million people ask for, the packs of exams that are about to be released. `app` is Zappa's `app_function`."""

from urllib.parse import urlsplit

from flask import Flask

from handlers.app import create_app
from handlers.context import Parts
from handlers.express import TEMPLATE, Express
from handlers.lambdas.gateway import Gateway
from miniapp.core import log
from miniapp.core.errors import Problem


def _warm(parts: Parts) -> None:
    """Open what the first request would open. A store that is away now may be back then: no reason not to start."""
    try:
        parts.services.once.ready()
        if parts.settings.serves("public"):
            parts.words.template("vi", TEMPLATE)
            parts.services.editions.warm()
    except Problem as problem:
        log.warning("not_warm", code=problem.code)


def entry(app: Flask, parts: Parts) -> Gateway:
    """Lambda's entry to an app; where citizens' pages are served, slips are asked for before all else."""
    settings = parts.settings
    host = urlsplit(settings.base_url).netloc
    express = Express(app.wsgi_app, parts)
    quick = express.slip if settings.serves("public") and express.serves(host) else None
    return Gateway(app.wsgi_app, host, settings.origin_secret, quick, settings.answer_within)


app = create_app()
_parts: Parts = app.extensions["motcua"]
_warm(_parts)
handle = entry(app, _parts)
