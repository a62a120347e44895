"""What the ministry's rules make of scores beside the totals that a slip shows: graduation, and universities' priority.

For whoever decides with more than the file of an exam (transcripts, priority groups); slips do not, see the decision
`what-slips-do-not-add-up`. All figures are whole hundredths and are rounded once, at the end, half up."""

from collections.abc import Sequence

from miniapp.exam_scores.scores import rounded

FLOOR = 100  # a subject at or under it fails
PASS = 500
WHOLE = 3000
FALLING_FROM = 2250  # from this total on, priority shrinks to nothing at the whole


def mean_of_years(tenth: int, eleventh: int, twelfth: int) -> int:
    """The transcript's mean, the later years weighing more."""
    return rounded(tenth + 2 * eleventh + 3 * twelfth, 6)


def graduation_score(scores: Sequence[int], encouragement: int, years: int, priority: int) -> int:
    """Exam with encouragement points and the mean of years, half each, and priority on top."""
    subjects = len(scores)
    return rounded(sum(scores) + encouragement + subjects * (years + 2 * priority), 2 * subjects)


def graduates(scores: Sequence[int], graduation: int) -> bool:
    """Whether no subject is at the floor and the graduation score suffices."""
    return min(scores) > FLOOR and graduation >= PASS


def with_priority(total: int, level: int) -> int:
    """A total of three subjects with the points of a person's area and group, which count in full only below 22,50."""
    share = min(WHOLE - FALLING_FROM, WHOLE - total)
    return total + rounded(share * level, WHOLE - FALLING_FROM)
