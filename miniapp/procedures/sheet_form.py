"""Our own form as sheets: which there are, and what stands in their columns. For reading and writing them.

A sheet is one field of a procedure, or all those that need no list; a row is one of the field's items. A field more is a
line here and its heading in `data/sheets.json`: nothing else knows the fields by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from miniapp.procedures.sheet_cells import Column, day, limit, listed, money, rule, text, whole, word, words, yes_or_no

MAIN = "procedure"
BARE = "text"  # the only column of a list of texts


@dataclass(frozen=True)
class Sheet:
    """The items of one field; `more` are the columns of a list within an item, whose second goes on a row of its own."""

    field: str
    columns: tuple[Column, ...]
    within: str = ""
    more: tuple[Column, ...] = ()

    def headed(self) -> Iterator[tuple[str, Column]]:
        """Every column by the key of its heading."""
        yield from ((one.key, one) for one in self.columns)
        yield from ((f"{self.within}.{one.key}", one) for one in self.more)


def _facts() -> tuple[Column, ...]:
    """What needs no list."""
    return (
        text("name"),
        text("field"),
        words("levels", "Level"),
        text("agency"),
        text("authority"),
        text("partners"),
        text("delegated"),
        text("address"),
        listed("for_whom"),
        text("conditions"),
        word("online", "Online"),
        text("portal"),
        text("related"),
        text("keywords"),
        text("kind"),
        text("ministry"),
        text("decision"),
        day("effective"),
        text("owner"),
        day("verified_on"),
        yes_or_no("is_open"),
    )


@cache
def form() -> Mapping[str, Sheet]:
    """Every sheet, in the order in which they are written."""
    sheets = (
        Sheet(
            MAIN,
            _facts(),
        ),
        Sheet("steps", (text(BARE),)),
        Sheet(
            "channels",
            (word("way", "Way"), limit("limit"), text("limit.words"), text("note")),
            "fees",
            (
                money("amount"),
                text("unit"),
                text("words"),
                day("valid_from"),
                day("valid_to"),
                listed("exemptions"),
                rule("when"),
            ),
        ),
        Sheet(
            "papers",
            (
                text("name"),
                whole("originals", "paper_shape"),
                whole("copies", "paper_shape"),
                text("case"),
                rule("when"),
            ),
            "forms",
            (text("name"), text("link")),
        ),
        Sheet(
            "questions",
            (text("id"), text("ask"), rule("when")),
            "choices",
            (text("id"), text("words"), text("refuses"), text("article")),
        ),
        Sheet("legal", (text("number"), text("title"))),
        Sheet("results", (text("name"), text("code"))),
        Sheet("mistakes", (text(BARE),)),
        Sheet("samples", (text("name"), text("link"))),
    )
    return {sheet.field: sheet for sheet in sheets}
