"""The browser, one for all tests of a module, and a port from whose pages the bucket takes uploads."""

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.axe import chromium
from tests.support.cloud import Cloud


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = chromium(playwright)
        yield found
        found.close()


@pytest.fixture
def port(cloud: Cloud) -> Iterator[int]:
    """A free port; pages served there may send files to the bucket from a script, as long as the test takes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    files = cloud.admin("s3")
    before = files.get_bucket_cors(Bucket="test-uploads")["CORSRules"]
    rule = {"AllowedOrigins": [f"http://127.0.0.1:{found}"], "AllowedMethods": ["POST"], "AllowedHeaders": ["*"]}
    files.put_bucket_cors(Bucket="test-uploads", CORSConfiguration={"CORSRules": [rule]})
    yield found
    files.put_bucket_cors(Bucket="test-uploads", CORSConfiguration={"CORSRules": before})
