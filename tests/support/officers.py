"""Officers for tests: made through the services as in life, with a password and a phone on the stopped clock."""

from dataclasses import dataclass

import pyotp

from miniapp.accounts.access import Operator
from miniapp.accounts.model import SignedOfficer
from miniapp.accounts.service import Accounts
from miniapp.accounts.sign_in import SignedIn
from tests.support.fakes import StoppedClock

PASSWORD = "bay con meo di hoc ve"
ADDRESS = "192.0.2.1"


@dataclass
class Desk:
    """One officer with everything the officer knows and holds."""

    id: str
    login: str
    secret: str
    recovery: list[str]
    accounts: Accounts
    clock: StoppedClock
    password: str = PASSWORD

    def code(self) -> str:
        """What the phone shows now, after waiting for figures not shown before."""
        self.clock.pass_by(seconds=30)
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def half(self, address: str = ADDRESS, device: str = "") -> str:
        """The first step of signing in."""
        return self.accounts.sign_in.begin(self.login, self.password, address=address, device=device)

    def come_in(self, address: str = ADDRESS) -> SignedIn:
        """Both steps."""
        return self.accounts.sign_in.finish(self.half(address), self.code(), address=address)

    def signed(self) -> SignedOfficer:
        """Signed in a moment ago, so the second factor is fresh."""
        return self.come_in().signed


def officer(accounts: Accounts, clock: StoppedClock, login: str, agency: str, *roles: str) -> Desk:
    """An officer who was invited by an operator and came in."""
    link = accounts.people.invite(agency, login, "Lê Thị Lan", roles, by=Operator())
    return joined(accounts, clock, link.token, link.officer.id, login)


def joined(accounts: Accounts, clock: StoppedClock, token: str, officer_id: str, login: str) -> Desk:
    """An officer who followed a link to the end."""
    set_up = accounts.invitations.start(token, PASSWORD, address=ADDRESS)
    assert set_up.secret is not None
    code = pyotp.TOTP(set_up.secret.reveal).at(clock.now())
    codes = accounts.invitations.finish(token, set_up.sealed, code, address=ADDRESS)
    return Desk(officer_id, login, set_up.secret.reveal, codes, accounts, clock)
