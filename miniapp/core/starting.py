"""The settings of a process: its environment, and what the parameter store keeps. For every entry, once at start.

In an account `MOTCUA_SECRETS` names a path (`/motcua/production/`); below it lies one parameter per secret, by the
setting's name in small letters, and `MOTCUA_SECRETS_READ` names those that this function reads: its role may read no
others, and it must work without them. Not said: all (commands). Secrets in the environment, which anybody who may look
at a function can read, are then a fault. Without a path (one machine, tests) the environment is all. It keeps nothing:
who calls twice asks twice."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from miniapp.core import aws
from miniapp.core.settings import PREFIX, Settings, SettingsIncomplete, environment

PATH = PREFIX + "SECRETS"
READ = PREFIX + "SECRETS_READ"
NAMES = {spec.name: PREFIX + spec.name.upper() for spec in fields(Settings)}
SECRETS = frozenset(NAMES[spec.name] for spec in fields(Settings) if not spec.repr)
BESIDE = ("zalo_app_id", "zalo_callback")  # no secrets, but an operator puts them with the secret that they belong to
KEPT = (*(spec.name for spec in fields(Settings) if not spec.repr), *BESIDE)
# Between two changes of the key there is none before it; and who has no app of Zalo's works without.
MAY_LACK = frozenset({"session_key_before", "zalo_app_secret", *BESIDE})


def settings_of_process(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment, and the parameter store where it names a path; SettingsIncomplete says all that is wrong."""
    environ = environment() if environ is None else environ
    path = environ.get(PATH, "")
    if not path:
        return Settings.from_env(environ)
    wrong = [f"{name} stands in the environment" for name in sorted(SECRETS & environ.keys())]
    reads = _read(environ)
    wrong += [f"{READ} names {name}" for name in reads if name not in KEPT]
    if wrong:
        raise SettingsIncomplete("; ".join(wrong))
    found = _kept(path, reads, environ)
    lacking = [name for name in reads if name not in found and name not in MAY_LACK]
    if lacking:
        raise SettingsIncomplete("; ".join(f"{NAMES[name]} is missing" for name in lacking))
    return Settings.from_env({**dict.fromkeys(SECRETS, ""), **{NAMES[name]: found[name] for name in found}, **environ})


def _read(environ: Mapping[str, str]) -> Sequence[str]:
    return [name for name in environ.get(READ, ",".join(KEPT)).split(",") if name]


def _kept(path: str, names: Sequence[str], environ: Mapping[str, str]) -> Mapping[str, str]:
    """What lies below the path, asked with as much of the settings as asking needs."""
    if not names:
        return {}
    reach = {NAMES[name] for name in ("region", "aws_endpoint", "connect_timeout", "read_timeout")}
    needed = {NAMES[spec.name]: "-" for spec in fields(Settings) if spec.name in ("stage", "base_url")}
    needed |= dict.fromkeys(SECRETS, "-")
    known = {name: text for name, text in environ.items() if name in reach}
    try:
        return aws.parameters([f"{path.rstrip('/')}/{name}" for name in names], Settings.from_env({**needed, **known}))
    except aws.NoParameters as failure:
        raise SettingsIncomplete(f"{PATH}: {failure}") from failure
