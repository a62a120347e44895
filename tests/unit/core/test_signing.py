"""Signatures: what any change of a text, a key or a day does, and keys that come, go and stay readable."""

import json
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.base32 import decoded, encoded
from miniapp.core.signing import (
    PublicKeys,
    Signature,
    Signer,
    Verdict,
    public_halves,
    with_new_key,
    without_old_secrets,
)

ONE, TWO = bytes([1]) * 32, bytes([2]) * 32
DAY = date(2026, 11, 30)
SPEC = with_new_key("", ONE, DAY - timedelta(days=30))
# RFC 8032, 7.1, test 2: a secret key and the public key that belongs to it.
SECRET = bytes.fromhex("4ccd089b 28ff96da 9db6c346 ec114e0f 5b8a319f 35aba624 da8cf6ed 4fb8a6fb").hex()
BELONGS = bytes.fromhex("3d4017c3 e843895a 92b70aa7 4d1b7ebc 9c982ccf 2ec4968c c0cd55f1 2af4660c").hex()


def signature(text: str = "text", keys: str = SPEC, day: date = DAY) -> Signature:
    made = Signer(keys).sign("purpose", text, day)
    assert made is not None
    return made


def test_a_key_is_that_of_the_standard():
    (key,) = Signer(f"private:2026-11-30:{SECRET}").public
    assert key.raw.hex() == BELONGS


@given(st.text(), st.text())
def test_a_text_is_genuine_for_its_purpose_and_no_other_text_is(text: str, other: str):
    public, made = Signer(SPEC).public, signature(text)
    assert public.verify("purpose", text, made, DAY) is Verdict.GENUINE
    assert public.verify("other purpose", text, made, DAY) is Verdict.FALSE
    assert (public.verify("purpose", other, made, DAY) is Verdict.GENUINE) == (other == text)


@given(st.integers(0, 64 * 8 - 1))
def test_no_bit_of_a_signature_can_be_another(bit: int):
    made = signature()
    raw = (int.from_bytes(made.raw, "big") ^ (1 << bit)).to_bytes(64, "big")
    assert Signer(SPEC).public.verify("purpose", "text", Signature(made.key, raw), DAY) is Verdict.FALSE


def test_a_key_that_nobody_knows_is_told_apart_from_a_false_signature():
    other = with_new_key("", TWO, DAY)
    assert Signer(other).public.verify("purpose", "text", signature(), DAY) is Verdict.UNKNOWN_KEY
    both = Signer(f"{SPEC},{other}").public
    (known,) = Signer(other).public
    assert both.verify("purpose", "text", Signature(known.id, signature().raw), DAY) is Verdict.FALSE


def test_a_new_key_is_published_before_it_signs_and_the_old_one_ends_the_day_before():
    begins = DAY + timedelta(days=2)
    keys = with_new_key(SPEC, TWO, begins)
    old, new = (key.id for key in Signer(keys).public)
    signs = [Signer(keys).signing_on(DAY + timedelta(days=ahead)) for ahead in range(4)]
    assert signs == [old, old, new, new]
    made = signature(keys=keys, day=begins)
    assert made.key == new
    assert Signer(keys).public.verify("purpose", "text", made, begins - timedelta(days=1)) is Verdict.OTHER_TIME


def test_what_an_old_key_signed_stays_good_when_its_secret_is_gone_and_it_signs_no_more():
    begins = DAY + timedelta(days=2)
    keys = without_old_secrets(with_new_key(SPEC, TWO, begins), begins)
    assert ONE.hex() not in keys
    assert Signer(keys).public.verify("purpose", "text", signature(), DAY) is Verdict.GENUINE
    assert Signer(keys).public.verify("purpose", "text", signature(), begins) is Verdict.OTHER_TIME
    assert Signer(keys).sign("purpose", "text", DAY) is None


def test_a_key_that_signs_today_keeps_its_secret():
    keys = with_new_key(SPEC, TWO, DAY + timedelta(days=2))
    assert without_old_secrets(keys, DAY + timedelta(days=1)) == keys


def test_what_is_published_is_read_again_and_holds_no_secret():
    public = Signer(with_new_key(SPEC, TWO, DAY)).public
    told = json.dumps(public.published())
    assert list(PublicKeys.read(json.loads(told))) == list(public)
    assert ONE.hex() not in told and '"d"' not in told
    for key in public:
        Ed25519PublicKey.from_public_bytes(key.raw)


def test_keys_of_other_kinds_are_left_alone():
    keys = {"keys": [{"kty": "RSA", "n": "x"}, *Signer(SPEC).public.published()["keys"]]}
    assert len(list(PublicKeys.read(keys))) == 1


@pytest.mark.parametrize(
    "published", [{}, {"keys": 1}, {"keys": [1]}, {"keys": [{"kty": "OKP", "crv": "Ed25519"}]}, []]
)
def test_what_is_no_set_of_keys_is_refused(published: object):
    with pytest.raises(ValueError):
        PublicKeys.read(published)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "keys", ["x", "secret:2026-11-30:" + "1" * 64, "private:soon:" + "1" * 64, "private:2026-11-30:11"]
)
def test_a_setting_that_is_none_is_refused(keys: str):
    with pytest.raises(ValueError):
        Signer(keys)


def test_public_halves_check_all_that_was_signed_hold_no_secret_and_sign_nothing():
    keys = with_new_key(with_new_key("", bytes([1]) * 32, DAY), bytes([2]) * 32, DAY + timedelta(days=9))
    keys = with_new_key(without_old_secrets(keys, DAY + timedelta(days=9)), bytes([3]) * 32, DAY + timedelta(days=12))
    published = public_halves(keys)
    assert list(PublicKeys.of(published)) == list(PublicKeys.of(keys)) == list(Signer(keys).public)
    assert public_halves(published) == published
    assert "private" not in published and not any(bytes([one]).hex() * 32 in published for one in (1, 2, 3))
    assert Signer(published).sign("purpose", "text", DAY) is None


def test_without_a_key_nothing_is_signed():
    assert Signer("").sign("purpose", "text", DAY) is None
    assert Signer("").public.published() == {"keys": []}


@given(st.binary(max_size=80))
def test_bytes_have_one_spelling_that_is_read_back(raw: bytes):
    assert decoded(encoded(raw)) == raw
    assert decoded(encoded(raw).lower().replace("0", "o").replace("1", "l")) == raw


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZUu!", max_size=30))
def test_no_other_letters_spell_the_same_bytes(text: str):
    raw = decoded(text)
    assert raw is None or encoded(raw) == text
