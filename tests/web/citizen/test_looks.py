"""How an agency shows itself is worked out once per process, and never shown for another agency of the same name."""

import pytest

from handlers.app import create_app
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from tests.support.cloud import Cloud
from tests.support.visitor import Visitor


@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_two_stages_in_one_process_show_their_own_short_names(cloud: Cloud, language: str) -> None:
    for short, english in (("Sở Một", "Department One"), ("Sở Hai", "Department Two")):
        cloud.engine.empty()
        visitor = Visitor(create_app(cloud.settings))
        AgencyStore().add([Agency("so-x", "so-x", Kind.DEPARTMENT, "Sở X", english, short=short)])
        page = visitor.get(f"/so-x/{language}")
        assert short in str(page.soup.title)
        assert (english in page.html) == (language == "?lang=en")
