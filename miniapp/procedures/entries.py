"""What of a procedure is indexed: the catalogue's records as the search takes them. For whoever builds an index."""

from collections.abc import Iterable, Iterator

from miniapp.core.folding import folded_words
from miniapp.procedures.entry import Entry
from miniapp.procedures.model import Procedure

CITIZENS = ("cong dan", "ca nhan")  # folded words for people, among those a procedure is for


def entry_of(procedure: Procedure) -> Entry:
    """One record as an entry of the index."""
    papers = (text for paper in procedure.papers for text in (paper.case, paper.name))
    return Entry(
        code=procedure.code,
        name=procedure.name,
        field=procedure.field,
        levels=procedure.levels,
        agency=procedure.agency,
        for_citizens=any(word in folded_words(who) for who in procedure.for_whom for word in CITIZENS),
        papers=_lines(papers),
        steps=_lines(procedure.steps),
        results=_lines(result.name for result in procedure.results),
        conditions=procedure.conditions,
        keywords=procedure.keywords,
        legal=_lines(f"{text.number} {text.title}" for text in procedure.legal),
    )


def entries(procedures: Iterable[Procedure]) -> Iterator[Entry]:
    """Those that can be found: what was abolished can't be asked for."""
    return (entry_of(one) for one in procedures if one.is_open)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
