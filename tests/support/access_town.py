"""A commune with one beside it, a province above and a school below; in each of them something secret of every kind.

For the access matrix. Each secret is a text of its own that stands in one agency's data, with the audiences that may read
it there. Everything is made through services, as in life."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.accounts.access import Operator, Role
from miniapp.accounts.machine_key import Scope
from miniapp.agencies.model import Agency, Description, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.personal import Personal
from miniapp.core.workdays import DayKind
from miniapp.dossiers.batches import Chosen
from miniapp.dossiers.batches import Deed as ManyDeed
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Applicant, Channel, Lack, Wanted
from miniapp.dossiers.reopening import Senior
from miniapp.exam_scores.model import Formula, Reason
from miniapp.exports.model import Order
from miniapp.ratings.casting import Came, Given
from miniapp.ratings.model import Doubt
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.dossier_acts import asking, finished, handed_over, taken_up
from tests.support.dossier_sheets import line, table
from tests.support.dossier_town import AT_DESK, OFFICER
from tests.support.exams import HOUR
from tests.support.fakes import StoppedClock
from tests.support.procedure_town import demo_procedures
from tests.support.rated_desk import cast, said
from tests.support.score_desk import BAD, ScoreDesk

OWN, BESIDE, ABOVE, BELOW = "phuong-hoa-mai", "phuong-hoa-lan", "tinh-hoa-mai", "truong-hoa-mai"
KINDS = {OWN: Kind.COMMUNE, BESIDE: Kind.COMMUNE, ABOVE: Kind.PROVINCE, BELOW: Kind.SCHOOL}
PARENTS = {OWN: ABOVE, BESIDE: ABOVE, ABOVE: "", BELOW: OWN}
AGENCIES = tuple(KINDS)
MINE, ANOTHERS = "u_zqmine", "u_zqanother"  # two persons of the chat; the second keeps a dossier of the agency beside
KEEPERS = {OWN: MINE, BESIDE: ANOTHERS}
DAY, RATED_ON, PROCEDURE = "2026-11-28", "2026-07-10", "1.001193"
ALL = " ".join(Role)
DESK, LEADERS = "officer", "approver officer"  # who handles dossiers, and those who decide about them besides
LINK = "link"  # whoever has the secret address
NOBODY = ""


@dataclass(frozen=True)
class Secret:
    """A text that stands in an agency's data, and who may read it: roles of that agency, of the one above it and of those
    below it, `LINK`, or a citizen."""

    kind: str
    agency: str
    text: str
    readers: frozenset[str]
    above: frozenset[str] = frozenset()
    below: frozenset[str] = frozenset()


@dataclass
class AccessTown:
    """The agencies, what is secret in them, and the values by which addresses name what is theirs."""

    cloud: Cloud
    secrets: list[Secret] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = StoppedClock(HOUR)
        self.services = Services(self.cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.app = create_app(self.cloud.settings, self.services)
        made = [Agency(id, id, KINDS[id], id, id, PARENTS[id], services=frozenset(Service)) for id in AGENCIES]
        AgencyStore().add(made)
        AgencyStore().placed({parent: [one for one in made if one.parent == parent] for parent in PARENTS.values()})
        self.services.procedure_office.take(NATION, demo_procedures(), by="operator", source="test")
        for place, agency in enumerate(AGENCIES):
            self._furnish(agency, place)
        for agency, user in KEEPERS.items():
            code = self.values[agency]["dossier"]
            self.values[agency]["mark"] = self.services.dossier_keeping.keep(agency, code, user, "vi")
            self.secret("person", agency, user, user)
        self.clock.pass_by(seconds=6)

    def secret(self, kind: str, agency: str, readers: str, text: str = "", above: str = "", below: str = "") -> str:
        """A text that nobody but its readers may meet."""
        text = text or f"zq{kind}{AGENCIES.index(agency)}zq"
        may = (frozenset(each.split()) for each in (readers, above, below))
        self.secrets.append(Secret(kind, agency, text, *may))
        return text

    def _furnish(self, agency: str, place: int) -> None:
        held = self.services.agencies.now(agency)
        said_of = replace(Description.of(held), identifier=f"H56.1{place}")
        self.services.agencies.describe(agency, held.version, said_of, "operator")
        self.clock.pass_by(seconds=6)
        self.values[agency] = {"agency": agency, "of": agency, "procedure": PROCEDURE, "calendar_day": DAY}
        self.values[agency] |= self._people(agency) | self._scores(agency) | self._dossiers(agency, place)
        self.values[agency] |= self._ratings(agency) | self._settings(agency)

    def _people(self, agency: str) -> dict[str, str]:
        people, place = self.services.accounts.people, AGENCIES.index(agency)
        self.admin = officers.officer(
            self.services.accounts, self.clock, f"admin{place}@x.vn", agency, Role.AGENCY_ADMIN.value
        )
        login, name = self.secret("login", agency, "agency_admin"), self.secret("name", agency, "agency_admin auditor")
        link = people.invite(agency, f"{login}@x.vn", name, [Role.PUBLISHER.value], by=Operator())
        asked = self.secret("asked", agency, "agency_admin", above="agency_admin")
        people.invite(agency, f"{asked}@x.vn", "Lê Văn Hai", [Role.APPROVER.value], by=self.admin.signed())
        (waiting,) = (
            one for one in self.services.accounts.confirming.waiting(agency, Operator()) if one.agency == agency
        )
        self.secret("invitation", agency, NOBODY, link.token)
        return {"officer": link.officer.id, "asked": waiting.officer}

    def _scores(self, agency: str) -> dict[str, str]:
        sent, decided = (
            officers.officer(self.services.accounts, self.clock, f"{role}-{agency}@x.vn", agency, role.value)
            for role in (Role.PUBLISHER, Role.APPROVER)
        )
        desk = ScoreDesk(self.services, agency, sent, decided)
        desk.add(slug=f"thi-{agency}", formula=Formula((("toan", 2), ("van", 1)), 150, 0))
        desk.released()
        fix = desk.begun(reason=Reason.CORRECTION)
        fix = desk.work(desk.taken(fix, BAD, f"{self.secret('file', agency, ALL)}.csv"))
        rule = self.secret("rule", agency, ALL)
        self.services.ruling.propose(desk.now(), sent.id, desk.now().formula, 2400, Reason.CORRECTION, rule)
        return {"slug": desk.exam.slug, "exam": desk.exam.slug, "edition": fix.id, "file": fix.files[0].id}

    def _dossiers(self, agency: str, place: int) -> dict[str, str]:
        who = Applicant(
            Personal(self.secret("applicant", agency, LEADERS)),
            Personal(self.secret("identity", agency, DESK, f"00109{place}777456")),
            Personal(self.secret("phone", agency, DESK, f"09377{place}5678")),
        )
        order = replace(AT_DESK, applicant=who)
        note = self.secret("paper", agency, f"{LEADERS} {LINK} {KEEPERS.get(agency, LINK)}")
        waits = self._moved(self._taken(agency, order, "a"), taken_up)
        waits = self._moved(waits, asking((Wanted("Tờ khai", Lack.MISSING, note),), timedelta(days=7)))
        done = self._taken(agency, order, "b")
        for act in (taken_up, finished, handed_over):
            done = self._moved(done, act)
        code, office = str(waits.code), self.services.dossier_office
        planned = self.services.batches.planned(agency, ManyDeed.FINISH, OFFICER.id, "", Channel.DESK, 1)
        batch = self.services.batches.order(planned, [Chosen(code, 1)], key=agency, begun=self.clock.now())
        sheet = self.secret("sheet", agency, DESK)
        moments = {"received": "15/07/2026 09:00", "due": "20/07/2026 09:00"}
        held = self.services.sheet_imports.begin(agency, table(line(1, "x", **moments)), f"{sheet}.csv", OFFICER.id)
        export = self.services.exports.order(Operator(), agency, Order("dossiers"))
        token = self.services.casting.link(agency, str(done.code))
        words = self.secret("ballot", agency, f"{LEADERS} {LINK}")
        self.services.casting.cast(agency, token, Given({"overall": "dissatisfied"}, ("time",), words), Came())
        senior, again = Senior("off_senior", "Trần Thị Hòa", "Chủ tịch"), self.services.reopenings
        again.name(agency, senior, 0, by="operator")
        why = self.secret("again", agency, f"approver {LINK}")
        again.ask(agency, str(done.code), why, seen=again.seen(senior), key=agency)
        return {
            "dossier": code,
            "looked_at_again": str(done.code),
            "link": office.link(agency, code),
            "batch": batch.id,
            "sheet": held.id,
            "export": export.id,
            "sheet_of_rating": token,
        }

    def _taken(self, agency: str, order: object, key: str) -> Dossier:
        return self.services.dossier_office.take_in(
            agency, self.services.agencies.now(agency).identifier, order, by=OFFICER, key=f"{agency} {key}"
        )

    def _moved(self, dossier: Dossier, act: object) -> Dossier:
        return self.services.dossier_office.move(dossier.agency, str(dossier.code), dossier.version, act, by=OFFICER)

    def _ratings(self, agency: str) -> dict[str, str]:
        words = self.secret("words", agency, LEADERS)
        few = [said(f"{agency}-{place}", words, agency) for place in range(6)]
        apart = replace(said(f"{agency}-apart", self.secret("apart", agency, LEADERS), agency), id=f"{agency}-apart")
        cast(self.services, *few, replace(apart.set_apart((Doubt.BURST,)), version=1))
        reply = self.secret("reply", agency, LEADERS)
        self.services.rating_comments.reply(agency, few[0].id, reply, by="off_x", key="k", seen=0, weak=[])
        counter = self.services.rating_counters.add(agency, f"Quay {AGENCIES.index(agency)}", by=Operator())
        return {"ballot": few[0].id, "counter": counter.id, "rated_on": RATED_ON}

    def _settings(self, agency: str) -> dict[str, str]:
        document = self.secret("calendar", agency, "agency_admin auditor")
        self.services.calendars.set_days(agency, 0, {DAY: DayKind.WORKING}, document, "operator")
        keys, name = self.services.accounts.machine_keys, self.secret("key", agency, "agency_admin auditor")
        made = keys.make(agency, name, frozenset(Scope), date(2026, 12, 31), by=Operator())
        self.secret("token", agency, NOBODY, made.token.reveal)
        self.services.procedure_signals.missed(agency, self.secret("search", agency, ALL), "192.0.2.9")
        mark = self.services.procedure_desk.state(agency, PROCEDURE).mark
        owner = {"owner": self.secret("planned", agency, ALL, below=ALL)}
        self.services.procedure_office.edit(
            agency, PROCEDURE, owner, by="operator", expected=mark, effective="2027-01-01"
        )
        return {"key": made.key.id}

    @staticmethod
    def is_above(agency: str, other: str) -> bool:
        """Whether one agency is the one above another."""
        return PARENTS[other] == agency

    def unseen(self, seen: set[Secret]) -> Iterator[str]:
        """Secrets of the own agency that somebody may read and that nobody met: the town would prove nothing by them."""
        for one in self.secrets:
            if one.agency == OWN and one.readers and one not in seen:
                yield one.kind
