"""The function `batches`, its store open before its first event."""

from handlers.lambdas.workers import apply_batches, opened

opened(lambda held: held.batches.find("-", "-"))
handle = apply_batches
