"""Every threshold of ratings, in one place, so that a page can say by which rule a figure is shown or not.

For the whole slice. They are defaults: whoever asks may bring others. Pure numbers, nothing else."""

from dataclasses import dataclass, field

EDITABLE_DAYS = 7  # counted from the day of the rating, the seventh included
WORDS_MOST = 1000
REASONS_MOST = 6
COUNTER_MOST = 30  # letters of a counter's name
VERSIONS_MOST = 20  # of one ballot: its row stays small, and nobody needs more changes of mind


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many ballots on a figure is shown, and to whom."""

    hidden_under: int = 5  # officers see nothing of fewer
    enough_from: int = 30  # fewer are shown as a number of ballots, without a share
    public_from: int = 10  # the public sees no group of fewer
    protection: int = 10  # what is published leaves a withheld count open by at least so much


@dataclass(frozen=True, slots=True)
class Suspicion:
    """From when on ballots look wrong. Counts at a bound are fine, those above it are doubted."""

    burst_minutes: int = 10
    burst_least: int = 8  # no counter is so quiet that fewer in one span would be doubted
    burst_times: int = 4  # as many as the counter's usual span
    device_most: int = 3
    address_most: int = 20  # a village may share one
    shared_addresses: frozenset[str] = field(default=frozenset())  # marks of what the agency says many share


@dataclass(frozen=True, slots=True)
class Quality:
    """When an answer to a comment is worth another look, in hundredths of its groups of words."""

    copied_from: int = 80
    shingle: int = 3  # words in a group
    name_words: int = 3  # of a long name, so many in a row name it


BOUNDS = Bounds()
SUSPICION = Suspicion()
QUALITY = Quality()
