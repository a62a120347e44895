"""Style, script and icons as they are sent: hashed names, minified text, digests for the Content-Security-Policy.

For create_app: `Assets.of(folder)` reads a few small files once; afterwards nothing is read again. The style stands
in the page in one <style> with the agency's accent in front, so its digest is per accent. Will NOT fetch or bundle.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from miniapp.agencies.accents import DEFAULT_ACCENT, readable_accent, readable_accent_in_the_dark

PREFIX = "/assets/"
TYPES = {".css": "text/css", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
VENDOR = "vendor"  # what the build brought from elsewhere, beside our own; sent as it came
# Which sheets a frame needs, in order.
SHEETS = {
    "chat": ("app.css",),
    "plain": ("app.css",),
    "console": ("app.css", "console.css"),
    "simulator": ("app.css", "simulator.css"),
}
KEPT_STYLES = 512


@dataclass(frozen=True, slots=True)
class Asset:
    """One immutable file as it is served under its hashed name."""

    name: str
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Style:
    """The style sheet of a page and its digest as CSP wants it, without quotes: sha256-…"""

    css: Markup
    digest: str


def minified_css(text: str) -> str:
    """Our own sheets made small: comments and needless spaces out. They hold no strings with braces."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", text)
    text = re.sub(r"(?<=[\w-]):\s+", ":", text)
    return text.replace(";}", "}").strip()


def minified_js(text: str) -> str:
    """Our own script made small: whole-line comments, indentation and empty lines out."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


@dataclass(frozen=True)
class Assets:
    """What the pages link to."""

    sheets: Mapping[str, str]
    files: Mapping[str, Asset]
    addresses: Mapping[str, str]
    _styles: dict[tuple[str, str], Style] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, folder: Path) -> Assets:
        """Read every asset of a folder."""
        sheets: dict[str, str] = {}
        files: dict[str, Asset] = {}
        addresses: dict[str, str] = {}
        for path in sorted([*folder.iterdir(), *folder.glob(f"{VENDOR}/*")]):
            if path.suffix not in TYPES:
                continue
            body = path.read_bytes()
            if path.suffix == ".css":
                sheets[path.name] = minified_css(body.decode())
                continue
            if path.suffix == ".js" and path.parent == folder:
                body = minified_js(body.decode()).encode()
            name = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:10]}{path.suffix}"
            files[name] = Asset(name, body, TYPES[path.suffix])
            addresses[path.name] = PREFIX + name
        return cls(sheets, files, addresses)

    def address(self, name: str) -> str:
        """The address of an asset by its plain name; in templates `{{ asset("app.js") }}`, resolved while compiling."""
        return self.addresses[name]

    def vendored(self, name: str) -> str:
        """The address of what a build brings along, or "" where none was run: pages go without. Resolved likewise."""
        return self.addresses.get(name, "")

    def find(self, hashed_name: str) -> Asset | None:
        """The file behind a hashed name; serve it immutable for a year."""
        return self.files.get(hashed_name)

    def icon(self, name: str) -> Markup:
        """A picture beside words, invisible to screen readers; in templates `{{ icon("phone") }}`."""
        sprite = self.addresses["icons.svg"]
        return Markup('<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>').format(
            sprite, name
        )

    def style(self, frame: str = "chat", accent: str = DEFAULT_ACCENT) -> Style:
        """The sheet of a frame in an agency's colour. An unreadable accent is replaced: every page stays readable."""
        key = (frame, accent)
        made = self._styles.get(key)
        if made is None:
            made = self._style(frame, accent)
            if len(self._styles) < KEPT_STYLES:
                self._styles[key] = made
        return made

    def _style(self, frame: str, accent: str) -> Style:
        light, dark = readable_accent(accent), readable_accent_in_the_dark(accent)
        colours = (
            f":root{{--accent:{light};--on-accent:#fff}}"
            f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:#12161c}}}}"
            # Paper is white whatever the phone's mode: the dark values must not reach the printer.
            f"@media print{{:root{{--accent:{light};--on-accent:#fff}}}}"
        )
        css = colours + "".join(self.sheets[sheet] for sheet in SHEETS[frame])
        digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
        return Style(Markup(css), f"sha256-{digest}")  # noqa: S704 - our own sheet and a checked colour
