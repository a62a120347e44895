"""A peer: FastAPI with a plain `def` endpoint and one boto3 get_item per request.

Our template, headers and page object; its store and web layer."""

from typing import Any

from fastapi import FastAPI, Response

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.scores import NOT_TAKEN
from tests.load.peers.flask_pynamodb import Page


def create_app(client: Any, table: str, subjects: tuple[str, ...], page: Page) -> FastAPI:
    """The peer's app; `client` is a boto3 DynamoDB client."""
    app = FastAPI()

    @app.get("/{agency}/diem-thi/{slug}/{number}")
    def slip(agency: str, slug: str, number: str) -> Response:
        item = client.get_item(TableName=table, Key={"number": {"S": number}}).get("Item")
        if item is None:
            return Response(status_code=404)
        scores = {name: int(item[name]["N"]) if name in item else NOT_TAKEN for name in subjects}
        body, headers = page(Result(number, scores, {}))
        made = Response(body.encode())
        made.raw_headers = [(name.lower().encode(), value.encode()) for name, value in headers]
        made.raw_headers.append((b"content-length", str(len(made.body)).encode()))
        return made

    return app
