"""One look at many pages in one browser: everything that must hold for a page whoever opens it, noted rather than asserted.

`Walk.visit(address)` opens an address; what is wrong is noted by kind in `Walk.wrong`, so that one walk serves many tests.
A page of a shape that was seen already is not looked at again unless the walk is `thorough`: rows that repeat and other
words in the same places are one shape. The html of every page opened lies in `folder` for the markup checker."""

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Error, Page, Response, Route

from tests.support.axe import DESK, NARROW, PHONE, SCROLL, TAGS
from tests.support.markup import collect_html

PAGE_MOST, SLIP_MOST = 14_000, 8_000  # bytes after gzip -6
LEVEL = 6
LED = (301, 302, 303)
DESK_TALL, PHONE_TALL = 24, 44  # the least height of what is pressed, in pixels
# Charts follow the width a frame later.
WIDE = f"async () => {{ for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); return ({SCROLL})(); }}"
DOUBLE = "document.documentElement.style.fontSize = '212.5%'"
SINGLE = "document.documentElement.style.fontSize = ''"
AXE = """async ([tags, only, left]) => {
  const runOnly = only.length ? { type: 'rule', values: only } : { type: 'tag', values: tags };
  const rules = Object.fromEntries(left.map((id) => [id, { enabled: false }]));
  const { violations } = await axe.run(document, { runOnly, rules, resultTypes: ['violations'] });
  return violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) =>
    node.html.slice(0, 160) + ' (' + (node.failureSummary || '').slice(0, 200) + ')').join(' | '));
}"""
# What a colour scheme can change, and nothing else can: what is found in light needs no second look in dark, nor
# colours a second look in another language.
COLOURS = ["color-contrast", "link-in-text-block"]
# Controls by their box: 24 px for every target that is not inside a sentence (WCAG 2.5.8), and on citizens' pages 44 px
# high for what is tapped to go on; a tick's or a radio's target is its label.
SMALL = """(tall) => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((el) => {
  if (el.matches('.skip, [type=hidden]') || !el.checkVisibility({ visibilityProperty: true })) return false;
  const target = el.matches('[type=checkbox], [type=radio]') ? el.closest('label') || el : el;
  const box = target.getBoundingClientRect();
  const inline = getComputedStyle(el).display === 'inline' && el.closest('p, li, dd, td, th, figcaption, label, div');
  if (!box.width || (inline && el.matches('a'))) return false;
  const field = el.matches('main button, main .button, main input, main select, main textarea');
  return box.width < 24 || box.height < 24 || (field && box.height < tall);
}).map((el) => Math.round(el.getBoundingClientRect().height) + ' px: ' + el.outerHTML.slice(0, 120))"""
# Without script nothing may be there to press that does nothing, and what can be filled in can be sent.
DEAD = """() => [
  ...[...document.querySelectorAll('button[type=button]')].filter((el) => el.checkVisibility()),
  ...[...document.querySelectorAll('main form')].filter((form) => {
    const seen = [...form.elements].filter((el) => el.checkVisibility());
    return seen.length && !seen.some((el) => el.matches('button:not([type=button]), input[type=submit]'));
  }),
  ...[...document.querySelectorAll('main a:not([href])')],
].map((el) => el.outerHTML.slice(0, 120))"""
# A form sent without its token, past the browser's own checks: it changes nothing and shows the page of what was wrong.
SPOILT = """(place) => {
  const form = [...document.querySelectorAll('form[method=post]')][place];
  form.querySelectorAll('[name=form_token]').forEach((el) => { el.value = 'old'; });
  HTMLFormElement.prototype.submit.call(form);
}"""
FORMS = """(kept) => [...document.querySelectorAll('form[method=post]')].flatMap((form, place) =>
  form.querySelector('[name=form_token]') && new URL(form.action).origin === location.origin
    && !kept.includes(new URL(form.action).pathname) ? [[place, new URL(form.action).pathname]] : [])"""
LEAVING = ["/console/sign-out", "/toi/ra"]  # these act whatever is sent along
LEADS_ON = re.compile(r'<meta http-equiv="refresh"[^>]*>')
TOKEN = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>|([^<\s]+)")
TELLING = re.compile(r'\b(class|role|type|scope|aria-[a-z]+)="?([^">]*)')


def shape(html: str) -> frozenset[tuple[str, str]]:
    """What follows what in a page: tags with the attributes that tell, and whether words stand between them."""
    found = []
    for closing, tag, attributes, text in TOKEN.findall(html.partition("</style>")[2]):
        if text:
            found.append("words")
        elif closing:
            found.append("/" + tag)
        else:
            told = [name + "=" + (value if not name.startswith("aria-") else "") for name, value in _told(attributes)]
            found.append(" ".join([tag, *sorted(told)]))
    return frozenset(pairwise(found))


def _key(html: str) -> tuple[frozenset[tuple[str, str]], str]:
    return shape(html), "en" if '<html lang="en"' in html else "vi"


def _told(attributes: str) -> list[tuple[str, str]]:
    return TELLING.findall(attributes)


def answering(html: str) -> Callable[[Route], None]:
    """A page of ours at an address of the test's."""
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")


@dataclass
class Visitor:
    """Who walks: the browser's window, and the same cookies without a browser to see which pages are worth opening."""

    name: str
    client: FlaskClient
    page: Page
    tall: int  # how high what is pressed must be
    size: dict[str, int]


@dataclass
class Walk:
    """Many pages, one browser."""

    app: Flask
    base: str
    browser: Browser
    folder: Path
    thorough: bool = False
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    templates: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)
    _shapes: set[Any] = field(default_factory=set)
    _rendered: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        template_rendered.connect(self.note, self.app)  # held weakly: it ends with the walk

    def note(self, sender: Any, template: str, **more: Any) -> None:
        """Flask tells which template was shown."""
        self._rendered.append(template)

    @contextmanager
    def visitor(self, name: str, client: FlaskClient, **options: Any) -> Iterator[Visitor]:
        """A window with the cookies of a client; what its script or policy complains of is noted."""
        at_desk = name.startswith(("officer", "clerk"))
        size = DESK if at_desk else PHONE
        context = self.browser.new_context(**{"viewport": size, "reduced_motion": "reduce", **options})
        context.add_cookies(
            [{"name": one.key, "value": one.value, "url": self.base} for one in client._cookies.values()]
        )
        page = context.new_page()
        page.on("pageerror", lambda failure: self.wrong["script"].append(f"{page.url}: {failure}"))
        page.on("console", lambda line: self._complained(page, line.text))
        yield Visitor(name, client, page, DESK_TALL if at_desk else PHONE_TALL, size)
        context.close()

    def _complained(self, page: Page, text: str) -> None:
        if "Failed to load resource" not in text:  # an error page is what was asked for
            self.wrong["script"].append(f"{page.url}: {text}")

    def visit(self, by: Visitor, address: str, languages: tuple[str, ...] = ("vi", "en"), spoil: bool = True) -> None:
        """Open an address in each language, unless its shape is known; then send its forms without their tokens."""
        for language in languages:
            there = address + (("&" if "?" in address else "?") + "lang=en" if language == "en" else "")
            html = self._worth_opening(by, there)
            if html is None:
                continue
            if LEADS_ON.search(html):  # a page that leads on at once is held to be looked at
                by.page.route(self.base + there, answering(LEADS_ON.sub("", html)))
            answer = by.page.goto(self.base + there)
            if self.look(by, f"{by.name} {there}", html, answer) and spoil and (language == "vi" or self.thorough):
                self._spoil_forms(by, there)

    def _worth_opening(self, by: Visitor, address: str) -> str | None:
        self._rendered.clear()
        answer = by.client.get(address)
        if answer.status_code in LED or not answer.content_type.startswith("text/html"):
            return None
        html = answer.get_data(as_text=True)
        self._weigh(by, address, answer.get_data())
        if self.thorough or _key(html) not in self._shapes:
            return html
        self.templates.update(self._rendered)
        return None

    def _weigh(self, by: Visitor, address: str, body: bytes) -> None:
        """The bytes of citizens' pages; officers' and developers' pages are weighed with what they load."""
        if address.startswith(("/console", "/demo")):
            return
        most = SLIP_MOST if 'id="slip"' in body.decode() else PAGE_MOST
        size = len(gzip.compress(body, LEVEL))
        if size > most:
            self.wrong["bytes"].append(f"{by.name} {address}: {size} > {most}")

    def look(self, by: Visitor, name: str, html: str = "", answer: Response | None = None) -> bool:
        """Everything that can be seen on the page as it stands; False when its shape was seen before."""
        page = by.page
        served = html or (answer.text() if answer else page.content())
        collect_html(name[:150], served, self.folder)
        seen = _key(served)
        known = seen in self._shapes
        if known and not self.thorough:
            return False
        self.opened.append(name)
        if served.count("<h1") != 1:
            self.wrong["axe"].append(f"{name}: {served.count('<h1')} h1")
        self._axe(page, name, self.thorough or (seen[0], "vi") not in self._shapes)
        self._shapes.add(seen)
        self.wrong["targets"] += [
            f"{name}: {one}" for one in page.evaluate(SMALL, DESK_TALL if "/console" in name else by.tall)
        ]
        self._stretch(by, name)
        self.templates.update(self._rendered)
        self._rendered.clear()
        return True

    def _axe(self, page: Page, name: str, colours: bool) -> None:
        page.evaluate(Axe().axe_script)
        self._noted(name, page.evaluate(AXE, [list(TAGS), [], [] if colours else COLOURS]))
        if colours:
            page.emulate_media(color_scheme="dark")
            self._noted(f"{name} dark", page.evaluate(AXE, [list(TAGS), COLOURS, []]))
            page.emulate_media(color_scheme="light")

    def _noted(self, name: str, found: list[str]) -> None:
        self.wrong["axe"] += [f"{name}: {one}" for one in found]

    def _stretch(self, by: Visitor, name: str) -> None:
        page = by.page
        page.set_viewport_size(NARROW)
        self.wrong["narrow"] += [f"{name}: {one}" for one in page.evaluate(WIDE)[:3]]
        page.evaluate(DOUBLE)
        self.wrong["double"] += [f"{name}: {one}" for one in page.evaluate(WIDE)[:3]]
        page.evaluate(SINGLE)
        page.set_viewport_size(by.size)

    def _spoil_forms(self, by: Visitor, address: str) -> None:
        page = by.page
        for place, action in page.evaluate(FORMS, LEAVING):
            self._rendered.clear()
            try:
                with page.expect_navigation() as gone:
                    page.evaluate(SPOILT, place)
                self.look(by, f"{by.name} {address} spoilt {action}", "", gone.value)
            except Error as failure:
                self.wrong["script"].append(f"{address} {action}: {failure}")
            page.goto(self.base + address)
            self._rendered.clear()

    def without_script(self, by: Visitor, addresses: list[str]) -> None:
        """The same pages in a browser whose script is off."""
        for address in addresses:
            answer = by.client.get(address)
            if answer.status_code in LED or LEADS_ON.search(answer.get_data(as_text=True)):
                continue
            by.page.goto(self.base + address)
            name = f"{by.name} {address}"
            if not by.page.locator("h1").is_visible():
                self.wrong["without script"].append(f"{name}: no h1")
            self.wrong["without script"] += [f"{name}: {one}" for one in by.page.evaluate(DEAD)]
