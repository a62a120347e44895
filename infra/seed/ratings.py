"""Made-up ratings for the demo: half a year of ballots, invitations and words, the same ones on every machine.

For `make run`. A seed decides everything but the day on which it ends, so that the dashboard of the demo always has a
present quarter and one before. Nobody said any of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from miniapp.ratings.ballots import read
from miniapp.ratings.model import Ballot, Channel, Doubt, Invitation, Place
from miniapp.ratings.scales import sheets

SEED = 61
DAYS, EVERY = 26 * 7, 4  # as far back, and a day of every so many: few days are counted quickly
A_DAY = (5, 10)
LEVELS = ("very_satisfied", "satisfied", "neutral", "dissatisfied")
ANSWERS = {"contacts": ("none", "one", "more"), "offices": ("none", "one", "more")}
ANSWERED = 0.6  # of those who were invited
TEXTS = json.loads(Path(__file__).with_name("ratings.json").read_text("utf-8"))


@dataclass(frozen=True)
class MadeUp:
    """Somebody who was invited on a day, and the ballot where one came of it."""

    token: str
    day: str
    invitation: Invitation
    ballot: Ballot | None


def made_up(agency: str, procedures: Sequence[str], officers: Sequence[str], today: date) -> Iterator[MadeUp]:
    """Everything that is loaded, the oldest first. Ballots have their tokens for ids, which a loader replaces."""
    chance, number = Random(SEED), 0  # noqa: S311 - a demo is no secret
    for back in range(DAYS, -1, -EVERY):
        day = (today - timedelta(back)).isoformat()
        for _ in range(chance.randint(*A_DAY)):
            number += 1
            channel = Channel.COUNTER if chance.random() < 0.2 else Channel.DOSSIER
            place = Place(agency, chance.choice(TEXTS["units"]), chance.choice(procedures), chance.choice(officers))
            sheet = "dossier" if channel is Channel.DOSSIER else "counter"
            invitation = Invitation(sheet, channel, place)
            is_cast = channel is Channel.COUNTER or chance.random() < ANSWERED
            ballot = _ballot(f"demo-{number}", invitation, day, back, chance)
            yield MadeUp(f"demo-{number}", day, invitation, ballot if is_cast else None)


def _ballot(token: str, invitation: Invitation, day: str, back: int, chance: Random) -> Ballot:
    """One ballot; people have grown a little more satisfied in the last quarter."""
    weights = (40, 35, 12, 13) if back > DAYS // 2 else (52, 36, 7, 5)
    level = chance.choices(LEVELS, weights)[0]
    answers = {"overall": level}
    if invitation.channel is Channel.DOSSIER:
        answers |= {name: chance.choices(options, (70, 22, 8))[0] for name, options in ANSWERS.items()}
        answers["publicity"] = chance.choices(("posted_and_online", "posted_or_online"), (80, 20))[0]
    reasons = chance.sample(("time", "many_trips", "unclear_guidance"), 2) if level == "dissatisfied" else []
    words = chance.choice(TEXTS["words"][level]) if chance.random() < 0.25 else ""
    ballot = Ballot(token, invitation, day, read(sheets()[invitation.sheet], answers, reasons, words))
    return ballot.set_apart((Doubt.ONE_DEVICE,)) if chance.random() < 0.02 else ballot
