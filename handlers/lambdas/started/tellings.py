"""The function `tellings`, its store open before its first event."""

from handlers.lambdas.workers import opened, tell_waves

opened(lambda held: held.exam_store.exam("-", "-"))
handle = tell_waves
