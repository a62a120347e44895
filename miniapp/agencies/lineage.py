"""Which agencies stood above one on a day, and which ones another took over from. For figures that are added up.

An agency that ended stays where it stood until its last day. From the next day on whoever stood below it stands below the
one that took over; where several did, nobody can say which, and the next one above is left. Pure: who finds agencies is
brought."""

from collections.abc import Callable

from miniapp.agencies.model import Agency

Find = Callable[[str], Agency | None]
STEPS_MOST = 50


def above(find: Find, id: str, day: str) -> tuple[str, ...]:
    """The agencies above one on a day, topmost first."""
    found: list[str] = []
    held = find(id)
    seen = {id}
    while held is not None and held.parent:
        upper = standing(find, held.parent, day)
        if upper is None or upper.id in seen:
            break
        seen.add(upper.id)
        if not upper.is_closed(day):
            found.insert(0, upper.id)
        held = upper
    return tuple(found)


def standing(find: Find, id: str, day: str) -> Agency | None:
    """The agency that stands in the place of one on a day: itself, or who took over alone; else itself, closed."""
    held = find(id)
    for _ in range(STEPS_MOST):
        if held is None or not held.is_closed(day) or len(held.successors) != 1:
            break
        after = find(held.successors[0])
        if after is None:
            break
        held = after
    return held
