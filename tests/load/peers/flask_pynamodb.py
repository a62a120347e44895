"""A peer: idiomatic Flask with one PynamoDB get per request.

Our template, headers and page object; its store and web layer."""

from collections.abc import Callable, Iterable

from flask import Flask, Response
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.scores import NOT_TAKEN

Page = Callable[[Result], tuple[str, list[tuple[str, str]]]]


class CandidateRow(Model):
    """One item per candidate, as one would write it first."""

    class Meta:
        table_name = "peer-candidates"
        region = "ap-southeast-1"
        host: str | None = None

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


def row_of(result: Result) -> CandidateRow:
    """The item of one candidate."""
    return CandidateRow(
        number=result.number, **{name: code for name, code in result.scores.items() if code != NOT_TAKEN}
    )


def fill(results: Iterable[Result]) -> None:
    """Write items in batches."""
    with CandidateRow.batch_write() as batch:
        for result in results:
            batch.save(row_of(result))


def create_app(subjects: tuple[str, ...], page: Page) -> Flask:
    """The peer's app."""
    app = Flask("peer", static_folder=None)

    @app.get("/<agency>/diem-thi/<slug>/<number>")
    def slip(agency: str, slug: str, number: str) -> Response:
        try:
            row = CandidateRow.get(number)
        except CandidateRow.DoesNotExist:
            return Response("", 404)
        scores = {name: NOT_TAKEN if (code := getattr(row, name)) is None else int(code) for name in subjects}
        body, headers = page(Result(number, scores, {}))
        made = Response(body)
        made.headers.clear()
        made.headers.extend(headers)
        return made

    return app
