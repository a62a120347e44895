"""Is the trail what it was when it was written? Names every entry that was changed, removed, added or moved.

For the command line and for nightly checks. It reads and compares, it mends nothing. Who can rewrite the whole table
can also compute a fresh chain, or cut the newest day's tail: against that stand the heads written down outside, given here
as `anchors`. What came after the newest of them can be cut unseen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from miniapp.audit.model import Anchor, Head, Link, entry_of, genesis
from miniapp.audit.store import AuditStore


class Tampering(StrEnum):
    """What can be wrong with a trail."""

    CHANGED = "entry_changed"
    MISSING = "entry_missing"
    INSERTED = "entry_inserted"
    MOVED = "entry_moved"
    HEAD = "head_broken"
    DAY_MISSING = "day_missing"
    DAYS = "days_broken"
    ANCHOR = "anchor_differs"
    CUT = "tail_cut"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written; place 0 means the day as a whole."""

    what: Tampering
    day: str
    place: int = 0


@dataclass(frozen=True)
class Verdict:
    """What was read and what was found about one agency."""

    agency: str
    days: int
    entries: int
    findings: Sequence[Finding]

    @property
    def is_clean(self) -> bool:
        return not self.findings


def verify(store: AuditStore, agency: str, day: str = "", anchors: Sequence[Anchor] = ()) -> Verdict:
    """Check one day of an agency, or all of them; also against the anchors of the agency."""
    heads = {head.day: head for head in store.heads(agency)}
    outside = {anchor.day: [each for each in anchors if each.day == anchor.day] for anchor in anchors}
    days = [day] if day else sorted({*heads, *outside})
    findings: list[Finding] = []
    entries = 0
    for each in days:
        links = store.links(agency, each)
        entries += len(links)
        head = heads.get(each)
        if head is None:
            findings.append(Finding(Tampering.HEAD if links else Tampering.DAY_MISSING, each))
            continue
        findings += _chain_of_days(head, heads)
        findings += entries_of_day(head, links)
        findings += _against_anchors(head, links, outside.get(each, ()))
    return Verdict(agency, len(days), entries, list(dict.fromkeys(findings)))


def _chain_of_days(head: Head, heads: Mapping[str, Head]) -> list[Finding]:
    """Whether the neighbours a head names are there and name it back."""
    findings = []
    earlier = [day for day in heads if day < head.day]
    later = [day for day in heads if day > head.day]
    previous = heads.get(head.previous)
    if head.previous and previous is None:
        findings.append(Finding(Tampering.DAY_MISSING, head.previous))
    elif (previous.hash if previous else genesis(head.agency)) != head.before or head.previous != max(
        earlier, default=""
    ):
        findings.append(Finding(Tampering.DAYS, head.day))
    if head.next and head.next not in heads:
        findings.append(Finding(Tampering.DAY_MISSING, head.next))
    elif head.next != min(later, default=""):
        findings.append(Finding(Tampering.DAYS, head.day))
    return findings


def _against_anchors(head: Head, links: Sequence[Link], anchors: Sequence[Anchor]) -> Iterator[Finding]:
    """Whether the chain still holds what it held when its heads were written down."""
    hashes = {link.place: link.hash for link in links}
    for anchor in anchors:
        if anchor.seq > head.seq:
            yield Finding(Tampering.CUT, head.day, head.seq + 1)
        elif hashes.get(anchor.seq, anchor.hash) != anchor.hash:
            yield Finding(Tampering.ANCHOR, head.day, anchor.seq)


def entries_of_day(head: Head, links: Sequence[Link]) -> list[Finding]:
    """Walk the chain backwards from its head: every hash names the one entry that must stand before."""
    walk = _Walk(head, links)
    for position in range(walk.start(), 0, -1):
        walk.step(position)
    return walk.finish()


class _Walk:
    """One pass over a day. `needed` is the hash that the entry at the next position must have."""

    def __init__(self, head: Head, links: Sequence[Link]) -> None:
        self._head = head
        self._links = list(links)
        # Of several entries that give themselves one hash, the whole one at its own place stands last, and wins.
        honest_last = sorted(links, key=lambda link: (link.is_whole, _claimed(link) == link.place))
        self._by_hash = {link.hash: link for link in honest_last}
        self._by_place = {link.place: link for link in links if link.place}
        self._used: set[int] = set()
        self._needed = head.hash
        self._findings: list[Finding] = []

    def start(self) -> int:
        """The position to begin at; a head that no entry bears out is named, and the walk goes on without it."""
        named = self._by_hash.get(self._head.hash)
        if named is not None:
            claimed = _claimed(named)
            if claimed in (0, self._head.seq):
                return self._head.seq
            self._find(Tampering.HEAD)
            return claimed
        last = self._by_place.get(self._head.seq)
        if last is not None and last.is_whole and _claimed(last) == last.place:
            self._find(Tampering.HEAD)
            self._needed = last.hash
        return self._head.seq

    def step(self, position: int) -> None:
        """Judge one position and say what must stand before it."""
        link = self._by_hash.get(self._needed)
        if link is None:
            link = self._by_place.get(position)
            if link is not None and (id(link) in self._used or self._belongs_elsewhere(link, position)):
                link = None
            self._find(Tampering.CHANGED if link else Tampering.MISSING, position)
        elif not link.is_whole:
            self._find(Tampering.CHANGED, position)
        if link is None:
            follower = self._by_place.get(position - 1)
            self._needed = follower.hash if follower else ""
            return
        if link.place != position:
            self._find(Tampering.MOVED, link.place)
        self._used.add(id(link))
        self._needed = link.before

    def finish(self) -> list[Finding]:
        """All findings, the entries that nothing leads to among them."""
        if self._needed and self._needed != self._head.before and not self._findings:
            self._find(Tampering.HEAD)
        for link in self._links:
            if id(link) not in self._used:
                self._find(Tampering.INSERTED, link.place)
        return sorted(dict.fromkeys(self._findings), key=lambda finding: (finding.place, finding.what))

    def _belongs_elsewhere(self, link: Link, position: int) -> bool:
        """A whole entry that says it is another position's: it was moved here, what stood here is gone."""
        return link.is_whole and _claimed(link) not in (0, position)

    def _find(self, what: Tampering, place: int = 0) -> None:
        self._findings.append(Finding(what, self._head.day, place))


def _claimed(link: Link) -> int:
    entry = entry_of(link.body)
    return entry.seq if entry is not None and isinstance(entry.seq, int) else 0
