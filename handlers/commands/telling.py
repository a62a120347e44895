"""How commands tell what went wrong: one line with the code and its sentence, exit code 1, never a stack of calls.

For every group of the command line. Commands speak English; the sentences are those of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from handlers.context import services, words
from handlers.words import NoWords
from miniapp.core.errors import Problem


@contextmanager
def told() -> Iterator[None]:
    """Turn a problem into one line and exit code 1."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(sentence(problem)) from None


def sentence(problem: Problem) -> str:
    """A problem as one line."""
    try:
        return f"{problem.code}: {words().sentence('en', problem.code, problem.facts)}"
    except NoWords:
        return problem.code


def agency_id(given: str) -> str:
    """The id of an agency that was named by its address, or by its id."""
    held = services().agencies.find(given)
    return held.id if held is not None else given
