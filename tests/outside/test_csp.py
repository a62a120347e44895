"""Google's evaluator reads the Content-Security-Policy of every page: no finding of high or medium severity, sure or not."""

import json
import re
import subprocess
from pathlib import Path

from tests.support.code import ROOT
from tests.support.site import Site
from tests.support.walking import stops

HIGH, SYNTAX, MEDIUM, HIGH_MAYBE, STRICT, MEDIUM_MAYBE = 10, 20, 30, 40, 45, 50
LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")  # the test engine's bucket; a real one is reached by TLS only
SCRIPT = Path(__file__).with_name("csp.mjs")
# script-src 'self' would be unsafe where the site served others' scripts or JSONP: uploads live on another host, and no
# answer of ours is a script but /assets. What is left is checked by test_only_assets_are_scripts.
KNOWN = {"script-src: 'self' can be problematic if you host JSONP, AngularJS or user uploaded files."}


def evaluated(*policies: str) -> list[str]:
    said = subprocess.run(
        ["node", str(SCRIPT)],
        input="\n".join(policies),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [
        f"{finding['text']} in {one['policy']}"
        for one in json.loads(said.stdout)
        for finding in one["findings"]
        if finding["severity"] <= MEDIUM_MAYBE and finding["severity"] != STRICT and finding["text"] not in KNOWN
    ]


def test_every_page_has_a_policy_in_which_nothing_serious_is_found(site: Site):
    policies: dict[str, str] = {}
    bare = []
    for client in (site.client(), site.citizen(), site.officer()):
        for stop in stops(site, "GET", "POST"):
            answer = client.open(stop.address, method=stop.method)
            policy = answer.headers.get("Content-Security-Policy", "")
            policies.setdefault(LOOPBACK.sub("https://uploads.example", policy), stop.address)
            bare += [] if "default-src 'none'" in policy else [stop.address]
    assert bare == []
    assert evaluated(*policies) == []


def test_a_weak_policy_would_be_found():
    assert evaluated("script-src 'unsafe-inline' *; object-src *")


def test_only_assets_are_scripts(site: Site):
    scripts = {
        stop.address
        for stop in stops(site, "GET")
        if "javascript" in site.officer().get(stop.address).headers.get("Content-Type", "")
    }
    assert all(address.startswith("/assets/") for address in scripts)
