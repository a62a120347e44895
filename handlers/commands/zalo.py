"""`flask --app handlers.app zalo authorise|tokens`: whose Official Accounts we may speak for.

For operators, with an account's admin beside them: the platform gives the code to that person alone, for ten minutes. It
is typed and never an argument, which other processes see. No command shows a token."""

import json

import click
from flask.cli import AppGroup

from handlers.commands.telling import agency_id, told
from handlers.context import services
from miniapp.accounts.access import Operator
from miniapp.audit.model import Event
from miniapp.core.clock import iso
from miniapp.core.personal import Personal
from miniapp.zalo.grants import Grant, account_id

zalo = AppGroup("zalo", help="Official Accounts and their tokens.")


@zalo.command("authorise")
@click.argument("agency")
@click.argument("account")
def authorise(agency: str, account: str) -> None:
    """Begin to speak for an agency's ACCOUNT, or begin anew where its authorisation was lost."""
    held = services()
    with told():
        account = account_id(account)
        if held.settings.simulated_chat:
            code = held.simulated_oauth.consent(account)
        else:
            click.echo(f"The account's admin opens {held.zalo_oauth.permission_address(account)}", err=True)
            code = Personal(click.prompt("Code from the address that follows", hide_input=True, err=True).strip())
        found = agency_id(agency)
        event = Event("zalo_authorised", account=account)
        held.tokens.authorise(
            account,
            found,
            code,
            lambda write: held.audit.commit(event, agency=found, by=Operator().id, writes=[write]),
        )
    click.echo(f"{account} is authorised")


@zalo.command("tokens")
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of lines.")
def tokens(as_json: bool) -> None:
    """Say of every account in which state its tokens are. Exit code 1 when one must be authorised anew."""
    held = services()
    with told():
        found = held.tokens.grants()
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found]))
    else:
        for one in found:
            why = f" ({one.why})" if one.why else ""
            click.echo(f"{one.account:<22} {one.agency:<24} {one.state.value}{why}, access until {iso(one.until)}")
        if not found:
            click.echo("no account is authorised")
    if any(one.is_lost for one in found):
        raise SystemExit(1)


def _facts(one: Grant) -> dict[str, object]:
    return {
        "account": one.account,
        "agency": one.agency,
        "state": one.state.value,
        "since": iso(one.since),
        "until": iso(one.until),
        "due": iso(one.due_at),
        "tries": one.tries,
        "why": one.why,
    }
