"""The function `messages`, its store open before its first event."""

from handlers.lambdas.workers import deliver_messages, opened

opened(lambda held: held.outbox.find("-", "-", "-"))
handle = deliver_messages
