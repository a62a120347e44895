"""The laws of a difference: nothing against itself, everything against nothing, a correction is a dictionary's update."""

from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.exam_scores.blocks import NO_FIGURE, Shape
from miniapp.exam_scores.difference import Change, Difference, Moved, common_shape, compare, widened
from miniapp.exam_scores.scores import NOT_TAKEN, STATE_NAMES, UNSAID

SHAPE = Shape(8, ("toan", "van", "li"), ("language", "total"))
Held = dict[str, tuple[int, ...]]

codes = st.one_of(st.integers(0, 1000), st.sampled_from([0xFFFF, 0xFFFE]))
held = st.dictionaries(
    st.integers(1, 40).map(lambda number: f"{number:08d}"),
    st.tuples(codes, codes, codes, st.integers(1, 7), st.integers(0, 3000)),
    max_size=25,
)


def packed(rows: Held, change: int = 0) -> list[bytes]:
    return sorted(SHAPE.struct.pack(number.encode(), *values, change) for number, values in rows.items())


def unpacked(records: list[bytes]) -> dict[str, tuple[int, ...]]:
    return {number.decode(): tuple(values) for number, *values in map(SHAPE.struct.unpack, records)}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(held, st.booleans())
def test_a_set_against_itself_is_unchanged(rows: Held, partial: bool) -> None:
    result, found = compare(packed(rows, 3), SHAPE, packed(rows), SHAPE, 9, partial)

    assert result == packed(rows, 3)
    assert (found.added, found.removed, found.changed, found.unchanged) == (0, 0, 0, len(rows))
    assert list(found) == []


@settings(derandomize=True, max_examples=200, deadline=None)
@given(held, held)
def test_a_whole_set_replaces_and_counts_what_it_did(old: Held, new: Held) -> None:
    result, found = compare(packed(old), SHAPE, packed(new), SHAPE, 9, False)

    met = old.keys() & new.keys()
    assert {number: values[:-1] for number, values in unpacked(result).items()} == new
    assert (found.added, found.removed) == (len(new.keys() - old.keys()), len(old.keys() - new.keys()))
    assert found.changed == sum(old[number] != new[number] for number in met)
    assert found.unchanged == len(met) - found.changed
    assert result == sorted(result)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(held, held)
def test_applying_a_correction_is_a_dictionarys_update_and_marks_what_it_touched(old: Held, new: Held) -> None:
    result, found = compare(packed(old), SHAPE, packed(new), SHAPE, 9, True)

    said = unpacked(result)
    assert {number: values[:-1] for number, values in said.items()} == {**old, **new}
    assert found.removed == 0
    for number, values in said.items():
        touched = number in new and old.get(number) != new[number]
        assert values[-1] == (9 if touched else 0)
    told = {(change.number, change.subject): (change.old, change.new) for change in found if change.subject}
    assert told == {
        (number, subject): (old[number][place], new[number][place])
        for number in old.keys() & new.keys()
        for place, subject in enumerate(SHAPE.subjects)
        if old[number][place] != new[number][place]
    }


@settings(derandomize=True, max_examples=100, deadline=None)
@given(held, held, st.sets(st.integers(0, 2), max_size=2))
def test_a_correction_without_a_column_leaves_that_column_as_it_was(old: Held, new: Held, missing: set[int]) -> None:
    silent = {
        number: (*(UNSAID if place in missing else value for place, value in enumerate(values[:3])), 0, NO_FIGURE)
        for number, values in new.items()
    }
    result, _ = compare(packed(old), SHAPE, packed(silent), SHAPE, 9, True)

    for number, values in unpacked(result).items():
        if number not in new:
            assert values[:-1] == old[number]
            continue
        for place in range(3):
            before = old[number][place] if number in old else NOT_TAKEN
            assert values[place] == (before if place in missing else new[number][place])
        if number in old:
            assert values[3:5] == old[number][3:5]


@settings(derandomize=True, max_examples=50, deadline=None)
@given(held, held)
def test_sets_of_different_shapes_are_compared_in_a_common_one(old: Held, new: Held) -> None:
    narrow = Shape(8, SHAPE.subjects)
    short = sorted(narrow.struct.pack(number.encode(), *values[:3], 0) for number, values in old.items())
    wide = common_shape([narrow, SHAPE])

    result, found = compare(short, narrow, packed(new), SHAPE, 9, False)

    assert wide == SHAPE
    assert {number: values[:-1] for number, values in unpacked(result).items()} == new
    assert widened(short, narrow, wide) == sorted(widened(short, narrow, wide))
    assert found.added == len(new.keys() - old.keys())


def test_what_changes_do_to_a_subject_is_counted_by_direction_and_state() -> None:
    absent = next(code for code in STATE_NAMES if STATE_NAMES[code] == "absent")
    changes = [
        Change("01", "changed", "toan", 800, 825),
        Change("02", "changed", "toan", 100, 600),
        Change("03", "changed", "toan", 500, 475),
        Change("04", "changed", "toan", absent, 475),
        Change("04", "changed", "ngu_van", 475, absent),
        Change("05", "added"),
        Change("06", "removed"),
    ]
    found = Difference()
    for change in changes:
        found.note(change)

    assert found.moves == {"toan": Moved(2, 1, 1, 500, 25), "ngu_van": Moved(states=1)}
    assert list(found) == changes
    assert found.sample == changes[:5]
