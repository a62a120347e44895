"""Every command that a text names can be typed: docstrings, comments and the README speak of no command that is not."""

import re
from pathlib import Path

import click
import pytest

from handlers.commands.groups import GROUPS

ROOT = Path(__file__).parents[2]
ROOMS = ("handlers", "infra", "miniapp", "tests")
NAMED = re.compile(r"`flask (?:--app handlers\.app |… )?([a-z][^`]*)`")
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\|[a-z]+(?:-[a-z]+)*)*\Z")


def texts() -> list[Path]:
    return [ROOT / "README.md", ROOT / "Makefile", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]


def named(text: str) -> list[str]:
    return [" ".join(found.split()) for found in NAMED.findall(text)]


def missing(said: str) -> str:
    """The first word of a command line that no group knows; empty when it can be typed."""
    at: list[click.Command] = [click.Group(commands={group.name or "": group for group in GROUPS})]
    for word in said.split():
        groups = [held for held in at if isinstance(held, click.Group)]
        if not groups or not WORD.match(word):
            return ""  # what follows are arguments, or "…"
        choices = word.split("|")
        if gone := [choice for choice in choices if not any(choice in group.commands for group in groups)]:
            return gone[0]
        at = [group.commands[choice] for group in groups for choice in choices]
    return ""


def test_texts_name_commands_at_all() -> None:
    assert len([said for path in texts() for said in named(path.read_text("utf-8"))]) >= 5


def test_every_command_that_a_text_names_exists() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {said}"
        for path in texts()
        for said in named(path.read_text("utf-8"))
        if missing(said)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("scores import FILE --agency A", ""),
        ("scores import|check|approve|move|withdraw", ""),
        ("scores …", ""),
        ("scores publish", "publish"),
        ("scores import|publish", "publish"),
        ("petitions import", "petitions"),
    ],
)
def test_a_command_that_is_not_there_is_noticed(said: str, word: str) -> None:
    assert missing(said) == word


def test_every_command_says_what_it_does_and_takes_json_where_programs_read() -> None:
    def all_of(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            return [(path, command)]
        return [found for name, held in command.commands.items() for found in all_of(held, f"{path} {name}")]

    commands = [found for group in GROUPS for found in all_of(group, group.name or "")]
    assert [path for path, command in commands if not command.help] == []
    scores = {path: {name for option in held.params for name in option.opts} for path, held in commands}
    assert [path for path, options in scores.items() if path.startswith("scores") and "--json" not in options] == []
