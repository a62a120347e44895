"""The function `schedules`, its store open before its first event."""

from handlers.lambdas import schedules
from handlers.lambdas.workers import opened

opened(lambda held: held.exam_store.exam("-", "-"))
handle = schedules.handle
