"""Whether an alarm of `infra/stack.yaml` would ring for a queue as it is now: its own operator and threshold, the engine's count.

CloudWatch's figures of a queue are the queue's own attributes, looked at each minute."""

import operator

from tests.support.cloud import Cloud
from tests.support.templates import STAGE, region

BEHIND = {"ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages"}
COMPARED = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def rings(cloud: Cloud, queue: str) -> bool:
    """Whether the alarm on the number of notes in a queue has its condition met."""
    (alarm,) = [
        one
        for one in region().of_type("AWS::CloudWatch::Alarm").values()
        if one["MetricName"] in BEHIND and _queue(one) == f"{STAGE}-{queue}"
    ]
    assert (alarm["Namespace"], alarm["Statistic"]) == ("AWS/SQS", "Maximum")
    sqs, attribute = cloud.admin("sqs"), BEHIND[alarm["MetricName"]]
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(queue))["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=[attribute])["Attributes"]
    return bool(COMPARED[alarm["ComparisonOperator"]](int(told[attribute]), alarm["Threshold"]))


def _queue(alarm: dict[str, list[dict[str, str]]]) -> str:
    """The name of the queue that an alarm looks at."""
    (named,) = [one["Value"] for one in alarm["Dimensions"] if one["Name"] == "QueueName"]
    logical = named.strip("<>").removesuffix(".QueueName")
    return str(region().of_type("AWS::SQS::Queue")[logical]["QueueName"])
