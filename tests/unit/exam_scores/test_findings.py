"""What may be found in a file: counted whole, listed within a bound, and never without a sentence."""

import re
from pathlib import Path

import pytest

from miniapp.exam_scores.findings import SEVERITY, Findings

TEMPLATES = Path(__file__).parents[3] / "templates" / "errors"


def test_every_code_has_its_sentence() -> None:
    said = set(re.findall(r"{% block (\w+) %}", "".join(file.read_text() for file in TEMPLATES.glob("_codes*.html"))))

    assert sorted(set(SEVERITY) - said) == []


def test_a_code_that_nobody_has_words_for_is_not_taken() -> None:
    with pytest.raises(KeyError):
        Findings().add("something_else", 1)


def test_everything_is_counted_and_the_list_has_an_end() -> None:
    found = Findings(most=3)
    for row in range(2, 12):
        found.add("score_off_step", row, "toan", "7,33")
    found.add("number_empty", 20, "sbd" * 50, "x" * 500)

    assert (found.count("warning"), found.count("error"), len(list(found))) == (10, 1, 3)
    error, warning = found.kinds()
    assert (error.code, error.row, len(error.column), len(error.value)) == ("number_empty", 20, 60, 60)
    assert (warning.code, warning.count, warning.row, warning.value) == ("score_off_step", 10, 2, "7,33")
