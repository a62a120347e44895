"""The demo's people and exams, loaded once: a department, its officers, a national and an entrance exam.

For `make run` and the browser stories. Goes through the services as people would (invitation, password, second factor,
upload, import, approval by a second officer), so what it makes is what they make. Everything in it is made up."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyotp

from handlers.wiring import Services
from infra.local.secrets_kept import write_private
from infra.seed import exams, forms
from miniapp.accounts.access import Operator
from miniapp.accounts.model import Officer, State
from miniapp.agencies.model import Description, Service
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.ids import NATION
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import EditionState, Exam, Reason
from miniapp.procedures.importing import read_file
from miniapp.procedures.publishing import in_silence

PEOPLE: list[dict[str, object]] = json.loads((Path(exams.__file__).parent / "officers.json").read_text("utf-8"))
PROCEDURES = Path(exams.__file__).parent / "procedures.json"
FILE = "demo.json"
IDENTIFIER = "H99.08"  # no province has this number

BEFORE_APPROVAL = (EditionState.GATHERING, EditionState.CHECKED)
LEASE_TRIES, LEASE_WAIT = 20, 5.0

Say = Callable[[str], None]
Person = Mapping[str, object]
MadeUp = Sequence[tuple[Exam, Callable[[], bytes]]]


class DemoLost(Exception):
    """What a person must decide: the store and the folder's file don't belong together."""


@dataclass(frozen=True)
class DemoOfficer:
    """One made-up officer: what a person needs to sign in at the demo."""

    id: str
    login: str
    name: str
    roles: list[str]
    password: str
    secret: str

    def code(self, at: datetime | None = None) -> str:
        """What the officer's phone would show now, or at a moment."""
        phone = pyotp.TOTP(self.secret)
        return phone.at(at) if at else phone.now()


def officers(folder: Path) -> list[DemoOfficer]:
    """The demo's officers, once they are loaded."""
    path = folder / FILE
    return [DemoOfficer(**entry) for entry in json.loads(path.read_text())] if path.exists() else []


def load(
    services: Services, folder: Path, agency: str, say: Say, people: Sequence[Person] = PEOPLE, made_up: MadeUp = ()
) -> None:
    """Everything that is not there yet; whoever stopped it anywhere starts it again, and it goes on."""
    by_role: dict[str, str] = {}
    for person in people:
        officer = joined(services, folder, agency, person, say)
        by_role |= dict.fromkeys(officer.roles, officer.id)
    services.agencies.open_service(agency, Service.EXAM_SCORES, "operator")
    for exam, body in made_up or (
        (exams.national_exam(agency), exams.national_file),
        (exams.grade10_exam(agency), exams.grade10_file),
    ):
        if not _was_out(services, exam):
            say(f"Publishing the made-up exam {exam.slug} …")
            _publish(services, exam, body, by_role["publisher"], by_role["approver"])


def open_procedures(services: Services, agencies: Iterable[str]) -> None:
    """Let citizens find procedures at these agencies; where they can already, nothing changes."""
    for agency in agencies:
        services.agencies.open_service(agency, Service.PROCEDURES, Operator().id)


def open_dossiers(services: Services, agency: str) -> None:
    """Let an agency take dossiers in, under a made-up identifier where it has none, and citizens follow them."""
    held = services.agencies.now(agency)
    if not held.identifier:
        said = replace(Description.of(held), identifier=IDENTIFIER)
        services.agencies.describe(agency, held.version, said, Operator().id)
    services.agencies.open_service(agency, Service.DOSSIERS, Operator().id)


def load_procedures(services: Services, say: Say) -> None:
    """Everyday procedures, in the nation's layer of a catalogue that nobody has filled yet."""
    if services.procedure_store.pointer(NATION).number:
        services.procedure_office.show(NATION)  # this checkout may search in another way than the one that loaded them
        return
    say("Loading everyday procedures …")
    for name, form in forms.made():
        services.files.put("packs", f"forms/{name}", form)
    with PROCEDURES.open("rb") as body:
        read = read_file(body, lambda: (), in_silence)
    services.procedure_office.take(NATION, read.procedures, by=Operator().id, source=PROCEDURES.name, told=read.told)


def joined(services: Services, folder: Path, agency: str, person: Person, say: Say) -> DemoOfficer:
    """An officer who took the invitation up, as the officer would; with password and secret in the folder's file.

    They are written down before they count: an officer who is in has them there, and one who has them there and is not
    in yet is given new ones."""
    login, name = str(person["login"]), str(person["name"])
    roles = [str(role) for role in person["roles"]]  # type: ignore[attr-defined]
    known = {officer.login: officer for officer in officers(folder)}
    staff = services.accounts.people
    held = _found(services, login)
    if held is not None and held.state is not State.INVITED:
        if login not in known:
            raise DemoLost(f"{login} is in, but {folder / FILE} does not say how: give another DATA_DIR.")
        return known[login]
    say(f"Inviting the demo officer {login} …")
    if held is None:
        link = staff.invite(agency, login, name, roles, by=Operator())
    else:
        link = staff.invite_again(agency, held.id, by=Operator())
    password = services.ids.secret(12)
    invitations = services.accounts.invitations
    set_up = invitations.start(link.token, password, address="127.0.0.1")
    if set_up.secret is None:
        raise RuntimeError("a new officer learns a secret")
    made = DemoOfficer(link.officer.id, login, name, roles, password, set_up.secret.reveal)
    kept = [officer.__dict__ for officer in {**known, login: made}.values()]
    write_private(folder / FILE, json.dumps(kept))
    # A code works once. The code before this one sets the phone up (clocks may differ by a step), so that whoever signs
    # in within the same half minute finds the code on the phone still good.
    code = pyotp.TOTP(made.secret).at(services.clock.now(), counter_offset=-1)
    invitations.finish(link.token, set_up.sealed, code, address="127.0.0.1")
    return made


def _found(services: Services, login: str) -> Officer | None:
    try:
        return services.accounts.people.by_login(login, Operator())
    except NotFound:
        return None


def _was_out(services: Services, exam: Exam) -> bool:
    """Whether it was approved once; what somebody withdrew since stays withdrawn."""
    try:
        return services.exam_office.exam(exam.agency, exam.slug).is_settled
    except NotFound:
        services.exam_office.add_exam(exam, "operator")
        return False


def _publish(services: Services, exam: Exam, body: Callable[[], bytes], uploader: str, approver: str) -> None:
    """From where it was left: the newest edition that nobody approved, or a new one."""
    office = services.exam_office
    held = office.exam(exam.agency, exam.slug)
    begun = [edition for edition in office.editions(held) if edition.state in BEFORE_APPROVAL]
    edition = begun[0] if begun else office.begin(held, uploader, Reason.RELEASE)
    if not edition.files:
        file_id, _ = office.upload_form(held, edition, services.settings.base_url)
        services.files.put("uploads", f"scores/{held.agency}/{held.slug}/{edition.id}/{file_id}", body())
        office.take_file(held, edition.id, file_id, f"{exam.slug}.csv", uploader)
    _read(services, ImportEdition(held.agency, held.slug, edition.id))
    office.approve(office.exam(exam.agency, exam.slug), edition.id, approver, None)


def _read(services: Services, note: ImportEdition) -> None:
    """Read the file, once a reader who was stopped has not been heard of for a minute."""
    for _ in range(LEASE_TRIES):
        try:
            services.importing.run(note)
            return
        except Conflict as conflict:
            if conflict.code != "import_under_way":
                raise
            services.sleep(LEASE_WAIT)
    raise Conflict("import_under_way")
