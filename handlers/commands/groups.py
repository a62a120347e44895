"""The groups of the command line."""

import click

GROUPS: list[click.Group] = []
