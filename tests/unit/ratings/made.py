"""Ballots for tests, valid unless a test says otherwise."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from miniapp.ratings.ballots import read
from miniapp.ratings.model import Ballot, Channel, Doubt, Invitation, Place, Said
from miniapp.ratings.scales import sheets

PLACE = Place("ubnd-xa-a", "mot-cua", "1.001193", "acc_1")
INVITATION = Invitation("dossier", Channel.DOSSIER, PLACE)
DAY = "2026-07-16"
SHEET = sheets()["dossier"]


def said(overall: str = "satisfied", **more: str) -> Said:
    return read(SHEET, {"overall": overall, **more})


def ballot(id: str = "b1", overall: str = "satisfied", **given: Any) -> Ballot:
    return Ballot(**{"id": id, "invitation": INVITATION, "cast_on": DAY, "said": said(overall), **given})


def filled(answers: Mapping[str, str], reasons: list[str], words: str) -> Said:
    """What a form said, without the reasons that only the dissatisfied give."""
    asks = "dissatisfied" in answers.values()
    return read(SHEET, answers, reasons if asks else (), words)


answers = st.fixed_dictionaries(
    {"overall": st.sampled_from([option.code for option in SHEET.criteria[0].scale.options])},
    optional={
        criterion.code: st.sampled_from([option.code for option in criterion.scale.options])
        for criterion in SHEET.criteria[1:]
    },
)
statements = st.builds(filled, answers, st.lists(st.sampled_from(SHEET.reasons), max_size=3), st.text(max_size=20))
doubts = st.lists(st.sampled_from(list(Doubt)), min_size=1, max_size=3).map(tuple)
places = st.builds(
    Place, st.sampled_from(["a", "b"]), st.sampled_from(["u", "v"]), st.sampled_from(["1", "2"]), st.just("o")
)
