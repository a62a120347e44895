"""The demo's people and exams, loaded once: a department, four officers, a national and an entrance exam.

For `make run` and the browser stories. Goes through the services as people would (invitation, password, second factor,
upload, import, approval by a second officer), so what it makes is what they make. Everything in it is made up."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyotp

from handlers.wiring import Services
from infra.local.secrets_kept import write_private
from infra.seed import exams
from miniapp.accounts.access import Operator
from miniapp.agencies.model import Service
from miniapp.core.errors import NotFound
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Exam, Reason

PEOPLE = json.loads((Path(exams.__file__).parent / "officers.json").read_text("utf-8"))
FILE = "demo.json"

Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoOfficer:
    """One made-up officer: what a person needs to sign in at the demo."""

    id: str
    login: str
    name: str
    roles: list[str]
    password: str
    secret: str

    def code(self) -> str:
        """What the officer's phone would show now."""
        return pyotp.TOTP(self.secret).now()


def officers(folder: Path) -> list[DemoOfficer]:
    """The demo's officers, once they are loaded."""
    path = folder / FILE
    return [DemoOfficer(**entry) for entry in json.loads(path.read_text())] if path.exists() else []


def load(services: Services, folder: Path, agency: str, say: Say) -> None:
    """Everything that is not there yet."""
    if not officers(folder):
        say("Inviting the demo officers …")
        made = [joined(services, agency, person) for person in PEOPLE]
        write_private(folder / FILE, json.dumps([officer.__dict__ for officer in made]))
    services.agencies.open_service(agency, Service.EXAM_SCORES, "operator")
    by_role = {role: officer.id for officer in officers(folder) for role in officer.roles}
    for exam, body in (
        (exams.national_exam(agency), exams.national_file),
        (exams.grade10_exam(agency), exams.grade10_file),
    ):
        if not _is_out(services, exam):
            say(f"Publishing the made-up exam {exam.slug} …")
            _publish(services, exam, body(), by_role["publisher"], by_role["approver"])


def joined(services: Services, agency: str, person: dict[str, object]) -> DemoOfficer:
    """Invite an officer and take the invitation up, as the officer would."""
    roles = [str(role) for role in person["roles"]]  # type: ignore[attr-defined]
    login, name = str(person["login"]), str(person["name"])
    link = services.accounts.people.invite(agency, login, name, roles, by=Operator())
    password = services.ids.secret(12)
    invitations = services.accounts.invitations
    set_up = invitations.start(link.token, password, address="127.0.0.1")
    if set_up.secret is None:
        raise RuntimeError("a new officer learns a secret")
    # A code works once. The code before this one sets the phone up (clocks may differ by a step), so that whoever signs
    # in within the same half minute finds the code on the phone still good.
    code = pyotp.TOTP(set_up.secret.reveal).at(services.clock.now(), counter_offset=-1)
    invitations.finish(link.token, set_up.sealed, code, address="127.0.0.1")
    return DemoOfficer(link.officer.id, login, name, roles, password, set_up.secret.reveal)


def _is_out(services: Services, exam: Exam) -> bool:
    try:
        held = services.exam_office.exam(exam.agency, exam.slug)
    except NotFound:
        services.exam_office.add_exam(exam, "operator")
        return False
    return bool(services.exam_office.editions(held))


def _publish(services: Services, exam: Exam, body: bytes, uploader: str, approver: str) -> None:
    office = services.exam_office
    held = office.exam(exam.agency, exam.slug)
    edition = office.begin(held, uploader, Reason.RELEASE)
    file_id, _ = office.upload_form(held, edition, services.settings.base_url)
    services.files.put("uploads", f"scores/{held.agency}/{held.slug}/{edition.id}/{file_id}", body)
    office.take_file(held, edition.id, file_id, f"{exam.slug}.csv", uploader)
    services.importing.run(ImportEdition(held.agency, held.slug, edition.id))
    office.approve(office.exam(exam.agency, exam.slug), edition.id, approver, None)
