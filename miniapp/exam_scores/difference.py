"""A new set of records against the one that is out: what was added, removed, changed, and the corrected result.

For building an edition. A correction may hold changed rows only: they are laid over the base. A changed record carries
the place of its correction in the exam's history, so that the slip can say when and why. Pure: records in and out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

from miniapp.exam_scores.blocks import Shape, missing_extra, reshaped
from miniapp.exam_scores.lists import Line, Lines
from miniapp.exam_scores.scores import NOT_TAKEN, STATE_NAMES, STATES, UNSAID, is_score

Value = TypeVar("Value", int, bytes, int | bytes)

SAMPLE = 50
STRETCH = 1_024


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs: old and new code of a subject; `subject` is empty for a whole row that came or went."""

    number: str
    kind: str  # added, removed, changed
    subject: str = ""
    old: int = 0
    new: int = 0

    @property
    def line(self) -> Line:
        """The change as a list keeps it, in words that machines read."""
        figures = [said(self.old), said(self.new)] if self.subject else ["", ""]
        return [self.number, self.kind, self.subject, *figures]

    @classmethod
    def of(cls, line: Line) -> Self:
        """A line of a list."""
        number, kind, subject, old, new = map(str, line)
        return cls(number, kind, subject, _code(old), _code(new))


@dataclass(slots=True)
class Moved:
    """What changes do to one subject: how many scores rose and fell, by how much at most (hundredths), and how many
    became a state or stopped being one."""

    up: int = 0
    down: int = 0
    states: int = 0
    most_up: int = 0
    most_down: int = 0

    def note(self, old: int, new: int) -> None:
        """Count one figure that is another now."""
        if not (is_score(old) and is_score(new)):
            self.states += 1
        elif new > old:
            self.up, self.most_up = self.up + 1, max(self.most_up, new - old)
        else:
            self.down, self.most_down = self.down + 1, max(self.most_down, old - new)


@dataclass(slots=True)
class Difference:
    """Counts of candidates, the list of changes, and what one wants to see without reading that: what they do to each
    subject they name (rows that came or went name none), and the first of them."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    unchanged: int = 0
    lines: Lines = field(default_factory=Lines)
    moves: dict[str, Moved] = field(default_factory=dict)
    _firsts: list[Change] = field(default_factory=list)
    _changed: list[Change] = field(default_factory=list)

    def note(self, change: Change) -> None:
        """Keep a line of the list."""
        self.lines.add(change.line)
        firsts = self._changed if change.kind == "changed" else self._firsts
        if len(firsts) < SAMPLE:
            firsts.append(change)
        if change.subject:
            self.moves.setdefault(change.subject, Moved()).note(change.old, change.new)

    def __iter__(self) -> Iterator[Change]:
        return map(Change.of, self.lines)

    @property
    def sample(self) -> list[Change]:
        """The first changed ones, else the first that came or went."""
        return self._changed or self._firsts


def compare(
    base: Sequence[bytes], base_shape: Shape, new: Sequence[bytes], shape: Shape, mark: int, partial: bool
) -> tuple[list[bytes], Difference]:
    """The records that will be out (sorted by number) and how they differ from `base` (sorted too).

    `mark` goes into the change byte of every changed or added record; `partial` keeps what `new` does not name."""
    difference = Difference()
    result: list[bytes] = []
    width = shape.width
    old = base if base_shape == shape else [reshaped(item, base_shape, shape) for item in base]
    place = at = patience = 0
    while at < len(new):
        if not patience and old[place : place + STRETCH] == new[at : at + STRETCH]:
            same = new[at : at + STRETCH]  # most of a year is the same: whole stretches at once
            result += same
            difference.unchanged += len(same)
            place, at = place + len(same), at + len(same)
            continue
        patience = (patience or STRETCH) - 1
        record = new[at]
        while place < len(old) and old[place][:width] < record[:width]:
            _left(old[place], shape, partial, result, difference)
            place += 1
        if place < len(old) and old[place][:width] == record[:width]:
            result.append(_met(old[place], record, shape, mark, partial, difference))
            place += 1
        else:
            difference.added += 1
            difference.note(Change(_number(record, shape), "added"))
            result.append((_said(record, shape) if partial else record)[:-1] + bytes([mark]))
        at += 1
    for left in old[place:]:
        _left(left, shape, partial, result, difference)
    return result, difference


def _left(old: bytes, shape: Shape, partial: bool, result: list[bytes], difference: Difference) -> None:
    """A record of the base that the new set does not name."""
    if partial:
        result.append(old)
        difference.unchanged += 1
    else:
        difference.removed += 1
        difference.note(Change(_number(old, shape), "removed"))


def _met(old: bytes, record: bytes, shape: Shape, mark: int, partial: bool, difference: Difference) -> bytes:
    if old == record:
        difference.unchanged += 1
        return record  # one set of objects lives on, the other goes whole: no room is lost between them
    if old[:-1] == record[:-1]:
        difference.unchanged += 1
        return old
    before, after = shape.result(old), shape.result(record)
    codes = [_kept(after.scores[subject], UNSAID, before.scores[subject]) for subject in shape.subjects]
    extras = after.extras
    if partial:  # a list of changed rows need not name all else again
        extras = {name: _kept(value, missing_extra(name), before.extras[name]) for name, value in extras.items()}
    merged = shape.struct.pack(shape.key(after.number), *codes, *extras.values(), old[-1])
    if merged == old:
        difference.unchanged += 1
        return old
    difference.changed += 1
    for subject, code in zip(shape.subjects, codes, strict=True):
        if before.scores[subject] != code:
            difference.note(Change(after.number, "changed", subject, before.scores[subject], code))
    return merged[:-1] + bytes([mark])


def _kept(new: Value, unsaid: int | bytes, old: Value) -> Value:
    return old if new == unsaid else new


def _said(record: bytes, shape: Shape) -> bytes:
    """A row of a correction that the base lacks: what it leaves unsaid was not taken."""
    held = shape.result(record)
    codes = [_kept(code, UNSAID, NOT_TAKEN) for code in held.scores.values()]
    return shape.struct.pack(shape.key(held.number), *codes, *held.extras.values(), held.change)


def _number(record: bytes, shape: Shape) -> str:
    return record[: shape.width].rstrip(b"\0").decode("ascii")


def widened(records: Iterable[bytes], old: Shape, new: Shape) -> list[bytes]:
    """Records in a shape that holds more: more subjects, more extras, longer numbers."""
    return list(records) if old == new else [reshaped(record, old, new) for record in records]


def common_shape(shapes: Iterable[Shape]) -> Shape:
    """The smallest shape that holds records of all of them (subjects are the exam's, so they agree)."""
    shapes = list(shapes)
    extras = tuple(
        name
        for name in ("language", "outcome", "benchmark", "bonus", "total", "factor")
        if any(name in shape.extras for shape in shapes)
    )
    return Shape(max(shape.width for shape in shapes), shapes[0].subjects, extras)


def said(code: int) -> str:
    """A code in words for lists that machines read: `825`, `absent`."""
    return STATE_NAMES.get(code, str(code))


def _code(text: str) -> int:
    return STATES[text] if text in STATES else int(text or 0)
