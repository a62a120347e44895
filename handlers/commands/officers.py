"""`flask --app handlers.app officers …`: people of an agency, for who runs the system.

The first officers of an agency come in this way; later ones are invited by its admin in the console. There is no
default account and no password on a command line: a link is printed once and works once, within a day (ASVS 6.3.2,
6.4.1)."""

import json

import click
from flask.cli import AppGroup

from handlers.commands.telling import agency_id, told
from handlers.context import services
from miniapp.accounts.access import Operator, Role
from miniapp.accounts.asked import Asked, Link
from miniapp.accounts.sign_in import login_of
from miniapp.core.clock import iso
from miniapp.core.errors import NotFound

officers = AppGroup("officers", help="Officers: invite, list, give roles, shut out; confirm what an admin asked for.")
OPERATOR = Operator()
ROLES = click.Choice([role.value for role in Role])
as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")


@officers.command("invite")
@click.argument("login")
@click.option("--agency", required=True, help="Address of the agency that looks after the account.")
@click.option("--name", required=True, help="How the officer is called.")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES)
@as_json_option
def invite(login: str, agency: str, name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Make an officer and print the one-use link to come in with."""
    with told():
        held = services().agencies.find(agency)
        if held is None:
            raise NotFound("agency_unknown")
        _tell_link(services().accounts.people.invite(held.id, login, name, roles, by=OPERATOR), as_json)


@officers.command("list")
@click.option("--agency", required=True)
@as_json_option
def list_officers(agency: str, as_json: bool) -> None:
    """The people of an agency."""
    with told():
        members = services().accounts.people.members(agency_id(agency), OPERATOR)
    people = [
        {
            "id": member.officer.id,
            "login": member.officer.login.reveal,
            "name": member.officer.name.reveal,
            "state": member.officer.state.value,
            "roles": sorted(role.value for role in member.roles),
        }
        for member in members
    ]
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False))
        return
    for person in people:
        click.echo("\t".join([str(person["login"]), str(person["name"]), str(person["state"]), *person["roles"]]))


@officers.command("roles")
@click.argument("login")
@click.option("--agency", required=True)
@click.option(
    "--role", "roles", multiple=True, type=ROLES, help="Every role the officer shall have; none takes all away."
)
def roles(login: str, agency: str, roles: tuple[str, ...]) -> None:
    """Make an officer exactly this in an agency, which may be another than the officer's own."""
    with told():
        people = services().accounts.people
        people.give_roles(agency_id(agency), people.by_login(login, OPERATOR).id, roles, by=OPERATOR)
    click.echo(f"{login}: {' '.join(roles) or 'no role'}")


@officers.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Shut an officer out, at once and everywhere."""
    with told():
        people = services().accounts.people
        held = people.by_login(login, OPERATOR)
        people.disable(held.home, held.id, by=OPERATOR)
    click.echo(f"{login}: disabled, every session ended")


@officers.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Let a disabled officer in again."""
    with told():
        people = services().accounts.people
        held = people.by_login(login, OPERATOR)
        people.enable(held.home, held.id, by=OPERATOR)
    click.echo(f"{login}: enabled")


@officers.command("end-sessions")
@click.argument("login")
def end_sessions(login: str) -> None:
    """End every session of an officer."""
    with told():
        people = services().accounts.people
        held = people.by_login(login, OPERATOR)
        count = people.end_sessions(held.home, held.id, by=OPERATOR)
    click.echo(f"{login}: {count} sessions ended")


@officers.command("reset-second-factor")
@click.argument("login")
@as_json_option
def reset_second_factor(login: str, as_json: bool) -> None:
    """For a lost phone: end the old factor and print a link to set up a new one (it asks for the password)."""
    with told():
        people = services().accounts.people
        held = people.by_login(login, OPERATOR)
        _tell_link(people.reset_second_factor(held.home, held.id, by=OPERATOR), as_json)


@officers.command("reset-password")
@click.argument("login")
@as_json_option
def reset_password(login: str, as_json: bool) -> None:
    """For a forgotten password: print a link to choose a new one (it asks for the second factor)."""
    with told():
        people = services().accounts.people
        held = people.by_login(login, OPERATOR)
        _tell_link(people.reset_password(held.home, held.id, by=OPERATOR), as_json)


@officers.command("waiting")
@click.option("--agency", required=True)
@as_json_option
def waiting(agency: str, as_json: bool) -> None:
    """What admins asked for in an agency and what waits for a second person."""
    with told():
        found = services().accounts.confirming.waiting(agency_id(agency), OPERATOR)
    wishes = [
        {
            "agency": one.agency,
            "login": one.login.reveal,
            "act": one.act.value,
            "roles": sorted(role.value for role in one.roles),
            "by": one.by,
            "at": iso(one.at),
            "ends": iso(one.ends),
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(wishes, ensure_ascii=False))
        return
    for one in wishes:
        click.echo("\t".join(" ".join(value) if isinstance(value, list) else value for value in one.values()))


@officers.command("confirm")
@click.argument("login")
@click.option("--agency", required=True)
@as_json_option
def confirm(login: str, agency: str, as_json: bool) -> None:
    """Do what an agency's only admin asked for; a link is printed once, to be handed to the officer and nobody else."""
    with told():
        link = services().accounts.confirming.confirm(_waiting_for(login, agency), by=OPERATOR)
    if link is None:
        click.echo(f"{login}: confirmed")
    else:
        _tell_link(link, as_json)


@officers.command("decline")
@click.argument("login")
@click.option("--agency", required=True)
def decline(login: str, agency: str) -> None:
    """Drop what an admin asked for."""
    with told():
        services().accounts.confirming.decline(_waiting_for(login, agency), by=OPERATOR)
    click.echo(f"{login}: declined")


def _waiting_for(login: str, agency: str) -> Asked:
    """What is asked about who has this login, or shall have it."""
    of, wanted = agency_id(agency), login_of(login)
    for one in services().accounts.confirming.waiting(of, OPERATOR):
        if one.agency == of and one.login.reveal == wanted:
            return one
    raise NotFound("asked_unknown")


def _tell_link(link: Link, as_json: bool) -> None:
    address = f"{services().settings.base_url.rstrip('/')}/console/link/{link.token}"
    ends = iso(link.invitation.ends)
    if as_json:
        click.echo(json.dumps({"officer": link.officer.id, "link": address, "ends": ends}))
    else:
        click.echo(f"{address}\nworks once, until {ends}")
