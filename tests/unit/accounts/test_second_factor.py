"""Six figures that change, once each; codes for a lost phone, typed as people type."""

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.accounts import second_factor
from miniapp.core.errors import Refused
from miniapp.core.ids import RandomIds
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer
from tests.support.fakes import START

# The secret and codes of RFC 6238, appendix B (SHA-1, its last six figures).
RFC = Personal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_the_codes_of_the_standard(seconds: int, code: str) -> None:
    at = START.fromtimestamp(seconds, START.tzinfo)
    assert second_factor.counter_of(RFC, code, at, -1) == seconds // 30
    assert second_factor.counter_of(RFC, f"{code[:3]} {code[3:]}", at, -1) == seconds // 30


@given(st.integers(-5, 5), st.integers(-3, 3))
def test_a_code_counts_one_step_early_or_late_and_only_after_the_last_one(steps: int, last: int) -> None:
    present = int(START.timestamp()) // 30
    code = pyotp.HOTP(RFC.reveal).at(present + steps)
    found = second_factor.counter_of(RFC, code, START, present + last)
    assert found == (present + steps if abs(steps) <= 1 and steps > last else None)


@given(st.text(max_size=20))
def test_no_text_breaks_it(code: str) -> None:
    found = second_factor.counter_of(RFC, code, START + timedelta(days=1), -1)
    assert found is None or "".join(code.split()).isdigit()


def test_ten_recovery_codes_all_different_and_hard_to_guess() -> None:
    codes = second_factor.new_recovery_codes(RandomIds())
    assert len(set(codes)) == 10
    assert all(second_factor.looks_like_recovery(code) for code in codes)
    assert not second_factor.looks_like_recovery("123456")
    assert 30**second_factor.RECOVERY_LENGTH > 2**75


def test_a_recovery_code_is_one_however_it_is_typed_and_one_officers_only() -> None:
    code = second_factor.new_recovery_codes(RandomIds())[0]
    kept = second_factor.recovery_hash("off_1", code)
    assert second_factor.recovery_hash("off_1", f" {code.lower().replace('-', '  ')} ") == kept
    assert second_factor.recovery_hash("off_2", code) != kept


def test_secrets_are_kept_sealed_and_open_only_under_our_key() -> None:
    vault = Sealer("a" * 32)
    kept = second_factor.sealed(vault, RFC)
    assert RFC.reveal not in kept
    assert second_factor.unsealed(vault, Personal(kept), START) == RFC
    with pytest.raises(Refused):
        second_factor.unsealed(Sealer("b" * 32), Personal(kept), START)


def test_the_address_for_the_picture_names_us_and_the_login() -> None:
    address = second_factor.address_of(RFC, Personal("lan@sogddt.vn"))
    assert address.startswith("otpauth://totp/Mot%20Cua:lan%40sogddt.vn?secret=")
    assert len(second_factor.new_secret().reveal) == 32
