"""The demo's officers can do what the README says of them."""

from pathlib import Path

import pyotp

from infra.local import demo
from tests.support.site import AGENCY, Site

ADDRESS = "192.0.2.7"


def test_an_officer_signs_in_within_the_half_minute_the_demo_was_loaded(fresh_site: Site, tmp_path: Path) -> None:
    services = fresh_site.services
    person = {"login": "mai@demo.vn", "name": "Trần Thị Mai", "roles": ["publisher"]}
    made = demo.joined(services, tmp_path, AGENCY, person, lambda text: None)
    code = pyotp.TOTP(made.secret).at(fresh_site.clock.now())
    half = services.accounts.sign_in.begin(made.login, made.password, address=ADDRESS, device="")
    assert services.accounts.sign_in.finish(half, code, address=ADDRESS).signed.id == made.id
