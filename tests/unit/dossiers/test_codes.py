"""Codes of dossiers: their shape, their check character, and what people make of them when they type."""

import unicodedata
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Conflict, Invalid
from miniapp.dossiers.check_character import ALPHABET, ORDER, check_character, combined, holds
from miniapp.dossiers.codes import EXAMPLE, DossierCode, date_of
from miniapp.dossiers.nearby import did_you_mean
from miniapp.dossiers.typed import TYPED_MOST, read

SAMPLES = ("000.17.22.H56-210531-0001", "000.00.06.H56-231027-0361", "H56.14-240823-0001")  # domain 4.2
COLUMN = 50
SYMBOLS = range(ORDER)

old = st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[HG][0-9]{2}", fullmatch=True)
new = st.from_regex(r"[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,3}", fullmatch=True)
codes = st.builds(DossierCode.made, old | new, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 999_999))


def one_slip_away(text: str) -> set[str]:
    swapped = {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    changed = {text[:at] + other + text[at + 1 :] for at in range(len(text)) for other in ALPHABET}
    return (swapped | changed) - {text}


def alike(text: str) -> str:
    return text.translate(str.maketrans("OIL", "011"))


def test_the_quasigroup_is_totally_anti_symmetric_over_the_whole_alphabet():
    table = [[combined(held, symbol) for symbol in SYMBOLS] for held in SYMBOLS]
    assert all(set(row) == set(SYMBOLS) for row in table)
    assert all({row[symbol] for row in table} == set(SYMBOLS) for symbol in SYMBOLS)
    for x, y in product(SYMBOLS, SYMBOLS):
        if x != y:
            assert table[x][y] != table[y][x]
            assert all(table[table[c][x]][y] != table[table[c][y]][x] for c in SYMBOLS)


def test_equal_pairs_and_swaps_over_one_place_are_found_as_well():
    for x, y in product(ALPHABET, ALPHABET):
        if x != y:
            for c in ALPHABET:
                assert check_character(c + x + x) != check_character(c + y + y)
                assert check_character(x + c + y) != check_character(y + c + x)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_wrong_character_and_every_swap_of_neighbours_shows(sample: str):
    code = DossierCode.of(sample)
    whole = code.letters + code.check
    assert holds(whole)
    slips = one_slip_away(whole)
    assert len(slips) > len(whole) * (ORDER - 1)
    assert not [slip for slip in slips if holds(slip)]


@given(text=st.text(ALPHABET, min_size=1, max_size=30))
def test_one_character_alone_ends_a_text(text: str):
    assert [one for one in ALPHABET if holds(text + one)] == [check_character(text)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_samples_of_the_law_are_codes_and_are_written_as_they_stand(sample: str):
    code = DossierCode.of(sample)
    assert str(code) == sample
    assert code.printed == f"{sample} [{code.check}]"


def test_a_number_grows_beyond_four_figures_and_ends_where_six_do():
    day = date(2024, 8, 23)
    assert str(DossierCode.made("H56.14", day, 1)) == "H56.14-240823-0001"
    assert str(DossierCode.made("H56.14", day, 12_345)) == "H56.14-240823-12345"
    with pytest.raises(Conflict, match="dossier_codes_used_up"):
        DossierCode.made("H56.14", day, 1_000_000)
    with pytest.raises(Invalid, match="agency_identifier_shape"):
        DossierCode.made("so-gddt-dak-lak", day, 1)


@given(code=codes)
def test_every_code_fits_its_column_and_reads_back(code: DossierCode):
    assert len(str(code)) <= COLUMN
    assert DossierCode.of(str(code)) == code
    assert date_of(code.day) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", "H56.14", "H56.14-240823", "H56.14-240823-001", "H56.14-240823-0001234", "H56.14-240832-0001"),
        *(
            "H56.14-230229-0001",
            "h56.14-240823-0001",
            "H56.14-240823-0001-1",
            " H56.14-240823-0001",
            "H56..4-240823-0001",
        ),
        *("000.17.22.A56-210531-0001", "H56.1.2.3.4-240823-0001", "H56.1234-240823-0001", "H56.14-２４0823-0001"),
    ],
)
def test_what_is_not_exactly_a_code_is_none(text: str):
    with pytest.raises(Invalid, match="dossier_code_shape"):
        DossierCode.of(text)


@pytest.mark.parametrize(
    "typed",
    [
        "H56.14-240823-0001",
        "  h56.14 - 240823 - 0001  ",
        "H56 14 240823 0001",
        "H56142408230001",
        "h56.14–240823—0001",  # dashes of a word processor
        "H56.14‑240823‑0001",  # hyphens that do not break
        "H56.14-24O823-OOO1",  # the letter O
        "H56.I4-240823-000l",  # the letters I and l
        "Ｈ５６．１４－２４０８２３－０００１",  # full width
        "H56.14-240823-\u200b0001",  # a character of no width, as chats leave
        "Ĥ56.14-240823-0001",  # what an input method made of a letter
        unicodedata.normalize("NFD", "Ĥ56.14-240823-0001"),
        "H56.14-240823-0001/",
        "[H56.14-240823-0001]",
        "H 5 6 . 1 4 - 2 4 0 8 2 3 - 0 0 0 1",
    ],
)
def test_what_people_type_is_the_code_that_they_mean(typed: str):
    assert str(read(typed)[0].code) == EXAMPLE


@pytest.mark.parametrize(
    "typed",
    [
        "000.17.22.H56-210531-0001",
        "00017 22h56 210531 0001",
        "0001722H562105310001",
        "OOO.I7.22.H56-2IO53I-OOOI",
        "000-17-22-h56-210531-0001",
    ],
)
def test_the_older_form_is_forgiven_as_much(typed: str):
    assert str(read(typed)[0].code) == SAMPLES[0]


@given(code=codes, separator=st.sampled_from([" ", "  ", " - ", "[", "/", "·"]))
def test_a_code_is_read_with_its_check_character_without_it_and_with_a_wrong_one(code: DossierCode, separator: str):
    assert [(one.code, one.holds) for one in read(str(code))] == [(code, None)]
    assert [(one.code, one.holds) for one in read(code.printed)] == [(code, True)]
    assert [(one.code, one.holds) for one in read(f"{code}{separator}{code.check.lower()}")] == [(code, True)]
    wrong = ALPHABET[ALPHABET.index(code.check) - 1]
    assert [(one.code, one.holds) for one in read(f"{code}{separator}{wrong}")] == [(code, False)]
    assert did_you_mean(f"{code}{separator}{wrong}")[0] == code


@given(code=codes)
def test_a_code_in_one_piece_is_among_what_may_be_meant_and_first_when_the_agency_is_known(code: DossierCode):
    known = {code.agency}
    assert read(code.letters, known)[0].code.agency == code.agency
    assert code in [one.code for one in read(code.letters, known)]
    assert code in [one.code for one in read(code.letters + code.check, known) if one.holds]


def test_a_check_character_glued_to_a_code_of_four_figures_is_told_from_a_fifth_figure():
    code = DossierCode.of("H56.14-240823-0001")
    assert code.check.isdecimal()
    first = read(f"{code}{code.check}")[0]
    assert (first.code, first.holds) == (code, True)
    assert str(read("H56.14-240823-12345")[0].code) == "H56.14-240823-12345"


@pytest.mark.parametrize(("right", "typed"), [("0", "O"), ("O", "0"), ("1", "I"), ("I", "1")])
def test_as_a_check_character_a_letter_is_not_taken_for_a_figure_but_the_code_is_proposed(right: str, typed: str):
    day = date(2024, 8, 23)
    code = next(one for n in range(1, 999) if (one := DossierCode.made("H56.14", day, n)).check == right)
    assert [(one.code, one.holds) for one in read(f"{code} [{typed}]")] == [(code, False)]
    assert did_you_mean(f"{code} [{typed}]")[0] == code


@pytest.mark.parametrize("typed", ["", "   ", "-.-", "\u200b"])
def test_nothing_typed_is_told_apart_from_something_wrong(typed: str):
    with pytest.raises(Invalid, match="dossier_code_empty"):
        read(typed)


@pytest.mark.parametrize(
    "typed", ["xin chào", "0912345678", "1.001193", "H56", "9" * TYPED_MOST, "H56.14-240823-0001" * 400]
)
def test_what_can_be_no_code_is_said_to_be_none(typed: str):
    with pytest.raises(Invalid, match="dossier_code_shape"):
        read(typed)


@given(typed=st.text(max_size=60) | st.text("0123456789HGOIl.- ", max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed: str):
    try:
        found = read(typed)
    except Invalid as problem:
        assert problem.code in ("dossier_code_empty", "dossier_code_shape")
    else:
        assert found


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_slip_in_figures_leads_back_to_the_code_that_was_meant(sample: str):
    code = DossierCode.of(sample)
    for at, right in enumerate(sample):
        for wrong in "0123456789" if right.isdecimal() else ():
            if wrong != right:
                assert code in did_you_mean(f"{sample[:at]}{wrong}{sample[at + 1 :]} {code.check}")
        after = sample[at + 1 : at + 2]
        if right.isalnum() and after.isalnum() and after != right:
            assert code in did_you_mean(f"{sample[:at]}{after}{right}{sample[at + 2 :]} {code.check}")


def test_a_mistyped_day_that_never_was_and_a_letter_among_figures_are_mended_too():
    code = DossierCode.of("H56.14-240823-0001")
    assert code in did_you_mean(f"H56.14-240832-0001 {code.check}")
    assert code in did_you_mean(f"H56.14-2408Z3-0001 {code.check}")
    assert code in did_you_mean(f"N56.14-240823-0001 {code.check}")


@given(code=codes, data=st.data())
def test_all_that_may_be_meant_is_near_and_holds_its_check_character(code: DossierCode, data: st.DataObject):
    check = data.draw(st.sampled_from([one for one in ALPHABET if one != code.check]))
    for meant in did_you_mean(f"{code} {check}"):
        typed, wanted = code.letters + check, meant.letters + meant.check
        # A slip may bring an I, an L or an O among the figures, where it is read as 1 or 0.
        assert alike(wanted) in {alike(slip) for slip in one_slip_away(typed)}
        assert len(wanted) == len(typed)


def test_nothing_is_proposed_where_the_check_character_holds_or_was_not_typed():
    code = DossierCode.of("H56.14-240823-0001")
    assert did_you_mean(code.printed) == ()
    assert did_you_mean(str(code)) == ()
    assert did_you_mean("xin chào") == ()
