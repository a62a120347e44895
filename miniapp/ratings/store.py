"""Where ballots are kept. For this slice's services; rows stay in here.

Questions: the ballot of a token, by the ids that it may have · everything that lies on an agency's day: its ballots, and who
was invited · ballots with words of an agency's month, the newest day first, page by page · what a token stands for · which
days of which agencies changed since they were last counted.

A ballot lies under its agency and day, since a recount reads a day; a pointer under its id says which day that is. Its body
lies once more among the month's words while it has any. Whatever changes a ballot leaves a mark in the same transaction: a
row of its own, so that a thousand ballots at once meet nowhere. The agency is in every key; marks of all agencies lie in
some parts, so that the clock finds them without knowing who has any."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.sealing import digest
from miniapp.core.tables import SortedTable, Write, many, put, put_new, read, rows, transact, unavailable
from miniapp.ratings.model import Ballot, Invitation, Invited, Place

PLACE, TOKEN = "place", "token"
CAST, INVITED = "ballot#", "invited#"
PARTS = 16  # of marks: as many times the store's own limit of one key
PAGE_MOST = 100
AT_ONCE = 100  # marks that go in one transaction
NO_POINTS: Mapping[int, int] = {}
MARKED_MOST = 1_000  # marks of a part that are looked at to find days


def day_key(agency: str, day: str) -> str:
    """What lies on a day."""
    return f"{agency}#day#{day}"


def ballot_key(agency: str, id: str) -> str:
    """On which day a ballot lies."""
    return f"{agency}#ballot#{id}"


def words_key(agency: str, month: str) -> str:
    """Ballots with words, of a month."""
    return f"{agency}#words#{month}"


def token_key(agency: str, token: str) -> str:
    """What a token stands for; the token is not kept."""
    return f"{agency}#token#{digest(token)}"


def marks_key(agency: str, day: str) -> str:
    """The part in which marks of a day lie."""
    return f"marks#{crc32(f'{agency}#{day}'.encode()) % PARTS:02}"


class RatingsTable(SortedTable):
    """Ballots, what they add up to, and what leads to them."""

    class Meta:
        table_name = "ratings"


class BallotRow(RatingsTable):
    """One ballot, on its day; and once more among the month's words while it has any."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class PlaceRow(RatingsTable):
    """On which day a ballot lies; never changed."""

    day = UnicodeAttribute()


class InvitedRow(RatingsTable):
    """That somebody was invited on a day, and about what; not who, and not to which ballot. Of a dossier, with the points
    of Decree 61's indices that its clock tells."""

    body = UnicodeAttribute()
    points = UnicodeAttribute(default="")


class TokenRow(RatingsTable):
    """What a token stands for, and until which day it can be used for the first time."""

    body = UnicodeAttribute()
    dossier = UnicodeAttribute(default="")
    until = UnicodeAttribute()


class ChangeRow(RatingsTable):
    """That a day changed and is not counted anew yet; `since` is the hour, for whoever looks after what is stuck."""

    since = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (BallotRow, PlaceRow, InvitedRow, TokenRow, ChangeRow)


@dataclass(frozen=True)
class Held:
    """What a token stands for: what its ballot is about, until which day, and of a dossier its code."""

    invitation: Invitation
    until: str
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A day that changed: `what` names each change, `since` the hour of the first."""

    agency: str
    day: str
    since: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class WordsPage:
    """Ballots with words, and where the next ones begin; empty at the end."""

    ballots: Sequence[Ballot]
    cursor: str


class BallotStore:
    """Reads and conditional writes of ballots."""

    def find(self, agency: str, ids: Sequence[str]) -> Ballot | None:
        """The ballot that lies under one of these ids, as of this moment."""
        found = many(PlaceRow, [(ballot_key(agency, id), PLACE) for id in ids], consistent=True)
        held = [_at(agency, row.day, row.pk.removeprefix(ballot_key(agency, ""))) for row in found]
        return next((ballot for ballot in held if ballot is not None), None)

    def ballots(self, agency: str, day: str) -> Iterator[Ballot]:
        """The ballots of a day as of this moment, one after the other: a day may have more than memory should hold."""
        try:
            for row in BallotRow.query(day_key(agency, day), BallotRow.sk.startswith(CAST), consistent_read=True):
                yield _ballot(row.body)
        except PynamoDBException as failure:
            raise unavailable(failure) from failure

    def invited(self, agency: str, day: str) -> Iterator[Invited]:
        """What those who were invited on a day were invited to rate, as of this moment."""
        try:
            for row in InvitedRow.query(day_key(agency, day), InvitedRow.sk.startswith(INVITED), consistent_read=True):
                points = (each.split(":") for each in row.points.split())
                yield Invited(from_plain(Place, json.loads(row.body)), {int(at): int(often) for at, often in points})
        except PynamoDBException as failure:
            raise unavailable(failure) from failure

    def words(self, agency: str, month: str, *, after: str = "", most: int = 50) -> WordsPage:
        """Ballots with words of a month (2026-07), the newest day first, counted and set apart ones alike."""
        most = min(most, PAGE_MOST)
        key, below = words_key(agency, month), BallotRow.sk < after if after else None
        found = rows(lambda: BallotRow.query(key, below, scan_index_forward=False, limit=most + 1))
        return WordsPage([_ballot(row.body) for row in found[:most]], found[most - 1].sk if len(found) > most else "")

    def token(self, agency: str, token: str) -> Held | None:
        """What a token stands for."""
        row = read(lambda: TokenRow.get(token_key(agency, token), TOKEN, consistent_read=True))
        return Held(from_plain(Invitation, json.loads(row.body)), row.until, row.dossier) if row else None

    def marked(self, part: int) -> list[Marked]:
        """Days of one part that changed and are not counted anew, with the changes that are known by now."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in rows(lambda: ChangeRow.query(f"marks#{part:02}", limit=MARKED_MOST, consistent_read=True)):
            agency, day, _ = row.sk.split("#", 2)
            found.setdefault((agency, day), []).append((row.since, row.sk))
        return [Marked(agency, day, min(held)[0], tuple(sk for _, sk in held)) for (agency, day), held in found.items()]

    def changes(self, agency: str, day: str) -> tuple[str, ...]:
        """What changed on a day and is not counted anew, by name; as many as are found at once."""
        key, named = marks_key(agency, day), ChangeRow.sk.startswith(f"{agency}#{day}#")
        found = rows(lambda: ChangeRow.query(key, named, limit=MARKED_MOST, consistent_read=True))
        return tuple(row.sk for row in found)

    def counted(self, agency: str, day: str, changes: Sequence[str]) -> None:
        """These changes are in the counts; done again it changes nothing."""
        key, gone = marks_key(agency, day), Conflict("rating_changed")
        for at in range(0, len(changes), AT_ONCE):
            transact(*(Write("remove", ChangeRow(key, sk), gone) for sk in changes[at : at + AT_ONCE]))

    # Writes, for one transaction.

    def cast(self, ballot: Ballot, hour: str) -> list[Write]:
        """The writes of a new ballot; Conflict `rating_exists` where its token has one."""
        agency, taken = ballot.place.agency, Conflict("rating_exists")
        place = PlaceRow(ballot_key(agency, ballot.id), PLACE, day=ballot.cast_on)
        writes = [put_new(_row(ballot), taken), put_new(place, taken), _mark(ballot, hour)]
        return [*writes, put_new(_words(ballot), taken)] if ballot.said.words else writes

    def changed(self, before: Ballot, after: Ballot, hour: str) -> list[Write]:
        """The writes of a ballot that was edited, set apart or cleared; Conflict `rating_changed` where somebody was faster."""
        faster = Conflict("rating_changed")
        writes = [put(_row(after), BallotRow.version == before.version, faster), _mark(after, hour)]
        if after.said.words:
            older = BallotRow.version == before.version if before.said.words else BallotRow.pk.does_not_exist()
            return [*writes, put(_words(after), older, faster)]
        return [*writes, Write("remove", _words(before), faster)] if before.said.words else writes

    def invite(self, token: str, held: Held, day: str, hour: str, points: Mapping[int, int] = NO_POINTS) -> list[Write]:
        """The writes of an invitation; Conflict `rating_invited` where this token stands for something already."""
        place, known = held.invitation.place, Conflict("rating_invited")
        row = TokenRow(token_key(place.agency, token), TOKEN, until=held.until, dossier=held.dossier)
        row.body = json.dumps(to_plain(held.invitation), ensure_ascii=False, separators=(",", ":"))
        name = f"{INVITED}{digest(digest(token))}"  # not the token's own key, so that no dossier is found by it
        body = json.dumps(to_plain(place), ensure_ascii=False, separators=(",", ":"))
        told = " ".join(f"{index}:{each}" for index, each in sorted(points.items()))
        counted = InvitedRow(day_key(place.agency, day), name, body=body, points=told)
        return [put_new(row, known), put_new(counted, known), _marked(place.agency, day, name, hour)]


def _at(agency: str, day: str, id: str) -> Ballot | None:
    row = read(lambda: BallotRow.get(day_key(agency, day), f"{CAST}{id}", consistent_read=True))
    return _ballot(row.body) if row else None


def _ballot(body: str) -> Ballot:
    return from_plain(Ballot, json.loads(body))


def _body(ballot: Ballot) -> str:
    return json.dumps(to_plain(ballot), ensure_ascii=False, separators=(",", ":"))


def _row(ballot: Ballot) -> BallotRow:
    key = day_key(ballot.place.agency, ballot.cast_on)
    return BallotRow(key, f"{CAST}{ballot.id}", version=ballot.version, body=_body(ballot))


def _words(ballot: Ballot) -> BallotRow:
    key = words_key(ballot.place.agency, ballot.cast_on[:7])
    return BallotRow(key, f"{ballot.cast_on}#{ballot.id}", version=ballot.version, body=_body(ballot))


def _mark(ballot: Ballot, hour: str) -> Write:
    return _marked(ballot.place.agency, ballot.cast_on, f"{ballot.id}#{ballot.version:04}", hour)


def _marked(agency: str, day: str, what: str, hour: str) -> Write:
    row = ChangeRow(marks_key(agency, day), f"{agency}#{day}#{what}", since=hour)
    return put_new(row, Conflict("rating_changed"))
