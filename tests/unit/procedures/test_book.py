"""All that a layer says, in one object: found by code without unpacking it all, the same bytes in whatever order."""

import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from miniapp.procedures.book import Book, name, packed
from miniapp.procedures.layers import Overlay, merged, overlay_of
from tests.support.procedures import read_2026

SOME = [
    Overlay(f"1.{place:06}", day, {"name": "Tên " * 500, "owner": day})
    for place in range(400)
    for day in ("", "2026-07-01")
]


def test_every_procedure_is_found_with_all_its_days():
    book = Book(packed(SOME))
    assert len(book) == 400
    assert list(book) == SOME
    for place in (0, 1, 199, 398, 399):
        assert list(book.find(f"1.{place:06}")) == SOME[2 * place : 2 * place + 2]


def test_a_code_that_nobody_has_is_not_found():
    book = Book(packed(SOME))
    assert [book.find(code) for code in ("0.000001", "1.00000", "1.000400", "9.999999", "")] == [()] * 5
    assert (len(Book(packed([]))), list(Book(packed([])))) == (0, [])


def test_the_same_overlays_make_the_same_bytes_and_others_another_name():
    assert packed(SOME) == packed(reversed(SOME))
    assert name(packed(SOME)) != name(packed(SOME[1:]))


def test_any_tool_reads_it_as_lines():
    first, *lines = gzip.decompress(packed(SOME)).splitlines()
    assert json.loads(first)["codes"] == 400
    assert len(lines) == 800


@given(st.lists(st.tuples(st.integers(0, 99), st.text(max_size=30)), max_size=40))
def test_whatever_is_packed_is_found(made):
    overlays = {code: Overlay(f"1.{code:06}", "", {"name": text}) for code, text in made}
    book = Book(packed(overlays.values()))
    for code in range(100):
        wanted = overlays.get(code)
        assert book.find(f"1.{code:06}") == ((wanted,) if wanted else ())


def test_the_national_catalogue_comes_out_as_it_went_in():
    made = [one for one, _ in read_2026() if one]
    body = packed(overlay for one in made if (overlay := overlay_of(one, "2026-07-01")))
    book = Book(body)
    assert len(book) == 2_642
    for one in made[::40]:
        (overlay,) = book.find(one.code)
        assert merged(one.code, [("nation", overlay)]).procedure == one
