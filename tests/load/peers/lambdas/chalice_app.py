"""A peer's function: Chalice with one boto3 get_item per request."""

import os

import boto3
from chalice import Chalice, Response
from page import SUBJECTS, page

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.scores import NOT_TAKEN

app = Chalice(app_name="peer")
client = boto3.client("dynamodb")
TABLE = os.environ["PEER_TABLE"]


@app.route("/{agency}/diem-thi/{slug}/{number}", methods=["GET"])
def slip(agency: str, slug: str, number: str) -> Response:
    """One slip."""
    item = client.get_item(TableName=TABLE, Key={"number": {"S": number}}).get("Item")
    if item is None:
        return Response("", status_code=404)
    scores = {name: int(item[name]["N"]) if name in item else NOT_TAKEN for name in SUBJECTS}
    body, headers = page(Result(number, scores, {}))
    return Response(body, headers=dict(headers))
