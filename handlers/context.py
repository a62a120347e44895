"""What a request is about: its agency, citizen, officer, language, and the frame round its page.

For views, doors and answers. Everything is found at most once per request and kept in `g`; nothing is found before a
view asks. It holds no rules: who may do what stands in `miniapp.accounts.access`."""

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlencode

from flask import current_app, g, request

from handlers import frame as framing
from handlers.assets import Assets
from handlers.slips import Slips
from handlers.words import Words
from miniapp.accounts.access import PERMISSIONS, Permission
from miniapp.accounts.model import Session, SignedOfficer
from miniapp.agencies.model import Agency
from miniapp.core.errors import Refused
from miniapp.core.networks import caller
from miniapp.core.settings import Settings

if TYPE_CHECKING:
    from handlers.wiring import Services

LANGUAGES = ("vi", "en")
NAMES = {
    True: {"officer": "__Host-o", "citizen": "__Host-s", "half": "__Host-h", "device": "__Host-d", "wish": "__Host-w"},
    False: {"officer": "o", "citizen": "s", "half": "h", "device": "d", "wish": "w"},
}


STRANGERS = ("console/sign_in/", "console/ratings/screen")  # pages of the desk that show nothing of who signed in
LOOKS_MOST = 1_000
_looks: dict[tuple[str | int, ...], framing.Look] = {}


@dataclass(frozen=True)
class Parts:
    """What one app is made of."""

    settings: Settings
    services: "Services"
    words: Words
    slips: Slips

    @property
    def assets(self) -> Assets:
        """Style, script and icons."""
        return self.words.assets


def parts() -> Parts:
    """The parts of the app that serves this request."""
    found: Parts = current_app.extensions["motcua"]
    return found


def services() -> "Services":
    """The services of this app."""
    return parts().services


def words() -> Words:
    """All text, in every language."""
    return parts().words


def language() -> str:
    """`vi`, or `en` when the address says `?lang=en`."""
    if not request.environ.get("QUERY_STRING"):
        return "vi"
    return "en" if request.args.get("lang") == "en" else "vi"


def suffix() -> str:
    """What keeps the language in an address of ours: empty or `?lang=en`."""
    return "?lang=en" if language() == "en" else ""


def agency() -> Agency:
    """The agency whose public name stands in the address; NotFound `agency_unknown` otherwise."""
    if "agency" not in g:
        g.agency = services().agencies.at(str((request.view_args or {})["agency"]))
    found: Agency = g.agency
    return found


def cookie(kind: str) -> str:
    """The name of the session cookie for `officer` or `citizen`."""
    return NAMES[parts().settings.secure_cookies][kind]


def cookie_token(kind: str) -> str:
    """The session token that this request brought, or that it was given meanwhile, or empty."""
    given: str = g.get(f"{kind}_given", "")
    return given or request.cookies.get(cookie(kind), "")


def give_officer(token: str) -> None:
    """The officer's session went on under a new token: forms made from here on are bound to that one."""
    g.officer_given = token
    g.pop("signed_in", None)


def signed_in() -> SignedOfficer | None:
    """The officer behind this request's cookie with everything the officer may do now, if anybody."""
    if "signed_in" not in g:
        token = cookie_token("officer")
        g.signed_in = services().accounts.sessions.officer(token) if token else None
    found: SignedOfficer | None = g.signed_in
    return found


def officer() -> SignedOfficer:
    """Who sits at the desk; the door has made sure that somebody does."""
    found = signed_in()
    if found is None:
        raise Refused("sign_in_needed")
    return found


def citizen() -> Session | None:
    """The session of who came from the chat (`subject` is the chat user), if anybody."""
    if "citizen" not in g:
        token = cookie_token("citizen")
        g.citizen = services().accounts.sessions.citizen(token) if token else None
    found: Session | None = g.citizen
    return found


def form_holder() -> str:
    """What a form token is bound to: the session where there is one, else nothing."""
    for kind in ("officer", "citizen"):
        if token := cookie_token(kind):
            return hmac.new(b"form holder", token.encode(), "sha256").hexdigest()[:32]
    return ""


def fresh_form_token() -> str:
    """A token for one form, bound to this request's session (`handlers.forms` reads it)."""
    made = services()
    text = f"{made.ids.secret(16)}.{int(made.clock.now().timestamp()):x}"
    return f"{text}.{made.sealer.sign('form', text + form_holder())}"


def client_address() -> str:
    """The caller's network address as our own edge saw it; never what the caller says of himself (F7).

    Of an IPv6 address the network (/64): one phone or one household owns all addresses of it."""
    settings = parts().settings
    if settings.origin_secret:
        seen = request.headers.get(settings.client_address_header, "")
        return caller(seen.rsplit(":", 1)[0].strip("[]")) if seen else "unknown"
    return caller(request.remote_addr or "unknown")


def frame(template: str, back: str = "", wrong: bool = False, index: bool = False) -> framing.Frame:
    """The frame round a page; its layout follows from the template's folder."""
    held = g.get("agency")
    look = _look(held, language()) if held is not None else None
    layout = layout_of(template)
    return framing.Frame(
        style=parts().assets.style(layout, look.accent) if look and look.accent else parts().assets.style(layout),
        languages=_languages(),
        agency=look,
        back=back,
        navigation=_navigation(held) if layout == "console" else (),
        signed_in=_signed_in(held) if layout == "console" else None,
        wrong=wrong,
        index=index,
    )


def citizens_frame(made_of: Parts, held: Agency, path: str, spoken: str, back: str) -> framing.Frame:
    """The frame of a citizens' page that needs no request: one agency, one address, nobody signed in."""
    look = _look(held, spoken)
    return framing.Frame(
        style=made_of.assets.style("chat", look.accent) if look.accent else made_of.assets.style("chat"),
        languages=(
            framing.Language("vi", path, spoken == "vi"),
            framing.Language("en", f"{path}?lang=en", spoken == "en"),
        ),
        agency=look,
        back=back,
    )


def layout_of(template: str) -> str:
    """`chat`, `console` or `plain`."""
    if template.startswith("console/") and not template.startswith(STRANGERS):
        return "console"
    return "chat" if template.startswith("citizen/") else "plain"


def _languages() -> tuple[framing.Language, ...]:
    path = quote(request.path)
    if not request.environ.get("QUERY_STRING"):
        return framing.Language("vi", path, True), framing.Language("en", path + "?lang=en", False)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    vietnamese = f"{path}?{urlencode(kept)}" if kept else path
    english = f"{path}?{urlencode([*kept, ('lang', 'en')])}"
    current = language()
    return (
        framing.Language("vi", vietnamese, current == "vi"),
        framing.Language("en", english, current == "en"),
    )


def _look(held: Agency, spoken: str) -> framing.Look:
    """How an agency shows itself in a language; made once per version of the agency."""
    names = (held.address, held.name, held.name_en, held.short)
    key = (held.id, held.version, *names, held.accent, held.crest, held.hotline, held.site, spoken)
    found = _looks.get(key)
    if found is None:
        name = held.name_en if spoken == "en" and held.name_en else held.name
        found = framing.Look(
            name=name,
            short=held.short or name,
            home=f"/{held.address}/{'?lang=en' if spoken == 'en' else ''}",
            hotline=held.hotline or "1022",
            crest=held.crest,
            site=held.site,
            accent=held.accent,
        )
        if len(_looks) >= LOOKS_MOST:
            _looks.clear()
        _looks[key] = found
    return found


def _navigation(held: Agency | None) -> tuple[framing.Place, ...]:
    places = [("today", "/console/")]
    if held is not None:
        base = f"/console/{held.address}"
        standing = officer().standing
        may = {name for name in PERMISSIONS if standing.may(cast(Permission, name), held.id)}
        places += [("scores", f"{base}/diem-thi")] if "scores.read" in may else []
        places += [("procedures", f"{base}/thu-tuc")] if "procedures.read" in may else []
        places += [("dossiers", f"{base}/ho-so")] if "dossiers.read" in may else []
        places += [("ratings", f"{base}/danh-gia")] if "ratings.read" in may else []
        places += [("statistics", f"{base}/thong-ke")] if "statistics.read" in may else []
        places += [("people", f"{base}/officers")] if "officers.manage" in may else []
        places += [("agency", f"{base}/co-quan")] if "agency.manage" in may else []
        places += [("calendar", f"{base}/lich-lam-viec")] if "agency.manage" in may else []
        places += [("audit", f"{base}/audit")] if "audit.read" in may else []
    return tuple(
        framing.Place(
            code, address + suffix(), request.path.startswith(address) if code != "today" else request.path == address
        )
        for code, address in places
    )


def _signed_in(at: Agency | None) -> framing.SignedIn | None:
    """Who sits here, with the roles in the page's agency; on a page of none, those in the only agency there is."""
    held = signed_in()
    if held is None:
        return None
    agencies = [at.id] if at is not None else held.agencies
    return framing.SignedIn(
        name=held.name.reveal,
        roles=held.standing.roles_in(agencies[0]) if len(agencies) == 1 else (),
        account="/console/account" + suffix(),
        sign_out="/console/sign-out",
        form_token=fresh_form_token(),
    )


def agency_frame(held: Agency) -> None:
    """Let a page without an agency in its address (an error, a link) show this agency's frame."""
    g.agency = held
