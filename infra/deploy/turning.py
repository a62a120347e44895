"""A secret of a stage is turned: a new one makes from now on, what the old one made stays good. For `python -m infra.deploy
turn`.

A key goes in two releases of the same code: first everybody can read what the new key makes, then it makes. So no
environment ever meets what it can't read. A key that signs goes in one, and begins some days later. The origin secret
proves one thing to one reader and is changed behind a closed door. When a release fails, nobody makes with the new one,
and what it made meanwhile stays readable."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

from infra.deploy.keeping import Code
from infra.deploy.secret import MADE, ORIGIN, PUBLISHED, SIGNING
from infra.deploy.steps import Deployment
from miniapp.core.clock import VIETNAM, WallClock
from miniapp.core.signing import public_halves, with_new_key, without_old_secrets

SESSION, BEFORE, FACTORS = "session_key", "session_key_before", "factor_keys"
NOTICE = timedelta(days=2)  # in which readers who keep our public keys meet a new one before it signs
SAID = {
    SESSION: (
        f"A new {SESSION} makes tokens and seals; the present one is read as {BEFORE}.",
        "Then: officers reseal, at once when the old one may be known to others.",
    ),
    BEFORE: (
        "!! What keys of before made is read no more: slips, forms and links of theirs ask again.",
        "!! Only after `officers reseal --dry-run` says that no second factor needs one; else those officers enrol again.",
    ),
    FACTORS: ("A new version hashes what is imported from now on; every version that is there is still read.",),
    SIGNING: (
        f"A new key is published now and signs from {NOTICE.days} days on; what the present one signed stays good.",
        "Of keys that sign no more the public half alone is kept.",
    ),
    ORIGIN: ("!! The site is closed with a page that says so until the edge and the functions have the new one.",),
}


class Turning:
    """Turns the secrets of one deployed stage."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._secrets = deployment.secrets

    def lines(self, name: str) -> Iterator[str]:
        """What would be done, for the person who decides."""
        stage = self._deployment.stage.name
        turned = {name, PUBLISHED} if name == SIGNING else {name}
        readers = [each.name for each in self._deployment.told if turned & set(each.reads)]
        version = self._secrets.versions().get(name)
        yield f"Stage {stage} in account {self._deployment.place.account}: {name}, put {version or 0} times so far"
        yield from SAID[name]
        yield f"New versions, code {self._code().short} as it is: {', '.join(readers)}"

    def turn(self, name: str) -> None:
        """Do it; SmokeFailed and the like after going back."""
        code = self._code()
        if name == ORIGIN:
            self._behind_a_closed_door(code)
            return
        if ready := self._made_ready(name):
            self._deployment.say(f"Everybody learns to read the new {name} …")
            self._release(code, ready, judged=False)
        self._deployment.say(f"{name} is turned …")
        self._release(code, self._last(name), judged=True)

    def _made_ready(self, name: str) -> dict[str, str]:
        """What must be readable everywhere before anybody makes with it."""
        if name == SESSION:
            kept = [MADE[SESSION](), self._secrets.value(SESSION), *self._secrets.value(BEFORE).split(",")]
            return {BEFORE: ",".join(dict.fromkeys(filter(None, kept)))}
        if name == FACTORS:
            held = self._secrets.value(FACTORS)
            newest = max(int(part.partition(":")[0].removeprefix("v")) for part in held.split(","))
            return {FACTORS: f"v{newest + 1}:{MADE[FACTORS]().partition(':')[2]},{held}"}
        return {}

    def _last(self, name: str) -> dict[str, str]:
        """What makes it so, from what was made ready."""
        if name == SESSION:
            return {SESSION: self._secrets.value(BEFORE).split(",")[0]}
        if name == FACTORS:
            first, _, rest = self._secrets.value(FACTORS).partition(",")
            return {FACTORS: f"{rest},{first}"}  # the last one hashes
        if name == SIGNING:  # one release: an environment without the new key goes on with the old one, which is good
            today = WallClock().now().astimezone(VIETNAM).date()
            held = without_old_secrets(self._secrets.value(SIGNING), today)
            made = with_new_key(held, secrets.token_bytes(32), today + NOTICE)
            return {PUBLISHED: public_halves(made), SIGNING: made}  # nobody may hold a key that nobody can check
        return {name: ""}

    def _release(self, code: Code, target: dict[str, str], judged: bool) -> None:
        """New versions of the same code under these values; the values of before when they don't serve."""
        was = {name: self._secrets.value(name) for name in target}
        self._put(target)
        try:
            versions = self._deployment.release(code)
            if judged:
                self._deployment.judge(versions)
        except Exception:
            self._deployment.say("The values of before are put back …")
            self._put(was)
            raise

    def _behind_a_closed_door(self, code: Code) -> None:
        was_closed = self._deployment.is_closed()
        self._deployment.say("The site is closed …")
        self._deployment.shut(True)
        try:
            self._release(code, {ORIGIN: MADE[ORIGIN]()}, judged=True)
        finally:  # with the secret that functions have now, the new one or the old
            self._deployment.say("The edge learns it …")
            self._deployment.shut(was_closed)
        self._deployment.expect_served()

    def _put(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self._secrets.put(name, value)

    def _code(self) -> Code:
        """What runs now; a failed build may be the newest that Lambda holds."""
        deployment = self._deployment
        return deployment.keeping.again(*deployment.functions.code_of(deployment.told[0]))
