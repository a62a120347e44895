"""The operator enters the Ministry's notice for all agencies at once, or one agency's own; the same again changes nothing."""

import json
from datetime import date
from typing import Any

from click.testing import Result

from miniapp.core.ids import NATION
from miniapp.core.workdays import DayKind
from tests.web.console.conftest import AGENCY, OTHER, Office, office

__all__ = ["office"]

NOTICE = ("--document", "9441/TB-BNV")


def run(office: Office, *words: str) -> Result:
    return office.app.test_cli_runner().invoke(args=["calendar", *words])


def told(office: Office, *words: str) -> dict[str, Any]:
    result = run(office, *words, "--json")
    assert result.exit_code == 0, result.output
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def kind(office: Office, agency: str, day: str) -> DayKind:
    return office.services.calendars.of(agency).kind(date.fromisoformat(day))


def test_one_notice_is_one_change_for_every_agency_and_twice_is_once(office: Office) -> None:
    words = ("set", "--off", "30/12/2027", "--off", "31/12/2027", "--working", "18/12/2027", *NOTICE)
    assert told(office, *words) == {"calendar": NATION, "changed": True, "version": 1}
    assert told(office, *words) == {"calendar": NATION, "changed": False, "version": 1}
    for agency in (AGENCY, OTHER):
        assert kind(office, agency, "2027-12-31") is DayKind.OFF
        assert kind(office, agency, "2027-12-18") is DayKind.WORKING
    entries = office.services.audit.page(NATION).entries
    assert [(one.event, one.by, one.facts["document"]) for one in entries] == [
        ("calendar_day_set", "operator", NOTICE[1])
    ] * 3


def test_an_agency_s_own_lies_over_it_and_is_cleared_again(office: Office) -> None:
    run(office, "set", "--off", "30/12/2027", *NOTICE)
    run(office, "set", "--morning", "30/12/2027", "--afternoon", "29/12/2027", "--agency", AGENCY, *NOTICE)
    assert [kind(office, one, "2027-12-30") for one in (AGENCY, OTHER)] == [DayKind.MORNING, DayKind.OFF]
    assert "changed" in run(office, "clear", "30/12/2027", "29/12/2027", "--agency", AGENCY, *NOTICE).stdout
    assert kind(office, AGENCY, "2027-12-30") is DayKind.OFF
    assert "nothing to change" in run(office, "clear", "30/12/2027", "--agency", AGENCY, *NOTICE).stdout


def test_the_year_is_shown_with_who_says_what(office: Office) -> None:
    run(office, "set", "--off", "30/12/2027", *NOTICE)
    run(office, "hours", "06:30", "11:00", "13:00", "16:30", "--agency", AGENCY, *NOTICE)
    shown = told(office, "show", "--year", "2027", "--agency", AGENCY)
    assert (shown["hours"], shown["hours_layer"]) == ("06:30-11:00 13:00-16:30", AGENCY)
    assert [one["layer"] for one in shown["days"] if one["day"] in ("2027-12-30", "2027-09-02")] == ["law", NATION]
    text = run(office, "show", "--year", "2027").stdout
    assert "07:00-11:30" in text and "9441/TB-BNV" in text and "tet" in text


def test_what_is_wrong_is_told_in_one_line_and_changes_nothing(office: Office) -> None:
    for words, said in (
        (("set", "--off", "30/12/2027", "--document", ""), "calendar_document_needed"),
        (("set", "--off", "30/12/1999", *NOTICE), "calendar_day_far"),
        (("set", "--off", "30/12/2027", "--agency", "nowhere", *NOTICE), "agency_unknown"),
        (("hours", "11:30", "07:00", "13:30", "17:00", *NOTICE), "office_hours_shape"),
    ):
        result = run(office, *words)
        assert (result.exit_code, said in result.output) == (1, True), result.output
    assert run(office, "set", "--off", "30/12/2027", "--working", "30/12/2027", *NOTICE).exit_code == 2
    assert run(office, "set", *NOTICE).exit_code == 2
    assert office.services.audit.page(NATION).entries == []
