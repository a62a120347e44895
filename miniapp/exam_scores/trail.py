"""What the audit trail says of an edition: begun with which reason, read in which way, approved, correcting what.

For the office's service. It declares no event and writes none; facts are ids, codes, figures and times."""

from miniapp.audit.model import Event
from miniapp.core.clock import iso
from miniapp.exam_scores.model import Edition, Exam, Pointer, Reason, ScoreFile
from miniapp.exam_scores.store import Manifest


def begun(exam: Exam, edition: Edition) -> Event:
    """A new edition: why, on whose decision, and whether it holds changed rows only."""
    return Event(
        "edition_begun",
        exam=exam.id,
        edition=edition.id,
        reason=edition.reason.value,
        decision=edition.decision,
        partial=edition.partial,
    )


def uploaded(exam: Exam, edition: Edition, item: ScoreFile, again: bool = False) -> Event:
    """A file and how it is read, for that changes scores: lost zeros put back, and what -1 means."""
    return Event(
        "scores_read_again" if again else "scores_uploaded",
        exam=exam.id,
        edition=edition.id,
        file=item.id,
        size=item.size,
        pad_numbers=item.pad_numbers,
        minus_one=item.minus_one,
    )


def approved(exam: Exam, edition: Edition, pointer: Pointer, manifest: Manifest) -> Event:
    """What may be read, from when."""
    return Event(
        "scores_approved",
        exam=exam.id,
        edition=edition.id,
        release=iso(pointer.release_at),
        candidates=manifest.count,
        hash=manifest.build,
    )


def corrected(exam: Exam, edition: Edition, out: Pointer | None) -> list[Event]:
    """What an approved correction changes of the edition that is `out`, why, and on whose decision; none for others."""
    if edition.reason is Reason.RELEASE:
        return []
    event = Event(
        "scores_corrected",
        exam=exam.id,
        edition=edition.id,
        before=out.edition if out else "",
        added=edition.added,
        removed=edition.removed,
        changed=edition.changed,
        reason=edition.reason.value,
        decision=edition.decision,
    )
    return [event]
