"""What changes an agency from the command line: `flask … agencies merge|rename|open|close|relist`.

For operators: what concerns more than one agency, and what an agency's own admin may not do (its address, its end).
Every change stands in the audit trail under `operator`; run again, a command changes nothing more and says so. Names
and looks belong to the agency's admin at the desk."""

import json
from collections.abc import Callable

import click
from flask.cli import with_appcontext

from handlers import context
from handlers.built import BUILT
from handlers.commands.telling import told
from miniapp.accounts.access import Operator
from miniapp.agencies.model import Agency, Service
from miniapp.core.errors import Invalid

BY = Operator().id
as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
address_argument = click.argument("address")
service_argument = click.argument("service", type=click.Choice([service.value for service in Service]))


@click.command("merge")
@address_argument
@click.argument("into", nargs=-1, required=True)
@click.option("--last-day", required=True, help="The last day of the agency that ends, as 2026-06-30.")
@as_json_option
@with_appcontext
def merge(address: str, into: tuple[str, ...], last_day: str, as_json: bool) -> None:
    """End the agency at ADDRESS for the agencies INTO: its services close, its page and its name lead to them."""

    def act(held: Agency) -> Agency:
        successors = tuple(context.services().agencies.at(one).id for one in into)
        if held.successors == successors and held.valid_to == last_day:
            return held
        return context.services().agencies.merge(held.id, successors, last_day, BY)

    _changed(address, as_json, act)


@click.command("rename")
@address_argument
@click.option("--name", default="", help="New name; without it, it stays.")
@click.option("--name-en", default="", help="New English name; without it, it stays.")
@click.option("--short", default=None, help="New short name, or an empty one; without it, it stays.")
@click.option("--address", "new_address", default="", help="New address; the old one goes on leading here.")
@as_json_option
@with_appcontext
def rename(address: str, name: str, name_en: str, short: str | None, new_address: str, as_json: bool) -> None:
    """Give the agency at ADDRESS another name or address."""

    def act(held: Agency) -> Agency:
        given = (name or held.name, name_en or held.name_en, held.short if short is None else short)
        return context.services().agencies.rename(held.id, *given, new_address or held.address, BY)

    _changed(address, as_json, act)


@click.command("open")
@address_argument
@service_argument
@as_json_option
@with_appcontext
def open_service(address: str, service: str, as_json: bool) -> None:
    """Let citizens use SERVICE of the agency at ADDRESS; one without pages here is refused."""

    def act(held: Agency) -> Agency:
        if service not in BUILT:
            raise Invalid("service_not_built", built=", ".join(BUILT))
        return context.services().agencies.open_service(held.id, Service(service), BY)

    _changed(address, as_json, act)


@click.command("close")
@address_argument
@service_argument
@as_json_option
@with_appcontext
def close_service(address: str, service: str, as_json: bool) -> None:
    """Close SERVICE of the agency at ADDRESS: within five seconds nobody gets an answer from it by any way."""
    _changed(address, as_json, lambda held: context.services().agencies.close_service(held.id, Service(service), BY))


@click.command("relist")
@as_json_option
@with_appcontext
def relist(as_json: bool) -> None:
    """Bring the directory's file up to date now; workers do the same after every change."""
    with told():
        wrote = context.services().listing.rewrite()
    click.echo(json.dumps({"written": wrote}) if as_json else "written" if wrote else "nothing to write")


def _changed(address: str, as_json: bool, act: Callable[[Agency], Agency]) -> None:
    with told():
        held = context.services().agencies
        before = held.now(held.at(address).id)
        after = act(before)
        changed = after.version != before.version
    if as_json:
        facts = {"id": after.id, "address": after.address, "changed": changed, "version": after.version}
        click.echo(json.dumps(facts))
        return
    click.echo(f"{after.address}: {'changed' if changed else 'nothing to change'}")


COMMANDS = (merge, rename, open_service, close_service, relist)
