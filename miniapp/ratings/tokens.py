"""From tokens to ballots: the id of a token's ballot, and the code that a counter shows and changes every minute.

For the service. A ballot's id is a keyed hash of its token, so that who holds the rows can't tell which dossier a ballot
came from, nor make the id of a token without our key. A visit's code is a keyed hash of counter, minute and turn; it
holds for this minute and the one before, and once: whoever comes first gets a token of their own for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.core.errors import Conflict, Refused
from miniapp.core.folding import folded_words
from miniapp.core.ids import Ids
from miniapp.core.sealing import Sealer
from miniapp.ratings.bounds import COUNTER_MOST

WINDOW = 60  # seconds
TURN = 20  # seconds for which a screen shows one code, so that the next in the queue need not wait a minute
TURNS_MOST = 100  # codes of one counter in one minute
TOKEN_BYTES = 16
SPENT_KEPT = timedelta(seconds=3 * WINDOW)  # longer than a code can be read, at least


def ballot_ids(sealer: Sealer, token: str) -> tuple[str, ...]:
    """Under which ids a token's ballot may lie, the one for a new ballot first: keys turn, ballots stay."""
    return sealer.marks("ballot", token)


@dataclass(frozen=True, slots=True)
class Visit:
    """One use of a counter's code."""

    counter: str
    window: int
    turn: int

    @property
    def key(self) -> str:
        """What a store keeps for `SPENT_KEPT`, so that it is used once."""
        return f"{self.counter}#{self.window}#{self.turn}"


def is_counter(id: str) -> bool:
    """Whether an id can be a counter's: a name in plain words, as an address has it."""
    return bool(id) and len(id) <= COUNTER_MOST and id == folded_words(id).replace(" ", "-")


class VisitCodes:
    """Makes and reads the codes of counters."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def code(self, counter: str, turn: int, now: datetime) -> str:
        """What the counter shows at `now`; each `turn` of a minute has a code of its own."""
        if not 0 <= turn < TURNS_MOST:
            raise Refused("rating_counter_busy")
        return f"{turn}.{self._sealer.sign('visit', Visit(counter, _window(now), turn).key)}"

    def shown(self, counter: str, now: datetime) -> str:
        """The code of this minute's part."""
        return self.code(counter, int(now.timestamp()) % WINDOW // TURN, now)

    def read(self, counter: str, code: str, now: datetime) -> Visit:
        """The visit that a code stands for; Refused `rating_visit_unknown` for an old one as for a foreign one."""
        shown, _, mark = code.partition(".")
        turn = int(shown) if shown.isascii() and shown.isdigit() and len(shown) <= 2 else TURNS_MOST
        present = Visit(counter, _window(now), turn)
        before = Visit(counter, _window(now) - 1, turn)
        # Both are asked, whatever the first says, so that the time taken does not tell which it was.
        is_present, is_before = (self._sealer.is_signed("visit", each.key, mark) for each in (present, before))
        if turn >= TURNS_MOST or shown != str(turn) or not (is_present or is_before):
            raise Refused("rating_visit_unknown")
        return present if is_present else before


def exchanged(is_first: bool, ids: Ids) -> str:
    """The token of whoever used a visit's code first; Conflict `rating_visit_used` for everybody after."""
    if not is_first:
        raise Conflict("rating_visit_used")
    return ids.secret(TOKEN_BYTES)


def _window(now: datetime) -> int:
    return int(now.timestamp()) // WINDOW
