"""A receipt to be kept as a picture: what matters of it on one screen of a phone, without who asked.

For whoever has no printer. A web view inside a chat ignores downloads, so it is a page that a screenshot keeps whole; it
prints as well. The link's QR code is there only for who came by the link: a code and four figures buy no link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context
from miniapp.agencies.model import Agency
from miniapp.core.errors import NotFound

if TYPE_CHECKING:  # only whoever follows a dossier pays for what dossiers are
    from handlers.receipt_codes import Codes
    from miniapp.dossiers.following import Followed


@dataclass(frozen=True)
class PicturePage:
    """The picture. `now` is the moment as of which it holds."""

    agency: Agency
    dossier: Followed
    codes: Codes
    now: datetime


def show(held: Agency, followed: Followed, back: str, token: str = "") -> Response:
    """The picture of a dossier that was received; NotFound `dossier_not_received`."""
    from handlers.receipt_codes import codes_of
    from miniapp.core.signing import Verdict
    from miniapp.dossiers.receipts import check

    if followed.received_at is None:
        raise NotFound("dossier_not_received")
    services = context.services()
    verdict = check(followed.line, services.public_keys).verdict  # what nobody could check is not shown
    codes = codes_of(followed.code, followed.line if verdict is Verdict.GENUINE else "", token)
    page = PicturePage(held, followed, codes, services.clock.now())
    return answers.show("citizen/dossiers/picture.html", page, back=back)
