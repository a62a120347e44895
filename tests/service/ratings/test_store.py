"""Ballots in the store and what they add up to: found by any of their ids, counted once, whoever writes and whoever dies."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest

from miniapp.core.errors import Conflict
from miniapp.core.tables import transact
from miniapp.ratings.ballots import read
from miniapp.ratings.counting import Counts
from miniapp.ratings.model import Ballot, Channel, Doubt, Invitation, Place, Said
from miniapp.ratings.rolled import By, packed, unpacked
from miniapp.ratings.scales import sheets
from miniapp.ratings.store import Held
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed, LostReplies
from tests.support.rating_town import ABOUT, AT_COUNTER, DAY, HOUR, OTHER, WARD, RatingTown


@pytest.fixture
def town(cloud: Cloud) -> RatingTown:
    return RatingTown(cloud)


def said(overall: str = "satisfied", words: str = "") -> Said:
    return read(sheets()["counter"], {"overall": overall}, words=words)


def ballot(id: str, overall: str = "satisfied", words: str = "", day: str = DAY, about: Place = ABOUT) -> Ballot:
    return Ballot(id, replace(AT_COUNTER, place=about), day, said(overall, words))


def test_a_ballot_is_found_by_any_of_the_ids_that_its_token_may_have_had(town: RatingTown):
    held = ballot("of-the-key-before", words="Nhanh, lịch sự")
    town.cast(held)
    assert town.store.find(WARD, ["of-the-key", "of-the-key-before"]) == held
    assert town.store.find(WARD, ["of-the-key"]) is None
    assert town.store.find(OTHER, ["of-the-key-before"]) is None


def test_a_token_s_second_ballot_is_refused_and_the_first_stays(town: RatingTown):
    town.cast(ballot("b1"))
    with pytest.raises(Conflict, match="rating_exists"):
        town.cast(ballot("b1", "dissatisfied"))
    with pytest.raises(Conflict, match="rating_exists"):  # on another day too
        town.cast(ballot("b1", day="2026-11-21"))
    assert town.store.find(WARD, ["b1"]) == ballot("b1")


def test_a_ballot_changes_only_from_how_it_was_seen(town: RatingTown):
    first = ballot("b1")
    second = first.edited(said("neutral"), DAY)
    town.cast(first)
    town.change(first, second)
    with pytest.raises(Conflict, match="rating_changed"):
        town.change(first, first.edited(said("dissatisfied"), DAY))
    assert town.store.find(WARD, ["b1"]) == second


def test_words_are_listed_by_month_the_newest_day_first_as_long_as_they_stand(town: RatingTown):
    held = [ballot(f"b{at}", words=f"lời {at}", day=f"2026-11-{20 + at}") for at in range(5)]
    town.cast(*held, ballot("silent"), ballot("december", words="khác tháng", day="2026-12-01"))
    page = town.store.words(WARD, "2026-11", most=2)
    more = town.store.words(WARD, "2026-11", after=page.cursor, most=2)
    last = town.store.words(WARD, "2026-11", after=more.cursor, most=2)
    assert [*page.ballots, *more.ballots, *last.ballots] == held[::-1]
    assert last.cursor == ""
    silent = held[4].edited(said(), "2026-11-25")
    town.change(held[4], silent)
    town.change(silent, silent.edited(said(words="lại có lời"), "2026-11-26"))
    assert town.store.words(WARD, "2026-11").ballots[0].said.words == "lại có lời"
    assert town.store.words(OTHER, "2026-11").ballots == []


def test_a_token_stands_for_what_it_was_made_for_once(town: RatingTown):
    held = Held(Invitation("dossier", Channel.DOSSIER, ABOUT), "2026-12-20", "H56.14-261120-0001")
    transact(*town.store.invite("token", held, DAY, HOUR))
    assert town.store.token(WARD, "token") == held
    assert town.store.token(OTHER, "token") is town.store.token(WARD, "other") is None
    with pytest.raises(Conflict, match="rating_invited"):
        transact(*town.store.invite("token", held, DAY, HOUR))
    town.rolling_up.run()
    assert town.counts.read(WARD, ["2026"], By.PROCEDURE) == {"1.001193": Counts({"invited": 1})}


def test_counts_follow_ballots_by_every_breakdown_and_period(town: RatingTown):
    elsewhere = Place(WARD, "dia-chinh", "2.000815", "off_other")
    town.cast(ballot("b1"), ballot("b2", "dissatisfied"), ballot("b3", about=elsewhere, day="2026-12-01"))
    town.cast(ballot("foreign", about=replace(ABOUT, agency=OTHER)))
    assert town.rolling_up.run() == 3
    assert town.counted(WARD, "2026-11", By.WHOLE) == {WARD: 2}
    assert town.counted(WARD, "2026-11", By.TIME) == {DAY: 2}
    assert town.counted(WARD, "2026-Q4", By.TIME) == {"2026-11": 2, "2026-12": 1}
    assert town.counted(WARD, "2026", By.UNIT) == {"mot-cua": 2, "dia-chinh": 1}
    assert town.counted(WARD, "2026", By.OFFICER) == {"off_desk": 2, "off_other": 1}
    assert town.counted(WARD, "2026-Q4", By.LEAF) == {"mot-cua/1.001193": 2, "dia-chinh/2.000815": 1}
    both = town.counts.read(WARD, ["2026-11", "2026-12"], By.PROCEDURE)
    assert both["1.001193"].option("overall", "dissatisfied") == 1
    assert town.counted(WARD, "2025") == town.counted(WARD, "2026-Q3") == {}
    assert town.counted(OTHER, "2026") == {OTHER: 1}
    assert town.differences(WARD) == town.differences(OTHER) == []


def test_an_edit_moves_the_count_of_the_day_on_which_the_ballot_was_cast(town: RatingTown):
    first = ballot("b1", "satisfied")
    town.cast(first)
    town.rolling_up.run()
    edited = first.edited(said("dissatisfied"), "2026-11-22")
    town.change(first, edited)
    assert [one.key for one in town.differences() if one.by is By.WHOLE] == [WARD] * 4  # day, month, quarter, year
    town.rolling_up.run()
    assert town.differences() == []
    apart = edited.set_apart((Doubt.BURST,))
    town.change(edited, apart)
    town.rolling_up.run()
    assert town.counts.read(WARD, ["2026"], By.WHOLE) == {WARD: Counts({"apart": 1, "doubt.burst": 1})}
    town.change(apart, apart.cleared())
    town.rolling_up.run()
    assert town.counted(WARD, "2026") == {WARD: 1}


def test_a_day_that_was_counted_is_counted_again_only_when_it_changes(town: RatingTown):
    town.cast(ballot("b1"))
    assert [town.rolling_up.run(), town.rolling_up.run()] == [1, 0]
    town.cast(ballot("b2"))
    assert [town.rolling_up.run(lambda: False), town.rolling_up.run()] == [0, 1]


def test_a_day_that_can_t_be_looked_at_keeps_no_other_from_being_counted_and_rings(town: RatingTown):
    days = ["2026-11-18", "2026-11-19", DAY]
    town.cast(*(ballot(f"b{day}", day=day) for day in days))
    seen: list[str] = []

    def look(agency: str, day: str) -> None:
        seen.append(day)
        if len(seen) == 1:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        town.rolling_up.run(first=look)
    assert sorted(seen) == days
    assert town.counted(WARD, "2026") == {WARD: 2}
    assert town.rolling_up.run() == 1
    assert town.counted(WARD, "2026") == {WARD: 3}


def test_a_difference_is_named(town: RatingTown):
    town.cast(ballot("b1"))
    town.rolling_up.run()
    held, counts = town.counts.whole(WARD, ["2026-Q4"])["2026-Q4"]
    town.counts.write(WARD, "2026-Q4", held, {**counts, By.OFFICER: {"off_desk": Counts({"counted": 3})}})
    [found] = town.differences()
    assert (found.period, found.by, found.key) == ("2026-Q4", By.OFFICER, "off_desk")
    assert found.counts.counted == 2


def test_who_looked_earlier_does_not_write_over_who_looked_later(town: RatingTown):
    """The first counts a day as it was, and is held up; what the second wrote meanwhile must stand in the end."""
    first = ballot("b1")
    town.cast(first)
    town.rolling_up.run()
    late = town.counts.whole(WARD, [DAY])[DAY]
    town.cast(ballot("b2"))
    town.rolling_up.run()
    with pytest.raises(Conflict, match="rating_counted"):
        town.counts.write(WARD, DAY, *late)
    assert town.differences() == []


def _cast_by_many(town: RatingTown, writers: int, each: int) -> None:
    """Writers at once, each of whom tries until its ballot is there: as citizens do whose reply was lost."""

    def write(writer: int) -> None:
        for at in range(each):
            mine = ballot(f"w{writer}-{at}", words="lời" if at % 2 else "")
            for _ in range(20):
                try:
                    town.cast(mine)
                except Conflict:
                    break  # it was there: the answer had been lost
                except Exception:
                    continue
            edited = mine.edited(said("dissatisfied"), DAY)
            while town.store.find(WARD, [mine.id]) != edited:
                try:
                    town.change(mine, edited)
                except Exception:
                    continue

    def count() -> None:
        for _ in range(each):
            try:
                town.rolling_up.run()
            except Exception:
                continue

    threads = [Thread(target=write, args=(at,)) for at in range(writers)] + [Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("writers", "each"), [(8, 2), pytest.param(64, 4, marks=pytest.mark.sweep)], ids=["some", "many"]
)
def test_counts_are_exact_whatever_the_number_of_writers_retries_and_lost_replies(
    town: RatingTown, writers: int, each: int
):
    with LostReplies(town.services.aws, share=0.15, seed=7) as losing:
        _cast_by_many(town, writers, each)
    assert losing.lost > 0
    town.rolling_up.run()
    assert town.counted(WARD, "2026") == {WARD: writers * each}
    assert town.counts.read(WARD, ["2026"], By.WHOLE)[WARD].option("overall", "dissatisfied") == writers * each
    assert town.differences() == []
    assert [town.store.marked(part) for part in range(16)] == [[]] * 16


def _points(town: RatingTown) -> Iterator[tuple[int, bool]]:
    with CountedCalls(town.services.aws) as counted:
        town.cast(ballot("measured"))
        town.rolling_up.run()
    for at in range(len(counted.calls)):
        yield at, False
        yield at, True


def test_who_dies_at_any_call_leaves_counts_that_the_next_pass_makes_exact(town: RatingTown):
    for at, after in _points(town):
        id = f"b{at}{after}"
        with CountedCalls(town.services.aws, at, after):
            try:
                town.cast(ballot(id))
                town.rolling_up.run()
            except Killed:
                pass
        town.rolling_up.run()
        rows = len(list(town.store.ballots(WARD, DAY)))
        assert town.counted(WARD, "2026") == {WARD: rows}
        assert town.differences(WARD, [DAY]) == []
    assert rows > 10


def test_a_breakdown_is_bytes_and_back_and_equal_ones_are_equal_bytes():
    held = {"b": Counts({"counted": 2, "apart": 1}), "": Counts({"counted": 1}), "nobody": Counts({})}
    assert unpacked(packed(held)) == {key: counts for key, counts in held.items() if counts}
    assert packed(dict(reversed(held.items()))) == packed(held)
