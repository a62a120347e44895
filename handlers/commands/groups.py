"""The groups of the command line."""

import click

import handlers.commands.factor_keys
import handlers.commands.resealing  # noqa: F401 - a command of the group `officers`
from handlers.commands.agencies import agencies
from handlers.commands.audit import audit
from handlers.commands.calendar import calendar
from handlers.commands.dead_letters import dlq
from handlers.commands.dossiers import dossiers
from handlers.commands.officers import officers
from handlers.commands.procedures import procedures
from handlers.commands.quality import quality
from handlers.commands.ratings import ratings
from handlers.commands.receipts import receipts
from handlers.commands.scores import scores
from handlers.commands.signing import signing
from handlers.commands.stuck import stuck
from handlers.commands.usage import usage
from handlers.commands.zalo import zalo

GROUPS: list[click.Group] = [
    agencies,
    audit,
    calendar,
    dlq,
    dossiers,
    officers,
    procedures,
    ratings,
    quality,
    receipts,
    scores,
    signing,
    stuck,
    usage,
    zalo,
]
