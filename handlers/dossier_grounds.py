"""By which law the clock stops a dossier, in the agency's words: from a template, as all words. For the wiring.

Vietnamese in either language, as what an officer would type: it becomes part of the dossier."""

from functools import cache

from handlers.words import build_environment
from miniapp.dossiers.parts import Ground


@cache
def supplement_over() -> Ground:
    """Papers that were asked for did not come in time: the article on the first line, then what it means."""
    text = build_environment().page("vi", "console/dossiers/supplement_over.txt").strip()
    article, _, words = text.partition("\n")
    return Ground(article.strip(), words.strip())
