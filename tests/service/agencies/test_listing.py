"""The directory follows what happens to agencies: names, addresses, mergers; coalesced, repeated, at once, after a seed."""

import threading

import pytest

from handlers.wiring import Services
from infra.seed.directory_file import directory_file
from infra.seed.load import load
from infra.seed.tree import tree
from miniapp.agencies.directory import BUCKET, FILE_MOST, KEY, Directory
from miniapp.agencies.listing import RelistAgencies
from miniapp.agencies.model import Agency, Description, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Conflict, Unavailable
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

WANTED = ("ubnd-tinh-dak-lak", "so-gddt-dak-lak", "phuong-tuy-hoa-dak-lak", "xa-tay-hoa-dak-lak")


class Town:
    """A province with its department, two communes and their schools, in the store and in the directory."""

    def __init__(self, cloud: Cloud) -> None:
        self.services = Services(cloud.settings, clock=StoppedClock(), sleep=lambda seconds: None)
        self.services.bind()
        self.agencies = [one for one in tree() if one.id in WANTED or (one.parent in WANTED and one.sector == "thpt")]
        load(AgencyStore(), self.services.files, lambda done, total: None, self.agencies)

    def school(self, place: int = 0) -> Agency:
        return [one for one in self.agencies if one.kind is Kind.SCHOOL][place]

    def found(self, text: str) -> list[tuple[str, str]]:
        """Ids and names that a search finds now, by a fresh process."""
        answer = Directory(self.services.files, StoppedClock()).search(text)
        return [(match.agency.id, match.agency.name) for match in answer.matches]

    def file(self) -> bytes:
        return self.services.files.get(BUCKET, KEY, FILE_MOST)

    def notes(self) -> int:
        queue = self.services.queues.address(RelistAgencies.queue)
        asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        held = self.services.aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=asked)["Attributes"]
        return sum(int(held[name]) for name in asked)

    def described(self, held: Agency, **more: str) -> None:
        agencies = self.services.agencies
        now = agencies.now(held.id)
        said = {name: getattr(now, name) for name in ("name", "name_en", "short", "hotline", "site")}
        agencies.describe(held.id, now.version, Description(**{**said, **more}), "off_1")


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def test_a_new_name_is_found_and_shown_and_the_old_place_still_leads_there(town: Town):
    school = town.school()
    lead = next(text for text in ("Trường THPT ", "THPT ") if school.short.startswith(text))
    town.described(school, name="Trường THPT Hoa Phượng Vĩ", short=f"{lead}Hoa Phượng Vĩ")
    assert town.notes() == 1
    assert town.services.listing.rewrite()
    assert town.found("thpt hoa phuong vi") == [(school.id, "Trường THPT Hoa Phượng Vĩ")]


def test_what_the_directory_does_not_show_leaves_no_note(town: Town):
    before = town.file()
    town.described(town.school(), hotline="1900")
    now = town.services.agencies.now(town.school().id)
    town.services.agencies.colour(now.id, now.version, "#a3002b", "off_1")
    assert town.notes() == 0
    assert not town.services.listing.rewrite()
    assert town.file() == before


def test_a_merged_commune_is_found_by_its_old_name_and_leads_to_its_successor(town: Town):
    ended, heir = "xa-tay-hoa-dak-lak", "phuong-tuy-hoa-dak-lak"
    town.services.agencies.merge(ended, [heir], "2026-06-30", "operator")
    town.services.listing.rewrite()
    assert [id for id, _ in town.found("ubnd xã Tây Hòa, Đắk Lắk")] == [heir]
    assert [id for id, _ in town.found("ubnd phường Tuy Hòa")] == [heir]
    below = town.services.agencies.page("ubnd-tinh-dak-lak").children
    assert ended not in {child.id for child in below}


def test_who_took_over_and_was_merged_itself_leads_on_under_its_newest_name(town: Town):
    first, second, third = (town.school(place) for place in range(3))
    town.services.agencies.merge(first.id, [second.id], "2026-06-30", "operator")
    town.services.listing.rewrite()
    town.services.agencies.merge(second.id, [third.id], "2026-07-31", "operator")
    town.described(third, name="Trường THPT Ba Trong Một")
    town.services.listing.rewrite()
    assert town.found(first.name) == town.found(second.name) == [(third.id, "Trường THPT Ba Trong Một")]


def test_many_changes_are_one_file_and_the_same_again_is_no_write(town: Town):
    for place in range(3):
        town.described(town.school(place), name=f"Trường THPT Số {place}")
    assert town.services.listing.rewrite()
    made = town.file()
    assert [town.services.listing.rewrite() for _ in range(3)] == [False] * 3
    assert town.file() == made


def test_a_seed_that_is_loaded_again_keeps_what_officers_changed(town: Town):
    school = town.school()
    town.described(school, name="Trường THPT Hoa Phượng Vĩ")
    town.services.listing.rewrite()
    made = town.file()
    load(AgencyStore(), town.services.files, lambda done, total: None, town.agencies)
    assert town.file() == made


def test_workers_at_once_and_an_older_file_that_comes_last_end_with_every_change(town: Town):
    before = town.file()
    for place in range(4):
        town.described(town.school(place), name=f"Trường THPT Số {place}")
    threads = [threading.Thread(target=town.services.listing.rewrite) for _ in range(4)]
    for thread in threads:
        thread.start()
    town.services.files.put(BUCKET, KEY, before)  # somebody who read before the changes writes after them
    for thread in threads:
        thread.join(30)
    town.services.listing.rewrite()
    lines = {one.id: one.name for one in Directory(town.services.files, StoppedClock())._finder()._places.agencies}
    assert [lines[town.school(place).id] for place in range(4)] == [f"Trường THPT Số {place}" for place in range(4)]


def test_a_note_that_could_not_be_left_does_not_undo_the_change(town: Town):
    def away() -> None:
        raise Unavailable("queue_unavailable", queue="agency_listings")

    town.services.agencies._relist = away
    town.described(town.school(), name="Trường THPT Hoa Phượng Vĩ")
    assert town.services.agencies.now(town.school().id).name == "Trường THPT Hoa Phượng Vĩ"
    assert town.services.listing.rewrite()  # what the clock does


def test_two_that_change_one_agency_at_once_are_one_change_and_one_refusal(town: Town):
    school = town.school()
    now = town.services.agencies.now(school.id)
    said = Description(now.name, now.name_en, now.short, "1900", now.site)
    town.services.agencies.describe(school.id, now.version, said, "off_1")
    with pytest.raises(Conflict) as refused:
        town.services.agencies.describe(school.id, now.version, said, "off_2")
    assert refused.value.code == "agency_changed"


def test_without_a_file_or_with_a_broken_one_nothing_is_written(town: Town):
    town.described(town.school(), name="Trường THPT Hoa Phượng Vĩ")
    town.services.files.remove(BUCKET, KEY)
    assert not town.services.listing.rewrite()
    town.services.files.put(BUCKET, KEY, b"not a directory")
    with pytest.raises(Unavailable):
        town.services.listing.rewrite()
    town.services.files.put(BUCKET, KEY, directory_file(town.agencies))
    assert town.services.listing.rewrite()
