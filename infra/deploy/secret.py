"""The secrets of a stage, below /motcua/<stage>/ in the parameter store: those that lack are made once.

For the deployment. What is there stays as it is until an operator turns it (`turning.py`); nothing is printed, and only
what must be carried elsewhere is ever read: the origin secret to the edge, a key to where keys of before are kept. What
others give us (`zalo_app_secret`) an operator puts there."""

import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.place import Place
from miniapp.core.clock import VIETNAM, WallClock
from miniapp.core.signing import public_halves, with_new_key

MADE: dict[str, Callable[[], str]] = {
    "session_key": lambda: secrets.token_hex(32),
    "factor_keys": lambda: f"v1:{secrets.token_hex(32)}",
    "signing_keys": lambda: with_new_key("", secrets.token_bytes(32), WallClock().now().astimezone(VIETNAM).date()),
    "origin_secret": lambda: secrets.token_hex(32),
    "zalo_code_verifier": lambda: secrets.token_urlsafe(32),  # 43 letters, as RFC 7636 has it
}
ORIGIN, SIGNING, PUBLISHED = "origin_secret", "signing_keys", "signing_keys_public"


class Secrets:
    """Those of one stage."""

    def __init__(self, place: Place, stage: str) -> None:
        self._ssm: Any = place.client("ssm")
        self._stage = stage

    def versions(self) -> dict[str, int]:
        """How often each that is there was put; values are not asked for."""
        filters = [{"Key": "Path", "Option": "OneLevel", "Values": [f"/motcua/{self._stage}"]}]
        pages = self._ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
        found = {one["Name"].rpartition("/")[2]: int(one["Version"]) for page in pages for one in page["Parameters"]}
        return dict(sorted(found.items()))

    def missing(self) -> list[str]:
        """Names of those that are not there yet."""
        held = self.versions()
        return [name for name in (*MADE, PUBLISHED) if name not in held]

    def make(self, name: str) -> None:
        """Make one; whoever was quicker wins. What is published follows from the keys that are there."""
        try:
            made = public_halves(self.value(SIGNING)) if name == PUBLISHED else MADE[name]()
            self._put(name, made, overwrite=False)
        except ClientError as failure:
            if failure.response["Error"]["Code"] != "ParameterAlreadyExists":
                raise

    def put(self, name: str, value: str) -> None:
        """This value from now on; an empty one takes the parameter away."""
        if value:
            self._put(name, value, overwrite=True)
        else:
            self._ssm.delete_parameters(Names=[self._name(name)])

    def value(self, name: str) -> str:
        """What it is now, never shown to anybody; empty when there is none."""
        held = self._ssm.get_parameters(Names=[self._name(name)], WithDecryption=True)["Parameters"]
        return str(held[0]["Value"]) if held else ""

    def origin(self) -> str:
        """What proves that the edge asks."""
        return self.value(ORIGIN)

    def _put(self, name: str, value: str, overwrite: bool) -> None:
        self._ssm.put_parameter(
            Name=self._name(name),
            Value=value,
            Type="SecureString",
            KeyId=f"alias/motcua-{self._stage}",
            Overwrite=overwrite,
        )

    def _name(self, name: str) -> str:
        return f"/motcua/{self._stage}/{name}"
