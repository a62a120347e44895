"""One word, four places: a slice has its handlers, templates and tests under the same word (house rules 1 and 2)."""

from pathlib import Path

from tests.support.code import ROOT

WORDS = {"model", "store", "service"}
# Slices without pages of their own, and why.
NO_PAGES = {
    "core": "the ground floor knows no service",
    "zalo": "the platform seen from here; its pages are the simulator's, under demo",
    "messaging": "what is said to a citizen stands in templates/messages",
}
# Slices whose pages stand under other words, because people meet them as something else.
HANDLERS = {
    "accounts": ("console/sign_in", "console/officers", "citizen/me"),
    "audit": ("console/audit",),
    "agencies": ("citizen/agencies",),
    "calendars": ("console/calendars",),
    "dossiers": ("console/dossiers",),
    "exam_scores": ("citizen/exam_scores", "console/exam_scores", "api/exam_scores"),
    "exports": ("console/exports",),
    "procedures": ("citizen/procedures", "console/procedures", "api/procedures"),
    "ratings": ("console/ratings",),
    "usage": ("console/usage",),
}
TEMPLATES = {
    "accounts": ("console/sign_in", "console/officers", "citizen/me"),
    "audit": ("console/officers/trail",),
    "agencies": ("citizen/agencies",),
    "calendars": ("console/calendars",),
    "dossiers": ("console/dossiers",),
    "exam_scores": ("citizen/exam_scores", "console/exam_scores"),
    "exports": ("console/exports",),
    "procedures": ("citizen/procedures", "console/procedures"),
    "ratings": ("console/ratings",),
    "usage": ("console/usage",),
}


def slices() -> list[str]:
    return sorted(path.name for path in (ROOT / "miniapp").iterdir() if (path / "__init__.py").exists())


def exists(folder: str, word: str, ends: str = "") -> bool:
    return any((ROOT / folder).glob(f"{word}*{ends}"))


def test_every_slice_has_tests():
    untested = [
        word for word in slices() if not any((ROOT / "tests" / room / word).is_dir() for room in ("unit", "service"))
    ]
    assert untested == []


def test_every_slice_with_pages_has_handlers_and_templates_under_the_same_word():
    missing = []
    for word in slices():
        if word in NO_PAGES:
            continue
        usual = (f"citizen/{word}",)
        missing += [f"handlers/{at}" for at in HANDLERS.get(word, usual) if not exists("handlers", at, ".py")]
        missing += [f"templates/{at}" for at in TEMPLATES.get(word, usual) if not exists("templates", at)]
    assert missing == []


def test_every_list_above_names_slices_that_exist():
    assert (set(NO_PAGES) | set(HANDLERS) | set(TEMPLATES)) - set(slices()) == set()


def test_every_slice_but_the_ground_floor_has_a_model_or_a_service():
    bare = [
        word
        for word in slices()
        if word != "core" and not any((ROOT / "miniapp" / word / f"{name}.py").exists() for name in WORDS)
    ]
    assert bare == []


def test_folders_of_tests_mirror_folders_of_code():
    rooms = {"unit": "miniapp", "service": "miniapp", "web": "handlers"}
    # What is tested there is no folder of that name: the engine, what an account needs, the look and the command line.
    others = {"engine", "infra", "look", "commands", "demo", "local", "seed"}
    strange = [
        path.relative_to(ROOT).as_posix()
        for room, home in rooms.items()
        for path in sorted((ROOT / "tests" / room).iterdir())
        if path.is_dir() and path.name not in others and path.name != "__pycache__"
        if not (ROOT / home / path.name).is_dir()
    ]
    assert strange == []


def test_every_folder_of_tests_is_a_package():
    bare = [path for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    assert [Path(path).relative_to(ROOT).as_posix() for path in bare] == []
