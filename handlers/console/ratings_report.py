"""The report of a span in the forms of Decree 61/2018/NĐ-CP, to print and as a workbook.

For every officer: form 02 of the agency, form 01 of the officer who looks. Who leads gets form 01 of everybody, and form
03 of the agency beside those below it. What ballots say is filled in, the rest is left to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response

from handlers import answers, context, downloads
from handlers.console import ratings_desk as desk
from handlers.console import ratings_workbook, spans
from handlers.console.spans import Choice
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from miniapp.agencies.model import Agency
from miniapp.core.spans import Kind, Span
from miniapp.ratings.counting import ZERO
from miniapp.ratings.decree61 import Decree, decree
from miniapp.ratings.overview import shown_parts
from miniapp.ratings.report61 import OF_OFFICERS, Filled, filled
from miniapp.ratings.rolled import By

report = pages("console_ratings_report", officers(may="ratings.read"), f"{desk.PREFIX}/bao-cao", "console")

PRINTED_MOST = 30  # officers and agencies on the page; the workbook has all


@dataclass(frozen=True)
class Forms:
    """The forms of one span. `names` are those of officers and agencies, by their ids."""

    span: Span
    agency: Agency
    decree: Decree
    officers: Sequence[Filled]
    whole: Filled
    agencies: Sequence[Filled]
    names: Mapping[str, str]
    day: tuple[str, str, str]


@dataclass(frozen=True)
class ReportPage:
    """The report to print."""

    forms: Forms
    spans: Mapping[Kind, Sequence[Choice]]
    printed: int
    figures: str
    words: str
    report: str
    workbook: str
    action: str


@report.get("")
def show(agency: str) -> Response:
    """The forms to print."""
    span = spans.asked(Kind.QUARTER)
    page = ReportPage(
        forms=_forms(span),
        spans=spans.choices(span),
        printed=PRINTED_MOST,
        figures=desk.base(ky=span.code),
        words=desk.base("/y-kien", ky=span.code) if desk.may("ratings.answer") else "",
        report=desk.base("/bao-cao", ky=span.code),
        workbook=desk.base("/bao-cao/mau.xlsx", ky=span.code),
        action=desk.base("/bao-cao").partition("?")[0],
    )
    return answers.show("console/ratings/report.html", page)


@report.get("/mau.xlsx")
def workbook(agency: str) -> Response:
    """The same as a workbook in which what is open can be filled in."""
    span = spans.asked(Kind.QUARTER)
    attached = f'attachment; filename="bao-cao-nd61-{span.code.lower()}.xlsx"'
    return answers.plain(ratings_workbook.made(_forms(span)), 200, downloads.XLSX, Content_Disposition=attached)


def _forms(span: Span) -> Forms:
    services, held = context.services(), context.agency()
    reading = services.rating_figures
    by_officer = reading.told_apart(held.id, span, By.OFFICER)
    told, own = shown_parts(by_officer), desk.own()
    wanted = [own] if own else sorted(set(by_officer) - {""})
    forms = [filled(each, by_officer.get(each, ZERO) if each in told else ZERO, OF_OFFICERS) for each in wanted]
    below = () if own else services.agencies.page(held.id).children
    names = {held.id: held.name, **{each.id: each.name for each in below}}
    whole = reading.of_agencies(list(names), span)
    now = services.clock.now().astimezone(LOCAL)
    return Forms(
        span=span,
        agency=held,
        decree=decree(),
        officers=sorted(forms, key=lambda form: (-(form.ballots or 0), form.node)),
        whole=filled(held.id, whole[held.id]),
        agencies=[] if own else [filled(each, whole[each]) for each in names],
        names={**names, **desk.names(By.OFFICER, wanted)},
        day=(f"{now:%d}", f"{now:%m}", f"{now:%Y}"),
    )
