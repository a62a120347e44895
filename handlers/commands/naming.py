"""What every command about scores names: agency, exam, edition, and the officer who acts.

For the `scores` commands. Whoever acts `--as` an officer types that officer's code, at a prompt or on standard input,
never as an argument, which every process of the machine could read."""

import sys

import click

from handlers.context import services
from miniapp.accounts.access import Actor, Operator, Permission, require
from miniapp.agencies.model import Agency
from miniapp.core.errors import NotFound
from miniapp.exam_scores.model import Edition, Exam

MOMENT = "%d/%m/%Y %H:%M"
agency_option = click.option("--agency", required=True, help="Address of the agency.")
exam_option = click.option("--exam", "slug", required=True, help="The exam's name in addresses.")
edition_option = click.option("--edition", default="", help="Id of the edition; the newest where none is named.")
as_option = click.option("--as", "login", required=True, help="Login of the officer who decides.")
code_option = click.option("--code-stdin", is_flag=True, help="Read the officer's code from standard input.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object, no progress bar.")


def named_agency(address: str) -> Agency:
    """The agency at an address; NotFound `agency_unknown`."""
    found = services().agencies.find(address)
    if found is None:
        raise NotFound("agency_unknown")
    return found


def named_exam(agency: str, slug: str) -> Exam:
    """An agency's exam; NotFound `exam_unknown`."""
    return services().exam_office.exam(named_agency(agency).id, slug)


def named_edition(exam: Exam, edition: str) -> Edition:
    """The edition that was named, or the newest."""
    if edition:
        return services().exam_office.edition(exam, edition)
    found = services().exam_office.editions(exam)
    if not found:
        raise NotFound("edition_unknown")
    return found[0]


def actor(login: str, code_stdin: bool, permission: Permission, exam: Exam) -> str:
    """Who acts: an officer who proves it and may, or the operator of this machine where nobody is named."""
    if not login:
        return Operator().id
    if code_stdin:
        code = sys.stdin.readline().strip()
    else:
        code = click.prompt(f"Code of {login}", hide_input=True, err=True)
    standing: Actor = services().accounts.sign_in.prove(login, code)
    require(standing, permission, exam.agency)
    return standing.id
