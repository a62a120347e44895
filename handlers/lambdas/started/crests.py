"""The function `crests`, its store open before its first event."""

from handlers.lambdas.workers import check_crests, opened

opened(lambda held: held.crests.sent("-"))
handle = check_crests
