"""Forms of procedures that lie with us, blank and filled in: `/assets/forms/{name}.docx`. For anybody; it only reads.

Most forms are links to where their ministry keeps them; these are the ones that nobody else keeps."""

import re

from flask import Response

from handlers import answers, context
from handlers.doors import anyone, pages
from miniapp.core.errors import NotFound

ADDRESS = "/assets/forms/"
BUCKET = "packs"
FORM_MOST = 200_000
FOR_A_WHILE = "public, max-age=300"  # a form may be put right under its name
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAME = re.compile(r"[a-z0-9.-]{1,60}\.docx\Z")

procedure_forms = pages("procedure_forms", anyone, ADDRESS.rstrip("/"))


@procedure_forms.get("/<name>")
def one(name: str) -> Response:
    """One form; without a read for what can be none."""
    if not _NAME.match(name):
        raise NotFound("page_unknown")
    try:
        body = context.services().files.get(BUCKET, f"forms/{name}", FORM_MOST)
    except NotFound:
        raise NotFound("page_unknown") from None
    return answers.plain(body, 200, WORD, FOR_A_WHILE, Content_Disposition=f'attachment; filename="{name}"')
