"""Where people go to: an agency's door, its hours and its number. For pages that send somebody there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from miniapp.agencies.model import HOTLINE, Agency
from miniapp.core.workdays import Calendar, Hours

MAP = "https://www.google.com/maps/search/"


@dataclass(frozen=True)
class Place:
    """A door: where it is, how to get there, when it is open, whom to call before."""

    street: str
    map: str
    hours: Hours
    hotline: str


def place_of(held: Agency, calendar: Calendar, street: str = "") -> Place:
    """An agency's door, or the one in another street that it names for something."""
    street = street or held.street
    found = f"{MAP}?{urlencode({'api': 1, 'query': street or held.name})}"
    return Place(street, found, calendar.hours, held.hotline or HOTLINE)
