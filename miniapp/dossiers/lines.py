"""The signed line of a receipt, as it lies with the dossier: made anew with every move, by whoever holds a key.

For the office and for whoever brings dossiers in. Citizens' pages show it and have no key. A function without one moves
dossiers as well: then the line of before stays, which says of which version it is and is genuine as that. It stores nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from miniapp.core.signing import Signer, Verdict
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.receipts import check, line_of, signed


class Lines:
    """Signs what receipts say. `address`: that of an agency today."""

    def __init__(self, signer: Signer, address: Callable[[str], str]) -> None:
        self._signer = signer
        self._address = address

    def on(self, dossier: Dossier, now: datetime) -> Dossier:
        """The dossier with the line of how it stands; as it is where it was not received or nothing signs."""
        if dossier.received_at is None:
            return dossier
        line = signed(line_of(dossier, self._address(dossier.agency), now), self._signer)
        return replace(dossier, line=line) if line else dossier

    def holds(self, dossier: Dossier) -> bool:
        """Whether its line is ours and says how it stands."""
        found = check(dossier.line, self._signer.public)
        return (
            found.verdict is Verdict.GENUINE and found.receipt is not None and found.receipt.version == dossier.version
        )
