"""Moments of working time and the examples that all who count it must meet. For tests."""

from datetime import datetime

from miniapp.core.clock import VIETNAM

# Domain 4.4, the table of vectors.
VECTORS = [
    ("27/10/2023 09:32", 5, "03/11/2023 09:32"),
    ("20/11/2026 15:40", 3, "26/11/2026 15:40"),
    ("23/11/2026 09:00", 2, "26/11/2026 09:00"),
    ("21/11/2026 10:00", 1, "23/11/2026 17:00"),
    ("23/11/2026 12:15", 0.5, "25/11/2026 07:30"),
    ("23/11/2026 18:00", 1, "25/11/2026 17:00"),
    ("21/08/2026 08:00", 5, "27/08/2026 08:00"),
    ("13/02/2026 16:00", 2, "24/02/2026 16:00"),
]


def local(text: str) -> datetime:
    """A moment in Vietnam, as 23/11/2026 09:00."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)
