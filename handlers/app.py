"""The web app: blueprints, errors, limits. For Lambda, `make run`, the commands and the tests.

`create_app(settings, services)` builds one app and reads every asset once; after that a request reads no file."""

from typing import Any

from flask import Flask, Response, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from handlers import answers, commands, errors, visits
from handlers.context import LANGUAGES, Parts, parts
from handlers.express import Express
from handlers.routes import blueprints
from handlers.slips import Slips
from handlers.wiring import Services
from handlers.words import build_environment
from miniapp.core import log, metrics
from miniapp.core.deadline import InTime
from miniapp.core.errors import NotFound
from miniapp.core.settings import Settings
from miniapp.core.starting import settings_of_process

BODY_MOST = 64 * 1024
FOREVER = "public, max-age=31536000, immutable"


class NoSession(SessionInterface):
    """Flask's cookie session is off: sessions are rows (`miniapp.accounts.sessions`)."""

    nothing = NullSession()

    def open_session(self, app: Flask, request: Any) -> NullSession:
        return self.nothing

    def is_null_session(self, obj: object) -> bool:
        return True


class App(Flask):
    """Flask whose own redirects (a slash that is missing) carry our headers; error handlers never hear of them."""

    def handle_http_exception(self, e: HTTPException) -> Any:
        if isinstance(e, RequestRedirect):
            return answers.see(e.new_url, e.code)
        return super().handle_http_exception(e)

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """A host's name has no case (RFC 9110, 4.2.3); what compares it has."""
        if host := environ.get("HTTP_HOST"):
            environ["HTTP_HOST"] = host.lower()
        return super().wsgi_app(environ, start_response)


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """One app. Without arguments the settings come from the environment (`flask --app handlers.app …`)."""
    settings = settings or (services.settings if services else settings_of_process())
    log.start(settings.log_level)
    metrics.start(settings.stage if settings.figures else "")
    services = services or Services(settings)
    services.bind()
    app = App("motcua", static_folder=None, template_folder=None)
    app.session_interface = NoSession()
    app.url_map.strict_slashes = True
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_MOST,
        MAX_FORM_MEMORY_SIZE=BODY_MOST,
        MAX_FORM_PARTS=60,
        TRUSTED_HOSTS=list(settings.hosts),
        PREFERRED_URL_SCHEME="https" if settings.secure_cookies else "http",
        PROPAGATE_EXCEPTIONS=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # only declared methods (ASVS 4.1.4)
    )
    words = build_environment(LANGUAGES)
    app.extensions["motcua"] = Parts(settings, services, words, Slips(words))
    errors.install(app)
    app.before_request(_admit)
    app.after_request(_count_refused)
    app.after_request(visits.count)
    app.add_url_rule("/assets/<name>", "asset", _asset, methods=["GET"])
    for blueprint in blueprints(settings):
        app.register_blueprint(blueprint)
    if not settings.role:  # a function for one kind of page takes no commands
        commands.install(app)
    serving = Express(app.wsgi_app, app.extensions["motcua"]) if settings.serves("public") else app.wsgi_app
    app.wsgi_app = InTime(serving, settings.answer_within, services.monotonic)  # type: ignore[method-assign]
    return app


def _admit() -> None:
    """Before anything else: the proof that the request came through our edge."""
    settings = parts().settings
    if settings.origin_secret and request.headers.get("X-Origin-Secret", "") != settings.origin_secret:
        raise NotFound("page_unknown")


def _count_refused(answer: Response) -> Response:
    """Who asks too often is counted by the page that was asked: look-ups, sign-in, links."""
    if answer.status_code == 429:
        metrics.put({"page": request.endpoint or "none"}, Refused=1)
    return answer


def _asset(name: str) -> Response:
    found = parts().assets.find(name)
    if found is None:
        raise NotFound("page_unknown")
    return answers.plain(found.body, 200, found.media_type, edge=FOREVER)
