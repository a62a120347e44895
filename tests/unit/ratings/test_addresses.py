"""Addresses that an agency says many share: what may be stated, how it is written, and whom it stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Invalid
from miniapp.core.networks import caller
from miniapp.core.sealing import Sealer
from miniapp.ratings.addresses import CALLERS_MOST, STATED_MOST, callers, mark, marks, offered, stated

LINE, SIX = "113.160.1.20", "2401:d800:1:2::/64"
OLD, NEW = "a" * 32, "b" * 32


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ()),
        (" \r\n , ", ()),
        (LINE, (LINE,)),
        (f"{LINE}/32", (LINE,)),
        (f"{SIX}\r\n{LINE}; {LINE}", (LINE, SIX)),
        ("113.160.1.20 113.160.1.3", ("113.160.1.3", LINE)),
        ("113.160.1.20/28", ("113.160.1.16/28",)),
        ("2401:d800:1:2:aaaa::7", (SIX,)),
        ("2401:D800:0001:0002::/80", (SIX,)),
        ("2401:d800:1:20::/60", ("2401:d800:1:20::/60",)),
    ],
)
def test_what_was_typed_is_kept_once_written_one_way_and_in_order(typed: str, kept: tuple[str, ...]):
    assert stated(typed) == kept
    assert stated("\n".join(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(
            (typed, "rating_address_shape")
            for typed in ("wifi", "113.160.1", "113.160.1.256", "1::2::3", "113.160.1.2/33")
        ),
        *(
            (typed, "rating_address_private")
            for typed in (
                *("10.0.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "203.0.113.7", "0.0.0.0"),
                *("224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fd00::1", "2001:db8::1", "ff02::1"),
                "::ffff:10.0.0.1",
            )
        ),
        *((typed, "rating_address_wide") for typed in ("113.160.1.0/27", "0.0.0.0/0", "2401:d800::/59", "::/0")),
    ],
)
def test_what_is_no_address_or_no_citizen_s_or_a_whole_provider_is_refused_by_its_place(typed: str, code: str):
    with pytest.raises(Invalid, match=code) as refused:
        stated(f"{LINE}\n{typed}")
    assert (refused.value.facts["field"], refused.value.facts["number"]) == ("addresses", 2)


def test_a_handful_may_be_stated_and_no_more():
    some = [f"113.160.1.{at}" for at in range(STATED_MOST)]
    assert len(stated(" ".join([*some, some[0]]))) == STATED_MOST
    with pytest.raises(Invalid, match="rating_addresses_most"):
        stated(" ".join([*some, "113.160.1.99"]))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "unknown", "", "fe80::/64"])
def test_an_address_that_can_t_be_stated_is_not_offered(address: str):
    assert offered(address) == ""


@pytest.mark.parametrize("seen", [LINE, "2401:d800:1:2:aaaa::7", f"::ffff:{LINE}"])
def test_the_address_of_a_browser_is_offered_as_it_would_be_stated(seen: str):
    assert stated(offered(caller(seen))) == (offered(caller(seen)),)
    assert list(callers(offered(caller(seen)))) == [caller(seen)]


@given(st.integers(0, 15), st.integers(0, 2**64 - 1), st.integers(0, 15))
def test_everybody_whom_the_doors_see_in_a_stated_network_is_meant_and_nobody_else(four: int, host: int, six: int):
    assert caller(f"113.160.1.{16 + four}") in set(callers("113.160.1.16/28"))
    assert caller(f"113.160.1.{32 + four}") not in set(callers("113.160.1.16/28"))
    ending = f"{host >> 48 & 0xFFFF:x}:{host >> 32 & 0xFFFF:x}:{host >> 16 & 0xFFFF:x}:{host & 0xFFFF:x}"
    assert caller(f"2401:d800:1:{0x20 + six:x}:{ending}") in set(callers("2401:d800:1:20::/60"))
    assert caller(f"2401:d800:1:{0x30 + six:x}:{ending}") not in set(callers("2401:d800:1:20::/60"))
    assert len(set(callers("113.160.1.16/28"))) == len(set(callers("2401:d800:1:20::/60"))) == CALLERS_MOST


def test_marks_are_those_of_ballots_under_every_key_and_of_the_own_agency_alone():
    before, now = Sealer(OLD), Sealer(NEW, OLD)
    found = marks(now, "ward", [LINE, SIX])
    assert found == {mark(sealer, "ward", one) for sealer in (before, now) for one in (LINE, SIX)}
    assert mark(now, "other", LINE) not in found
    assert mark(now, "ward", "113.160.1.21") not in found
    assert not any(LINE in one for one in found)
