"""The slip of an open exam, answered before Flask: the one page that a million people ask for in the same minute.

A layer round the app's WSGI entry, which Lambda's entry also asks directly, before it makes a WSGI call of an event. It
takes only a GET of `/{agency}/diem-thi/{exam}/{number}`, in Vietnamese or English, and answers with the same text and
headers as the view of that address (tests compare them); everything else, and whatever goes wrong here, goes the long
way through Flask, which has the pages for it. It saves more than half of a slip's CPU."""

from collections.abc import Callable, Iterable
from typing import Any

from handlers import answers, context
from handlers.context import Parts

LANGUAGES = {"": "vi", "lang=en": "en"}
TEMPLATE = "citizen/exam_scores/slip.html"
OPEN_SLIP = "public, max-age=30, s-maxage=60"

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Text = tuple[str, tuple[tuple[str, str], ...]]  # a page and its headers


class Express:
    """Answers open slips, passes all else on."""

    def __init__(self, inner: Wsgi, parts: Parts) -> None:
        self._inner = inner
        self._parts = parts
        settings = parts.settings
        self._secret = settings.origin_secret
        self._hosts = frozenset(settings.hosts)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        line = environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        found = self.slip(*line) if self._may_pass(environ) else None
        if found is None:
            return self._inner(environ, start_response)
        text, headers = found
        body = text.encode()
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return (body,)

    def _may_pass(self, environ: dict[str, Any]) -> bool:
        """What the app itself demands of a request: our own edge before it, a host that is ours."""
        if self._secret and environ.get("HTTP_X_ORIGIN_SECRET", "") != self._secret:
            return False
        return self.serves(environ.get("HTTP_HOST", ""))

    def serves(self, host: str) -> bool:
        """Whether a host, with or without a port, is one of ours."""
        name, colon, port = host.lower().partition(":")
        return name in self._hosts and (not colon or port.isdecimal())

    def slip(self, method: str, path: str, query: str) -> Text | None:
        """The slip at an address, for a caller that has made sure of edge and host; None for the long way."""
        spoken = LANGUAGES.get(query)
        pieces = path.split("/")
        if spoken is None or len(pieces) != 5 or pieces[2] != "diem-thi" or method != "GET" or not pieces[4].isalnum():
            return None
        try:
            return self._slip(path, pieces[1], pieces[3], pieces[4], spoken)
        except (
            Exception
        ):  # unknown, withdrawn, not yet, store away, or a fault of ours: Flask has the page and the log line
            return None

    def _slip(self, path: str, address: str, slug: str, number: str, spoken: str) -> Text | None:
        parts = self._parts
        services = parts.services
        agency = services.agencies.at(address)
        looking_up = services.looking_up
        found = looking_up.open(looking_up.exam(agency, slug), number)
        if found.result.number != number:  # written in another way: the view sends to the one address
            return None
        base = f"/{address}/diem-thi/{slug}"
        suffix = "?lang=en" if spoken == "en" else ""
        now = services.clock.now()
        page = parts.slips.make(found, spoken, now, base + suffix, f"{base}/pho-diem{suffix}")
        frame = context.citizens_frame(parts, agency, path, spoken, base + suffix)
        text = parts.words.template(spoken, TEMPLATE).render(page=page, frame=frame)
        looking_up.shown.again(agency.id, now)
        return text, answers.public_headers(parts, frame, OPEN_SLIP)
