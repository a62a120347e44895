"""Functions of the package on the tests' cloud, and a browser that reaches them through a front door.

Fixtures: `package` (the zip of this checkout, made once per content), `task` (laid out) and `functions` (makes functions;
they end with the module). A function gets Lambda's environment and the settings that a deployment would give it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import pyotp
import pytest
from bs4 import BeautifulSoup

from infra.lambdas.doors import Answer, Door, Request
from infra.lambdas.function import Function, Shape
from infra.packaging import building
from infra.packaging.targets import Target, find
from miniapp.core.clock import WallClock
from tests.support.cloud import Cloud
from tests.support.officers import Desk

HOST = "dichvu.example.gov.vn"
WEB = "handlers.lambdas.web.handle"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
SECRET = "origin-secret"
EDGE = (("X-Origin-Secret", SECRET), ("CloudFront-Viewer-Address", "198.51.100.10:46532"))

Maker = Callable[..., Function]


@pytest.fixture(scope="session")
def target() -> Target:
    """The Python that the package is made for on this machine."""
    return find()


@pytest.fixture(scope="session")
def package(target: Target) -> building.Package:
    """The zip."""
    return building.package(target)


@pytest.fixture(scope="session")
def task(package: building.Package) -> Path:
    """The zip as Lambda lays it out."""
    return building.task(package)


@pytest.fixture(scope="module")
def kept_cloud(_session_cloud: Cloud) -> Iterator[Cloud]:
    """A cloud that is empty at the module's first test and again after its last: its tests share what they put there."""
    _session_cloud.engine.empty()
    yield _session_cloud
    _session_cloud.engine.empty()


@pytest.fixture(scope="module")
def functions(
    target: Target, task: Path, kept_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Maker]:
    """Makes functions of the package on the tests' cloud: `functions(handler, role="public", **settings)`."""
    made: list[Function] = []

    def make(handler: str, timeout: float = 30.0, **settings: object) -> Function:
        log = tmp_path_factory.mktemp("function") / "log"
        environ = environ_for(kept_cloud, **settings)
        made.append(Function(target, task, Shape(f"motcua-test-{len(made)}", handler, environ, timeout), log))
        return made[-1]

    yield make
    for function in made:
        function.stop()


def environ_for(cloud: Cloud, **settings: object) -> dict[str, str]:
    """What a deployment would set, for this cloud, and the keys that AWS gives to a function's role."""
    given = {
        "stage": cloud.settings.stage,
        "base_url": f"https://{HOST}",
        "session_key": cloud.settings.session_key,
        "factor_keys": cloud.settings.factor_keys,
        "signing_keys": cloud.settings.signing_keys,
        "aws_endpoint": cloud.settings.aws_endpoint,
        "answer_within": cloud.settings.answer_within,
        "chat": "simulator",
        **settings,
    }
    named = {f"MOTCUA_{name.upper()}": str(value) for name, value in given.items()}
    keys = {"AWS_ACCESS_KEY_ID": cloud.credentials.access_key, "AWS_SECRET_ACCESS_KEY": cloud.credentials.secret_key}
    return {**named, **keys}


@dataclass
class Browser:
    """A browser without script behind one kind of front door; keeps cookies."""

    function: Function
    door: Door
    cookies: dict[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, request: Request) -> Answer:
        """One request, one answer."""
        event = self.door.event(request)
        answer = self.door.read(event, self.function.invoke(event))
        for name, value in answer.cookies.items():
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, address: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        """A page."""
        path, _, query = address.partition("?")
        return self.send(Request(method, path, query, (*self.headers, *(headers or {}).items()), self._jar()))

    def post(self, address: str, **fields: str) -> Answer:
        """A form sent."""
        path, _, query = address.partition("?")
        body = urlencode(fields, quote_via=quote).encode()
        return self.send(Request("POST", path, query, (*self.headers, FORM), self._jar(), body))

    def submit(self, address: str, **fields: str) -> Answer:
        """Open a form and send it with its own token."""
        return self.post(address, form_token=token_of(self.get(address)), **fields)

    def _jar(self) -> tuple[str, ...]:
        return tuple(f"{name}={value}" for name, value in self.cookies.items())


def token_of(answer: Answer) -> str:
    """The one-time token of the form on a page."""
    found = BeautifulSoup(answer.text, "html.parser").find("input", attrs={"name": "form_token"})
    assert found is not None, answer.text[:500]
    return str(found["value"])


def browser(function: Function, door: Door) -> Browser:
    """A browser that comes through the edge."""
    return Browser(function, door, headers=EDGE)


def soup_of(answer: Answer) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup(answer.text, "html.parser")


def h1(answer: Answer) -> str:
    """The heading of a page."""
    heading = soup_of(answer).find("h1")
    assert heading is not None, answer.text[:300]
    return " ".join(heading.get_text(" ").split())


def where(answer: Answer) -> str:
    """Where a redirect leads: an address of ours, never one of the function's own."""
    assert answer.status == 303, (answer.status, answer.text[:300])
    address = answer.one("location")
    assert "amazonaws" not in address and "on.aws" not in address
    return address.removeprefix(f"https://{HOST}")


def signed_in(console: Function, desk: Desk, door: Door) -> Browser:
    """Both steps, as a browser does them. A code is good once: the clock that shows them is turned on each time."""
    lan = browser(console, door)
    sent = lan.submit("/console/sign-in", login=desk.login, password=desk.password)
    assert where(sent) == "/console/sign-in/code"
    again = lan.submit("/console/sign-in/code", code=pyotp.TOTP(desk.secret).at(WallClock().now()))
    if again.status != 303:
        again = lan.submit("/console/sign-in/code", code=desk.recovery.pop())
    assert where(again) == "/console/"
    return lan
