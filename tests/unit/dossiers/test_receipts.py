"""What a receipt's line says is told as it was signed; whatever is changed in it is told to be false or damaged."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.base32 import encoded
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.signing import PublicKeys, Signer, Verdict, with_new_key
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.receipts import Receipt, check, line_of, signed
from tests.support.dossiers import MONDAY, WHO, filed, in_progress

KEYS = with_new_key("", bytes([1]) * 32, date(2026, 1, 1))
OTHERS = with_new_key("", bytes([2]) * 32, date(2026, 1, 1))
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
SAMPLE = Receipt(
    "phuong-hoa-mai",
    DossierCode.of("H56.14-261120-0001"),
    "1.001193",
    AT,
    datetime(2026, 11, 26, 15, 40, tzinfo=VIETNAM),
    2,
    AT + timedelta(minutes=5),
)
SIGNER = Signer(KEYS)
PUBLIC = SIGNER.public
LINE = signed(SAMPLE, SIGNER)
OTHER_FACTS = {
    "agency": "phuong-hoa-lan",
    "code": DossierCode.of("H56.14-261120-0002"),
    "procedure": "1.001194",
    "received": AT - timedelta(days=1),
    "due": None,
    "version": 3,
    "written": AT + timedelta(minutes=6),
}
moments = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(
    lambda one: one.replace(second=0, microsecond=0, tzinfo=VIETNAM)
)
codes = st.builds(
    lambda day, number: DossierCode.made("000.17.22.H56", day, number),
    st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    st.integers(1, 999_999),
)
anything = st.builds(
    Receipt,
    st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True),
    codes,
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    moments,
    st.none() | moments,
    st.integers(1, 10_000),
    moments.filter(lambda one: one.year >= 2026),
)


def resealed(line: str) -> str:
    """A line with the check letters that belong to it, as a forger would write it."""
    whole = line.rpartition("/")[0]
    return f"{whole}/{encoded(hashlib.sha256(whole.encode()).digest()[:5])}"


@given(anything)
def test_whatever_is_signed_is_told_again_as_it_was(receipt: Receipt):
    found = check(signed(receipt, SIGNER), PUBLIC)
    assert (found.verdict, found.receipt) == (Verdict.GENUINE, receipt)


@pytest.mark.parametrize("name", OTHER_FACTS)
def test_another_fact_under_the_same_signature_is_false_even_with_fitting_check_letters(name: str):
    changed = replace(SAMPLE, **{name: OTHER_FACTS[name]})
    tail = LINE.removeprefix(SAMPLE.body)
    assert check(resealed(changed.body + tail), PUBLIC).verdict is Verdict.FALSE
    assert check(changed.body + tail, PUBLIC).verdict is None


def test_a_key_s_id_is_signed_too():
    both = Signer(f"{KEYS},{OTHERS}").public
    mine, other = (key.id for key in both)
    assert check(resealed(LINE.replace(mine, other)), both).verdict is Verdict.FALSE


@given(st.integers(0, len(LINE) - 1), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ./-%"))
def test_no_letter_of_it_can_be_another(place: int, letter: str):
    changed = LINE[:place] + letter + LINE[place + 1 :]
    expected = Verdict.GENUINE if changed == LINE else None
    assert check(changed, PUBLIC).verdict is expected
    forged = check(resealed(changed), PUBLIC)
    if changed.rpartition("/")[0] != LINE.rpartition("/")[0]:
        assert forged.verdict is not Verdict.GENUINE


@given(st.integers(1, len(LINE) - 2))  # what stands before the mark is nothing of ours
def test_a_letter_too_few_a_letter_twice_and_two_swapped_are_told(place: int):
    fewer = LINE[:place] + LINE[place + 1 :]
    twice = LINE[: place + 1] + LINE[place:]
    swapped = LINE[:place] + LINE[place + 1] + LINE[place] + LINE[place + 2 :]
    for changed in {fewer, twice, swapped} - {LINE}:
        assert check(changed, PUBLIC).verdict is None


@given(st.text(max_size=300))
def test_any_text_has_an_answer_and_none_is_genuine(text: str):
    assert check(text, PUBLIC).verdict is None
    assert check(f"MC1/{text}", PUBLIC).verdict is None


@pytest.mark.parametrize(
    "typed",
    [
        LINE.lower(),
        "  " + LINE + "\n",
        "\n".join(LINE[at : at + 24] for at in range(0, len(LINE), 24)),
        " ".join(LINE[at : at + 4] for at in range(0, len(LINE), 4)),
        LINE.replace("-", "\u2011"),
        f"Giấy hẹn: {LINE}",
    ],
    ids=["lower case", "blanks", "lines", "groups", "hyphens", "in a sentence"],
)
def test_how_it_is_typed_does_not_matter(typed: str):
    assert check(typed, PUBLIC).verdict is Verdict.GENUINE


def test_an_agency_whose_address_ends_like_our_mark_is_read_whole():
    receipt = replace(SAMPLE, agency="truong-mc1")
    assert check(f"Mã: {signed(receipt, SIGNER)}", PUBLIC).receipt == receipt


def test_letters_that_look_like_figures_are_mended_in_the_signature():
    head, key, letters, tail = LINE.rsplit("/", 3)
    typed = "/".join([head, key.replace("0", "O"), letters.replace("0", "o").replace("1", "I"), tail.replace("1", "l")])
    assert typed != LINE and check(typed, PUBLIC).verdict is Verdict.GENUINE


def test_a_key_that_is_not_known_is_said_to_be_so_and_what_stands_there_is_told():
    found = check(LINE, Signer(OTHERS).public)
    assert (found.verdict, found.receipt) == (Verdict.UNKNOWN_KEY, SAMPLE)
    assert check(LINE, PublicKeys([])).verdict is Verdict.UNKNOWN_KEY


def test_an_old_key_s_receipts_stay_genuine_and_one_that_is_dated_after_its_end_is_not():
    turned = Signer(with_new_key(KEYS, bytes([2]) * 32, date(2026, 12, 1)))
    assert check(LINE, turned.public).verdict is Verdict.GENUINE
    later = replace(SAMPLE, written=datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM))
    by_thief = signed(later, SIGNER)  # with the old key, which ended the day before
    assert check(by_thief, turned.public).verdict is Verdict.OTHER_TIME
    assert check(signed(later, turned), turned.public).verdict is Verdict.GENUINE


def test_without_a_key_there_is_no_line():
    assert signed(SAMPLE, Signer("")) == ""


def test_it_is_of_a_dossier_that_was_received_as_it_stands_and_names_nobody():
    dossier = in_progress()
    receipt = line_of(dossier, "xa-hoa-binh", MONDAY + timedelta(hours=2, seconds=30))
    assert (receipt.received, receipt.due, receipt.version) == (MONDAY, dossier.due, dossier.version)
    line = signed(receipt, SIGNER)
    assert not any(told.reveal.upper() in line for told in (WHO.name, WHO.phone, WHO.identity))
    with pytest.raises(Invalid):
        line_of(filed(), "xa-hoa-binh", MONDAY)


def test_it_fits_a_qr_code_of_letters_and_figures_that_a_phone_reads_from_paper():
    long = replace(
        SAMPLE,
        agency="uy-ban-nhan-dan-phuong-dong-hoa-tinh-dak-lak",
        code=DossierCode.of("000.17.22.H56-261120-000123"),
    )
    for receipt in (SAMPLE, long):
        made = segno.make(signed(receipt, SIGNER), error="m", micro=False)
        assert made.mode == "alphanumeric"
        assert made.version <= 11
