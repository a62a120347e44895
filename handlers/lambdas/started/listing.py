"""The function `listing`, its store open before its first event."""

from handlers.lambdas.workers import opened, relist_agencies

opened(lambda held: held.agencies.now("-"))
handle = relist_agencies
