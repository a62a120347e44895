"""Who may enter stands at every blueprint, and looking changes nothing (house rule 8)."""

from typing import Any

from miniapp.accounts.access import PERMISSIONS
from tests.support.site import LOGIN, Site
from tests.support.walking import rules, stops

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "DescribeTable"}
READS |= {"GetObject", "HeadObject", "ListObjectsV2", "GetQueueUrl", "GetQueueAttributes"}
# Console pages that must be had without a session, and why.
BEFORE_SIGN_IN = {"/console/sign-in": "where one signs in", "/console/link": "what a one-use link opens"}
# Acts that nobody signed in needs, and why.
FOR_ALL = {
    "console_sign_in.sign_out": "whoever has no session is out just the same",
    "console_sign_in.step_up": "of three taps the first renews the session; the view itself refuses strangers",
}
# Below an agency, and why.
LANDING = (
    "/da-nhan"  # the script that sent a file follows the bucket's redirect, from another origin and without a cookie
)


def is_for_all(address: str) -> bool:
    return address.startswith(tuple(BEFORE_SIGN_IN)) or address.endswith(LANDING)


def test_every_console_route_asks_for_an_officer_and_below_an_agency_for_a_permission(site: Site):
    wrong = []
    for rule, _ in rules(site.app):
        blueprint: Any = site.app.blueprints.get(rule.endpoint.rpartition(".")[0])
        if not rule.rule.startswith("/console") or blueprint is None:
            continue
        may = getattr(blueprint.door, "may", None)
        if may is None and not is_for_all(rule.rule) and rule.endpoint not in FOR_ALL:
            wrong.append(f"{rule.rule}: no officers' door")
        if may is not None and (may or "<agency>" in rule.rule) and may not in PERMISSIONS:
            wrong.append(f"{rule.rule}: {may!r} is no permission")
    assert wrong == []


def test_what_is_mine_asks_for_a_citizen(site: Site):
    strangers = {
        stop.address: answer.status_code
        for stop in stops(site, "GET")
        if stop.address.startswith("/toi") and not stop.address.startswith(("/toi/vao", "/toi/ra"))
        if (answer := site.client().get(stop.address)).status_code == 200
    }
    assert strangers == {}


def test_a_stranger_sees_no_console_page(site: Site):
    seen = [
        stop.address
        for stop in stops(site, "GET")
        if stop.address.startswith("/console") and not is_for_all(stop.address)
        if site.client().get(stop.address).status_code == 200
    ]
    assert seen == []


def test_the_page_on_which_a_sent_file_lands_says_nothing_of_anybody(site: Site):
    landings = [stop.address for stop in stops(site, "GET") if stop.address.endswith(LANDING)]
    answers = [(site.client().get(at).data, site.officer().get(at).data) for at in landings]
    assert answers
    assert all(strangers == officers and LOGIN.encode() not in officers for strangers, officers in answers)


def test_a_citizen_sees_no_console_page(site: Site):
    citizen = site.citizen()
    seen = [
        stop.address
        for stop in stops(site, "GET")
        if stop.address.startswith("/console") and not is_for_all(stop.address)
        if citizen.get(stop.address).status_code == 200
    ]
    assert seen == []


def test_no_look_at_any_page_writes_anything(site: Site):
    visitors = (site.client(), site.citizen(), site.officer())
    addresses = [stop.address for stop in stops(site, "GET")]
    wrote: list[str] = []
    at = ""

    def hear(model: Any, **_: Any) -> None:
        if model.name not in READS:
            wrote.append(f"{at}: {model.name}")

    aws = site.services.aws
    for client in (aws.dynamodb, aws.s3, aws.sqs):
        client.meta.events.register("before-call", hear)
    for visitor in visitors:
        for at in addresses:
            visitor.get(at)
    assert wrote == []
    assert len(addresses) > 20
