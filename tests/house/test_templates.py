"""Templates import what they use and use what they import, show one object, and leave escaping on."""

import re
from pathlib import Path

from jinja2 import nodes

from handlers.words import TEMPLATES, build_environment
from tests.support.code import files, name

ENVIRONMENT = build_environment().environment("vi")
ATTRIBUTE = re.compile(r"\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)
# What a page template may know besides its one object: the frame of its layout and the globals of the environment.
KNOWN = {
    "page",
    "frame",
    "lang",
    "asset",
    "icon",
    "sentence",
    "caller",
    "varargs",
    "kwargs",
    "loop",
    "self",
    "super",
    "_",
}


# Components that are many small ones: the words of codes.
MANY = {"places.html": "place_words"}


def html() -> tuple[Path, ...]:
    return files("templates", ends=".html")


def parsed(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text("utf-8"))


def imported(tree: nodes.Template) -> list[str]:
    names = []
    for one in tree.find_all(nodes.FromImport):
        names += [each if isinstance(each, str) else each[1] for each in one.names]
    return names + [one.target for one in tree.find_all(nodes.Import)]


def test_every_template_uses_what_it_imports():
    unused = {}
    for path in html():
        tree = parsed(path)
        used = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
        if idle := [one for one in imported(tree) if one not in used]:
            unused[name(path)] = idle
    assert unused == {}


def test_nothing_is_imported_that_is_not_there():
    missing = []
    for path in html():
        for one in parsed(path).find_all((nodes.FromImport, nodes.Import, nodes.Extends, nodes.Include)):
            wanted = one.template
            if isinstance(wanted, nodes.Const) and not (TEMPLATES / str(wanted.value)).is_file():
                missing.append(f"{name(path)}: {wanted.value}")
    assert missing == []


def test_a_component_is_one_macro_of_the_name_of_its_file():
    wrong = []
    for path in files("templates/components", ends=".html"):
        macros = [one.name for one in parsed(path).find_all(nodes.Macro)]
        if MANY.get(path.name, path.stem) not in macros:
            wrong.append((name(path), macros))
    assert wrong == []


def test_no_template_switches_escaping_off():
    unsafe = [
        name(path)
        for path in html()
        for one in parsed(path).find_all((nodes.Filter, nodes.ScopedEvalContextModifier, nodes.EvalContextModifier))
        if not isinstance(one, nodes.Filter) or one.name in ("safe", "forceescape")
    ]
    assert unsafe == []


def test_no_template_carries_style_or_event_attributes():
    assert [name(path) for path in html() if ATTRIBUTE.search(path.read_text("utf-8"))] == []


def test_every_template_is_named_by_python_or_by_another_template():
    spoken = "\n".join(path.read_text("utf-8") for path in (*files("miniapp", "handlers", "infra"), *html()))
    pages = [path for path in html() if "components" not in path.parts and not path.stem.startswith("_codes")]
    lost = []
    for path in pages:
        relative = path.relative_to(TEMPLATES).as_posix()
        if path.parts[-3] == "consents":
            continue  # named by versions.json, which a test of its own holds to the files
        if relative not in spoken and f"{path.parent.name}/{{" not in spoken:
            lost.append(relative)
    assert lost == []
