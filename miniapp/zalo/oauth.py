"""Zalo's own authority: codes and refresh tokens become pairs at `/v4/oa/access_token`. For the keeper of tokens.

What is taken for a success is a pair that is there whole: an error may come with status 200 and without a number
(zalo 3.2). Which numbers blame our app and not the token is a setting, for no source says it of all of them; any
other error means that the code or token is worth nothing, so that nothing is asked again and again."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from miniapp.core.errors import Refused, Unavailable
from miniapp.core.outside import NoReply, NotReached, post_form
from miniapp.core.personal import Personal
from miniapp.core.settings import Settings
from miniapp.zalo.grants import Pair

TOKEN = "/v4/oa/access_token"  # noqa: S105 - an address
PERMISSION = "/v4/oa/permission"
BUSY = 429


class ZaloOauth:
    """Keeps the promise `Authority`."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.zalo_oauth.rstrip("/")
        self._app = settings.zalo_app_id
        self._secret = Personal(settings.zalo_app_secret)
        self._verifier = Personal(settings.zalo_code_verifier)
        self._callback = settings.zalo_callback or settings.base_url
        self._ours = {number.strip() for number in settings.zalo_app_errors.split(",")} - {""}

    def permission_address(self, account: str) -> str:
        """Where an account's admin agrees; the code comes back to the address that the platform's console knows."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.reveal.encode()).digest())
        asked = {
            "app_id": self._app,
            "redirect_uri": self._callback,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "state": account,
        }
        return f"{self._base}{PERMISSION}?{urlencode(asked)}"

    def exchange(self, code: Personal) -> Pair:
        """See `Authority.exchange`."""
        given = {"code": code.reveal, "code_verifier": self._verifier.reveal}
        return self._ask("authorization_code", given)

    def refresh(self, token: Personal) -> Pair:
        """See `Authority.refresh`."""
        return self._ask("refresh_token", {"refresh_token": token.reveal})

    def _ask(self, kind: str, given: dict[str, str]) -> Pair:
        if not self._app or not self._secret:
            raise Unavailable("chat_not_connected")
        form = {**given, "app_id": self._app, "grant_type": kind}
        try:
            reply = post_form(self._base + TOKEN, form, {"secret_key": self._secret.reveal})
        except NotReached as failure:
            raise Unavailable("zalo_not_asked", cause=str(failure)) from None
        except NoReply as failure:
            raise Unavailable("zalo_silent", cause=str(failure)) from None
        if reply.status == BUSY:
            raise Unavailable("zalo_not_asked", cause="429")
        said = _read(reply.body) if reply.status < 500 else None
        if said is None:
            raise Unavailable("zalo_silent", cause=str(reply.status))
        return self._pair(said)

    def _pair(self, said: dict[str, Any]) -> Pair:
        access, refresh, life = (said.get(name) for name in ("access_token", "refresh_token", "expires_in"))
        if access and isinstance(access, str):
            if not (refresh and isinstance(refresh, str)) or not str(life).isdecimal():
                raise Unavailable("zalo_silent", cause="half a pair")
            return Pair(Personal(access), Personal(refresh), timedelta(seconds=int(str(life))))
        error = str(said.get("error", ""))
        if error == "0" or not any(name.startswith("error") for name in said):
            raise Unavailable("zalo_silent", cause="neither a pair nor an error")
        if error in self._ours:
            raise Refused("zalo_app_refused", error=error)
        raise Refused("zalo_grant_refused")


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None
