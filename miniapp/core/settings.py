"""Everything the outside may decide, read once at start, complained about once.

For `create_app`, the workers and the commands. It never reads a file, never calls a network, and nobody else may read
the environment: behaviour hangs on a setting that says what it does, never on the stage's name.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "MOTCUA_"


class SettingsIncomplete(Exception):
    """Raised once with every missing or malformed name, so that a start fails with the whole list."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A default is right in production and fit to publish; what has none must be given.

    Sizes are bytes, spans are seconds unless the name says otherwise."""

    stage: str
    base_url: str
    session_key: str = field(repr=False)
    factor_keys: str = field(repr=False)  # "v1:hex,v2:hex": the last one signs, all are read
    session_key_before: str = field(default="", repr=False)  # "hex,hex": only read; the present one may be among them
    signing_keys: str = field(
        default="", repr=False
    )  # "private:2026-11-30:hex,…" (core/signing); empty: nothing is signed
    signing_keys_public: str = field(default="", repr=False)  # "public:2026-11-30:hex,…": who checks and signs nothing
    role: str = ""  # which pages this process serves: public, console, hooks; empty: all, and the commands
    region: str = "ap-southeast-1"
    aws_endpoint: str = ""  # one address for every engine; empty: AWS itself
    upload_endpoint: str = ""  # where a browser reaches the upload bucket, when that differs
    chat: str = "zalo"  # "zalo" or "simulator"
    zalo_oauth: str = "https://oauth.zaloapp.com"
    zalo_app_id: str = ""
    zalo_app_secret: str = field(default="", repr=False)  # from the platform's console
    zalo_code_verifier: str = field(default="", repr=False)  # 43 letters; its challenge may stand in the console
    zalo_callback: str = ""  # as the console spells it; empty: base_url
    zalo_app_errors: str = (
        "-14002,-14003,-14029,-32"  # of a token call: our app or its pace; the token is as good as before
    )
    origin_secret: str = field(default="", repr=False)  # what CloudFront sends with every request
    client_address_header: str = "CloudFront-Viewer-Address"
    trusted_hosts: str = ""  # comma separated; empty: the host of base_url
    secure_cookies: bool = True
    segment_memory: int = 64 * 1024 * 1024
    pack_max: int = 32 * 1024 * 1024
    exam_row_age: int = 5
    exam_row_grace: int = 60
    erase_factors_after_days: int = 60
    tell_wave: int = 200  # people told of a release in one wave
    tell_pace: int = 10  # seconds between waves, over which a wave's messages are spread
    upload_max: int = 200 * 1024 * 1024
    connect_timeout: float = 1.0
    read_timeout: float = 2.5
    attempts: int = 3
    answer_within: float = 6.0  # by then a citizens' page is there, or says that something is away (F39)
    worker_attempts: int = 8  # a worker has minutes: what is throttled is asked again rather than begun anew
    log_level: str = "INFO"
    figures: bool = True  # told for CloudWatch, as lines of the log; a machine of one's own has nobody to read them

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read `MOTCUA_<NAME>` for every field; raise SettingsIncomplete naming all that is wrong."""
        environ = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        wrong: list[str] = []
        for spec in fields(cls):
            name = PREFIX + spec.name.upper()
            text = environ.get(name)
            if text is None:
                if spec.default is MISSING:
                    wrong.append(f"{name} is missing")
                continue
            try:
                given[spec.name] = _parsed(text, spec.type)
            except ValueError:
                wrong.append(f"{name} is not {spec.type}")
        if wrong:
            raise SettingsIncomplete("; ".join(wrong))
        return cls(**given)

    def serves(self, role: str) -> bool:
        """Whether this process has the pages of a role."""
        return self.role in ("", role)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which requests are answered, in lower case."""
        named = tuple(host.strip().lower() for host in self.trusted_hosts.split(",") if host.strip())
        return named or (urlsplit(self.base_url).netloc.lower().rpartition("@")[2].removesuffix(f":{self._port}"),)

    @property
    def _port(self) -> int | None:
        return urlsplit(self.base_url).port

    @property
    def simulated_chat(self) -> bool:
        """Whether the chat simulator stands in for Zalo."""
        return self.chat == "simulator"

    def resource(self, short: str) -> str:
        """The full name of a table, bucket or queue of this stage: `production-exam_scores`."""
        return f"{self.stage}-{short}"

    @property
    def upload_origin(self) -> str:
        """Where the browser posts files: scheme and host, or empty for AWS's own address of the bucket."""
        return self.upload_endpoint or self.aws_endpoint


def environment() -> Mapping[str, str]:
    """The process's environment, for whoever completes it."""
    return os.environ


def _parsed(text: str, kind: object) -> Any:
    if kind is bool:
        if text not in ("0", "1"):
            raise ValueError(text)
        return text == "1"
    return kind(text) if kind in (int, float) else text
