"""Long texts in bounded pages: nothing is lost, nothing twice, and no page is longer than it may be."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.excerpts import beginning, opening, pages, pieces

TEXTS = st.lists(st.text(alphabet="ab đ\n", max_size=60), max_size=12)


def words(texts: list[str]) -> str:
    """Letters without blanks: blanks at a cut may go."""
    return "".join("".join(text.split()) for text in texts)


@given(st.text(alphabet="ab đ\n", max_size=300), st.integers(5, 40))
def test_a_text_in_pieces_is_the_same_text(text: str, most: int) -> None:
    found = list(pieces(text, most))
    assert words(found) == words([text])
    assert all(len(piece) <= most for piece in found)


@given(TEXTS, st.integers(5, 60))
def test_every_item_stands_on_one_page_in_its_order(texts: list[str], most: int) -> None:
    dealt = pages(texts, [len(text) for text in texts], most)
    assert [text for page in dealt for text in page] == texts
    assert all(sum(map(len, page)) <= most or len(page) == 1 or not any(page) for page in dealt)
    assert len(dealt) == 1 or all(dealt)


@given(TEXTS, st.integers(1, 100))
def test_a_beginning_and_what_is_left_are_everything(texts: list[str], most: int) -> None:
    found = beginning(texts, [len(text) for text in texts], most)
    assert [*found.shown, *texts[len(found.shown) :]] == texts
    assert len(found.shown) + found.left == len(texts)
    assert sum(map(len, found.shown)) <= most


def test_of_a_first_text_that_is_too_long_its_beginning_is_shown() -> None:
    found = opening(["một hai ba bốn năm", "sáu"], 8)
    assert (found.shown, found.left) == (["một hai …"], 2)
    assert opening([], 8).left == 0
