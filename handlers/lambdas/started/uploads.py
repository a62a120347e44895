"""The function `uploads`, its store open before its first event."""

from handlers.lambdas.uploads import arrived
from handlers.lambdas.workers import opened

opened(lambda held: held.exam_store.exam("-", "-"))
handle = arrived
