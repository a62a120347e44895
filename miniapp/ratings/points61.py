"""When an index of Decree 61/2018/NĐ-CP has 2, 1 or 0 points: its nine rules, each a pure function over given figures.

For `decree61`. Where the text leaves something open, `Reading` says how it is read here: settings, not law. Shares are
compared as whole numbers, so 20 % is 20 % exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BEST, MIDDLE, WORST = 2, 1, 0


class Level(StrEnum):
    """Whose desk it is; a commune does everything on the spot, the levels above a fifth."""

    ABOVE = "above"  # a ministry or a province
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the decree is read where its text, as we have it, leaves something open."""

    step: int = 1  # minutes of office hours that count as the same moment when two spans are compared
    late_without_petition: int = WORST  # index 7 says nothing of who is late though nobody complains
    spot_alone: bool = True  # index 5: enough done on the spot is 2, though not everything is received at the desk


READING = Reading()


def time_points(taken: int, allowed: int, reading: Reading = READING) -> int:
    """Indices 1 and 2: the time taken against the rule, in minutes of office hours; shorter, equal, longer."""
    used, rule = -(-taken // reading.step), -(-allowed // reading.step)
    return BEST if used < rule else MIDDLE if used == rule else WORST


def units_points(spans: Iterable[tuple[int, int]], reading: Reading = READING) -> int | None:
    """Index 2 of one dossier: (taken, allowed) of every unit that had a part; the slowest counts. None without units."""
    return min((time_points(taken, allowed, reading) for taken, allowed in spans), default=None)


def contact_points(times: int, own_fault: int = 0) -> int:
    """Index 3: how often the applicant had to come back, times by the applicant's own fault not counted."""
    counted = max(0, times - own_fault)
    return BEST if not counted else MIDDLE if counted == 1 else WORST


def office_points(offices: int, by_law: bool = False) -> int:
    """Index 4: how many offices had to be asked; `by_law`: one of them had a check in the field or a council to hold."""
    if not offices:
        return BEST
    return MIDDLE if offices - by_law <= 1 else WORST


def desk_points(level: Level, listed: int, at_desk: int, on_spot: int, reading: Reading = READING) -> int | None:
    """Index 5: of the listed procedures, how many the desk receives and returns, and how many it does on the spot."""
    if not listed:
        return None
    enough = on_spot == listed if level is Level.COMMUNE else 5 * on_spot >= listed
    if enough and (reading.spot_alone or at_desk == listed):
        return BEST
    return MIDDLE if at_desk == listed else WORST


def publicity_points(posted: bool, electronic: bool, complete: bool) -> int:
    """Index 6: procedures made public; `complete`: correct, full and in time."""
    if posted and electronic and complete:
        return BEST
    return MIDDLE if posted or electronic else WORST


def conduct_points(taken: int, allowed: int, petitions: int, untrue: int = 0, reading: Reading = READING) -> int:
    """Index 7: early or in time, and petitions about harassment, those verified as untrue not counted."""
    if petitions > untrue:
        return WORST
    in_time = time_points(taken, allowed, reading)
    return in_time if in_time != WORST else reading.late_without_petition


def petition_points(petitions: int, on_time: int, dragging: int) -> int:
    """Index 8: petitions handled on time; one that drags on is enough for nothing."""
    if dragging or 10 * on_time < 9 * petitions:
        return WORST
    return BEST if on_time == petitions else MIDDLE


def online_points(eligible: int, offered: int, dossiers: int, online: int, late: int) -> int | None:
    """Index 9: eligible procedures offered online, dossiers that came online, how many of those are late.

    None where nothing is eligible."""
    if not eligible:
        return None
    if not offered or late or 100 * online < 15 * dossiers or not dossiers:
        return WORST
    return BEST if 5 * offered >= eligible and 100 * online >= 30 * dossiers else MIDDLE


def by_the_clock(taken: int, allowed: int, is_of_one_post: bool, reading: Reading = READING) -> dict[int, int]:
    """Indices 1 and 2 of one dossier: index → points. Of several posts it is not known how long each may take."""
    points = time_points(taken, allowed, reading)
    return {1: points, 2: points} if is_of_one_post else {1: points}
