"""Long is enough, obvious is not; what two keyboards write differently is one password."""

import contextlib
import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.accounts import passwords
from miniapp.core.errors import Invalid

OBVIOUS = [
    "matkhau123456",
    "MatKhau@2026!",
    "P@ssw0rd123456",
    "123456789012",
    "123123123123",
    "qwertyuiop123",
    "anhyeuem12345",
    "iloveyou123456",
    "aaaaaaaaaaaa",
    "1qaz2wsx3edc",
    "matkhaumatkhau",
    "vietnam2025!!",
    "abcdefghijkl",
    "111222333444",
    "sogddt123456",
    "2026hanoi2026",
    "administrator",
    "Administrator1",
    "quantri123456",
    "motcua2026!!!",
    "truonghoc1234",
    "000000000000",
    "zxcvbnm,./123",
    "987654321098",
    "toiyeuvietnam",
    "chucmungnammoi2026",
    "nguyenvana2026",
]
GOOD = [
    "bay con meo di hoc ve",
    "Tôi trồng 4 cây xoài",
    "correct-giraffe-umbrella",
    "kq7#Vp2!mZr8",
    "m" + "áy cày đỏ ở ruộng",
]


@pytest.mark.parametrize("password", OBVIOUS)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.require_good(password)
    assert refused.value.code == "password_common"


def test_an_obvious_word_with_accents_is_as_obvious() -> None:
    with pytest.raises(Invalid) as refused:
        passwords.require_good("Mật Khẩu 123456")
    assert refused.value.code == "password_common"


@pytest.mark.parametrize("password", GOOD)
def test_a_long_one_of_ones_own_is_taken(password: str) -> None:
    passwords.require_good(password, ["lan@sogddt.vn", "lan", "sogddt", "Lê Thị Lan"])


@pytest.mark.parametrize(("password", "code"), [("kq7#Vp2!mZr", "password_short"), ("", "password_short")])
def test_a_short_one_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.require_good(password)
    assert refused.value.code == code


def test_64_characters_and_more_are_allowed_and_there_is_an_end() -> None:
    long = "một hai ba bốn năm sáu bảy tám chín mười " * 6
    passwords.require_good(long[:64])
    passwords.require_good(long[:240])
    with pytest.raises(Invalid) as refused:
        passwords.require_good("á" * 100_000)
    assert refused.value.code == "password_long"


def test_made_of_what_its_owner_is_called_is_refused() -> None:
    for password in ("lethithanhlan1", "Thanhlan@1990", "sogddt-phuyen"):
        with pytest.raises(Invalid) as refused:
            passwords.require_good(password, ["sogddt-phuyen", "lethithanhlan", "thanhlan"])
        assert refused.value.code == "password_about_you"


@settings(max_examples=200)
@given(st.text(min_size=0, max_size=80))
def test_any_text_is_judged_without_failing(password: str) -> None:
    with contextlib.suppress(Invalid):
        passwords.require_good(password, ["lan", ""])


def test_nfc_and_nfd_are_one_password() -> None:
    kept = passwords.hashed(unicodedata.normalize("NFD", "Tôi trồng 4 cây xoài"))
    assert passwords.matches(kept, unicodedata.normalize("NFC", "Tôi trồng 4 cây xoài"))
    assert not passwords.matches(kept, "Tôi trồng 4 cây xoai")


def test_hashes_are_argon2id_with_the_advised_cost() -> None:
    assert passwords.hashed("bay con meo di hoc ve").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_hash_of_nobody_costs_as_much_and_matches_nothing() -> None:
    assert not passwords.is_outdated(passwords.DUMMY)
    assert not passwords.matches(None, "")
    assert not passwords.matches(None, "bay con meo di hoc ve")


def test_weaker_hashes_are_told_apart() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("x"))


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$broken"])
def test_a_broken_hash_matches_nothing(kept: str) -> None:
    assert not passwords.matches(kept, "bay con meo di hoc ve")
