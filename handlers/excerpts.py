"""Long texts in bounded pages: the beginning on the page itself, everything else page by page on one of its own.

Records of the national portal are from two lines to 80,000 letters long; a first view must stay small on a bad network.
Pure: pieces are cut at line ends or between words, and nothing is left out of the pages together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PAGE = 16_000  # letters of one page of a long text


@dataclass(frozen=True)
class Beginning(Generic[T]):
    """What of a list stands on the page, and how many more there are."""

    shown: Sequence[T]
    left: int


def beginning(items: Sequence[T], lengths: Sequence[int], most: int) -> Beginning[T]:
    """As many of the first items as have `most` letters together; none is cut."""
    total = 0
    for at, length in enumerate(lengths):
        total += length
        if total > most:
            return Beginning(items[:at], len(items) - at)
    return Beginning(items, 0)


def opening(texts: Sequence[str], most: int) -> Beginning[str]:
    """The same of texts; of a first one that is longer than that, its beginning."""
    found = beginning(texts, [len(text) for text in texts], most)
    if found.shown or not texts:
        return found
    return Beginning([f"{next(pieces(texts[0], most))} …"], len(texts))


def pages(items: Sequence[T], lengths: Sequence[int], most: int = PAGE) -> list[list[T]]:
    """All items in their order, dealt out to pages of about `most` letters; at least one page."""
    dealt: list[list[T]] = [[]]
    room = most
    for item, length in zip(items, lengths, strict=True):
        if length > room and dealt[-1]:
            dealt.append([])
            room = most
        dealt[-1].append(item)
        room -= length
    return dealt


def pieces(text: str, most: int = PAGE) -> Iterator[str]:
    """A text in pieces of at most `most` letters."""
    left = text
    while len(left) > most:
        window = left[: most + 1]
        cut = max(window.rfind("\n"), 0) or max(window.rfind(" "), 0) or most
        yield left[:cut].rstrip()
        left = left[cut:].lstrip()
    yield left
