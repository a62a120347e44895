"""A row that everybody needs is read once per process and span, however many ask (F15), and never by those who wait."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.site import OPEN, Site

REQUESTS = 10_000
STEP = 0.005


class Reads:
    """Counts what goes to the store, by table."""

    def __init__(self, site: Site) -> None:
        self.by_table: dict[str, int] = {}
        site.services.aws.dynamodb.meta.events.register("before-call.dynamodb", self._one)

    def _one(self, params: dict[str, Any], **_: Any) -> None:
        body = params["body"].decode() if isinstance(params["body"], bytes) else params["body"]
        table = body.partition('"TableName": "')[2].partition('"')[0]
        self.by_table[table] = self.by_table.get(table, 0) + 1


def test_ten_thousand_requests_read_the_exam_at_most_once_in_five_seconds(site: Site):
    reads = Reads(site)
    client = site.client()
    for _ in range(REQUESTS):
        site.clock.pass_by(seconds=STEP)
        assert client.get(site.api(OPEN)).status_code == 200
    spans = REQUESTS * STEP / site.services.settings.exam_row_age
    assert 0 < reads.by_table[site.services.settings.resource("exam_scores")] <= spans + 1
    assert reads.by_table[site.services.settings.resource("agencies")] <= spans + 1


def test_threads_that_ask_at_once_share_one_read(site: Site):
    editions = site.services.editions
    before = editions.rows.reads
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: editions.exam(site.held.exams[OPEN].agency, OPEN), range(400)))
    assert len({exam.version for exam in found}) == 1
    assert editions.rows.reads - before == 1
