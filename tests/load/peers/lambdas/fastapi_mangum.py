"""A peer's function: FastAPI with a plain `def` endpoint and one boto3 get_item per request, behind Mangum."""

import os

import boto3
from fastapi import FastAPI, Response
from mangum import Mangum
from page import SUBJECTS, page

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.scores import NOT_TAKEN

app = FastAPI()
client = boto3.client("dynamodb")
TABLE = os.environ["PEER_TABLE"]


@app.get("/{agency}/diem-thi/{slug}/{number}")
def slip(agency: str, slug: str, number: str) -> Response:
    """One slip."""
    item = client.get_item(TableName=TABLE, Key={"number": {"S": number}}).get("Item")
    if item is None:
        return Response(status_code=404)
    scores = {name: int(item[name]["N"]) if name in item else NOT_TAKEN for name in SUBJECTS}
    body, headers = page(Result(number, scores, {}))
    made = Response(body.encode())
    made.raw_headers = [(name.lower().encode(), value.encode()) for name, value in headers]
    made.raw_headers.append((b"content-length", str(len(made.body)).encode()))
    return made


handler = Mangum(app, lifespan="off")
