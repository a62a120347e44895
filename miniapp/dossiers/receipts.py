"""What a receipt says, as one signed line that a machine reads and a person can copy. For the paper, the command, the page.

`MC1/PHUONG-HOA-MAI/H56.14-261120-0001/1.001193/202611200900/202611251630/2/202611200905/<key>/<signature>/<check>`: the
agency's address, the code, the procedure, when it was received, when it is due (empty where there is no appointment), the
dossier's version, when this was written, all times local. Nobody is named and no number of a person is in it, not as a
digest either: of a name or a phone, whoever has the paper could try them all.

Only letters, figures and marks that a QR code packs densely and that survive being typed. The check letters tell a slip of
the finger or a torn paper from a false one: anybody can work them out, so they prove nothing."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import quote, unquote

from miniapp.core.base32 import decoded, encoded
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.signing import SIGNATURE_SIZE, PublicKeys, Signature, Signer, Verdict
from miniapp.dossiers.codes import DossierCode

PURPOSE = "motcua receipt"
MARK = "MC1"
CHECK_BYTES = 5  # of a digest: eight letters
TEXT_MOST = 2_000
_FIELDS = 11
_SIGNED = 9  # the key's id is the ninth: which key signed is signed too
_MINUTE = "%Y%m%d%H%M"
_HYPHENS = re.compile(r"[\u2010-\u2015\u2212]")
_AGENCY = re.compile(r"[A-Z0-9-]{1,80}\Z", re.ASCII)
_VERSION = re.compile(r"[1-9]\d{0,8}\Z", re.ASCII)
_MOMENT = re.compile(r"\d{12}\Z", re.ASCII)


class Said(Protocol):
    """As much of a dossier as a receipt says."""

    @property
    def code(self) -> DossierCode:
        """Its code."""
        ...

    @property
    def procedure(self) -> str:
        """The procedure's code."""
        ...

    @property
    def received_at(self) -> datetime | None:
        """When it was received."""
        ...

    @property
    def due(self) -> datetime | None:
        """The appointment that holds."""
        ...

    @property
    def version(self) -> int:
        """How often it was moved, and one."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said; moments to the minute. `agency` is its address."""

    agency: str
    code: DossierCode
    procedure: str
    received: datetime
    due: datetime | None
    version: int
    written: datetime

    @property
    def day(self) -> date:
        """The day on which it was written: whether a key signs then is what counts."""
        return self.written.astimezone(VIETNAM).date()

    @property
    def body(self) -> str:
        """All of it in one line; two receipts that say the same have one."""
        due = _told(self.due) if self.due else ""
        says = [self.agency.upper(), str(self.code), _packed(self.procedure), _told(self.received), due]
        return "/".join([MARK, *says, str(self.version), _told(self.written)])


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a text: the verdict, None where it is damaged, and what it says as far as it can be read."""

    verdict: Verdict | None
    receipt: Receipt | None = None
    key: str = ""


def line_of(said: Said, agency: str, now: datetime) -> Receipt:
    """What is said of a dossier that was received, as it stands at this moment; Invalid where it was not."""
    if said.received_at is None:
        raise Invalid("dossier_not_received")
    due = _minute(said.due) if said.due else None
    return Receipt(agency, said.code, said.procedure, _minute(said.received_at), due, said.version, _minute(now))


def signed(receipt: Receipt, signer: Signer) -> str:
    """The line, signed; empty where there is no key."""
    body = receipt.body
    key = signer.signing_on(receipt.day)
    made = signer.sign(PURPOSE, f"{body}/{key}", receipt.day) if key else None
    if made is None:
        return ""
    whole = f"{body}/{made.key}/{encoded(made.raw)}"
    return f"{whole}/{_check(whole)}"


def check(text: str, keys: PublicKeys) -> Checked:
    """What a text is worth that somebody scanned, pasted or typed; blanks, line ends and case are forgiven."""
    parts = _parts(text)
    if len(parts) != _FIELDS:
        return Checked(None)
    key, letters, given = (_meant(part) for part in parts[8:])
    receipt, raw = _read(parts[:8]), decoded(letters)
    said = "/".join([*parts[:8], key])
    if receipt is None or raw is None or len(raw) != SIGNATURE_SIZE or given != _check(f"{said}/{letters}"):
        return Checked(None)
    verdict = keys.verify(PURPOSE, said, Signature(key, raw), receipt.day)
    return Checked(verdict, receipt, key)


def _parts(text: str) -> list[str]:
    """The fields of the first line that looks like one of ours, without what typing adds."""
    plain = "".join(unicodedata.normalize("NFKC", text[:TEXT_MOST]).split()).upper()
    start = plain.find(f"{MARK}/")
    return _HYPHENS.sub("-", plain[start:]).split("/") if start >= 0 else []


def _read(parts: list[str]) -> Receipt | None:
    """The receipt of these fields; None unless they are written exactly as we write them."""
    _, agency, code, procedure, received, due, version, written = parts
    if not _AGENCY.match(agency) or not _VERSION.match(version):
        return None
    try:
        read = Receipt(
            agency.lower(),
            DossierCode.of(code),
            unquote(procedure, errors="strict"),
            _moment(received),
            _moment(due) if due else None,
            int(version),
            _moment(written),
        )
    except (Invalid, ValueError):
        return None
    return read if read.body == "/".join(parts) else None


def _moment(text: str) -> datetime:
    if not _MOMENT.match(text):
        raise ValueError(text)
    return datetime.strptime(text, _MINUTE).replace(tzinfo=VIETNAM)


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):{_MINUTE}}"


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _packed(text: str) -> str:
    """A field in upper case without a loss: what is neither an upper-case letter nor a figure, dot or hyphen is escaped."""
    return "".join(one if one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-" else _escaped(one) for one in text)


def _escaped(letter: str) -> str:
    found = quote(letter, safe="")
    return found if found.startswith("%") else f"%{ord(letter):02X}"


def _meant(letters: str) -> str:
    """Letters of a key, a signature or a check as they were printed: the look-alikes among them are mended."""
    return letters.translate(str.maketrans("OIL", "011"))


def _check(text: str) -> str:
    return encoded(hashlib.sha256(text.encode()).digest()[:CHECK_BYTES])
