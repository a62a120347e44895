"""A citizen's own dossiers: kept once it was proved that they may see them, told of where they ask for it. For citizens.

The proof is the link of the receipt, or the code with its figures; who calls `keep` has seen it. Whoever proves it as well
keeps the same dossier too, and each sees that there are others. A kept dossier is named by a mark that says nothing and
is good for one person only. Nobody is told without consent to the wording that is asked for now."""

from dataclasses import dataclass, replace

from miniapp.accounts.consents import Consents
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Refused
from miniapp.core.sealing import Sealer
from miniapp.dossiers.keepers import KEEPERS_MOST, KEPT_MOST, Keeper, KeeperStore
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.store import DossierStore

PURPOSE = "dossier_news"  # of the consent
SEAL = "kept dossier"


@dataclass(frozen=True)
class Kept:
    """A dossier among a person's things. `others`: how many people keep it beside them."""

    keeper: Keeper
    mark: str
    procedure_name: str
    others: int


class Keeping:
    """Keeps, tells or not, lets go."""

    def __init__(
        self, store: KeeperStore, dossiers: DossierStore, consents: Consents, sealer: Sealer, clock: Clock
    ) -> None:
        self._store = store
        self._dossiers = dossiers
        self._consents = consents
        self._sealer = sealer
        self._clock = clock

    def keep(self, agency: str, code: str, user: str, language: str) -> str:
        """Keep a dossier whose proof was seen; its mark. Conflict `too_many_kept`, `too_many_keepers`."""
        found = self._dossier(agency, code)
        if self._store.find(agency, code, user) is None:
            if len(self._store.of_person(user)) >= KEPT_MOST:
                raise Conflict("too_many_kept", most=KEPT_MOST)
            if len(self._store.of_dossier(agency, code)) >= KEEPERS_MOST:
                raise Conflict("too_many_keepers", most=KEEPERS_MOST)
        self._store.add(Keeper(agency, code, user, self._clock.now(), language, heard=found.version))
        return self.mark(agency, code, user)

    def tell(self, user: str, mark: str, language: str) -> None:
        """Tell this person of what happens from now on; Refused `consent_missing`."""
        keeper = self._found(user, mark)
        if not self._consents.holds(user, keeper.agency, PURPOSE):
            raise Refused("consent_missing")
        if not keeper.is_told:
            heard = self._dossier(keeper.agency, keeper.code).version
            self._store.change(replace(keeper, is_told=True, heard=heard, language=language))

    def tell_no_more(self, user: str, mark: str) -> None:
        """Tell this person nothing more of it."""
        self._store.change(replace(self._found(user, mark), is_told=False))

    def let_go(self, user: str, mark: str) -> None:
        """No longer among their things; the dossier itself stays as it is. Once more is fine."""
        for keeper in self._store.of_person(user):
            if self._is(mark, keeper):
                self._store.drop(keeper)

    def find(self, user: str, mark: str) -> Kept:
        """One of a person's dossiers; NotFound `kept_dossier_unknown`."""
        return self._kept(self._found(user, mark))

    def of(self, user: str) -> list[Kept]:
        """All of a person's dossiers, what was kept last first."""
        return [self._kept(keeper) for keeper in self._store.of_person(user)]

    def forget(self, user: str) -> None:
        """A person keeps nothing any more."""
        for keeper in self._store.of_person(user):
            self._store.drop(keeper)

    def quiet(self, user: str, agency: str) -> None:
        """A person hears nothing of an agency's dossiers any more, as when they took their consent back."""
        for keeper in self._store.of_person(user):
            if keeper.agency == agency and keeper.is_told:
                self._store.change(replace(keeper, is_told=False))

    def mark(self, agency: str, code: str, user: str) -> str:
        """What names a dossier in the addresses of one person."""
        return self._sealer.sign(SEAL, f"{user}#{agency}#{code}")

    def _is(self, mark: str, keeper: Keeper) -> bool:
        return self._sealer.is_signed(SEAL, f"{keeper.user}#{keeper.agency}#{keeper.code}", mark)

    def _found(self, user: str, mark: str) -> Keeper:
        found = next((keeper for keeper in self._store.of_person(user) if self._is(mark, keeper)), None)
        if found is None:
            raise NotFound("kept_dossier_unknown")
        return found

    def _dossier(self, agency: str, code: str) -> Dossier:
        found = self._dossiers.find(agency, code)
        if found is None:
            raise NotFound("kept_dossier_unknown")
        return found

    def _kept(self, keeper: Keeper) -> Kept:
        held = self._dossier(keeper.agency, keeper.code)
        others = len(self._store.of_dossier(keeper.agency, keeper.code)) - 1
        return Kept(keeper, self.mark(keeper.agency, keeper.code, keeper.user), held.procedure_name, others)
