"""A form that another site's page sends is refused, whichever way the browser tells; whoever tells nothing has the token."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from handlers import forms
from handlers.app import create_app
from miniapp.core.errors import Refused
from tests.support.cloud import settings_for

OURS = "https://motcua.gov.vn"


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(settings_for("http://127.0.0.1:9", base_url=OURS, trusted_hosts="motcua.gov.vn,so.gov.vn"))


@pytest.mark.parametrize(
    ("site", "origin", "passes"),
    [
        # What Sec-Fetch-Site says, holds.
        ("same-origin", None, True),
        ("same-origin", "null", True),
        ("none", None, True),
        ("same-site", OURS, False),
        ("cross-site", OURS, False),
        ("cross-site", None, False),
        ("", OURS, False),
        ("Same-Origin", OURS, False),
        # Without it, Origin.
        (None, OURS, True),
        (None, "https://evil.example", False),
        (None, "http://motcua.gov.vn", False),
        (None, "https://motcua.gov.vn:8443", False),
        (None, "https://motcua.gov.vn.evil.example", False),
        (None, "https://evil.example/motcua.gov.vn", False),
        (None, "https://motcua.gov.vn@evil.example", False),
        (None, "https://so.gov.vn", False),  # a name of ours, but not the one that was asked for
        (None, "file://", False),
        (None, "", False),
        # These tell nothing: our own pages send null, since they give no referrer; old ones send neither.
        (None, "null", True),
        (None, None, True),
    ],
)
def test_where_a_form_came_from(app: Flask, site: str | None, origin: str | None, passes: bool) -> None:
    sent = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in sent.items() if value is not None}
    with app.test_request_context("/x", method="POST", base_url=OURS, headers=headers):
        if passes:
            forms.came_from_us()
        else:
            with pytest.raises(Refused) as refusal:
                forms.came_from_us()
            assert refusal.value.code == "not_from_us"


def test_a_page_under_another_name_of_ours_may_send_to_itself(app: Flask) -> None:
    with app.test_request_context(
        "/x", method="POST", base_url="https://so.gov.vn", headers={"Origin": "https://so.gov.vn"}
    ):
        forms.came_from_us()


def test_the_sign_in_of_a_foreign_page_is_refused_before_anything_is_read(app: Flask) -> None:
    client: FlaskClient = app.test_client()

    answer = client.post("/console/sign-in", base_url=OURS, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
