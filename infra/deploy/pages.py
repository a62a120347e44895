"""Pages that the edge's firewall answers by itself, in both languages on one page: a parameter of `edge.yaml` each.

For the deployment. Their words stand in `templates/edge/` like all others; a firewall holds at most `LONGEST` bytes of
one and can neither choose a language nor fetch a style sheet."""

from dataclasses import dataclass

from markupsafe import Markup

from handlers.words import SOURCE_LANGUAGE, build_environment

LONGEST = 4096
PAGES = {"ClosedPage": "edge/closed.html", "TooManyPage": "edge/too_many.html"}


@dataclass(frozen=True)
class Said:
    """What such a page shows beside its own words."""

    english: Markup


def edge_pages() -> dict[str, str]:
    """The text of each page by its parameter."""
    words = build_environment()
    found = {}
    for parameter, name in PAGES.items():
        english = words.template("en", name)
        said = "".join(english.blocks["said"](english.new_context({})))
        found[parameter] = words.page(SOURCE_LANGUAGE, name, page=Said(Markup(said)))  # noqa: S704 - a template's output
    return found
