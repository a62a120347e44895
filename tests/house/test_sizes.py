"""Nothing grows past the wall: modules, functions, templates, conftests and test modules (house rule 6)."""

from pathlib import Path

from tests.support.code import files, functions, name, parsed

MODULE, FUNCTION, TEMPLATE, CONFTEST, TEST_MODULE = 400, 60, 120, 150, 500


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_module_is_longer_than_the_wall():
    long = {name(path): lines(path) for path in files("miniapp", "handlers", "infra") if lines(path) > MODULE}
    assert not long, "split by verb"


def test_no_function_is_longer_than_the_wall():
    long = {
        f"{name(path)}:{one.name}": length
        for path in files("miniapp", "handlers", "infra", "tests")
        for one in functions(parsed(path))
        if (length := (one.end_lineno or one.lineno) - one.lineno + 1) > FUNCTION
    }
    assert not long


def test_no_template_is_longer_than_the_wall():
    long = {name(path): lines(path) for path in files("templates", ends=".html") if lines(path) > TEMPLATE}
    assert not long


def test_no_test_module_or_conftest_is_longer_than_its_wall():
    walls = {path: CONFTEST if path.name == "conftest.py" else TEST_MODULE for path in files("tests")}
    long = {name(path): lines(path) for path, wall in walls.items() if lines(path) > wall}
    assert not long
