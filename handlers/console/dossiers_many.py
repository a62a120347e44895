"""One act for many dossiers: chosen in the inbox, looked at with what would become of each, confirmed.

For officers. The choice is an address, so a page that is loaded anew asks for the same; the dossiers with the versions that
were shown travel in the form, so what was moved meanwhile is left alone and named. `dossiers_batches` shows what came of
it and calls it off."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, Asked, asked_now, base, lines_of
from handlers.console.dossiers_moves import colleagues
from handlers.console.dossiers_typed import at_fields, channel_of
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Invalid
from miniapp.dossiers.batches import ANYBODY, BATCH_MOST, Batch, Chosen, Deed, Judged
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.states import Lateness

many = pages("console_dossiers_many", officers(may="dossiers.manage"), PREFIX, "console")

LOOKS_MOST = 60  # pages of a list that are read for "all of these"
PACKED_MOST = 40_000  # letters
UNPACKED_MOST = 100_000  # bytes
TO_SOMEBODY = frozenset({Deed.HAND_ON, Deed.ASSIGN})
FIELDS = ("deed", "chosen", "officer", "channel")


@dataclass(frozen=True)
class Group:
    """Dossiers for which the same will happen: of one procedure, from one post to another."""

    procedure: str
    before: str
    after: str
    count: int


@dataclass(frozen=True)
class ManyPage:
    """What would become of what was chosen. `is_cut`: more than fits one batch were asked for."""

    form: Form
    deed: Deed | None
    chosen: int
    most: int
    is_cut: bool
    can: int
    late: int
    groups: Sequence[Group]
    refused: Mapping[str, Sequence[str]]
    colleagues: Mapping[str, str]
    action: str
    away: str


@many.get("/nhieu")
def show(agency: str) -> Response:
    """What was chosen, and what would become of it."""
    now = context.services().clock.now().astimezone(LOCAL)
    asked = asked_now(now)
    codes, is_cut = _all_of(asked, now) if request.args.get("tat-ca") else (_ticked(), False)
    deed = next((one for one in Deed if one.value == request.args.get("viec")), None)
    form = forms.blank(officer=context.officer().id, channel=str(Channel.DESK.value))
    if deed is None or not codes:
        wrong = FieldProblem("", "batch_deed_needed") if codes else FieldProblem("", "batch_none_chosen")
        return _page(form.with_problems(wrong), None, asked.address(), 422)
    told, seen = context.services().batches.judge(_plan(deed, form, ANYBODY), codes)
    held = replace(form, values={**form.values, "deed": deed.value, "chosen": packed(seen)})
    return _page(held, told, asked.address(), is_cut=is_cut)


@many.post("/nhieu")
def confirm(agency: str) -> Response:
    """Order it, or say what is wrong."""
    form = forms.read(FIELDS, most=PACKED_MOST)
    try:
        deed, seen = Deed(form.value("deed")), unpacked(form.value("chosen"))
    except ValueError:
        raise Invalid("batch_selection_lost") from None

    def order() -> str:
        plan = _plan(deed, form, _officer(deed, form))
        begun = datetime.fromtimestamp(forms.born(form.token), UTC)
        made = context.services().batches.order(plan, seen, key=form.token, begun=begun)
        return base(f"/nhieu/{made.id}")

    try:
        if not form.problems:
            return answers.see(forms.once(form, order))
    except Invalid as problem:
        form = form.with_problems(*at_fields(problem))
    told, _ = context.services().batches.judge(_plan(deed, form, ANYBODY), [one.code for one in seen])
    return _page(form, told, base(), 422)


def packed(seen: Sequence[Chosen]) -> str:
    """Dossiers and versions as one field of a form."""
    text = " ".join(f"{one.code}:{one.version}" for one in seen)
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> list[Chosen]:
    """The same read; ValueError for what we did not make."""
    try:
        opened = zlib.decompressobj().decompress(urlsafe_b64decode(text.encode()), UNPACKED_MOST).decode()
    except zlib.error:
        raise ValueError("not packed by us") from None
    pairs = [one.partition(":") for one in opened.split()]
    return [Chosen(str(DossierCode.of(code)), int(version)) for code, _, version in pairs]


def _plan(deed: Deed, form: Form, officer: str) -> Batch:
    channel = channel_of(form.value("channel")) if deed is Deed.RETURN else Channel.DESK
    me, held = context.officer().id, context.agency().id
    return context.services().batches.planned(held, deed, me, officer, channel, 0)


def _officer(deed: Deed, form: Form) -> str:
    """On whose desk they will lie."""
    if deed not in TO_SOMEBODY:
        return ""
    if form.value("officer") not in colleagues(context.agency().id):
        raise Invalid("dossier_officer_unknown", field="officer")
    return form.value("officer")


def _ticked() -> list[str]:
    """The codes that were ticked; what is no code was not offered."""
    found = []
    for text in request.args.getlist("ma")[:BATCH_MOST]:
        try:
            found.append(str(DossierCode.of(text)))
        except Invalid:
            continue
    return list(dict.fromkeys(found))


def _all_of(asked: Asked, now: datetime) -> tuple[list[str], bool]:
    """Everything on the list that was asked for, what is due first first; whether there is more than fits."""
    codes: list[str] = []
    asked = replace(asked, after="", shelf=asked.shelf if asked.shelf is not Shelf.ENDED else Shelf.RUNNING)
    for _ in range(LOOKS_MOST):
        page = lines_of(asked, now, most=200)
        codes += [line.code for line in page.lines]
        asked = replace(asked, after=page.cursor)
        if not page.cursor or len(codes) > BATCH_MOST:
            break
    return codes[:BATCH_MOST], bool(asked.after) or len(codes) > BATCH_MOST


def _page(form: Form, told: Judged | None, away: str, status: int = 200, is_cut: bool = False) -> Response:
    deed = Deed(form.value("deed")) if told else None
    refused = told.refused if told else {}
    moves = told.moves if told else ()
    page = ManyPage(
        form=form,
        deed=deed,
        chosen=len(moves) + sum(len(codes) for codes in refused.values()),
        most=BATCH_MOST,
        is_cut=is_cut,
        can=len(moves),
        late=sum(move.event.facts.get("lateness") == Lateness.LATE.value for move in moves),
        groups=_groups(told) if told else (),
        refused=refused,
        colleagues=colleagues(context.agency().id) if deed in TO_SOMEBODY else {},
        action=base("/nhieu"),
        away=away,
    )
    return answers.show("console/dossiers/many.html", page, status=status, wrong=status != 200)


def _groups(told: Judged) -> list[Group]:
    """What will happen to whom, the largest group first."""
    counted = Counter(
        (move.dossier.procedure_name, str(move.event.facts.get("post_before") or ""), move.dossier.post)
        for move in told.moves
    )
    return [Group(*what, count) for what, count in counted.most_common()]
