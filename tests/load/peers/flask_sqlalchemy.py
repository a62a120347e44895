"""A peer: dossiers in Flask with SQLAlchemy over PostgreSQL, the way one would write it first.

One table of dossiers and one of what happened to them, an index for the list, a count for each tab, an object for each
row, Jinja for the pages. It does less than ours: no trail of audit, no sign-in, no one-time forms, nothing in two languages."""

from collections.abc import Iterator
from datetime import date, datetime

from flask import Flask, abort, redirect, render_template_string, request, url_for
from sqlalchemy import ForeignKey, Index, Select, String, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, scoped_session, sessionmaker
from werkzeug.wrappers import Response

from miniapp.dossiers.model import Dossier as Ours
from miniapp.dossiers.states import Status

LINES = 30
CHUNK = 5_000


class Base(DeclarativeBase):
    """The tables."""


class Dossier(Base):
    """One dossier."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("on_the_list", "agency", "status", "due"),
        Index("of_a_day", "agency", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(50), unique=True)
    token: Mapped[str] = mapped_column(String(50), unique=True)
    day: Mapped[date]
    procedure: Mapped[str] = mapped_column(String(30))
    procedure_name: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(200))
    identity: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(String(30))
    status: Mapped[int]
    post: Mapped[str] = mapped_column(String(200))
    officer: Mapped[str] = mapped_column(String(60))
    filed_at: Mapped[datetime]
    due: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    events: Mapped[list["Event"]] = relationship(order_by="Event.id", back_populates="dossier")

    __mapper_args__ = {"version_id_col": version}


class Event(Base):
    """What happened to one."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    dossier: Mapped[Dossier] = relationship(back_populates="events")


LIST = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Dossiers</title></head><body><h1>Dossiers</h1>
<ul>{% for status, count in counts %}<li><a href="?status={{ status }}">{{ status }}: {{ count }}</a></li>{% endfor %}</ul>
<table><tr><th>Code<th>Procedure<th>Due<th>Post<th>Status</tr>
{% for one in lines %}<tr><td><a href="{{ url_for('one', agency=one.agency, code=one.code) }}">{{ one.code }}</a><td>{{
one.procedure_name }}<td>{{ one.due.strftime('%d/%m/%Y %H:%M') if one.due else '' }}<td>{{ one.post }}<td>{{ one.status
}}</tr>{% endfor %}</table></body></html>"""

ONE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{{ one.code }}</title></head><body>
<h1>{{ one.procedure_name }}</h1><dl><dt>Code<dd>{{ one.code }}<dt>Status<dd>{{ one.status }}<dt>Post<dd>{{ one.post }}
<dt>Filed<dd>{{ one.filed_at.strftime('%d/%m/%Y %H:%M') }}<dt>Due<dd>{{ one.due.strftime('%d/%m/%Y %H:%M') if one.due }}
{% if full %}<dt>Name<dd>{{ one.name }}<dt>Phone<dd>{{ one.phone }}{% endif %}</dl>
<ol>{% for each in one.events %}<li>{{ each.at.strftime('%d/%m/%Y %H:%M') }} {{ each.what }}{% endfor %}</ol></body></html>"""


class Office:
    """The peer's database and its app."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        Base.metadata.create_all(self.engine)
        self.statements = 0
        event.listen(self.engine, "before_cursor_execute", self._counted)

    def _counted(self, *rest: object) -> None:
        self.statements += 1

    def fill(self, ours: Iterator[Ours]) -> None:
        """The same dossiers as ours, each with two events."""
        with Session(self.engine) as session:
            rows: list[Dossier] = []
            for one in ours:
                rows.append(_row(one))
                if len(rows) == CHUNK:
                    session.add_all(rows)
                    session.commit()
                    rows = []
            session.add_all(rows)
            session.commit()

    def app(self) -> Flask:
        """List, one, follow, receive, take up."""
        made = Flask("peer", static_folder=None)
        session = scoped_session(sessionmaker(self.engine))
        made.teardown_appcontext(lambda problem: session.remove())

        @made.get("/<agency>/dossiers")
        def listed(agency: str) -> str:
            status = request.args.get("status", Status.IN_PROGRESS.value, type=int)
            at = select(Dossier.status, func.count()).where(Dossier.agency == agency).group_by(Dossier.status)
            lines = select(Dossier).where(Dossier.agency == agency, Dossier.status == status)
            lines = lines.order_by(Dossier.due).limit(LINES)
            return render_template_string(LIST, counts=session.execute(at).all(), lines=session.scalars(lines).all())

        @made.get("/<agency>/dossiers/<code>")
        def one(agency: str, code: str) -> str:
            return render_template_string(ONE, one=_found(session.scalar(_of(agency, code))), full=True)

        @made.get("/follow/<token>")
        def follow(token: str) -> str:
            return render_template_string(
                ONE, one=_found(session.scalar(select(Dossier).where(Dossier.token == token))), full=False
            )

        @made.post("/<agency>/dossiers")
        def receive(agency: str) -> Response:
            now = datetime.now()
            day = select(func.count()).where(Dossier.agency == agency, Dossier.day == now.date())
            number = (session.scalar(day) or 0) + 1
            new = Dossier(
                agency=agency,
                code=f"H56.14-{now:%y%m%d}-{number:04}",
                token=f"new-{number}-{now.timestamp()}",
                day=now.date(),
                status=Status.RECEIVED.value,
                officer="",
                filed_at=now,
                due=now,
                **{
                    name: request.form[name]
                    for name in ("procedure", "procedure_name", "name", "identity", "phone", "post")
                },
            )
            new.events = [Event(what=what, at=now, by="officer") for what in ("filed", "received")]
            session.add(new)
            session.commit()
            return redirect(url_for("one", agency=agency, code=new.code), 303)

        @made.post("/<agency>/dossiers/<code>/take-up")
        def take_up(agency: str, code: str) -> Response:
            held = _found(session.scalar(_of(agency, code)))
            if held.status != Status.RECEIVED.value or held.version != request.form.get("seen", type=int):
                abort(409)
            held.status = Status.IN_PROGRESS.value
            held.events.append(Event(what="taken up", at=datetime.now(), by="officer"))
            session.commit()
            return redirect(url_for("one", agency=agency, code=code), 303)

        return made


def _of(agency: str, code: str) -> Select[tuple[Dossier]]:
    return select(Dossier).where(Dossier.agency == agency, Dossier.code == code)


def _found(held: Dossier | None) -> Dossier:
    if held is None:
        abort(404)
    return held


def _row(ours: Ours) -> Dossier:
    made = Dossier(
        agency=ours.agency,
        code=str(ours.code),
        token=f"token-{ours.code}",
        day=ours.filed_at.date(),
        procedure=ours.procedure,
        procedure_name=ours.procedure_name,
        name=ours.applicant.name.reveal,
        identity=ours.applicant.identity.reveal,
        phone=ours.applicant.phone.reveal,
        status=ours.status.value,
        post=ours.post,
        officer=ours.officer,
        filed_at=ours.filed_at,
        due=ours.due,
    )
    made.events = [Event(what=what, at=ours.filed_at, by="officer") for what in ("filed", "received")]
    return made
