"""Templates compiled for functions are the same templates, and code that does not fit its text is not used."""

import shutil
from pathlib import Path
from types import CodeType

import pytest

from handlers import compiled
from handlers.words import TEMPLATES, Words, build_environment

PAGE = "errors/_codes.html"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packaged") / "templates"
    shutil.copytree(TEMPLATES, folder)
    for path in folder.glob("console/**/*.html"):  # the citizens' stand for all
        path.unlink()
    compiled.write(build_environment(folder=folder))
    return folder


def code_of(words: Words, language: str, name: str) -> CodeType | None:
    cache = compiled.shipped(words.folder, language)
    assert cache is not None
    source = (words.folder / name).read_text("utf-8")
    return cache.get_bucket(words.environment(language), name, str(words.folder / name), source).code


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_template_has_code_that_says_what_its_text_says(packaged: Path, language: str) -> None:
    fresh, plain = build_environment(folder=packaged), build_environment()
    names = [path.relative_to(packaged).as_posix() for path in packaged.rglob("*.html")]
    assert len(names) > 20
    assert all(code_of(fresh, language, name) is not None for name in names)
    assert fresh.sentence(language, "page_unknown", {}) == plain.sentence(language, "page_unknown", {})


def test_the_languages_have_each_their_own(packaged: Path) -> None:
    words = build_environment(folder=packaged)
    assert words.sentence("vi", "page_unknown", {}) != words.sentence("en", "page_unknown", {})


def test_code_of_another_text_is_not_used(packaged: Path, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(packaged, folder)
    (folder / "letters.txt").write_text("one", "utf-8")
    compiled.write(build_environment(folder=folder))
    (folder / "letters.txt").write_text("two", "utf-8")
    words = build_environment(folder=folder)
    assert code_of(words, "vi", "letters.txt") is None
    assert words.page("vi", "letters.txt") == "two"


def test_a_function_writes_nothing_and_a_template_without_code_is_compiled(packaged: Path, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(packaged, folder)
    (folder / "new.txt").write_text("new", "utf-8")
    before = sorted(path.name for path in (folder / compiled.FOLDER).iterdir())
    assert build_environment(folder=folder).page("vi", "new.txt") == "new"
    assert sorted(path.name for path in (folder / compiled.FOLDER).iterdir()) == before


def test_a_checkout_has_none() -> None:
    assert compiled.shipped(TEMPLATES, "vi") is None


def test_code_does_not_say_in_which_folder_it_was_made(packaged: Path) -> None:
    """Two builds of one commit, each in a folder of its own, have the same bytes."""
    assert not [
        path.name for path in (packaged / compiled.FOLDER).iterdir() if str(packaged).encode() in path.read_bytes()
    ]
