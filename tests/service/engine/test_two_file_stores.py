"""Our files and our upload forms on two stores that share no code: the embedded engine, and SeaweedFS where installed."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from miniapp.core.aws import Aws
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.files import Files
from tests.support import seaweedfs
from tests.support.cloud import STAGE, Cloud, in_environment
from tests.support.seaweedfs import OURS, SeaweedFs

HTTP = urllib3.PoolManager(retries=False, timeout=20)
KEY = "scores/so/thi/edn/fil"
THEN = "http://localhost:8000/console/so/diem-thi/thi/edn?tep=fil"
BODY = b"sbd,toan\n01,9.5\n"
MOST = 1000
# SeaweedFS refuses a form without a policy as malformed, and takes fields that the policy does not name: `acl` is one,
# which AWS and the embedded engine refuse. Nothing of ours goes by a field's presence, and no bucket is ever public.
LENIENT = "seaweedfs"


@dataclass
class Place:
    """One store, emptied."""

    name: str
    files: Files

    def form(self) -> tuple[str, dict[str, str]]:
        """A form as a page carries it."""
        made = self.files.upload_form("uploads", KEY, MOST, THEN)
        return made.action, dict(made.fields)

    def kept(self) -> list[str]:
        """The keys that are there."""
        return list(self.files.keys("uploads", ""))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFs]:
    if seaweedfs.program() is None:
        pytest.skip(seaweedfs.MISSING)
    made = SeaweedFs(tmp_path_factory.mktemp("seaweedfs"))
    made.start(f"{STAGE}-uploads")
    yield made
    made.stop()


@pytest.fixture(params=["embedded", "seaweedfs"])
def place(request: pytest.FixtureRequest, cloud: Cloud) -> Iterator[Place]:
    if request.param == "embedded":
        yield Place("embedded", Files(cloud.aws, cloud.settings))
        return
    second: SeaweedFs = request.getfixturevalue("second")
    second.empty()
    with in_environment(OURS):
        settings = replace(cloud.settings, aws_endpoint=second.endpoint)
        yield Place("seaweedfs", Files(Aws(settings), settings))


def posted(address: str, fields: dict[str, str], body: bytes) -> urllib3.BaseHTTPResponse:
    sent: dict[str, Any] = {**fields, "file": ("one.csv", body, "text/csv")}
    return HTTP.request("POST", address, fields=sent, redirect=False)


def test_a_file_is_kept_found_read_listed_and_let_go(place: Place) -> None:
    files = place.files
    assert files.find("uploads", KEY) is None
    with pytest.raises(NotFound):
        files.open("uploads", KEY)
    files.put("uploads", KEY, BODY)
    files.put("uploads", KEY, BODY)
    files.put("uploads", "scores/other", io.BytesIO(b"x" * 3_000_000))

    found = files.find("uploads", KEY)
    assert found is not None
    assert found.size == len(BODY)
    assert files.open("uploads", KEY).read() == BODY
    assert files.get("uploads", KEY, MOST) == BODY
    with pytest.raises(Unavailable):
        files.get("uploads", "scores/other", MOST)
    assert list(files.keys("uploads", "scores/so/")) == [KEY]
    assert sorted(place.kept()) == ["scores/other", KEY]
    files.remove("uploads", KEY)
    files.remove("uploads", KEY)
    assert place.kept() == ["scores/other"]


def test_a_form_takes_the_file_it_was_made_for_and_sends_the_browser_on(place: Place) -> None:
    address, fields = place.form()

    answer = posted(address, fields, BODY)

    there, asked = urlsplit(answer.headers["Location"]), urlsplit(THEN)
    assert (answer.status, there.netloc, there.path) == (303, asked.netloc, asked.path)
    told = parse_qs(there.query)
    assert told["key"] == [KEY]
    assert place.name == LENIENT or told["tep"] == ["fil"]  # SeaweedFS puts its own parameters in place of ours
    assert place.files.get("uploads", KEY, MOST) == BODY


@pytest.mark.parametrize("size", [1, MOST])
def test_a_form_takes_files_up_to_its_bounds(place: Place, size: int) -> None:
    assert posted(*place.form(), b"x" * size).status == 303
    assert place.kept() == [KEY]


Change = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (lambda fields: {**fields, "key": "scores/so/thi/edn/other"}, BODY),
        (lambda fields: {**fields, "success_action_redirect": "https://evil.example/"}, BODY),
        (lambda fields: {**fields, "policy": fields["policy"][:-8] + "AAAAAAA="}, BODY),
        (lambda fields: {**fields, "x-amz-signature": "0" * 64}, BODY),
        (lambda fields: {**fields, "x-amz-credential": fields["x-amz-credential"].replace("/", "x/", 1)}, BODY),
        (lambda fields: {"key": KEY}, BODY),
        (lambda fields: fields, b"x" * (MOST + 1)),
        (lambda fields: fields, b""),
    ],
    ids=["key", "where to go", "policy", "signature", "whose", "no policy", "too large", "empty"],
)
def test_a_form_that_was_changed_or_overfilled_is_refused(place: Place, change: Change, body: bytes) -> None:
    address, fields = place.form()

    answer = posted(address, change(fields), body)

    assert answer.status in (400, 403)
    assert "Location" not in answer.headers
    assert place.kept() == []


def test_a_field_that_the_policy_does_not_name_is_refused_by_all_but_the_lenient(place: Place) -> None:
    address, fields = place.form()

    answer = posted(address, {**fields, "acl": "public-read"}, BODY)

    assert answer.status == (303 if place.name == LENIENT else 403)
    read = HTTP.request("GET", f"{address}/{KEY}" if not address.endswith("/") else f"{address}{KEY}")
    assert read.status in (400, 403)  # nobody reads it without a key, whatever was asked for


def test_nobody_reads_or_writes_without_a_key(place: Place) -> None:
    place.files.put("uploads", KEY, BODY)
    address = place.form()[0].rstrip("/") + f"/{KEY}"

    assert HTTP.request("GET", address).status == 403
    assert HTTP.request("PUT", address, body=b"y").status == 403
    assert place.files.get("uploads", KEY, MOST) == BODY
