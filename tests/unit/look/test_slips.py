"""What a slip's page object holds, whoever's slip of the edition was made before."""

from datetime import UTC, datetime
from typing import cast

import pytest

from handlers.slips import Slip, Slips
from handlers.words import Words, build_environment
from miniapp.exam_scores.blocks import Result, Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.editions import Build
from miniapp.exam_scores.looking_up import Found
from miniapp.exam_scores.model import Exam, Pointer
from miniapp.exam_scores.statistics import Distribution, Statistics
from miniapp.exam_scores.store import Manifest
from tests.support.exams import exam

NOW = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)
ABSENT, NOT_TAKEN = 0xFFFE, 0xFFFF
PAIRS = [("toan", "van", "nn"), ("toan", "van", "su"), ("toan", "nn", "su"), ("van", "nn", "su")]
EXAM = exam(
    subjects=("toan", "van", "nn", "su"),
    combination_set="",
    combinations=tuple(Combination(f"X0{place}", subjects) for place, subjects in enumerate(PAIRS)),
)


@pytest.fixture(scope="module")
def words() -> Words:
    return build_environment()


def made(slips: Slips, scores: dict[str, int], spoken: int = 0, language: str = "vi", of: Exam = EXAM) -> Slip:
    subjects = {
        "toan": Distribution({0: 4, 500: 4, of.scale: 2}),
        "van": Distribution({100: 9}),
        "nn": Distribution({700: 10}),
        "su": Distribution({}),
    }
    statistics = Statistics(20, subjects, {}, {}, {})
    build = Build(cast(Manifest, None), statistics, cast(Shape, None))
    result = Result("02000001", {name: scores.get(name, NOT_TAKEN) for name in of.subjects}, {"language": spoken})
    return slips.make(Found(of, Pointer("edn", "b" * 64, NOW), build, result), language, NOW, "/again", "/all")


def test_a_row_has_the_share_and_the_own_bar_of_its_score(words: Words) -> None:
    slips = Slips(words)
    rows = {score: made(slips, {"toan": score}).rows[0] for score in (0, 500, 1000, 500)}
    assert [rows[score].share for score in (0, 500, 1000)] == [0, 40, 80]
    assert len({rows[score].picture for score in rows}) == 3
    assert all('class="mine"' in row.picture for row in rows.values())
    assert {row.name for row in rows.values()} == {"Toán"}


def test_what_is_no_score_is_a_word_and_a_small_group_has_no_share(words: Words) -> None:
    slips = Slips(words)
    absent, small, nobody = made(slips, {"toan": ABSENT, "van": 0, "su": 1000}).rows
    assert (absent.state, absent.score, absent.share, absent.picture) == ("absent", 0, None, "")
    assert (small.state, small.score, small.share, small.picture) == ("", 0, None, "")
    assert (nobody.share, nobody.picture) == (None, "")
    assert made(slips, {}).rows == []


def test_the_language_of_one_candidate_is_not_the_next_ones(words: Words) -> None:
    slips = Slips(words)
    names = [made(slips, {"nn": 700}, spoken).rows[0].name for spoken in (1, 6, 0, 1)]
    assert names[0] == names[3] and len(set(names)) == 3
    assert names[0].startswith(names[2])
    assert made(slips, {"nn": 700}, 1, "en").rows[0].name != names[0]


@pytest.mark.parametrize("scale", [25, 50, 120, 149, 1000, 2000])
def test_the_highest_score_of_any_scale_has_a_bar(words: Words, scale: int) -> None:
    row = made(Slips(words), {"toan": scale}, of=exam(subjects=("toan",), combination_set="", scale=scale)).rows[0]
    assert 'class="mine"' in row.picture


def test_three_combinations_are_seen_at_once_and_the_others_on_a_tap(words: Words) -> None:
    slips = Slips(words)
    page = made(slips, {"toan": 1000, "van": 900, "nn": 800, "su": 700})
    assert [(total, name.code) for total, _, name in page.best + page.others] == [
        (2700, "X00"), (2600, "X01"), (2500, "X02"), (2400, "X03"),
    ]  # fmt: skip
    assert len(page.best) == 3
    few = made(slips, {"toan": 1000, "van": 900, "nn": 800})
    assert ([name.code for _, _, name in few.best], few.others) == (["X00"], [])
    assert few.best[0][2].subjects == "Toán, Ngữ văn, Ngoại ngữ"
