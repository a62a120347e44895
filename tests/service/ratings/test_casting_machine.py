"""People, a clock and a reviewer in any order over the real store: after every step the counts are what the model says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from threading import Thread

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from miniapp.core.clock import iso, local_day
from miniapp.core.errors import Problem, Unavailable
from miniapp.core.tables import transact
from miniapp.ratings.bounds import EDITABLE_DAYS, SUSPICION, VERSIONS_MOST
from miniapp.ratings.casting import OPEN_DAYS, VISIT_DAYS, Came, Given
from miniapp.ratings.counting import ZERO, Counts
from miniapp.ratings.model import Ballot, Doubt, Place, State
from miniapp.ratings.rolled import By
from miniapp.ratings.tokens import VisitCodes
from tests.support.cloud import Cloud
from tests.support.faults import LostReplies
from tests.support.rating_town import RatingTown

LEVELS = ("very_satisfied", "satisfied", "dissatisfied")
WARDS = count()
levels, devices = st.sampled_from(LEVELS), st.sampled_from(["phone", "tablet"])


@dataclass
class Person:
    """Who holds a token, and what the model knows of the ballot that was cast with it."""

    token: str
    came: Came
    invited: date
    cast: date | None = None
    level: str = ""
    doubts: set[Doubt] = field(default_factory=set)
    dismissed: set[Doubt] = field(default_factory=set)


class Casts(RuleBasedStateMachine):
    """The model: whoever rated, what was said last, and why it is set apart."""

    people: Bundle[Person] = Bundle("people")
    cloud: Cloud

    @initialize()
    def begin(self) -> None:
        self.town = RatingTown(self.cloud)
        self.ward = f"phuong-{next(WARDS)}"
        self.known: list[Person] = []

    @property
    def today(self) -> date:
        return date.fromisoformat(local_day(self.town.clock.now()))

    def held(self, person: Person) -> Ballot | None:
        return self.town.services.casting.asked(self.ward, person.token).ballot

    def sent(self, person: Person, level: str) -> str:
        """Rate until the store answers; the code of what was refused, or empty."""
        while True:
            try:
                self.town.services.casting.cast(self.ward, person.token, Given({"overall": level}), person.came)
                return ""
            except Unavailable:
                continue
            except Problem as problem:
                return problem.code

    def refusal(self, person: Person, level: str) -> str:
        """What the model says to a level that somebody sends now."""
        if person.cast is None:
            return "rating_over" if self.today > person.invited + timedelta(VISIT_DAYS) else ""
        if level == person.level:
            return ""
        if self.today > person.cast + timedelta(EDITABLE_DAYS):
            return "rating_closed"
        held = self.held(person)
        assert held is not None
        return "rating_edits_used" if len(held.history) + 1 >= VERSIONS_MOST else ""

    def said(self, person: Person, level: str) -> None:
        person.cast, person.level = person.cast or self.today, level

    # --- people

    @rule(target=people, device=devices)
    def scan(self, device: str) -> Person:
        """A counter of its own for each, so that only devices are doubted."""
        counter, at = f"quay-{len(self.known)}", self.town.clock.now()
        code = VisitCodes(self.town.services.sealer).shown(f"{self.ward}/{counter}", at)
        token = self.town.services.casting.visited(Place(self.ward, counter), counter, code)
        self.known.append(Person(token, Came(device, counter), self.today))
        return self.known[-1]

    @rule(target=people, device=devices, level=levels)
    def rate_as_one_of_a_crowd(self, device: str, level: str) -> Person:
        """Four from one device, one more than may be: a day's clearing is soon followed by another look."""
        crowd = [self.scan(device) for _ in range(SUSPICION.device_most + 1)]
        for person in crowd:
            self.rate(person, level)
        return crowd[0]

    @rule(person=people, level=levels)
    def rate(self, person: Person, level: str) -> None:
        expected = self.refusal(person, level)
        assert self.sent(person, level) == expected
        if not expected:
            self.said(person, level)

    @rule(person=people, level=levels, seed=st.integers(0, 99))
    def rate_while_replies_are_lost(self, person: Person, level: str, seed: int) -> None:
        expected = self.refusal(person, level)
        with LostReplies(self.town.services.aws, share=0.3, seed=seed):
            assert self.sent(person, level) == expected
        if not expected:
            self.said(person, level)

    @rule(person=people)
    def rate_twice_at_once(self, person: Person) -> None:
        """Which of the two was last, only the store knows."""
        expected = {level: self.refusal(person, level) for level in LEVELS[:2]}
        found: list[str] = []
        threads = [Thread(target=lambda said=said: found.append(self.sent(person, said))) for said in LEVELS[:2]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 2 and set(found) <= {*expected.values(), "", "rating_edits_used"}
        held = self.held(person)
        if held is not None and "" in found:
            level = held.said.option("overall")
            assert level in LEVELS[:2]
            self.said(person, level)

    @rule(days=st.sampled_from([1, EDITABLE_DAYS, OPEN_DAYS]))
    def days_pass(self, days: int) -> None:
        self.town.clock.pass_by(days=days)

    # --- the clock, and who reviews

    @rule()
    def look_for_doubts(self) -> None:
        for day in {person.cast for person in self.known if person.cast}:
            self.town.services.doubting.look(self.ward, day.isoformat())
            for device in ("phone", "tablet"):
                same = [one for one in self.known if one.cast == day and one.came.device == device]
                if len(same) > SUSPICION.device_most:
                    for one in same:
                        one.doubts |= {Doubt.ONE_DEVICE} - one.dismissed

    @rule(person=people)
    def keep_apart(self, person: Person) -> None:
        held = self.held(person)
        if held is not None:
            self.written(held, held.set_apart((Doubt.REVIEWED,)))
            person.doubts.add(Doubt.REVIEWED)

    @rule(person=people)
    def clear_what_was_doubted_and_look_again(self, person: Person) -> None:
        self.look_for_doubts()
        self.clear(person)
        self.look_for_doubts()

    def clear(self, person: Person) -> None:
        held = self.held(person)
        if held is not None and held.state is State.APART:
            self.written(held, held.cleared())
            person.dismissed |= person.doubts
            person.doubts.clear()

    def written(self, before: Ballot, after: Ballot) -> None:
        if after != before:
            transact(*self.town.store.changed(before, after, iso(self.town.clock.now())[:13]))

    # --- what holds

    @invariant()
    def every_ballot_is_counted_once_or_set_apart_once(self) -> None:
        self.town.rolling_up.run()
        cast = [one for one in self.known if one.cast]
        days = sorted(
            {one.cast.isoformat() for one in cast if one.cast} | {one.invited.isoformat() for one in self.known}
        )
        for day, told in self.counts(days).items():
            mine = [one for one in cast if str(one.cast) == day]
            counted = [one.level for one in mine if not one.doubts]
            assert (told.counted, told.apart) == (len(counted), len(mine) - len(counted))
            assert [told.option("overall", level) for level in LEVELS] == [counted.count(level) for level in LEVELS]
            assert told.numbers.get("invited", 0) == sum(str(one.invited) == day for one in self.known)

    @invariant()
    def what_is_stored_is_what_the_model_knows(self) -> None:
        for person in self.known:
            held = self.held(person)
            assert (held is not None) == (person.cast is not None)
            if held is not None:
                assert (held.said.option("overall"), set(held.doubts)) == (person.level, person.doubts)
                assert (held.cast_on, held.state is State.APART) == (str(person.cast), bool(person.doubts))

    def counts(self, days: Iterable[str]) -> dict[str, Counts]:
        return {day: self.town.counts.read(self.ward, [day], By.WHOLE).get(self.ward, ZERO) for day in days}

    def teardown(self) -> None:
        days = sorted({str(one.cast) for one in self.known if one.cast})
        found = self.town.differences(self.ward, days) if days else []
        assert [each for each in found if each.period in days] == []  # of longer periods other days are not read here


def test_whatever_people_the_clock_and_reviewers_do_counts_are_exact_after_every_step(cloud: Cloud) -> None:
    machine = type("Here", (Casts,), {"cloud": cloud})
    run_state_machine_as_test(
        machine,
        settings=settings(
            derandomize=True,
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
