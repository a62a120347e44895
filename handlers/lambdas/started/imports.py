"""The function `imports`, its store open before its first event."""

from handlers.lambdas.workers import import_scores, opened

opened(lambda held: held.exam_store.exam("-", "-"))
handle = import_scores
