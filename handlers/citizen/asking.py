"""Who asks in a look-up that is guarded, and the two cookies that go with it. For the forms of exam scores and dossiers.

One cookie is any browser's, and what a sealed page is bound to; the other marks a success, one for each kind of thing, so
that a slip does not take a dossier's away. It decides nothing: who waits is the guard's."""

from flask import Response, request

from handlers import context, forms
from handlers.forms import Form
from miniapp.core.guarding import Asker

FORM_COOKIE = "f"
COOKIE_LIFE = 24 * 3600
COOKIE_MOST, PROOF_MOST = 200, 20
TOO_MANY = 429


def asker(form: Form, served: str) -> Asker:
    """Who asks, for the guard; `served` is the name of the cookie of an earlier success."""
    return Asker(
        address=context.client_address(),
        form=form.token,
        born=forms.born(form.token),
        cookie=cookie(FORM_COOKIE),
        proof=request.form.get("proof", "")[:PROOF_MOST],
        served=cookie(served),
    )


def cookie(name: str) -> str:
    """One of the cookies, or empty."""
    return request.cookies.get(_cookie_name(name), "")[:COOKIE_MOST]


def give_cookie(made: Response, name: str, value: str) -> None:
    """Send one of the cookies."""
    secure = context.parts().settings.secure_cookies
    made.set_cookie(
        _cookie_name(name), value, max_age=COOKIE_LIFE, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def give_form_cookie(made: Response) -> None:
    """Send the cookie that a sealed page is bound to, where the browser has none yet."""
    if not cookie(FORM_COOKIE):
        give_cookie(made, FORM_COOKIE, context.services().ids.secret(16))


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if context.parts().settings.secure_cookies else name
