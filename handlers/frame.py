"""The frame round a page: whose it is, which languages, where one may go from here, who is signed in.

For the layouts (templates/layouts/): handlers fill one Frame per request with addresses that are ready to print, so a
hot page asks for no url_for. Holds no words of ours: places are codes, and templates/components/places.html says them.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.assets import Style


@dataclass(frozen=True, slots=True)
class Look:
    """How an agency shows itself. `crest` and `site` may be empty; `accent` goes to Assets.style."""

    name: str
    short: str
    home: str
    hotline: str
    crest: str = ""
    site: str = ""
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """One of the two buttons in the header: `vi` and the address of this page in it."""

    code: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation, by its code in templates/components/places.html, which has its words and icon."""

    code: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits at this desk, as what (codes in templates/components/places.html), and what it takes to leave: a POST
    with a one-time token."""

    name: str
    roles: tuple[str, ...]
    account: str
    sign_out: str
    form_token: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layouts show around a page.

    `back` is the address of the page above (its words stand in the page's block `back_words`). `wrong` marks the title
    after a form came back. `hotline` is the last resort where no agency is known. `index` lets search engines in."""

    style: Style
    languages: tuple[Language, ...] = ()
    agency: Look | None = None
    hotline: str = "1022"
    back: str = ""
    navigation: tuple[Place, ...] = ()
    signed_in: SignedIn | None = None
    wrong: bool = False
    index: bool = False
