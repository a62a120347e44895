"""`flask … scores keys`: a key that editions still need is not taken away unnoticed."""

import json
from dataclasses import replace
from typing import Any

from click.testing import Result

from handlers.app import create_app
from handlers.wiring import Services
from tests.support.site import AGENCY, CODED, COMING, VERIFIED, Site, site

__all__ = ["site"]

NEEDED = sorted(f"{AGENCY}#{slug}" for slug in (VERIFIED, CODED, COMING))


def run(site: Site, *words: str) -> Result:
    return site.app.test_cli_runner().invoke(args=["scores", "keys", *words])


def told(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(result.stdout)
    return {**said, "needed": {version: sorted(exams) for version, exams in said["needed"].items()}}


def with_keys(site: Site, keys: str) -> Site:
    """The same site after its settings were changed."""
    settings = replace(site.services.settings, factor_keys=keys)
    services = Services(settings, clock=site.clock, sleep=lambda seconds: None)
    return replace(site, services=services, app=create_app(settings, services))


def test_every_key_is_named_with_the_exams_that_need_it_out_and_to_come(site: Site) -> None:
    result = run(with_keys(site, "v1:" + "1" * 64 + ",v2:" + "2" * 64), "--json")
    assert result.exit_code == 0, result.output
    assert told(result) == {"held": ["v1", "v2"], "needed": {"v1": NEEDED}, "missing": []}


def test_a_key_that_is_needed_may_not_go_and_one_that_is_not_may(site: Site) -> None:
    both = with_keys(site, "v1:" + "1" * 64 + ",v2:" + "2" * 64)
    refused = run(both, "--without", "v1")
    assert refused.exit_code == 1
    assert "v1         MISSING" in refused.stdout
    assert all(name in refused.stdout for name in NEEDED)
    allowed = run(both, "--without", "v2")
    assert allowed.exit_code == 0, allowed.output


def test_a_key_that_is_gone_is_named(site: Site) -> None:
    result = run(with_keys(site, "v2:" + "2" * 64), "--json")
    assert result.exit_code == 1
    assert told(result)["missing"] == ["v1"]
