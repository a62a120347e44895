"""Words live in templates and data, so that officers review them in one place: no Vietnamese in Python (rule 25)."""

import ast
import re
from pathlib import Path

from tests.support.code import docstrings, files, name, parsed

VIETNAMESE = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
# Letters there are data of a program, not something it says.
ALPHABETS = {
    "infra/messages.py": "the name of the project, in the head of the catalogue",
    "infra/local/run.py": "the name of the project, on the start page",
    "handlers/errors.py": "the last-resort page renders nothing, so that it can't fail (rule 10)",
    "miniapp/core/folding.py": "the letter that Unicode does not take apart",
    "miniapp/exam_scores/columns.py": "how fonts of the time before Unicode spell",
}


def vietnamese_constants(path: Path) -> list[int]:
    tree = parsed(path)
    skipped = docstrings(tree)
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and VIETNAMESE.search(node.value)
    ]


def test_python_says_nothing_in_vietnamese():
    found = {name(path): spoken for path in files() if (spoken := vietnamese_constants(path))}
    assert {path: spoken for path, spoken in found.items() if path not in ALPHABETS} == {}


def test_every_exception_is_still_needed():
    found = {name(path) for path in files() if vietnamese_constants(path)}
    assert set(ALPHABETS) - found == set()
