"""A procedure's forms that lie with us: the way from its page to a blank one and to the same filled in."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from xml.etree import ElementTree

import pytest

from infra.local.demo import load_procedures
from infra.seed.forms import DOTS, HELD, made
from tests.support.cloud import Cloud
from tests.support.procedure_town import WARD, ProcedureTown, demo_procedures

SAMPLED = [one.code for one in demo_procedures() if one.samples]


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made_up = ProcedureTown(cloud)
    load_procedures(made_up.services, lambda text: None)
    made_up.clock.pass_by(seconds=6)
    return made_up


def lines(body: bytes) -> Sequence[str]:
    """What stands in a form, line by line, as whatever opens it reads it."""
    with zipfile.ZipFile(BytesIO(body)) as file:
        assert file.testzip() is None
        roots = {name: ElementTree.fromstring(file.read(name)) for name in file.namelist()}
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(one.itertext()) for one in roots["word/document.xml"].iter(f"{word}p")]


def test_several_everyday_procedures_have_a_form_and_every_form_belongs_to_one() -> None:
    assert len(SAMPLED) >= 4
    assert sorted(SAMPLED) == sorted(HELD["forms"])


def test_the_page_leads_to_the_blank_form_and_to_the_same_one_filled_in(town: ProcedureTown) -> None:
    for code in SAMPLED:
        page = town.visitor.get(f"/{WARD}/thu-tuc/{code}")
        links = [str(link["href"]) for link in page.soup.select("main a[href^='/assets/forms/']")]
        assert links == [f"/assets/forms/{code}-trong.docx", f"/assets/forms/{code}-da-dien.docx"]
        assert "Mẫu đã điền" in page.text
        blank, filled = (town.visitor.client.get(link) for link in links)
        for answer in (blank, filled):
            assert (answer.status_code, len(answer.data) < 10_000) == (200, True)
            assert answer.content_type.endswith("wordprocessingml.document")
            assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        form = HELD["forms"][code]
        for asked, told in form["lines"]:
            assert f"{asked}: {DOTS}" in lines(blank.data)
            assert f"{asked}: {told}" in lines(filled.data)
        assert HELD["words"]["sample"] in lines(filled.data)
        assert not any(told in line for _, told in form["lines"] if len(told) > 4 for line in lines(blank.data))


def test_a_form_is_the_same_bytes_whenever_it_is_made() -> None:
    assert dict(made()) == dict(made())


@pytest.mark.parametrize(
    "name", ["1.999999-trong.docx", "x.png", "..%2Fpacks.docx", "A.docx", f"{'a' * 61}.docx", "a.docx%0A"]
)
def test_what_is_no_form_is_no_page(town: ProcedureTown, name: str) -> None:
    town.visitor.get(f"/assets/forms/{name}", 404)
