"""A period's open data as files: two lists as CSV, everything as JSON, and a manifest that is signed.

For publishing and for whoever checks. The same publication gives the same bytes, so they can be made again after a crash.
The manifest names every file with its size, digest and rows, so a signature over it is one over all. Names in files are
codes, the same in every language; what they mean stands on the page."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from miniapp.core.clock import VIETNAM, from_iso, iso
from miniapp.core.signing import PublicKeys, Signature, Signer, Verdict
from miniapp.quality.model import Outcome
from miniapp.quality.sets import AXES, Split, Told
from miniapp.ratings.bounds import BOUNDS
from miniapp.ratings.suppression import Published
from miniapp.ratings.tables import ROOT, Cell

PURPOSE = "motcua-open-data"
FORMAT = 1
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DOSSIERS, BALLOTS, ALL = "dossiers.csv", "ratings.csv", "quality.json"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
KINDS = {DOSSIERS: "text/csv; charset=utf-8", BALLOTS: "text/csv; charset=utf-8", ALL: "application/json"}
KINDS |= {MANIFEST: "application/json", SIGNATURE: "text/plain; charset=utf-8"}
FORMULAS = {
    "came": "ended + open_after - open_before, open ones in tens",
    "on_time_share": "100 * (early + on_time) / (early + on_time + late)",
    "response_rate": "100 * answered / invited",
    "satisfied_share": "100 * satisfied / counted",
}
WITHHELD = ""

AsCsv = Callable[[Sequence[str], Iterable[Sequence[object]]], bytes]


@dataclass(frozen=True)
class Issue:
    """One period of one agency as it was published, once."""

    agency: str
    period: str
    at: datetime
    told: Told

    @property
    def day(self) -> date:
        """The day on which it was signed."""
        return self.at.astimezone(VIETNAM).date()


@dataclass(frozen=True)
class Checked:
    """What came out of a check: what the signature is worth, and which files are not what was signed."""

    verdict: Verdict | None  # None: there is nothing that could be checked
    wrong: tuple[str, ...] = ()
    agency: str = ""
    period: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it is what was published, whole."""
        return self.verdict is Verdict.GENUINE and not self.wrong


def files_of(issue: Issue, as_csv: AsCsv) -> dict[str, bytes]:
    """The files of a period without their manifest."""
    told = issue.told
    dossiers, ballots = list(_lines(told.dossiers, 3)), list(_lines(told.ballots, 2))
    whole = {
        "format": FORMAT,
        "agency": issue.agency,
        "period": issue.period,
        "figures": _figures(told),
        "dossiers": [dict(zip((*AXES, "dossiers"), line, strict=True)) for line in dossiers],
        "ratings": [dict(zip((*AXES[1:], "ratings"), line, strict=True)) for line in ballots],
    }
    period = issue.period
    return {
        DOSSIERS: as_csv(("period", *AXES, "dossiers"), ([period, *_text(line)] for line in dossiers)),
        BALLOTS: as_csv(("period", *AXES[1:], "ratings"), ([period, *_text(line)] for line in ballots)),
        ALL: _json(whole),
    }


def sealed(issue: Issue, files: Mapping[str, bytes], signer: Signer) -> dict[str, bytes] | None:
    """The manifest and its signature; None where no key signs on that day."""
    rows = {DOSSIERS: len(list(_lines(issue.told.dossiers, 3))), BALLOTS: len(list(_lines(issue.told.ballots, 2)))}
    manifest = _json(
        {
            "format": FORMAT,
            "agency": issue.agency,
            "period": issue.period,
            "published_at": iso(issue.at),
            "licence": LICENCE,
            "smallest_group": BOUNDS.public_from,
            "formulas": FORMULAS,
            "files": [
                {"name": name, "bytes": len(body), "sha256": _digest(body), "rows": rows.get(name, 1)}
                for name, body in files.items()
            ],
        }
    )
    signature = signer.sign(PURPOSE, manifest.decode(), issue.day)
    if signature is None:
        return None
    return {MANIFEST: manifest, SIGNATURE: f"{signature.key} {_base64(signature.raw)}\n".encode()}


def check(find: Callable[[str], bytes | None], keys: PublicKeys) -> Checked:
    """Whether files are what was published, by nothing but themselves and public keys."""
    manifest, sealed_by = find(MANIFEST), find(SIGNATURE)
    if manifest is None or sealed_by is None:
        return Checked(None, tuple(name for name in (MANIFEST, SIGNATURE) if find(name) is None))
    try:
        key, raw = sealed_by.decode("ascii").split()
        signature = Signature(key, urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
        held = json.loads(manifest)
        day = from_iso(held["published_at"]).astimezone(VIETNAM).date()
        named = {str(one["name"]): str(one["sha256"]) for one in held["files"]}
        about = str(held["agency"]), str(held["period"])
    except (ValueError, KeyError, TypeError):
        return Checked(None, (MANIFEST,))
    verdict = keys.verify(PURPOSE, manifest.decode("utf-8", "replace"), signature, day)
    wrong = tuple(name for name, digest in named.items() if _digest(find(name) or b"") != digest)
    return Checked(verdict, wrong, *about)


def _figures(told: Told) -> dict[str, Any]:
    def split(held: Split | None, part: str, whole: str) -> dict[str, int | None]:
        return {part: held.part if held else None, whole: held.whole if held else None}

    return {
        "came": told.came,
        "open": told.open,
        "late_open": told.late_open,
        **split(told.response, "answered", "invited"),
        **split(told.satisfied, "satisfied", "counted"),
    }


Listed = tuple[str | int | None, ...]


def _lines(shown: Published, axes: int) -> Iterator[Listed]:
    """Every cell that is told, and every one that is withheld, but for articles: their words are told of groups alone."""
    if shown.silent:
        return
    for cell in sorted({*shown.cells, *shown.withheld}):
        if cell in shown.cells or not cell[0].startswith(f"{Outcome.REFUSED}:"):
            yield (*_whole(cell, axes), shown.find(cell))


def _whole(cell: Cell, axes: int) -> Cell:
    return tuple(node or "*" for node in (*cell, *(ROOT,) * axes)[:axes])


def _text(line: Listed) -> list[str]:
    return [WITHHELD if each is None else str(each) for each in line]


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
