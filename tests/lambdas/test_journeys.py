"""The main journeys of results day through the package itself: the zip, AWS's runtime client, a bare read-only machine.

Every journey runs behind every kind of front door, with the origin secret set as in production. What the pages say in
detail is held by the web tests; here it counts that they arrive whole, with their cookies, and only where they belong."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import cast

import openpyxl
import pytest

from infra.lambdas.doors import DOORS, Answer, Balancer, Door, First, Request, Second
from infra.lambdas.function import Function, FunctionFailed
from infra.lambdas.sources import QueueSource
from miniapp.core.clock import WallClock
from miniapp.exam_scores.model import Reason
from tests.support.cloud import Cloud
from tests.support.dying import Wire
from tests.support.lambdas import (
    EDGE,
    HOST,
    SECRET,
    WEB,
    Browser,
    Maker,
    browser,
    h1,
    signed_in,
    soup_of,
    token_of,
    where,
)
from tests.support.result_pages import BORN
from tests.support.score_desk import BAD, upload
from tests.support.site import AGENCY, LOGIN, OPEN, VERIFIED, Furnished, furnish, number
from tests.support.visitor import Page

BASE = f"/{AGENCY}/diem-thi"
EVERY = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
IMPORTS = "handlers.lambdas.started.imports.handle"


@pytest.fixture(scope="module")
def furnished(kept_cloud: Cloud) -> Furnished:
    return furnish(kept_cloud, WallClock().now() - timedelta(minutes=5))


@pytest.fixture(scope="module")
def public(functions: Maker, furnished: Furnished) -> Function:
    return functions(WEB, role="public", origin_secret=SECRET)


@pytest.fixture(scope="module")
def console(functions: Maker, furnished: Furnished) -> Function:
    return functions(WEB, role="console", origin_secret=SECRET)


def is_whole(answer: Answer) -> None:
    """A page with its headers, each once."""
    names = [name for name, _ in answer.headers if name != "set-cookie"]
    assert len(set(names)) == len(names)
    assert answer.one("content-length") == str(len(answer.body))
    assert answer.text.rstrip().endswith("</html>")


@EVERY
def test_the_slip_of_an_open_exam(public: Function, door: Door) -> None:
    lan = browser(public, door)
    answer = lan.get(f"{BASE}/{OPEN}/{number(0)}")
    is_whole(answer)
    assert (answer.status, h1(answer)) == (200, "Số báo danh 02 000 001")
    assert answer.one("cache-control").startswith("public")
    assert answer.all("set-cookie") == []
    english = lan.get(f"{BASE}/{OPEN}/{number(0)}?lang=en")
    assert '<html lang="en"' in english.text


@EVERY
def test_a_number_typed_into_the_form_leads_to_its_slip(public: Function, door: Door) -> None:
    lan = browser(public, door)
    sent = lan.submit(f"{BASE}/{OPEN}", number=number(1))
    assert h1(lan.get(where(sent))) == "Số báo danh 02 000 002"


@EVERY
def test_a_verified_look_up_by_post_cookie_and_redirect(public: Function, door: Door) -> None:
    lan, other = browser(public, door), browser(public, door)
    page = lan.get(f"{BASE}/{VERIFIED}")
    assert lan.cookies, "the form is bound to this browser"
    sent = lan.post(f"{BASE}/{VERIFIED}", form_token=token_of(page), number=number(0, 6), **BORN)
    slip = where(sent)
    assert number(0, 6) not in slip
    assert h1(lan.get(slip)) == "Số báo danh 120 001"
    assert lan.get(slip).one("cache-control") == "private, no-store"
    assert other.get(slip).status == 403, "another browser has no part in it"
    wrong = lan.submit(f"{BASE}/{VERIFIED}", number=number(1, 6), **{**BORN, "birth_date-day": "10"})
    assert wrong.status == 404
    assert f'value="{number(1, 6)}"' in wrong.text, "what was typed stays"


@EVERY
def test_exam_pages_the_distributions_and_the_directory(public: Function, door: Door) -> None:
    lan = browser(public, door)
    for address in ("/", f"/{AGENCY}/", BASE, f"{BASE}/{OPEN}", f"{BASE}/{OPEN}/pho-diem", "/?q=ph%C3%BA%20y%C3%AAn"):
        answer = lan.get(address)
        assert answer.status == 200, address
        is_whole(answer)


@EVERY
def test_the_api_answers_in_json_and_refuses_in_problem_details(public: Function, door: Door) -> None:
    reader = browser(public, door)
    found = reader.get(f"/api/v1/agencies/{AGENCY}/exams")
    assert (found.status, found.one("content-type")) == (200, "application/json")
    missing = reader.get(f"/api/v1/agencies/{AGENCY}/exams/khong-co")
    assert (missing.status, missing.one("content-type")) == (404, "application/problem+json")
    assert reader.get("/api/openapi.json").status == 200


@EVERY
def test_what_is_not_there_is_a_page_of_ours(public: Function, door: Door) -> None:
    lan = browser(public, door)
    for address in (
        "/khong-co/",
        f"{BASE}/khong-co",
        f"/{AGENCY}/x/y/z",
        "/%00/",
        "/..%2f..%2fetc/passwd",
        "/a/b/c/d/e/f",
    ):
        answer = lan.get(address)
        assert answer.status == 404, address
        assert "no-store" in answer.one("cache-control")


@EVERY
def test_head_is_answered_like_get_without_a_body(public: Function, door: Door) -> None:
    lan = browser(public, door)
    address = f"{BASE}/{OPEN}/{number(3)}"
    asked, got = lan.get(address, "HEAD"), lan.get(address)
    assert asked.body == b""
    assert asked.status == got.status
    assert asked.headers == got.headers


@EVERY
def test_compressing_is_left_to_the_edge_which_is_told_all_it_needs(public: Function, door: Door) -> None:
    answer = browser(public, door).get(f"{BASE}/{OPEN}/{number(0)}", headers={"Accept-Encoding": "gzip, br"})
    assert answer.all("content-encoding") == []
    assert answer.one("vary") == "Accept-Encoding"
    assert 1_000 <= int(answer.one("content-length")) <= 10_000_000  # what CloudFront compresses


@EVERY
def test_assets_come_whole(public: Function, door: Door) -> None:
    lan = browser(public, door)
    script = soup_of(lan.get(f"{BASE}/{OPEN}")).find("script", src=True)
    assert script is not None
    answer = lan.get(str(script["src"]))
    assert (answer.status, "immutable" in answer.one("cache-control")) == (200, True)
    assert answer.one("content-length") == str(len(answer.body))


@EVERY
def test_an_officer_signs_in_with_two_factors_and_out_again(
    console: Function, furnished: Furnished, door: Door
) -> None:
    lan = signed_in(console, furnished.desk, door)
    assert LOGIN in lan.get("/console/account").text
    assert browser(console, door).get("/console/account").status == 303, "without the cookie there is no way in"
    left = lan.post("/console/sign-out", form_token=token_of(lan.get("/console/account")))
    assert where(left).startswith("/console/sign-in")
    assert lan.get("/console/account").status == 303


def test_a_file_goes_from_the_desks_form_into_the_bucket_and_its_lists_come_back_as_bytes(
    console: Function, functions: Maker, furnished: Furnished, kept_cloud: Cloud
) -> None:
    """The form of the package's own page is accepted by the bucket; the worker reads the file; a workbook comes back."""
    lan = signed_in(console, furnished.desk, Second())
    begun = lan.submit(
        f"/console/{AGENCY}/diem-thi/{OPEN}/bat-dau", reason=Reason.CORRECTION.value, decision="12/QĐ", rows="changed"
    )
    edition = where(begun)
    then = upload(cast(Page, SimpleNamespace(soup=soup_of(lan.get(edition)))), BAD)
    assert then.startswith(f"{edition}/da-nhan")
    page = lan.get(edition)
    arrived = soup_of(page).select_one(f'form[action="{edition}/tep"] input[name=file]')
    assert arrived is not None
    sent = lan.post(f"{edition}/tep", form_token=token_of(page), file=str(arrived["value"]), name="diem.csv")
    assert where(sent) == edition
    source = QueueSource(kept_cloud.admin("sqs"), "test-score_imports", functions(IMPORTS), batch=1)
    assert source.until_empty() >= 1
    book = lan.get(f"{edition}/van-de.xlsx")
    assert (book.status, book.body[:2]) == (200, b"PK")
    sheet = openpyxl.load_workbook(BytesIO(book.body)).worksheets[0]
    assert any("11" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


@EVERY
@pytest.mark.parametrize(
    ("role", "served", "unknown"),
    [
        ("public", ("/", f"/{AGENCY}/", "/api/openapi.json", "/healthz"), ("/console/", "/console/sign-in")),
        (
            "console",
            ("/console/sign-in", "/healthz", "/readyz"),
            ("/", f"/{AGENCY}/", "/api/openapi.json", "/toi", "/demo/chat"),
        ),
    ],
)
def test_a_function_has_the_pages_of_its_role_and_no_others(
    request: pytest.FixtureRequest, door: Door, role: str, served: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    lan = browser(request.getfixturevalue(role), door)
    assert [lan.get(address).status for address in served] == [200] * len(served)
    assert [lan.get(address).status for address in unknown] == [404] * len(unknown)


def test_the_hooks_have_neither(functions: Maker, furnished: Furnished) -> None:
    hooks = browser(functions(WEB, role="hooks", origin_secret=SECRET), Second())
    statuses = [
        hooks.get(address).status for address in ("/healthz", "/readyz", "/", f"/{AGENCY}/", "/console/sign-in")
    ]
    assert statuses == [200, 200, 404, 404, 404]


@EVERY
def test_without_the_edges_secret_nothing_is_served(public: Function, console: Function, door: Door) -> None:
    for function in (public, console):
        for address in ("/healthz", "/", "/console/sign-in", f"{BASE}/{OPEN}/{number(0)}"):
            answer = Browser(function, door).get(address)
            assert (answer.status, answer.one("cache-control")) == (403, "private, no-store")


def test_a_stage_and_a_base_path_stand_in_no_address(public: Function) -> None:
    for door in (Second(stage="production"), First(base="/tinh")):
        answer = browser(public, door).get(f"{BASE}/{OPEN}/{number(0)}")
        assert h1(answer) == "Số báo danh 02 000 001"
        assert 'href="/production/' not in answer.text
        assert 'href="/tinh/' not in answer.text


def test_a_redirect_names_the_public_host_or_none(public: Function) -> None:
    answer = browser(public, Second()).get(f"/{AGENCY}")
    assert answer.status in (301, 308, 303, 302)
    assert answer.one("location") in (f"https://{HOST}/{AGENCY}/", f"/{AGENCY}/")


@pytest.mark.parametrize(
    "event", [{"raw_command": "1/0"}, {"command": "x.y"}, {"manage": "shell"}, {"Records": []}, {}]
)
def test_commands_are_refused_and_the_next_visitor_is_served(public: Function, event: dict[str, object]) -> None:
    with pytest.raises(FunctionFailed) as refused:
        public.invoke(event)
    assert refused.value.kind == "NotARequest"
    assert browser(public, Second()).get("/healthz").status == 200


def test_all_this_was_one_environment_each(public: Function, console: Function) -> None:
    """Nobody above waited for a second start: nothing died on the way."""
    for function in (public, console):
        browser(function, Balancer()).get("/healthz")
        assert function.starts == 1, function.log.read_text()[-2000:]


def test_too_large_a_body_and_a_form_of_too_many_parts_are_refused_in_our_words(public: Function) -> None:
    lan = browser(public, Second())
    answer = lan.post(f"{BASE}/{OPEN}", number="1" * 100_000)
    assert answer.status == 413
    many = b"&".join(b"a%d=1" % place for place in range(3000))
    form = Request(
        "POST", f"{BASE}/{OPEN}", "", (*EDGE, ("Content-Type", "application/x-www-form-urlencoded")), (), many
    )
    assert lan.send(form).status in (400, 413, 422)


def test_the_store_is_reached_before_the_first_visitor_comes(
    functions: Maker, furnished: Furnished, kept_cloud: Cloud
) -> None:
    """The connection opens while the environment starts, and the first slip goes over it; a page needs no other."""
    wire = Wire(kept_cloud.engine.endpoint)
    function = functions(WEB, role="public", origin_secret=SECRET, aws_endpoint=wire.address, open_exams_at_edge=0)
    function.start()
    assert "GetItem" in wire.calls
    opened, asked = wire.connections, len(wire.calls)
    assert browser(function, Second()).get(f"{BASE}/{OPEN}/{number(0)}").status == 200
    assert wire.connections == opened
    assert len(wire.calls) - asked <= 2, wire.calls[asked:]
    wire.shutdown()
    wire.server_close()


def test_a_function_starts_and_says_so_while_the_store_is_away(functions: Maker, furnished: Furnished) -> None:
    function = functions(WEB, role="public", origin_secret=SECRET, aws_endpoint="http://127.0.0.1:9", attempts=1)
    lan = browser(function, Second())
    assert lan.get("/healthz").status == 200
    for address in ("/readyz", f"{BASE}/{OPEN}/{number(0)}"):
        answer = lan.get(address)
        assert (answer.status, answer.one("retry-after")) == (503, "30")
    assert function.starts == 1
