"""One CloudFormation stack: what would change, the change itself, and what came of it. For the deployment.

Changes go through change sets. What would be removed or made anew stands out, and nothing of that kind is carried out
that was not shown before. A change that somebody's dead process began is waited for. It undoes nothing."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.keeping import Keeping
from infra.deploy.place import REGION, Place
from infra.local.template import Template

BODY_MOST = 51_200  # bytes that may come with the order; more lies in a bucket
BUSY = "_IN_PROGRESS"
WHOLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
NEVER_MADE = frozenset({"", "DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
OURS = "motcua-deploy"
TOLD_EVERY = 15.0

Say = Callable[[str], None]
Pulse = Callable[[], None]


class StackFailed(Exception):
    """A stack that could not be brought to what the template says; the text names what failed, and why."""


@dataclass(frozen=True)
class Change:
    """One change to one resource."""

    action: str  # Add, Modify, Remove
    name: str
    kind: str
    replaced: str = ""  # True, Conditional: a new one instead of the old

    @property
    def loses(self) -> bool:
        """Whether something that is there now goes."""
        return self.action == "Remove" or self.replaced == "True"

    def __str__(self) -> str:
        how = {"True": "IS MADE ANEW", "Conditional": "changes, perhaps made anew"}.get(self.replaced, "changes")
        words = {"Add": "is made", "Remove": "IS REMOVED"}.get(self.action, how)
        return f"{self.name} ({self.kind.removeprefix('AWS::')}) {words}"


class CloudStack:
    """A stack by its name."""

    def __init__(self, place: Place, keeping: Keeping, name: str, region: str = REGION) -> None:
        self._place = place
        self._keeping = keeping
        self._cloud: Any = place.client("cloudformation", region)
        self.name = name

    def status(self) -> str:
        """CloudFormation's word for it; empty when there is none."""
        return str((self._held() or {}).get("StackStatus", ""))

    def is_made(self) -> bool:
        """Whether it was ever made whole."""
        return self.status() not in NEVER_MADE

    def outputs(self) -> dict[str, str]:
        """What it tells others."""
        return {one["OutputKey"]: one["OutputValue"] for one in (self._held() or {}).get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """With what it was made."""
        held = (self._held() or {}).get("Parameters", [])
        return {one["ParameterKey"]: one["ParameterValue"] for one in held}

    def changes(self, wanted: Template, name: str = "") -> list[Change]:
        """What would change; the change set that says so goes again."""
        if not self.is_made():
            return [Change("Add", each, kind) for each, kind in wanted.kinds().items()]
        name = name or f"motcua-plan-{token_hex(4)}"
        try:
            return list(self._proposed(wanted, name, "UPDATE"))
        finally:
            self._cloud.delete_change_set(StackName=self.name, ChangeSetName=name)

    def bring(self, wanted: Template, shown: Collection[Change], say: Say, pulse: Pulse) -> bool:
        """Make it so; whether anything changed. StackFailed when it can't, or when more would be lost than was shown."""
        self._wait(say, pulse)
        if self.status() == "ROLLBACK_COMPLETE":  # a first try that failed holds nothing and can only be removed
            self._cloud.delete_stack(StackName=self.name)
            self._wait(say, pulse)
        self._drop_old()
        kind = "UPDATE" if self.is_made() else "CREATE"
        changes = list(self._proposed(wanted, OURS, kind))
        unforeseen = [str(one) for one in changes if one.loses and one not in shown]
        if unforeseen or not changes:
            self._cloud.delete_change_set(StackName=self.name, ChangeSetName=OURS)
        if unforeseen:
            raise StackFailed(f"{self.name}: not shown before, so not done: {'; '.join(unforeseen)}")
        if changes:
            self._cloud.execute_change_set(StackName=self.name, ChangeSetName=OURS)
            self._wait(say, pulse, of=len(changes))
            self._expect_whole()
        self._place.check(wanted)
        return bool(changes)

    def _held(self) -> dict[str, Any] | None:
        try:
            held: dict[str, Any] = self._cloud.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as failure:
            if "does not exist" in str(failure):
                return None
            raise
        return held

    def _proposed(self, wanted: Template, name: str, kind: str) -> Iterator[Change]:
        text = wanted.body
        where = {"TemplateBody": text}
        if len(text.encode()) > BODY_MOST:
            where = {"TemplateURL": self._keeping.put_template(text)}
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.parameters.items()]
        self._cloud.create_change_set(
            StackName=self.name,
            ChangeSetName=name,
            ChangeSetType=kind,
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **where,
        )
        for one in self._described(name):
            yield Change(one["Action"], one["LogicalResourceId"], one["ResourceType"], one.get("Replacement", ""))

    def _described(self, name: str) -> Iterator[Mapping[str, Any]]:
        asked = {"StackName": self.name, "ChangeSetName": name}
        held = self._cloud.describe_change_set(**asked)
        while held["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            time.sleep(0.05 if self._place.endpoint else 2)
            held = self._cloud.describe_change_set(**asked)
        if held["Status"] == "FAILED":
            why = held.get("StatusReason", "")
            if "didn't contain changes" in why or "No updates are to be performed" in why:
                return
            raise StackFailed(f"{self.name} can't be changed: {why}")
        while True:
            yield from (one["ResourceChange"] for one in held["Changes"])
            if not held.get("NextToken"):
                return
            held = self._cloud.describe_change_set(**asked, NextToken=held["NextToken"])

    def _drop_old(self) -> None:
        """A change set that a dead process left."""
        try:
            self._cloud.delete_change_set(StackName=self.name, ChangeSetName=OURS)
        except ClientError as failure:
            if failure.response["Error"]["Code"] not in ("ChangeSetNotFound", "ValidationError"):
                raise

    def _wait(self, say: Say, pulse: Pulse, of: int = 0) -> None:
        """Until nothing is going on any more; a big stack takes minutes, CloudFront up to a quarter of an hour."""
        told = time.monotonic()
        while (status := self.status()).endswith(BUSY) and status != "REVIEW_IN_PROGRESS":
            pulse()
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                say(f"  {self.name}: {status.lower().replace('_', ' ')}{self._progress(of)}")
            time.sleep(0.05 if self._place.endpoint else 5)

    def _progress(self, of: int) -> str:
        pages = self._cloud.get_paginator("list_stack_resources").paginate(StackName=self.name)
        states = Counter(one["ResourceStatus"] for page in pages for one in page["StackResourceSummaries"])
        busy = sum(count for state, count in states.items() if state.endswith(BUSY))
        return f", {busy} of {of} changes at work" if of else ""

    def _expect_whole(self) -> None:
        status = self.status()
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        events = self._cloud.describe_stack_events(StackName=self.name)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if "FAILED" in event["ResourceStatus"] and event.get("ResourceStatusReason")
        ]
        raise StackFailed(f"{self.name} is {status}: {'; '.join(reasons[:5]) or 'no reason was given'}")
