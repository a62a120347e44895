"""What files say together: all runs of an edition as one set of records, and what is wrong only beside the others.

For laying an edition. A number that two files name is an error of the later file, with the place in both; a total that a
correction left as it was, though its scores changed, is a warning. Pure: runs and editions in and out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from operator import eq

from miniapp.exam_scores import difference
from miniapp.exam_scores.adding_up import apart, shown
from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.findings import SEVERITY
from miniapp.exam_scores.gathering import Run
from miniapp.exam_scores.lists import Lines
from miniapp.exam_scores.model import Edition, Exam, Finding, ScoreFile

NAMED_MOST = 20  # findings per file that an edition's row holds; the list beside it holds all
PLACED_MOST = 20_000  # numbers whose rows are looked for; the list names the others with their files
NAME_MOST = 60
Placed = Mapping[str, tuple[int, str]]  # by number: row and column
Places = Mapping[str, Placed]  # by file


@dataclass(frozen=True)
class Repeated:
    """A number, the file that names it first and the last one that does, by their places."""

    number: str
    first: int
    last: int


def joined(runs: Sequence[Run]) -> tuple[Shape, list[bytes], list[Repeated]]:
    """All runs as one, sorted by number, each number once; and the numbers that more than one file names."""
    if len(runs) == 1:
        return runs[0].shape, runs[0].records, []
    shape = difference.common_shape(run.shape for run in runs)
    parts = [difference.widened(run.records, run.shape, shape) for run in runs]
    records = sorted(chain.from_iterable(parts))
    keys = [record[: shape.width] for record in records]
    if not any(map(eq, keys, islice(keys, 1, None))):
        return shape, records, []
    return shape, list(dict(zip(keys, records, strict=True)).values()), _repeated(parts, keys, shape)


def _repeated(parts: list[list[bytes]], keys: list[bytes], shape: Shape) -> list[Repeated]:
    twice = {one for one, two in zip(keys, islice(keys, 1, None), strict=False) if one == two}
    owners: dict[bytes, list[int]] = {}
    for place, part in enumerate(parts):
        for key in twice.intersection(record[: shape.width] for record in part):
            owners.setdefault(key, []).append(place)
    return [Repeated(key.rstrip(b"\0").decode(), held[0], held[-1]) for key, held in sorted(owners.items())]


def wanted(repeated: Sequence[Repeated], files: Sequence[str]) -> dict[str, frozenset[str]]:
    """By file, the numbers whose rows are to be named."""
    found: dict[str, set[str]] = {}
    for held in repeated[:PLACED_MOST]:
        for place in (held.first, held.last):
            found.setdefault(files[place], set()).add(held.number)
    return {file: frozenset(numbers) for file, numbers in found.items()}


def blamed_for_repeats(
    edition: Edition, files: Sequence[str], repeated: list[Repeated], places: Places, lines: Lines
) -> Edition:
    """Every repeated number as an error of the last file that names it, with the place in both; `lines` gets them all."""
    names = {item.id: item.name for item in edition.files}
    for last, group in groupby(sorted(repeated, key=lambda held: held.last), key=lambda held: held.last):
        here = places.get(files[last], {})
        findings = (_in_two(held, files[held.first], names, here, places) for held in group)
        edition = blamed(edition, files[last], listed(files[last], findings, lines))
    return edition


def _in_two(held: Repeated, first: str, names: Mapping[str, str], here: Placed, places: Places) -> Finding:
    row, column = here.get(held.number, (0, ""))
    other_row, other_column = places.get(first, {}).get(held.number, (0, ""))
    sheet = other_column.rpartition("!")[0]
    there = names[first][:NAME_MOST] + (f"!{sheet}" if sheet else "")
    value = f"{held.number} = {there}:{other_row}" if other_row else f"{held.number} = {there}"
    return Finding("number_in_two_files", "error", 1, row, column, value)


def listed(file_id: str, findings: Iterable[Finding], lines: Lines) -> list[Finding]:
    """The first findings of a file, the last of them counting for the others; `lines` gets them all."""
    few: list[Finding] = []
    more = 0
    for found in findings:
        lines.add((file_id, found.code, found.row, found.column, found.value))
        if len(few) < NAMED_MOST:
            few.append(found)
        else:
            more += 1
    if more:
        few[-1] = replace(few[-1], count=1 + more)
    return few


def blamed(edition: Edition, file_id: str, findings: Iterable[Finding]) -> Edition:
    """The edition with more findings at one of its files; an officer mends or takes the file away."""
    found = tuple(findings)
    errors = sum(kind.count for kind in found if kind.severity == "error")
    warnings = sum(kind.count for kind in found if kind.severity == "warning")

    def more(item: ScoreFile) -> ScoreFile:
        return replace(
            item,
            errors=item.errors + errors,
            warnings=item.warnings + warnings,
            findings=(*found, *item.findings),
        )

    return replace(edition, files=tuple(more(item) if item.id == file_id else item for item in edition.files))


def one_finding(code: str, value: str = "", count: int = 1) -> Finding:
    """Something that has no row of its own."""
    return Finding(code, SEVERITY[code], count, 0, "", value)


def totals_apart(exam: Exam, shape: Shape, touched: Iterable[bytes], result: Sequence[bytes]) -> Iterator[Finding]:
    """The totals of a correction's candidates that do not follow from their scores as they are now."""
    if exam.formula is None or "total" not in shape.extras:
        return
    keys = {record[: shape.width] for record in touched}
    held = [shape.result(record) for record in result if record[: shape.width] in keys]
    columns = {subject: [one.scores[subject] for one in held] for subject in shape.subjects}
    columns |= {name: [int(one.extras[name]) for one in held] for name in ("bonus", "total") if name in shape.extras}
    for place, computed in apart(exam.formula, columns, columns["total"]):
        value = f"{held[place].number}: {shown(columns['total'][place])} ≠ {shown(computed)}"
        yield one_finding("total_apart", value)
