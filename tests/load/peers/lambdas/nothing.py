"""A handler that does nothing: what is left is Python, AWS's runtime client and the room that the function runs in."""

from typing import Any


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An empty page."""
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "", "isBase64Encoded": False}
