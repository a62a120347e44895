"""What people wrote on their ballots: found with or without accents, read, answered. Nobody takes anything away.

For who may answer; an officer reads what is about the officer or about nobody by name, a leader all. An answer that looks
general comes back once with what a reader would miss: whoever sends the same text again sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms
from handlers.console import ratings_desk as desk
from handlers.console import spans
from handlers.console.spans import Choice
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.core.folding import clean
from miniapp.core.sealing import digest
from miniapp.core.spans import Kind, Span
from miniapp.ratings.answers import Weak
from miniapp.ratings.comments import REPLY_MOST, Comment, Found, Wanted
from miniapp.ratings.overview import levels_scale
from miniapp.ratings.reply_store import REPLIES_MOST
from miniapp.ratings.scales import sheets

PREFIX = f"{desk.PREFIX}/y-kien"
words = pages("console_ratings_words", officers(may="ratings.answer"), PREFIX, "console")
answering = pages("console_ratings_answering", officers(may="ratings.answer"), PREFIX, "console")

QUERY_MOST = 100


@dataclass(frozen=True)
class WordsList:
    """A page of words, and what narrows it. `procedures` by code."""

    span: Span
    spans: Mapping[Kind, Sequence[Choice]]
    query: str
    level: str
    reason: str
    levels: Sequence[str]
    reasons: Sequence[str]
    most: int
    found: Found
    procedures: Mapping[str, str]
    first: str
    later: str
    is_own: bool
    figures: str
    words: str
    report: str
    action: str

    def at(self, comment: Comment) -> str:
        """The page of one comment."""
        return desk.base(f"/y-kien/{comment.ballot.id}")


@dataclass(frozen=True)
class CommentPage:
    """One comment, its answers, and the form of another. `weak`: what a reader of the text would miss."""

    comment: Comment
    procedure: str
    names: Mapping[str, str]
    form: Form
    weak: Sequence[Weak]
    looked: str
    may_answer: bool
    most: int
    replies_most: int
    back: str
    action: str


@words.get("")
def show(agency: str) -> Response:
    """The words of a span."""
    span = spans.asked(Kind.QUARTER)
    level, reason, after = (request.args.get(name, "") for name in ("muc", "ly-do", "sau"))
    levels, reasons = [each.code for each in levels_scale().options], sheets()["dossier"].reasons
    level, reason = (level if level in levels else "", reason if reason in reasons else "")
    query = clean(request.args.get("q", ""))[:QUERY_MOST]
    months = [month for month in reversed(span.months) if month <= spans.today()[:7]]
    held = context.agency().id
    found = context.services().rating_comments.page(held, Wanted(months, desk.own(), query, level, reason), after)
    codes = {comment.ballot.place.procedure for comment in found.comments}
    asked = {"ky": span.code, "q": query, "muc": level, "ly-do": reason}
    page = WordsList(
        span=span,
        spans=spans.choices(span),
        query=query,
        level=level,
        reason=reason,
        levels=levels,
        reasons=reasons,
        most=QUERY_MOST,
        found=found,
        procedures={code: desk.procedure_name(held, code) for code in codes},
        first=desk.base("/y-kien", **asked) if after else "",
        later=desk.base("/y-kien", **asked, sau=found.cursor) if found.cursor else "",
        is_own=bool(desk.own()),
        figures=desk.base(ky=span.code),
        words=desk.base("/y-kien", ky=span.code),
        report=desk.base("/bao-cao", ky=span.code),
        action=desk.base("/y-kien").partition("?")[0],
    )
    return answers.show("console/ratings/words.html", page)


@words.get("/<ballot>")
def one(agency: str, ballot: str) -> Response:
    """One comment with its answers."""
    return _page(_found(ballot), forms.blank())


@answering.post("/<ballot>")
def answer(agency: str, ballot: str) -> Response:
    """Look at an answer; send it where nothing is missed, or where somebody has seen what is."""
    form = forms.read(["text", "looked", "seen"], raw=["text"])
    comment = _found(ballot)
    if form.problems:
        return _page(comment, form, status=422)
    if comment.sent_with(form.token):  # a second tap: what it says is a copy of itself
        return answers.see(desk.base(f"/y-kien/{ballot}"))
    services, held, text = context.services(), context.agency(), _lines(form.value("text"))
    weak = services.rating_comments.looked_at(held.id, text, _matter(comment)) if text else []
    if weak and len(text) <= REPLY_MOST and form.value("looked") != digest(text):
        return _page(comment, Form(form.values, (), forms.fresh_token()), weak, 422)
    seen = form.value("seen")

    def act() -> str:
        services.rating_comments.reply(
            held.id,
            ballot,
            text,
            by=context.officer().id,
            key=form.token,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) == 1 else 0,
            weak=weak,
            officer=desk.own(),
        )
        return desk.base(f"/y-kien/{ballot}")

    try:
        return answers.see(forms.once(form, act))
    except (Invalid, Refused) as problem:
        told = FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts)
        return _page(comment, form.with_problems(told), weak, 422)
    except Conflict as problem:
        again = form.with_problems(FieldProblem("", problem.code, problem.facts))
        return _page(_found(ballot), again, weak, 409)


def _found(ballot: str) -> Comment:
    return context.services().rating_comments.find(context.agency().id, ballot, desk.own())


def _lines(text: str) -> str:
    """What was typed, cleaned line by line: an answer may have paragraphs."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def _matter(comment: Comment) -> list[str]:
    """By which names a reader would know what an answer is about."""
    held, place = context.agency(), comment.ballot.place
    named = [name for name in (desk.procedure_name(held.id, place.procedure), place.procedure) if name]
    return named or [name for name in (place.unit, held.name) if name]


def _page(comment: Comment, form: Form, weak: Sequence[Weak] = (), status: int = 200) -> Response:
    held, place = context.agency(), comment.ballot.place
    page = CommentPage(
        comment=comment,
        procedure=desk.procedure_name(held.id, place.procedure) or place.procedure,
        names=_names(comment),
        form=form,
        weak=weak,
        looked=digest(_lines(form.value("text"))) if weak else "",
        may_answer=len(comment.replies) < REPLIES_MOST,
        most=REPLY_MOST,
        replies_most=REPLIES_MOST,
        back=desk.base("/y-kien", ky=comment.month),
        action=desk.base(f"/y-kien/{comment.ballot.id}"),
    )
    return answers.show("console/ratings/comment.html", page, status=status, wrong=bool(form.problems or weak))


def _names(comment: Comment) -> Mapping[str, str]:
    found = context.services().accounts.people.names(reply.by for reply in comment.replies)
    return {officer: name.reveal for officer, name in found.items()}
