"""Procedures as files of our own form, for whoever hands them out: the console and the command line."""

from collections.abc import Sequence

from handlers import downloads
from miniapp.procedures import sheet_words, to_sheets
from miniapp.procedures.model import Procedure


def as_xlsx(made: Sequence[Procedure]) -> bytes:
    """A workbook with a sheet that says how it is filled in."""
    return downloads.tables_as_xlsx([sheet_words.guide(), *to_sheets.tables(made)])


def as_csv(made: Sequence[Procedure]) -> bytes:
    """All sheets below each other."""
    return downloads.tables_as_csv(to_sheets.tables(made))
