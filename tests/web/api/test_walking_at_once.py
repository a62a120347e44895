"""Walking through the API with hundreds of requests in flight: no more wrong answers than one after the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from handlers import context
from miniapp.core.guarding import ADDRESS_FREE
from tests.support.lockstep import ReadTogether
from tests.support.site import BORN, VERIFIED, Site, number, opened

AT_ONCE = 400
ADDRESS = "198.51.100.7"
NETWORK = "2001:db8:7:1"  # what one household or one phone is given


def ask(site: Site, typed: str, born: str, address: str) -> str:
    answer = site.client().post(
        site.api(VERIFIED, "/look-up"),
        json={"number": typed, "factors": {"birth_date": born}},
        environ_base={"REMOTE_ADDR": address},
    )
    return str((answer.json or {}).get("code", answer.status_code))


def test_four_hundred_at_once_get_no_more_wrong_answers_than_one_by_one(site: Site) -> None:
    assert ask(site, number(1, 6), BORN, "192.0.2.1") == "200"
    with ThreadPoolExecutor(AT_ONCE) as pool, ReadTogether(site.services.aws, AT_ONCE):
        said = Counter(pool.map(lambda place: ask(site, f"{130_000 + place}", BORN, ADDRESS), range(AT_ONCE)))

    assert 0 < said["result_mismatch"] <= ADDRESS_FREE
    assert said.keys() <= {"result_mismatch", "form_must_wait", "store_unavailable"}
    assert ask(site, number(1, 6), BORN, "192.0.2.1") == "200"


def test_a_walk_through_the_addresses_of_one_network_is_one_walk(site: Site) -> None:
    said = [ask(site, f"{130_000 + place}", BORN, f"{NETWORK}::{place:x}") for place in range(ADDRESS_FREE + 3)]

    assert Counter(said) == {"result_mismatch": ADDRESS_FREE, "form_must_wait": 3}
    assert ask(site, number(1, 6), BORN, "2001:db8:7:2::1") == "200"


@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ("198.51.100.7:46532", "198.51.100.7"),
        ("2001:db8:7:1:9:8:7:6:46532", "2001:db8:7:1::/64"),
        ("[2001:db8:7:1::9]:46532", "2001:db8:7:1::/64"),
        ("::ffff:198.51.100.7:46532", "198.51.100.7"),
        ("nonsense:of:a:kind", "nonsense:of:a"),
        ("", "unknown"),
    ],
)
def test_an_address_is_what_the_edge_saw_and_of_a_network_the_network(site: Site, seen: str, address: str) -> None:
    app = opened(site.cloud, site.held, origin_secret="edge").app
    said = {"CloudFront-Viewer-Address": seen, "X-Forwarded-For": "192.0.2.1"}
    with app.test_request_context("/", headers=said):
        assert context.client_address() == address
