"""The rules of the edge: what it keeps, what it lets through, and what it says by itself."""

import ast
from typing import Any

from infra.deploy.pages import LONGEST, edge_pages
from miniapp.core.settings import Settings
from tests.support.code import files, name, parsed
from tests.support.templates import edge


def distribution() -> dict[str, Any]:
    (one,) = edge().of_type("AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = one["DistributionConfig"]
    return config


def test_no_failure_is_kept_at_the_edge() -> None:
    kept = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in distribution()["CustomErrorResponses"]}

    assert kept == dict.fromkeys((400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504), 0)


def test_the_edge_keeps_only_what_an_answer_lets_it_and_never_by_person() -> None:
    for policy in edge().of_type("AWS::CloudFront::CachePolicy").values():
        config = policy["CachePolicyConfig"]
        key = config["ParametersInCacheKeyAndForwardedToOrigin"]
        assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0)
        assert key["CookiesConfig"] == {"CookieBehavior": "none"}
        assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    kept = {one["PathPattern"]: one["CachePolicyId"] for one in distribution()["CacheBehaviors"]}
    assert {path for path, policy in kept.items() if policy == "<Never>"} == {"/console*", "/hooks/*"}


def test_the_edge_replaces_no_header_of_a_page_and_never_its_csp() -> None:
    (policy,) = edge().of_type("AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]

    assert "ContentSecurityPolicy" not in security
    assert {one["Override"] for one in security.values()} == {False}


def test_every_header_that_the_code_reads_comes_through_and_no_other() -> None:
    (policy,) = edge().of_type("AWS::CloudFront::OriginRequestPolicy").values()
    passed = set(policy["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"])
    read = {Settings.__dataclass_fields__["client_address_header"].default}
    for path in files("handlers"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "request.headers.get":
                read |= {ast.literal_eval(node.args[0])} if isinstance(node.args[0], ast.Constant) else set()
            assert not (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "request.headers"), name(path)

    assert read - {"X-Origin-Secret"} == passed  # the secret is added by the edge, whatever a caller says
    assert len(passed) <= 10  # a quota of CloudFront's


def test_every_function_behind_the_edge_is_shown_the_secret_and_reached_over_tls() -> None:
    for origin in distribution()["Origins"]:
        if "CustomOriginConfig" in origin:
            assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
            assert origin["OriginCustomHeaders"] == [{"HeaderName": "X-Origin-Secret", "HeaderValue": "s" * 32}]
        else:
            assert origin["OriginAccessControlId"] == "<ReadsEditions>"
    assert edge().document["Parameters"]["OriginSecret"]["NoEcho"]
    assert "Default" not in edge().document["Parameters"]["OriginSecret"]


def test_ten_thousand_people_behind_one_address_pass_and_a_flood_is_told_when_to_come_back() -> None:
    (firewall,) = edge().of_type("AWS::WAFv2::WebACL").values()
    rates = [one for one in firewall["Rules"] if "RateBasedStatement" in one["Statement"]]
    general = [one["Statement"]["RateBasedStatement"] for one in rates if "ScopeDownStatement" not in str(one)]

    assert [one["Limit"] >= 10_000 for one in general] == [True]
    for rule in rates:
        answer = rule["Action"]["Block"]["CustomResponse"]
        assert answer["ResponseCode"] == 429
        headers = {one["Name"]: one["Value"] for one in answer["ResponseHeaders"]}
        assert headers == {"Retry-After": "60", "Cache-Control": "no-store"}
    managed = {one["Statement"].get("ManagedRuleGroupStatement", {}).get("Name") for one in firewall["Rules"]}
    assert len(managed - {None}) == 3


def test_the_log_of_requests_does_not_say_who_asked() -> None:
    (delivery,) = edge().of_type("AWS::Logs::Delivery").values()

    assert not set(delivery["RecordFields"]) & set(edge().document["Metadata"]["KeptOut"])


def rules(closed: str) -> list[dict[str, Any]]:
    (firewall,) = edge(closed).of_type("AWS::WAFv2::WebACL").values()
    found: list[dict[str, Any]] = firewall["Rules"]
    return found


def test_a_closed_site_says_so_to_everybody_first_of_all_and_when_to_come_back() -> None:
    assert [one["Name"] for one in rules("yes") if one not in rules("no")] == ["closed"]
    closed = min(rules("yes"), key=lambda one: int(one["Priority"]))
    assert closed["Name"] == "closed"
    assert closed["Statement"]["ByteMatchStatement"]["SearchString"] == "/"
    answer = closed["Action"]["Block"]["CustomResponse"]
    assert (answer["ResponseCode"], answer["CustomResponseBodyKey"]) == (503, "Closed")
    headers = {one["Name"]: one["Value"] for one in answer["ResponseHeaders"]}
    assert headers == {"Retry-After": "300", "Cache-Control": "no-store"}


def test_no_two_rules_have_one_place() -> None:
    places = [one["Priority"] for one in rules("yes")]

    assert sorted(set(places)) == sorted(places)


def test_what_the_edge_says_by_itself_is_whole_in_both_languages_and_small_enough() -> None:
    """Nothing of ours may be asked for while it is shown, and its words are those of the templates."""
    (firewall,) = edge().of_type("AWS::WAFv2::WebACL").values()
    bodies = {key: one["Content"] for key, one in firewall["CustomResponseBodies"].items()}

    assert bodies == {parameter.removesuffix("Page"): text for parameter, text in edge_pages().items()}
    for text in bodies.values():
        assert len(text.encode()) <= LONGEST
        assert text.count("<h1>") == 2
        assert text.count("<title>") == 1
        assert not {"href", "src=", "url("} & set(text.split('"'))
        assert "<script" not in text
        vietnamese, _, english = text.partition('<div lang="en">')
        assert any(letter in vietnamese for letter in "ạảịộửẽ")
        assert english.isascii()


def test_an_address_that_is_answered_by_a_form_too_can_have_no_second_origin() -> None:
    """CloudFront refuses an origin group where anything but reading is let in (infra/decisions/when-there-is-no-room.md)."""
    config = distribution()
    assert "OriginGroups" not in config
    assert "POST" in config["DefaultCacheBehavior"]["AllowedMethods"]
