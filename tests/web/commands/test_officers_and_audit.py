"""The operator's commands: officers come and go by them, and the trail is verified by one."""

import json
from typing import Any

from click.testing import Result

from tests.support.cloud import Cloud
from tests.support.officers import joined
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]


def run(office: Office, *words: str) -> Result:
    return office.app.test_cli_runner().invoke(args=list(words))


def invited(office: Office, login: str = "lan@angiang.gov.vn") -> dict[str, Any]:
    words = ["officers", "invite", login, "--agency", AGENCY, "--name", "Lan", "--role", "approver", "--json"]
    result = run(office, *words)
    assert result.exit_code == 0, result.output
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_an_officer_is_invited_listed_and_comes_in(office: Office) -> None:
    made = invited(office)
    listed = json.loads(run(office, "officers", "list", "--agency", AGENCY, "--json").stdout)
    assert [(one["login"], one["state"], one["roles"]) for one in listed] == [
        ("lan@angiang.gov.vn", "invited", ["approver"])
    ]
    token = made["link"].rsplit("/", 1)[1]
    desk = joined(office.services.accounts, office.clock, token, made["officer"], "lan@angiang.gov.vn")
    assert desk.come_in()
    assert "active" in run(office, "officers", "list", "--agency", AGENCY).stdout


def test_roles_disabling_and_resets(office: Office) -> None:
    made = invited(office)
    desk = joined(
        office.services.accounts, office.clock, made["link"].rsplit("/", 1)[1], made["officer"], "lan@angiang.gov.vn"
    )
    token = desk.come_in().token
    assert "auditor" in run(office, "officers", "roles", desk.login, "--agency", AGENCY, "--role", "auditor").stdout
    assert "1 sessions ended" in run(office, "officers", "end-sessions", desk.login).stdout
    assert office.services.accounts.sessions.officer(token) is None
    assert run(office, "officers", "disable", desk.login).exit_code == 0
    assert run(office, "officers", "reset-second-factor", desk.login).exit_code == 1
    assert run(office, "officers", "enable", desk.login).exit_code == 0
    for reset in ("reset-second-factor", "reset-password"):
        result = run(office, "officers", reset, desk.login)
        assert "/console/link/" in result.stdout
        assert "works once" in result.stdout


def test_what_the_only_admin_asked_for_is_confirmed_or_declined(office: Office) -> None:
    admin = office.desk("admin@angiang.gov.vn", "agency_admin").signed()
    people = office.services.accounts.people
    of = ["--agency", AGENCY]
    people.invite(AGENCY, "lan@angiang.gov.vn", "Lan", ["approver"], by=admin)
    (waits,) = json.loads(run(office, "officers", "waiting", *of, "--json").stdout)
    assert (waits["login"], waits["act"], waits["by"]) == ("lan@angiang.gov.vn", "invite", admin.id)
    assert "lan@angiang.gov.vn\tinvite\tapprover" in run(office, "officers", "waiting", *of).stdout
    made = json.loads(run(office, "officers", "confirm", "lan@angiang.gov.vn", *of, "--json").stdout)
    token = made["link"].rsplit("/", 1)[1]
    desk = joined(office.services.accounts, office.clock, token, made["officer"], "lan@angiang.gov.vn")
    people.give_roles(AGENCY, desk.id, ["publisher"], by=admin)
    assert "confirmed" in run(office, "officers", "confirm", desk.login, *of).stdout
    people.give_roles(AGENCY, desk.id, ["agency_admin"], by=admin)
    assert "declined" in run(office, "officers", "decline", desk.login, *of).stdout
    gone = run(office, "officers", "confirm", desk.login, *of)
    assert gone.exit_code == 1
    assert "asked_unknown" in gone.stderr


def test_what_is_wrong_is_said_in_a_line(office: Office) -> None:
    for words in (
        ["officers", "disable", "nobody"],
        ["officers", "invite", "x", "--agency", AGENCY, "--name", "X", "--role", "officer"],
        ["officers", "invite", "lan", "--agency", "khong-co", "--name", "X", "--role", "officer"],
    ):
        result = run(office, *words)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
        assert result.stderr.startswith("Error: ")
    assert run(office, "officers", "invite", "lan", "--agency", AGENCY, "--name", "L", "--role", "king").exit_code == 2


def test_a_whole_trail_is_verified(office: Office) -> None:
    assert "no agency has a trail yet" in run(office, "audit", "verify").output
    invited(office)
    result = run(office, "audit", "verify")
    assert result.exit_code == 0
    assert f"{AGENCY}: clean (1 days, 1 entries)" in result.output
    assert json.loads(run(office, "audit", "verify", "--agency", AGENCY, "--json").stdout)["clean"] is True


def test_tampering_is_named_and_the_exit_code_says_so(office: Office, cloud: Cloud) -> None:
    invited(office)
    key = {"pk": {"S": f"{AGENCY}#day#2026-07-16"}, "sk": {"S": "00000001"}}
    dynamodb, table = cloud.admin("dynamodb"), cloud.settings.resource("audit")
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    body = item["body"]["S"].replace("operator", "somebody")
    dynamodb.put_item(TableName=table, Item={**item, "body": {"S": body}})
    result = run(office, "audit", "verify", "--day", "2026-07-16")
    assert result.exit_code == 1
    assert "TAMPERED WITH" in result.output
    assert "2026-07-16 entry_changed: entry 1" in result.output
    as_json = run(office, "audit", "verify", "--json")
    assert as_json.exit_code == 1
    (agency,) = json.loads(as_json.stdout)["agencies"]
    assert agency["findings"] == [{"what": "entry_changed", "day": "2026-07-16", "place": 1}]


def test_a_tail_cut_off_and_a_trail_gone_whole_are_named_against_the_bucket(office: Office, cloud: Cloud) -> None:
    made = invited(office)
    joined(
        office.services.accounts, office.clock, made["link"].rsplit("/", 1)[1], made["officer"], "lan@angiang.gov.vn"
    )
    assert office.services.anchors.write() == 1
    assert run(office, "audit", "verify").exit_code == 0
    dynamodb, table = cloud.admin("dynamodb"), cloud.settings.resource("audit")
    head = {"pk": {"S": f"{AGENCY}#heads"}, "sk": {"S": "2026-07-16"}}
    entry = {"pk": {"S": f"{AGENCY}#day#2026-07-16"}, "sk": {"S": "00000001"}}
    first = dynamodb.get_item(TableName=table, Key=entry)["Item"]
    held = dynamodb.get_item(TableName=table, Key=head)["Item"]
    dynamodb.put_item(TableName=table, Item={**held, "seq": {"N": "1"}, "hash": first["hash"]})
    dynamodb.delete_item(TableName=table, Key={**entry, "sk": {"S": "00000002"}})
    result = run(office, "audit", "verify")
    assert result.exit_code == 1
    assert "2026-07-16 tail_cut: entry 2" in result.output
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    result = run(office, "audit", "verify")
    assert result.exit_code == 1
    assert "2026-07-16 day_missing: the day as a whole" in result.output
