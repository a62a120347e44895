"""The groups of the command line."""

import click

import handlers.commands.factor_keys  # noqa: F401 - a command of the group `scores`
from handlers.commands.agencies import agencies
from handlers.commands.audit import audit
from handlers.commands.officers import officers
from handlers.commands.scores import scores

GROUPS: list[click.Group] = [agencies, audit, officers, scores]
