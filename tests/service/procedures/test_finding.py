"""Finding procedures at an agency: the index made when the catalogue changes, the agency's own laid over what is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from miniapp.agencies.model import Kind
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.ids import NATION
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Procedure
from miniapp.procedures.store import index_key
from tests.support.catalogue_town import CatalogueTown
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Hooks

BIRTH = Procedure("1.001193", "Đăng ký khai sinh", levels=(Level.COMMUNE,), for_whom=("Công dân Việt Nam",))
COPY = Procedure("2.000815", "Chứng thực bản sao từ bản chính", levels=(Level.COMMUNE,))


@pytest.fixture
def town(cloud: Cloud) -> CatalogueTown:
    return CatalogueTown(cloud, StoppedClock(datetime(2026, 6, 1, 9, 0, tzinfo=VIETNAM)))


def names(town: CatalogueTown, agency: str, text: str) -> list[str]:
    return [one.name for one in town.found(agency, text)]


def test_what_was_taken_in_is_found_at_once_and_everywhere(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY)
    assert names(town, "xa-a", "khai sinh")[0] == "Đăng ký khai sinh"
    assert names(town, "tinh", "chung thuc ban sao")[0] == "Chứng thực bản sao từ bản chính"


def test_an_empty_catalogue_says_so(town: CatalogueTown) -> None:
    found = town.finder().find("xa-a", "khai sinh")
    assert (found.is_empty, found.hits) == (True, ())
    assert town.finder().events("xa-a") == ()


def test_an_agencys_own_is_shown_on_the_match_and_what_it_closed_is_not_found(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY)
    town.take("xa-a", replace(BIRTH, name="Đăng ký khai sinh tại nhà", address="1 Trần Phú"))
    town.take("xa-b", replace(BIRTH, is_open=False))
    assert names(town, "xa-a", "khai sinh") == ["Đăng ký khai sinh tại nhà"]
    assert names(town, "xa-b", "khai sinh") == []
    assert names(town, "tinh", "khai sinh") == ["Đăng ký khai sinh"]


WALK = Procedure("1.999001", "Cấp thẻ tham quan phố cổ", levels=(Level.PROVINCE,))


def test_what_one_province_alone_has_is_found_there_and_below_and_nowhere_else(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY, Procedure("1.000003", "Cấp thẻ hướng dẫn viên"))
    town.take("tinh", WALK)
    for agency in ("tinh", "xa-a"):
        found = town.finder().find(agency, "the tham quan pho co")
        assert (found.hits[0].match.code, found.is_doubtful) == ("1.999001", False)
    assert "1.999001" not in [one.code for one in town.found("tinh-2", "the tham quan pho co")]
    assert names(town, "tinh", "khai sinh") == ["Đăng ký khai sinh"]


def test_the_words_that_a_keeper_chose_find_a_procedure_also_where_it_alone_has_them(town: CatalogueTown):
    town.take(NATION, BIRTH)
    town.take("tinh", replace(WALK, keywords="huy hiệu voi vàng"))
    assert names(town, "xa-a", "voi vang") == ["Cấp thẻ tham quan phố cổ"]


def test_what_a_province_alone_has_comes_before_what_answers_less_and_after_what_answers_more(
    town: CatalogueTown,
) -> None:
    town.take(NATION, BIRTH, Procedure("1.000003", "Cấp thẻ hướng dẫn viên"), Procedure("1.000004", "Cấp thẻ tạm trú"))
    town.take("tinh", WALK)
    found = town.finder().find("tinh", "cấp thẻ hướng dẫn viên").hits
    assert found[0].match.code == "1.000003"
    assert "1.999001" in [hit.match.code for hit in found]
    scores = [hit.match.score for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_a_name_that_an_agency_gave_is_found_there_under_both(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY)
    town.take("xa-a", replace(BIRTH, name="Làm giấy cho bé mới chào đời"))
    assert names(town, "xa-a", "bé chào đời") == ["Làm giấy cho bé mới chào đời"]
    assert names(town, "xa-a", "đăng ký khai sinh") == ["Làm giấy cho bé mới chào đời"]
    assert names(town, "xa-b", "bé chào đời") == []


def test_a_procedure_of_ones_own_is_found_where_the_nation_has_no_catalogue(town: CatalogueTown) -> None:
    town.take("tinh", WALK)
    assert names(town, "xa-a", "tham quan phố cổ") == ["Cấp thẻ tham quan phố cổ"]
    assert town.finder().find("tinh-2", "tham quan").is_empty


def test_a_layer_s_index_that_can_not_be_read_leaves_what_the_nation_has(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH)
    town.take("tinh", WALK)
    name = town.store.shown("tinh").index("2026-06-01")
    town.services.files.put("packs", index_key("tinh", name), b"something else")
    assert names(town, "xa-a", "khai sinh") == ["Đăng ký khai sinh"]


def test_a_layer_without_names_of_its_own_has_no_index(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH)
    town.take("xa-a", replace(BIRTH, address="1 Trần Phú"))
    assert town.store.shown("xa-a").indexes == ()


def test_a_new_name_can_be_asked_for_from_midnight_and_nothing_has_to_happen_then(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY)
    town.take(NATION, replace(COPY, name="Cấp thẻ căn cước"), effective="2026-07-01")
    finder = town.finder()
    town.clock.at = datetime(2026, 6, 30, 23, 59, 50, tzinfo=VIETNAM)
    before = finder.find("tinh", "the can cuoc")
    assert [hit.match.code for hit in before.hits] == []
    town.clock.at = datetime(2026, 7, 1, tzinfo=VIETNAM)
    after = finder.find("tinh", "the can cuoc")
    assert [hit.match.code for hit in after.hits] == ["2.000815"]
    assert finder.find("tinh", "chứng thực bản sao").answer.doubtful


def test_a_search_asks_no_table_and_the_bucket_for_pointers_only(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH, COPY)
    finder = town.finder()
    finder.find("xa-a", "khai sinh")
    with CountedCalls(town.services.aws) as warm:
        for _ in range(20):
            finder.find("xa-a", "khai sinh")
    assert warm.calls == []
    town.clock.pass_by(seconds=6)
    with CountedCalls(town.services.aws) as later:
        finder.find("xa-a", "khai sinh")
    assert later.calls == ["GetObject"] * 3  # the pointers of three layers


def test_the_same_catalogue_makes_the_same_index_and_another_one_another(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH)
    first = town.store.shown(NATION).index("2026-06-01")
    town.office.show(NATION)
    assert town.store.shown(NATION).index("2026-06-01") == first
    town.take(NATION, COPY)
    assert town.store.shown(NATION).index("2026-06-01") != first


def test_while_the_bucket_is_silent_the_index_in_memory_serves_on(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH)
    finder = town.finder()
    finder.find("xa-a", "khai sinh")
    town.clock.pass_by(seconds=6)
    with silent(town):
        assert [hit.match.code for hit in finder.find("xa-a", "khai sinh").hits] == ["1.001193"]


def test_an_index_that_can_not_be_read_is_no_empty_answer(town: CatalogueTown) -> None:
    town.take(NATION, BIRTH)
    name = town.store.shown(NATION).index("2026-06-01")
    town.services.files.put("packs", index_key(NATION, name), b"something else")
    with pytest.raises(Unavailable):
        town.finder().find("xa-a", "khai sinh")


def test_a_life_event_has_its_procedures_in_order_and_only_those_that_are_there(town: CatalogueTown) -> None:
    later = Procedure("2.000986", "Liên thông khai sinh, thường trú, bảo hiểm y tế")
    town.take(NATION, COPY, later, BIRTH)
    finder = town.finder()
    assert "birth" in finder.events("xa-a")
    assert [one.code for one in finder.of_event("xa-a", "birth")] == ["1.001193", "2.000986"]
    with pytest.raises(NotFound):
        finder.of_event("xa-a", "flying")


def test_a_life_event_of_which_an_agency_shows_nothing_is_not_offered_there(town: CatalogueTown) -> None:
    marriage = Procedure("1.000894", "Đăng ký kết hôn")
    town.take(NATION, BIRTH, marriage)
    town.take("xa-b", replace(marriage, is_open=False))
    finder = town.finder()
    assert finder.events("xa-a") == ("birth", "marriage")
    assert finder.events("xa-b") == ("birth",)


@pytest.mark.parametrize(("kind", "first"), [(Kind.COMMUNE, "1.000001"), (Kind.DEPARTMENT, "1.000002")])
def test_of_two_alike_the_one_comes_first_that_such_an_agency_takes_in(
    town: CatalogueTown, kind: Kind, first: str
) -> None:
    name = "Cấp giấy phép xây dựng nhà ở riêng lẻ"
    commune = Procedure("1.000001", f"{name} cấp xã", levels=(Level.COMMUNE,))
    province = Procedure("1.000002", f"{name} cấp tỉnh", levels=(Level.PROVINCE,))
    town.take(NATION, commune, province)
    assert town.finder().find("tinh", name, kind).hits[0].match.code == first


def test_more_are_there_when_more_are_asked_for(town: CatalogueTown) -> None:
    town.take(NATION, *(Procedure(f"1.{place:06}", f"Cấp giấy phép loại {place}") for place in range(30)))
    finder = town.finder()
    few = finder.find("tinh", "cấp giấy phép", most=10)
    assert (len(few.hits), few.has_more) == (10, True)
    all_of_them = finder.find("tinh", "cấp giấy phép", most=30)
    assert (len(all_of_them.hits), all_of_them.has_more) == (30, False)


def silent(town: CatalogueTown) -> Hooks:
    """A bucket that answers nothing."""

    def refuse(**more: object) -> None:
        from botocore.exceptions import EndpointConnectionError

        raise EndpointConnectionError(endpoint_url="s3")

    hooks = Hooks(town.services.aws, ("s3",))
    stop: Callable[..., None] = refuse
    hooks.on("before-call", stop)
    return hooks
