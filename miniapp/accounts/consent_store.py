"""Questions: where a person stands with an agency and purpose · with all · every step of a person, oldest first.

For `consents`. The newest step and the step itself are two rows written as one transaction under the place of the step
before, so two steps at once can't both be the newest. A withdrawn step is kept three years as proof, then goes."""

import json
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.accounts.model import Consent
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import SortedTable, Write, put, put_new, read, rows, transact

KEPT = timedelta(days=3 * 365)


class ConsentRow(SortedTable):
    """One step, or where a person stands now."""

    class Meta:
        table_name = "citizens"

    place = NumberAttribute()
    body = UnicodeAttribute()
    expires = NumberAttribute(null=True)  # none: as long as the consent holds


TABLES = (ConsentRow,)


def consents_key(user: str) -> str:
    """Where a person's consents lie: newest steps under `now#`, all steps under `step#`, agency first in both."""
    return f"consents#{user}"


class ConsentStore:
    """Reads and conditional writes of consents."""

    def find(self, user: str, agency: str, purpose: str) -> Consent | None:
        """The newest step, or None."""
        key = consents_key(user)
        row = read(lambda: ConsentRow.get(key, f"now#{agency}#{purpose}", consistent_read=True))
        return _consent(row) if row is not None else None

    def note(self, user: str, step: Consent, before: Consent | None) -> bool:
        """Add a step after `before`; False when another step was faster."""
        taken = Conflict("consent_changed_meanwhile")
        now = _row(user, "now", step, step)
        writes: list[Write] = [put_new(_row(user, "step", step, step), taken)]
        if before is None:
            writes.append(put_new(now, taken))
        else:
            writes.append(put(now, ConsentRow.place == before.place, taken))
            any_state = ConsentRow.pk.exists() | ConsentRow.pk.does_not_exist()  # its time may have run out
            writes.append(put(_row(user, "step", before, step), any_state, taken))
        try:
            transact(*writes)
        except Conflict:
            return False
        return True

    def of(self, user: str) -> list[Consent]:
        """The newest step with every agency and purpose."""
        key = consents_key(user)
        return [_consent(row) for row in rows(lambda: ConsentRow.query(key, ConsentRow.sk.startswith("now#")))]

    def history(self, user: str, now: datetime) -> list[Consent]:
        """Every step, oldest first."""
        key = consents_key(user)
        found = rows(lambda: ConsentRow.query(key, ConsentRow.sk.startswith("step#")))
        alive = [_consent(row) for row in found if not row.expires or row.expires > now.timestamp()]
        return sorted(alive, key=lambda step: step.withdrawn_at or step.given_at)


def _row(user: str, kind: str, step: Consent, newest: Consent) -> ConsentRow:
    """A step as a row; its time runs from the withdrawal that followed it."""
    name = f"{kind}#{step.agency}#{step.purpose}" + (f"#{step.place:06d}" if kind == "step" else "")
    ends = newest.withdrawn_at
    return ConsentRow(
        consents_key(user),
        name,
        place=step.place,
        body=json.dumps(to_plain(step)),
        expires=int((ends + KEPT).timestamp()) if ends else None,
    )


def _consent(row: ConsentRow) -> Consent:
    return from_plain(Consent, json.loads(row.body))
