"""A peer's function: idiomatic Flask with one PynamoDB get per request, served by Zappa's own handler."""

import os

from flask import Flask, Response
from page import SUBJECTS, page
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.scores import NOT_TAKEN


class CandidateRow(Model):
    """One item per candidate."""

    class Meta:
        table_name = os.environ["PEER_TABLE"]
        region = os.environ["AWS_REGION"]
        host = os.environ.get("AWS_ENDPOINT_URL")

    number = UnicodeAttribute(hash_key=True)
    toan = NumberAttribute(null=True)
    van = NumberAttribute(null=True)
    nn = NumberAttribute(null=True)
    li = NumberAttribute(null=True)
    hoa = NumberAttribute(null=True)
    sinh = NumberAttribute(null=True)
    su = NumberAttribute(null=True)
    dia = NumberAttribute(null=True)
    gdcd = NumberAttribute(null=True)


app = Flask("peer", static_folder=None)


@app.get("/<agency>/diem-thi/<slug>/<number>")
def slip(agency: str, slug: str, number: str) -> Response:
    """One slip."""
    try:
        row = CandidateRow.get(number)
    except CandidateRow.DoesNotExist:
        return Response("", 404)
    scores = {name: NOT_TAKEN if (code := getattr(row, name)) is None else int(code) for name in SUBJECTS}
    body, headers = page(Result(number, scores, {}))
    made = Response(body)
    made.headers.clear()
    made.headers.extend(headers)
    return made
