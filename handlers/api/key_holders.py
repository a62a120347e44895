"""The door of the agency's other systems: whoever shows a key that works and is for what is asked.

Reading needs the one scope, whatever changes something the other. A key is shown with each request and leaves no
session; it never comes along by itself as a cookie does, so no form token is needed."""

from flask import g, request

from handlers import context
from miniapp.accounts.machine_key import MachineKey, Scope
from miniapp.core.errors import Refused


def key_holders() -> None:
    """Let a key pass that is for this kind of request."""
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise Refused("machine_key_needed")
    scope = Scope.READ_DOSSIERS if request.method == "GET" else Scope.WRITE_DOSSIERS
    keys = context.services().accounts.machine_keys
    g.machine_key = keys.admit(shown.token, scope, address=context.client_address())


def held_key() -> MachineKey:
    """The key behind this request; the door has made sure that there is one."""
    found: MachineKey = g.machine_key
    return found
