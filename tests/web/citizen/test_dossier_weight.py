"""What citizens are shown of a dossier is sound in both languages and comes in the first flight, however long it is."""

import gzip
import secrets
from datetime import timedelta
from pathlib import Path

from miniapp.dossiers.parts import PAPERS_MOST, Lack, Wanted
from tests.support.dossier_acts import asking
from tests.support.dossier_pages import (
    AGENCY,
    BASE,
    STATES,
    UNKNOWN,
    WRONG,
    DossierPages,
    built,
    look_up,
    misspelt,
    pages,
)
from tests.support.dossier_town import OFFICER
from tests.support.markup import assert_markup, collect_html

__all__ = ["built", "pages"]

PAGE_MOST = 14_000


def test_every_page_is_sound_in_both_languages_and_comes_in_the_first_flight(pages: DossierPages, tmp_path: Path):
    visitor = pages.newcomer()
    wrong = look_up(pages.newcomer(), misspelt(UNKNOWN), WRONG, 404)
    addresses = [*(link for _, link in pages.every_state()), BASE]
    for place, address in enumerate([*addresses, "/hs/x"]):
        for language in ("", "?lang=en"):
            page = visitor.get(address + language, 404 if address == "/hs/x" else 200)
            collect_html(f"{place}{language}", page.html, tmp_path)
            assert len(gzip.compress(page.html.encode(), 6)) <= PAGE_MOST
    collect_html("wrong", wrong.html, tmp_path)
    assert_markup(tmp_path)


def test_forty_papers_with_all_their_notes_still_come_in_the_first_flight(pages: DossierPages):
    office = pages.services.dossier_office
    made = office.take_in(AGENCY, "H56.14", STATES["received"][0], by=OFFICER, key="long")
    papers = tuple(
        Wanted(f"Giấy tờ số {place} về {secrets.token_hex(20)}", Lack.OUTDATED, f"Xin lại ở {secrets.token_hex(40)}")
        for place in range(PAPERS_MOST)
    )
    office.move(AGENCY, str(made.code), made.version, asking(papers, timedelta(days=10)), by=OFFICER)
    page = pages.newcomer().get(f"/hs/{office.link(AGENCY, str(made.code))}")
    assert len(page.soup.select("main ul.list li")) == PAPERS_MOST
    assert len(gzip.compress(page.html.encode(), 6)) <= PAGE_MOST
