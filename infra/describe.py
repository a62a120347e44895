"""Writes `infra/STACK.md`: per kind of resource, what was made on the local engine and looked at. `python -m infra.describe`.

For whoever deploys and wants to know what nobody has seen yet, and how many environments to ask AWS for. House tests hold
the file against the templates and the numbers against the arithmetic (`tests/house/test_limits.py`); what is looked at is
what `tests/service/engine/test_whole_stack.py` asserts. It knows nothing of an account."""

from collections import Counter
from pathlib import Path

from infra.local.stack import IDLE, LACKED
from infra.local.template import TEMPLATE, Template

FILE = Path(__file__).with_name("STACK.md")
EDGE = TEMPLATE.with_name("edge.yaml")
# Looked at through the service's own interface after CloudFormation said it was made.
SEEN = {
    "AWS::CloudFront::Distribution": "error caching off, origin secret, firewall attached",
    "AWS::CloudWatch::Alarm": "all names; threshold and dimension of a dead-letter alarm",
    "AWS::CloudWatch::Dashboard": "its ten pictures",
    "AWS::DynamoDB::Table": "keys, time to live, recovery, encryption, deletion refused (warm throughput: only linted)",
    "AWS::IAM::Role": "read back and enforced: each function's journeys pass, its neighbours' are refused",
    "AWS::KMS::Key": "its rotation",
    "AWS::Lambda::EventInvokeConfig": "where failures go",
    "AWS::Lambda::EventSourceMapping": "alias, partial answers, workers at once",
    "AWS::Lambda::Url": "alias, address in the outputs",
    "AWS::Logs::LogGroup": "retention",
    "AWS::S3::Bucket": "CORS, access block, lifecycle, encryption, notices; a locked object's removal refused",
    "AWS::S3::BucketPolicy": "a read without TLS is refused, whatever the reader's rights",
    "AWS::SQS::Queue": "times, redrive seen working, who may use dead letters, encryption",
    "AWS::SQS::QueuePolicy": "a call without TLS is refused",
    "AWS::Scheduler::Schedule": "all are there",
    "AWS::WAFv2::WebACL": "attached to the distribution (that it blocks: only linted)",
}
HEAD = """# What of the templates was made on the local engine

Written by `python -m infra.describe`; a test holds it against the templates. Nothing here was ever made in a real account.
"seen": made by CloudFormation on the engine, then asserted through the service itself. "made": CloudFormation on the engine said
so, no more. "linted": the engine lacks it; cfn-lint and checkov read it. Time to live, recovery, encryption, lifecycle, versions,
object lock and owner are left out by the engine's CloudFormation: `infra/local/comparing.py` puts them right and looks again.
`make run` makes the kinds marked with a dot only; the others would do nothing on one machine.

| kind | stack.yaml | edge.yaml | here | what was looked at | `make run` |
| --- | ---: | ---: | --- | --- | :---: |
"""
ENVIRONMENTS = """
## How many environments to ask for

An account may run 1,000 environments of its functions at once until it asks for more, a new one sometimes fewer: look it up
(Service Quotas, Lambda, "Concurrent executions"), and ask weeks before the day; it costs nothing. For each, AWS lets in ten
requests a second, so answers of a millisecond need as many as answers of a tenth of a second. A look-up is three requests: the
form, what is typed into it, and the slip. The edge keeps nothing but slips of an `open` exam, nine in ten of them; of a
`verified` or `coded` exam it keeps nothing at all. What the other functions of both stages have reserved comes on top, and a
fifth of the rest stays free.

| who | look-ups a second in the first minute | environments, `open` behind the edge | environments, nothing kept | ask for |
| --- | ---: | ---: | ---: | ---: |
| a province | 2,100 | 441 | 630 | 1,000 |
| the nation | 20,000 | 4,200 | 6,000 | 8,000 |

Give `concurrency_alarm` in `infra/deploy/stages.json` four fifths of what you got. Whatever the quota, a function gains at
most 1,000 environments in ten seconds: the nation's 6,000 are there after a minute. `ready` there lets a part stand before
the hour (`infra/RESULTS-DAY.md`).
"""


def whole_templates(**more: str) -> tuple[Template, Template]:
    """Both templates of some stage, after the second step."""
    told = ("PublicHost", "ConsoleHost", "HooksHost", "EditionsHost", "OriginSecret", "ClosedPage", "TooManyPage")
    given = {**dict.fromkeys(told, "x" * 32), "Stage": "any", "FunctionsDeployed": "yes", **more}
    return Template(TEMPLATE, given), Template(EDGE, given)


def counted() -> tuple[Counter[str], Counter[str]]:
    """How many of each kind the two templates hold, everything switched on."""
    region, edge = whole_templates(AlertAddress="a@example.vn")
    return Counter(region.kinds().values()), Counter(edge.kinds().values())


def written() -> str:
    """The file's text."""
    region, edge = counted()
    lines = []
    for kind in sorted({*region, *edge}):
        here = "linted" if kind in LACKED else "seen" if kind in SEEN else "made"
        local = "·" if kind in region and kind not in IDLE and not kind.startswith("AWS::Lambda::") else ""
        counts = (str(one[kind] or "") for one in (region, edge))
        lines.append(f"| {' | '.join([kind.removeprefix('AWS::'), *counts, here, SEEN.get(kind, ''), local])} |\n")
    return HEAD + "".join(lines) + ENVIRONMENTS


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
