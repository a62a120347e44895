"""The settings of a process: its environment, and what the parameter store keeps. For every entry, once at start.

In an account `MOTCUA_SECRETS` names a path (`/motcua/production/`); below it lies one parameter per setting, by the
setting's name in small letters, and the environment says only which function this is. Secrets in the environment, which
anybody who may look at a function can read, are then a fault. Without a path (one machine, tests) the environment is all.
It keeps nothing: who calls twice asks twice."""

from collections.abc import Mapping
from dataclasses import fields

from miniapp.core import aws
from miniapp.core.settings import PREFIX, Settings, SettingsIncomplete, environment

PATH = PREFIX + "SECRETS"
NAMES = {spec.name: PREFIX + spec.name.upper() for spec in fields(Settings)}
SECRETS = frozenset(NAMES[spec.name] for spec in fields(Settings) if not spec.repr)


def settings_of_process(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment, and the parameter store where it names a path; SettingsIncomplete says all that is wrong."""
    environ = environment() if environ is None else environ
    path = environ.get(PATH, "")
    if not path:
        return Settings.from_env(environ)
    open_to_all = sorted(SECRETS & environ.keys())
    if open_to_all:
        raise SettingsIncomplete("; ".join(f"{name} stands in the environment" for name in open_to_all))
    found = _kept(path, environ)
    return Settings.from_env({**{NAMES[name]: text for name, text in found.items() if name in NAMES}, **environ})


def _kept(path: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """What lies below the path, asked with as much of the settings as asking needs."""
    reach = {NAMES[name] for name in ("region", "aws_endpoint", "connect_timeout", "read_timeout", "attempts")}
    needed = {NAMES[spec.name]: "-" for spec in fields(Settings) if spec.name in ("stage", "base_url")}
    needed |= dict.fromkeys(SECRETS, "-")
    known = {name: text for name, text in environ.items() if name in reach}
    try:
        return aws.parameters(path, Settings.from_env({**needed, **known}))
    except aws.NoParameters as failure:
        raise SettingsIncomplete(f"{PATH}: {failure}") from failure
