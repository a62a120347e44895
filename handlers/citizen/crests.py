"""Logos of agencies as pages show them: `/assets/crests/{name}.png`. For anybody; a name never changes its picture.

It only reads; what lies there was checked and written anew by the worker."""

from flask import Response

from handlers import answers, context
from handlers.doors import anyone, pages
from miniapp.agencies.crests import ADDRESS
from miniapp.core.errors import NotFound

crests = pages("crests", anyone, ADDRESS.rstrip("/"))

FOREVER = "public, max-age=31536000, immutable"


@crests.get("/<picture>")
def show(picture: str) -> Response:
    """One logo."""
    try:
        body = context.services().crests.picture(picture)
    except NotFound:
        raise NotFound("page_unknown") from None
    return answers.plain(body, 200, "image/png", edge=FOREVER)
