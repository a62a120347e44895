"""Nothing of the machine or the person it was written on stands in the project, nor anything that would be a secret."""

import re

from tests.support.code import kept, name

SLASH = "/"  # apart, so that this file does not find itself
PLACES = [SLASH + place + SLASH for place in ("work", "root", "home", "tmp" + SLASH + "team", "Users")]
WHOLE = re.compile("|".join(rf"(?<![\w.}}\]>-]){re.escape(place)}" for place in PLACES))
MOST = 2_000_000


def test_no_file_names_a_place_of_the_machine_it_was_written_on():
    found = []
    for path in kept():
        if path.stat().st_size > MOST or path.suffix in (".gz", ".png", ".ico", ".woff2"):
            continue
        text = path.read_text("utf-8", "replace")
        found += [f"{name(path)}: {match[0]}" for match in WHOLE.finditer(text)]
    assert found == []


def test_no_large_or_unreadable_thing_is_kept():
    heavy = {name(path): path.stat().st_size for path in kept() if path.stat().st_size > MOST}
    assert heavy == {}
