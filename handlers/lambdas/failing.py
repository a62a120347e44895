"""How an entry fails whose exceptions Lambda's runtime prints, and keeps with what could not be done: by kind alone.

For `uploads` and `schedules`; the queues' entries let nothing out. A library's exception says what it could not read,
which may be a person's (F59); a problem of ours says its code. Where it happened stands in our own line of the log."""

from miniapp.core.errors import Problem


class Unforeseen(Exception):
    """Something that is no problem of ours; its text is the kind of what was raised."""


def by_kind(failure: Exception) -> Exception:
    """What to raise in its place, `from None`."""
    return failure if isinstance(failure, Problem) else Unforeseen(type(failure).__name__)
