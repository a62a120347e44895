"""Who looks something up that is guarded, as its door tells the guard. For tests of exams and of dossiers."""

from dataclasses import replace
from typing import Any

from miniapp.core.clock import Clock
from miniapp.core.guarding import Asker

ADDRESS = "203.0.113.7"


def asker(clock: Clock, form: str, **more: Any) -> Asker:
    """Somebody at one address with a form that was just opened."""
    return replace(Asker(ADDRESS, form, clock.now().timestamp(), "c"), **more)
