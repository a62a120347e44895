"""Settings complain once, hide what is secret, and have defaults that are right in production and fit to publish."""

import ast
from dataclasses import MISSING, fields

import pytest

from miniapp.core.settings import PREFIX, Settings, SettingsIncomplete
from tests.support.code import files, parsed

SECRET_WORDS = ("key", "secret", "token", "password", "code")
GIVEN = {
    "stage": "house",
    "base_url": "https://example.gov.vn",
    "session_key": "s" * 64,
    "factor_keys": "v1:" + "f" * 64,
}


def is_secret(name: str) -> bool:
    return any(word in name.split("_") or word + "s" in name.split("_") for word in SECRET_WORDS)


def test_what_is_secret_is_hidden_when_settings_are_printed():
    open_secrets = [spec.name for spec in fields(Settings) if is_secret(spec.name) and spec.repr]
    assert open_secrets == []
    made = Settings(
        **{spec.name: "canary" for spec in fields(Settings) if is_secret(spec.name)}, stage="s", base_url="b"
    )
    assert "canary" not in repr(made)


def test_no_secret_has_a_default_that_works():
    assert [spec.name for spec in fields(Settings) if is_secret(spec.name) and spec.default not in (MISSING, "")] == []


def test_without_choices_the_system_is_as_in_production():
    made = Settings(**GIVEN)
    assert made.secure_cookies
    assert not made.simulated_chat
    assert made.aws_endpoint == ""
    assert made.log_level != "DEBUG"


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(SettingsIncomplete) as complaint:
        Settings.from_env({PREFIX + "EXAM_ROW_AGE": "soon", PREFIX + "SECURE_COOKIES": "yes"})
    said = str(complaint.value)
    needed = [spec.name for spec in fields(Settings) if spec.default is MISSING]
    assert all(f"{PREFIX}{name.upper()} is missing" in said for name in needed)
    assert "EXAM_ROW_AGE is not" in said
    assert "SECURE_COOKIES is not" in said


def test_every_setting_can_come_from_the_environment():
    environ = {PREFIX + name.upper(): value for name, value in GIVEN.items()}
    for spec in fields(Settings):
        if spec.default is not MISSING:
            value = spec.default
            environ[PREFIX + spec.name.upper()] = str(int(value)) if isinstance(value, bool) else str(value)
    assert Settings.from_env(environ) == Settings(**GIVEN)


def test_every_setting_is_read_somewhere():
    read = {node.attr for path in files() for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
    assert [spec.name for spec in fields(Settings) if spec.name not in read] == []
