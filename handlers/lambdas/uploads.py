"""What the upload bucket wakes. For Lambda, which calls again when this fails and keeps what failed thrice.

Notices of the bucket come at least once and in any order."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from handlers.lambdas.failing import by_kind
from handlers.lambdas.workers import services
from miniapp.core import log
from miniapp.core.settings import Settings


def arrived(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Look at every file that was stored; how many stay and how many went."""
    held = services()
    try:
        stayed = [held.arriving.arrived(key) for key in _keys(event, held.settings)]
    except Exception as failure:
        log.error("upload_failed", failure)
        raise by_kind(failure) from None
    return {"stayed": sum(stayed), "dropped": len(stayed) - sum(stayed)}


def _keys(event: Mapping[str, Any], settings: Settings) -> list[str]:
    """The keys stored in our bucket; the bucket writes them as a form would."""
    return [
        unquote_plus(record["s3"]["object"]["key"])
        for record in event.get("Records", [])
        if record.get("eventSource") == "aws:s3"
        and record["eventName"].startswith("ObjectCreated:")
        and record["s3"]["bucket"]["name"] == settings.resource("uploads")
    ]
