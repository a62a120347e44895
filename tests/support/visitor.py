"""A visitor who inspects every page: a client that checks what every page of ours must have.

`visitor.get(path)` gives a parsed page after checking: status, one h1, title, language, labels on inputs, no style or
event attributes, one style sheet that the CSP allows, nothing left untranslated, no-store on what is not public."""

import base64
import hashlib
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Page:
    """One answer, parsed."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")

    @property
    def text(self) -> str:
        """Everything that a person reads, with single blanks."""
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def h1(self) -> str:
        """The heading."""
        heading = self.soup.find("h1")
        return " ".join(heading.get_text(" ").split()) if heading else ""

    def one(self, selector: str) -> Tag:
        """The first thing that a selector names; it must be there."""
        found = self.soup.select_one(selector)
        assert found is not None, selector
        return found

    def token(self) -> str:
        """The form's one-time token."""
        field = self.soup.find("input", attrs={"name": "form_token"})
        return str(field["value"]) if field else ""

    def value(self, name: str) -> str:
        """What stands in a field."""
        field = self.soup.find(attrs={"name": name})
        return str(field.get("value", "")) if field else ""


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, app: Flask, **cookies: str) -> None:
        self.client: FlaskClient = app.test_client()
        for name, value in cookies.items():
            self.client.set_cookie(name, value)

    def get(self, path: str, status: int = 200, **more: Any) -> Page:
        """A page, inspected."""
        return self._seen(self.client.get(path, **more), status)

    def post(self, path: str, status: int = 303, **fields: Any) -> Page:
        """A form sent; redirects are not followed."""
        return self._seen(self.client.post(path, data=fields), status)

    def follow(self, page: Page) -> Page:
        """Where a redirect leads."""
        return self.get(page.answer.headers["Location"])

    def submit(self, path: str, status: int = 303, **fields: Any) -> Page:
        """Open a form and send it with its own token."""
        token = self.get(path).token()
        return self.post(path, status, form_token=token, **fields)

    @staticmethod
    def _seen(answer: TestResponse, status: int) -> Page:
        page = Page(answer)
        assert answer.status_code == status, (answer.status_code, page.text[:600])
        if answer.headers["Content-Type"].startswith("text/html") and status not in (303, 302):
            inspect(page)
        if status >= 300:
            assert "no-store" in answer.headers["Cache-Control"]
        return page


def inspect(page: Page) -> None:
    """What every page of ours has."""
    soup, answer = page.soup, page.answer
    assert len(soup.find_all("h1")) == 1, "one h1"
    assert soup.title and soup.title.get_text(strip=True), "a title"
    assert soup.html and soup.html.get("lang") in ("vi", "en"), "a language"
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.get("type") in ("hidden", "submit"):
            continue
        assert field.find_parent("label") or soup.find("label", attrs={"for": field.get("id")}), f"a label for {field}"
    for element in soup.find_all(True):
        events = [name for name in element.attrs if name.startswith("on") or name == "style"]
        assert not events, f"{element.name} has {events}"
    for form in soup.find_all("form", method="post"):
        action = str(form.get("action", ""))
        assert action, "a form says where it posts"
        assert action.startswith("http") or form.find("input", attrs={"name": "form_token"}), "a one-time token"
    (style,) = soup.find_all("style")
    digest = base64.b64encode(hashlib.sha256((style.string or "").encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"], "the style's hash"
    if "public" in answer.headers["Cache-Control"]:
        assert "Set-Cookie" not in answer.headers
