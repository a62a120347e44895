"""The demo officers' phone: a page with their logins, passwords and the codes of this half minute.

Only beside the app that `make run` serves on this machine, so that a newcomer can sign in without a phone. The app of
`create_app` knows nothing of it: its blueprint is added here, and never where officers are real."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response

from handlers import answers, context
from handlers.doors import anyone, pages
from infra.local import demo

PATH = "/demo/officers"


@dataclass(frozen=True)
class PhoneOfficer:
    """One officer as the phone shows him."""

    name: str
    roles: list[str]
    login: str
    password: str
    code: str


@dataclass(frozen=True)
class PhonePage:
    """The phone; `again` asks it for the codes of the moment."""

    officers: list[PhoneOfficer]
    again: str
    sign_in: str


def with_authenticator(app: Flask, folder: Path) -> Flask:
    """The app, with the officers' phone beside its pages."""
    phone = pages("demo_officers", door=anyone, url_prefix=PATH)

    @phone.get("")
    def show() -> Response:
        now = context.services().clock.now()
        shown = [
            PhoneOfficer(one.name, one.roles, one.login, one.password, one.code(now)) for one in demo.officers(folder)
        ]
        page = PhonePage(shown, PATH + context.suffix(), "/console/sign-in" + context.suffix())
        return answers.show("demo/officers.html", page)

    app.register_blueprint(phone)
    return app
