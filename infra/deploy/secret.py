"""The secrets of a stage, below /motcua/<stage>/ in the parameter store: those that lack are made once.

For the deployment. What is there stays as it is (turning keys is an operator's decision); nothing is printed, and only
the origin secret, which the edge must learn, is ever read. What others give us (`zalo_app_secret`) an operator puts there."""

import secrets
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.place import Place

MADE: dict[str, Callable[[], str]] = {
    "session_key": lambda: secrets.token_hex(32),
    "factor_keys": lambda: f"v1:{secrets.token_hex(32)}",
    "origin_secret": lambda: secrets.token_hex(32),
    "zalo_code_verifier": lambda: secrets.token_urlsafe(32),  # 43 letters, as RFC 7636 has it
}
ORIGIN = "origin_secret"


class Secrets:
    """Those of one stage."""

    def __init__(self, place: Place, stage: str) -> None:
        self._ssm: Any = place.client("ssm")
        self._stage = stage

    def missing(self) -> list[str]:
        """Names of those that are not there yet; values are not asked for."""
        filters = [{"Key": "Path", "Option": "OneLevel", "Values": [f"/motcua/{self._stage}"]}]
        pages = self._ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
        held = {one["Name"].rpartition("/")[2] for page in pages for one in page["Parameters"]}
        return [name for name in MADE if name not in held]

    def make(self, name: str) -> None:
        """Make one; whoever was quicker wins."""
        try:
            self._ssm.put_parameter(
                Name=self._name(name),
                Value=MADE[name](),
                Type="SecureString",
                KeyId=f"alias/motcua-{self._stage}",
                Overwrite=False,
            )
        except ClientError as failure:
            if failure.response["Error"]["Code"] != "ParameterAlreadyExists":
                raise

    def origin(self) -> str:
        """What proves that the edge asks; never shown to anybody."""
        held = self._ssm.get_parameter(Name=self._name(ORIGIN), WithDecryption=True)
        return str(held["Parameter"]["Value"])

    def _name(self, name: str) -> str:
        return f"/motcua/{self._stage}/{name}"
