"""The chat platform as it is reached from here: not yet. For the wiring, where no simulator is configured.

An issue of its own brings the client. Until then this one says so to whoever sends: nothing is sent, messages wait in
the outbox until their time is over. It never pretends."""

from miniapp.core.errors import Unavailable
from miniapp.zalo.model import Outgoing


class NotConnected:
    """Keeps the promise `Chat` in the only honest way."""

    def send(self, agency: str, user: str, message: Outgoing) -> str:
        """Unavailable `chat_not_connected`: surely not sent."""
        raise Unavailable("chat_not_connected")
