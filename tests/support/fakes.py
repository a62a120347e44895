"""Stand-ins for time and chance. For every test that must not wait or must know an id beforehand."""

from datetime import UTC, datetime, timedelta

from miniapp.core.ids import RandomIds

START = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)  # 08:00 of a results day in Vietnam


class StoppedClock:
    """Time that passes only when told: `clock.pass_by(minutes=11)`."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)


class CountedIds(RandomIds):
    """Ids that can be foretold (`edn_1`, `edn_2`, …); secrets stay secret."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"
