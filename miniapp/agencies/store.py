"""Questions: one agency by id or by address, today's or an earlier one (one read, two after a rename) · the agencies
right below one, in the order of the tree, a page at a time (one read) · those at the top (one read) · which of these
ids exist · which agency has an identifier (two reads) · which agencies one took over from (one query).

Rows of an agency: `pk` = its id, `sk` = `agency`, the agency itself; `sk` = `children`, what the tree shows of those
below (a map, so that two writers can add at once). An address other than the id is a row of its own, `pk` = the
address, `sk` = `agency`, with `to`; it stays after a rename, so printed links go on leading here. A node takes some
3,000 children (400 kB). An identifier is claimed by a row as well, for no two agencies' dossiers may have one code; it has no
`to` once its agency left it, since a mistyped one must not be lost to whoever it belongs to. `sk` = `before#` and an id, below
each successor of a merged agency: so that its past is found from there."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import JSONAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from miniapp.agencies.model import Agency, Child, Kind, Service
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.folding import folded_words
from miniapp.core.tables import SortedTable, Write, change, many, put, put_new, read, rows, transact

AGENCY = "agency"
CHILDREN = "children"
_FIGURES = re.compile(r"\d+")
TOP = "top#"  # not addresses, so no agency can be them
SEEDED = "seeded#"
IDENTIFIER = "identifier#"
BEFORE = "before#"


class AgenciesTable(SortedTable):
    """Agencies, and the tree they stand in."""

    class Meta:
        table_name = "agencies"


class AgencyRow(AgenciesTable):
    """An agency, or an address that leads to one."""

    sk = UnicodeAttribute(range_key=True, default=AGENCY)
    to = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    name_en = UnicodeAttribute(null=True)
    short = UnicodeAttribute(null=True)
    parent = UnicodeAttribute(null=True)
    sector = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)
    valid_from = UnicodeAttribute(null=True)
    valid_to = UnicodeAttribute(null=True)
    successors: JSONAttribute = JSONAttribute(null=True)
    hotline = UnicodeAttribute(null=True)
    site = UnicodeAttribute(null=True)
    street = UnicodeAttribute(null=True)
    identifier = UnicodeAttribute(null=True)
    services = UnicodeSetAttribute(null=True)
    accent = UnicodeAttribute(null=True)
    crest = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)


class ChildrenRow(AgenciesTable):
    """What the tree shows below one agency: id → its summary."""

    sk = UnicodeAttribute(range_key=True, default=CHILDREN)
    children: Any = MapAttribute(default=dict)  # type: ignore[no-untyped-call]


class BeforeRow(AgenciesTable):
    """That one agency took over from another."""

    last_day = UnicodeAttribute(null=True)


TABLES: tuple[type[SortedTable], ...] = (AgencyRow, ChildrenRow, BeforeRow)
TEXTS = (
    *("address", "name", "name_en", "short", "parent", "sector", "code", "valid_from", "valid_to"),
    *("hotline", "site", "street", "identifier", "accent", "crest"),
)


@dataclass(frozen=True)
class Page:
    """Some children, how many there are in all, and the id after which the next page begins (empty at the end)."""

    children: tuple[Child, ...]
    total: int
    cursor: str


class AgencyStore:
    """The rows of all agencies."""

    def find(self, address: str, sure: bool = False) -> Agency | None:
        """The agency with this id, or at this address now or earlier; `sure`: as of this moment."""
        row = read(lambda: AgencyRow.get(address, AGENCY, consistent_read=sure))
        if row is not None and row.to:
            leads_to = row.to
            row = read(lambda: AgencyRow.get(leads_to, AGENCY, consistent_read=sure))
        return None if row is None else _agency(row)

    def get(self, id: str) -> Agency:
        """The agency with this id, as of this moment, for whoever changes it; `agency_unknown` otherwise."""
        found = self.find(id, sure=True)
        if found is None or found.id != id:
            raise NotFound("agency_unknown", agency=id)
        return found

    def holder(self, identifier: str) -> Agency | None:
        """The agency that has this identifier."""
        row = read(lambda: AgencyRow.get(IDENTIFIER + identifier, AGENCY, consistent_read=True))
        return self.find(str(row.to), sure=True) if row is not None and row.to else None

    def before(self, id: str) -> list[str]:
        """The ids of the agencies that one took over from."""
        found = rows(lambda: BeforeRow.query(id, BeforeRow.sk.startswith(BEFORE)))
        return [str(row.sk).removeprefix(BEFORE) for row in found]

    def page(self, parent: str, after: str = "", most: int = 100) -> Page:
        """The agencies right below one (`""`: the top), by kind and name, after the one with id `after`."""
        children = self._children(parent)
        found = [place for place, child in enumerate(children) if child.id == after]
        start = found[0] + 1 if found else 0
        some = children[start : start + most]
        return Page(tuple(some), len(children), some[-1].id if start + most < len(children) else "")

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Which of these ids are taken."""
        return {str(row.pk) for row in many(AgencyRow, [(id, AGENCY) for id in ids])}

    def added(self, agency: Agency) -> list[Write]:
        """The writes that add a new agency and its address, without its place in the tree."""
        taken = Conflict("agency_address_taken", address=agency.address)
        writes = [put_new(_row(agency), taken)]
        if agency.address != agency.id:
            writes.append(put_new(AgencyRow(agency.address, to=agency.id), taken))
        writes += _succeeded(agency)
        return [*writes, *_claimed("", agency.identifier, agency.id)]

    def placed(self, below: Mapping[str, Iterable[Agency]]) -> None:
        """Show agencies below their parents in the tree; those that stand there already stay as they are."""
        shown = {parent: {child.id: _summary(child) for child in children} for parent, children in below.items()}
        rows = [ChildrenRow(parent or TOP, children=summaries) for parent, summaries in shown.items()]
        for start in range(0, len(rows), 100):
            try:
                transact(*(put_new(row, Conflict("agency_children_exist")) for row in rows[start : start + 100]))
            except Conflict:
                for row in rows[start : start + 100]:
                    self._join(row.pk, shown["" if row.pk == TOP else row.pk])

    @staticmethod
    def _join(parent: str, summaries: Mapping[str, str]) -> None:
        try:
            put_new(ChildrenRow(parent, children=dict(summaries)), Conflict("agency_children_exist")).alone()
        except Conflict:
            held = read(lambda: ChildrenRow.get(parent, CHILDREN))
            missing = sorted(set(summaries) - set(held.children.as_dict() if held else ()))
            for start in range(0, len(missing), 50):
                actions = [ChildrenRow.children[id].set(summaries[id]) for id in missing[start : start + 50]]
                gone = NotFound("agency_unknown", agency=parent)
                change(ChildrenRow(parent), actions, ChildrenRow.pk.exists(), gone).alone()

    def changed(self, before: Agency, after: Agency) -> list[Write]:
        """The writes that turn `before` into `after`, if nobody else changed it since it was read."""
        elsewhere = Conflict("agency_changed", agency=before.id)
        writes = [put(_row(after, before.version + 1), AgencyRow.version == before.version, elsewhere)]
        if after.address not in (before.address, after.id):
            taken = Conflict("agency_address_taken", address=after.address)
            free = AgencyRow.pk.does_not_exist() | (AgencyRow.to == after.id)
            writes.append(put(AgencyRow(after.address, to=after.id), free, taken))
        writes += _claimed(before.identifier, after.identifier, after.id)
        ended = bool(after.successors) and not before.successors
        writes += _succeeded(after) if ended else []
        if ended or _summary(before) != _summary(after):  # the tree shows no agency that ended; its links lead on
            node = ChildrenRow.children[after.id]
            shown = node.remove() if ended else node.set(_summary(after))
            unknown = NotFound("agency_unknown", agency=after.parent)
            writes.append(change(ChildrenRow(after.parent or TOP), [shown], ChildrenRow.pk.exists(), unknown))
        return writes

    def add(self, agencies: Iterable[Agency]) -> None:
        """Add new agencies, 100 rows in a transaction; none of a hundred when one of them exists."""
        writes = [write for agency in agencies for write in self.added(agency)]
        for start in range(0, len(writes), 100):
            transact(*writes[start : start + 100])

    def seeded(self) -> str:
        """Which data was loaded to its end, or nothing."""
        row = read(lambda: AgencyRow.get(SEEDED, AGENCY))
        return row.to or "" if row else ""

    def mark_seeded(self, fingerprint: str) -> None:
        """Remember that this data was loaded to its end."""
        before = AgencyRow.pk.does_not_exist() | (AgencyRow.to != fingerprint)
        try:
            put(AgencyRow(SEEDED, to=fingerprint), before, Conflict("agencies_seeded")).alone()
        except Conflict:
            return  # another process finished the same load

    @staticmethod
    def _children(parent: str) -> list[Child]:
        row = read(lambda: ChildrenRow.get(parent or TOP, CHILDREN))
        held: Mapping[str, str] = row.children.as_dict() if row else {}
        order = list(Kind)
        children = [_child(id, summary) for id, summary in held.items()]
        return sorted(children, key=lambda child: (order.index(child.kind), _place(child.name), child.id))


def _claimed(before: str, after: str, id: str) -> list[Write]:
    """The writes by which an agency takes an identifier and leaves the one it had; Conflict `agency_identifier_taken`."""
    if before == after:
        return []
    free = AgencyRow.to.does_not_exist() | (AgencyRow.to == id)
    left = [put(AgencyRow(IDENTIFIER + before), free, Conflict("agency_changed", agency=id))] if before else []
    taken = Conflict("agency_identifier_taken", field="identifier", identifier=after, agency="")
    return [*left, *([put(AgencyRow(IDENTIFIER + after, to=id), free, taken)] if after else [])]


def _succeeded(gone: Agency) -> list[Write]:
    """The writes by which an agency that ended is found from each that took over."""
    elsewhere = Conflict("agency_changed", agency=gone.id)
    found = [BeforeRow(successor, BEFORE + gone.id, last_day=gone.valid_to or None) for successor in gone.successors]
    return [put(row, BeforeRow.pk.does_not_exist(), elsewhere) for row in found]


def _place(name: str) -> str:
    """Where a name stands in a list: Đ beside D, and 2 before 10."""
    return _FIGURES.sub(lambda figures: figures[0].zfill(4), folded_words(name))


def _summary(agency: Agency) -> str:
    facts = [agency.address, agency.kind, agency.name, agency.name_en]
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _child(id: str, summary: str) -> Child:
    address, kind, name, name_en = json.loads(summary)
    return Child(id, address, Kind(kind), name, name_en)


def _row(agency: Agency, version: int = 1) -> AgencyRow:
    given: dict[str, Any] = {name: getattr(agency, name) or None for name in TEXTS}
    return AgencyRow(
        agency.id,
        kind=agency.kind,
        successors=list(agency.successors) or None,
        services=set(agency.services) or None,
        version=version,
        **given,
    )


def _agency(row: AgencyRow) -> Agency:
    given = {name: getattr(row, name) or "" for name in TEXTS}
    return Agency(
        row.pk,
        kind=Kind(row.kind),
        successors=tuple(row.successors or ()),
        services=frozenset(Service(name) for name in row.services or () if name in set(Service)),
        version=int(row.version or 0),
        **given,
    )
