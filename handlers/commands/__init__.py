"""The operations commands: `flask --app handlers.app <group> <command>`. A new group is named here, nowhere else."""

from flask import Flask


def install(app: Flask) -> None:
    """Attach every group to the app's command line; a group's module is imported when the app is made."""
    from handlers.commands import groups

    for group in groups.GROUPS:
        app.cli.add_command(group)
