"""A text that goes into a spreadsheet's cell is never calculated, and comes back as it was."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from miniapp.core.cells import RISKY, plain, safe, safe_in_book

texts = st.text(alphabet=st.sampled_from("'=+-@ <r>\ta\n＝"), max_size=6) | st.text()


@given(texts)
@example("'=1+1")
@example("''- a")
@example("<r>a</r>")
def test_what_was_guarded_comes_back_as_it_was(text: str) -> None:
    assert plain(safe(text)) == text
    assert plain(safe_in_book(text)) == text


@given(texts)
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    assert not safe(text).lstrip(" ").startswith(RISKY)


@pytest.mark.parametrize("text", ["- Nộp hồ sơ", "=1+1", "Nộp", "'Nộp'"])
def test_in_a_workbook_a_text_stands_as_it_is(text: str) -> None:
    assert safe_in_book(text) == text
