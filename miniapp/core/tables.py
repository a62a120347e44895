"""DynamoDB rows and conditional writes. For the stores; nothing above a store sees a row.

A `Table` subclass is one kind of row of one table. Table names are bound late (`bind`), so that a stage, a test or a
local engine can be chosen at start. A `Write` is one conditional write together with the problem to raise when its
condition does not hold; `transact` runs several as one. There is no unconditional write here on purpose."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from miniapp.core.aws import Aws
from miniapp.core.errors import Problem, Unavailable
from miniapp.core.settings import Settings

CONFLICT_TRIES = 6
AGAIN = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}  # a cancelled write's own reasons

BATCH_MOST = 100
BATCH_TRIES = 8
Key = tuple[str, str]

Row = TypeVar("Row", bound="Table")


class Table(Model):
    """Base of every row class. `class Meta: table_name` holds the short name until `bind` gives the stage's."""

    class Meta:
        table_name: str | None = None

    pk = UnicodeAttribute(hash_key=True)

    @classmethod
    def short_name(cls) -> str:
        """The table's name without its stage, as `infra/stack.yaml` spells it."""
        return getattr(cls.Meta, "short_name", None) or str(cls.Meta.table_name)


class SortedTable(Table):
    """Rows that lie together under one `pk`, in the order of `sk`."""

    sk = UnicodeAttribute(range_key=True)


@dataclass
class _Bound:
    connection: Connection | None = None


_bound = _Bound()


def bind(tables: Iterable[type[Table]], settings: Settings, aws: Aws) -> None:
    """Give every row class its stage and let all share one client, before the first call.

    PynamoDB would make a client per class; one client means one pool and one connection at cold start."""
    client = aws.dynamodb
    _bound.connection = Connection(region=settings.region, host=settings.aws_endpoint or None)
    _bound.connection._client = client
    for table in tables:
        meta: Any = table.Meta
        meta.short_name = table.short_name()
        meta.table_name = settings.resource(meta.short_name)
        meta.region = settings.region
        meta.host = settings.aws_endpoint or None
        table._connection = None
        table._get_connection().connection._client = client


@dataclass(frozen=True)
class Write:
    """One conditional write and what it means when its condition does not hold."""

    kind: str  # check, remove, put, change: the order in which a transaction sends them
    row: Table
    otherwise: Problem
    condition: Condition | None = None
    actions: Sequence[Any] = field(default=())

    def alone(self) -> None:
        """Run this write outside a transaction."""
        try:
            if self.kind == "put":
                self.row.save(condition=self.condition)
            elif self.kind == "change":
                self.row.update(actions=list(self.actions), condition=self.condition)
            elif self.kind == "remove":
                self.row.delete(condition=self.condition)
            else:
                transact(self)
        except PynamoDBException as failure:
            if _code(failure) == "ConditionalCheckFailedException":
                raise self.otherwise from None
            raise unavailable(failure) from failure


def put_new(row: Table, otherwise: Problem) -> Write:
    """Add a row that must not exist yet."""
    hash_key = getattr(type(row), type(row)._hash_keyname or "")
    return Write("put", row, otherwise, hash_key.does_not_exist())


def put(row: Table, condition: Condition, otherwise: Problem) -> Write:
    """Replace a row that must be as `condition` says."""
    return Write("put", row, otherwise, condition)


def change(row: Table, actions: Sequence[Any], condition: Condition, otherwise: Problem) -> Write:
    """Change attributes of a row that must be as `condition` says."""
    return Write("change", row, otherwise, condition, actions)


def remove(row: Table, condition: Condition, otherwise: Problem) -> Write:
    """Delete a row that must be as `condition` says."""
    return Write("remove", row, otherwise, condition)


def check(row: Table, condition: Condition, otherwise: Problem) -> Write:
    """Let the transaction go through only while `condition` holds."""
    return Write("check", row, otherwise, condition)


def transact(*writes: Write, token: str | None = None) -> None:
    """Run 1-100 writes as one transaction; raise the `otherwise` of the first whose condition fails.

    Conflicts with another transaction are tried again with jitter (F35) under one client token, so a reply lost on the
    way does not write twice. So is a transaction cancelled because one of its rows was throttled, which the client
    takes for an answer and does not ask again."""
    order = sorted(writes, key=lambda write: ("check", "remove", "put", "change").index(write.kind))
    for attempt in range(CONFLICT_TRIES):
        try:
            _send(order, token)
            return
        except TransactWriteError as failure:
            reasons = [reason.code if reason else "None" for reason in failure.cancellation_reasons]
            for write, reason in zip(order, reasons, strict=False):
                if reason == "ConditionalCheckFailed":
                    raise write.otherwise from None
            if AGAIN.isdisjoint(reasons) and not _is_busy(failure):
                raise unavailable(failure) from failure
            if attempt == CONFLICT_TRIES - 1:
                raise unavailable(failure) from failure
            time.sleep(random.uniform(0.005, 0.02 * 2**attempt))  # noqa: S311 - jitter is no secret
        except PynamoDBException as failure:
            raise unavailable(failure) from failure


def _send(order: Sequence[Write], token: str | None) -> None:
    if _bound.connection is None:
        raise RuntimeError("tables are not bound")
    with TransactWrite(connection=_bound.connection, client_request_token=token) as batch:
        for write in order:
            if write.kind == "check":
                names = [type(write.row)._hash_keyname, type(write.row)._range_keyname]
                first, second = (getattr(write.row, name) if name else None for name in names)
                batch.condition_check(type(write.row), str(first), second, condition=write.condition)
            elif write.kind == "remove":
                batch.delete(write.row, condition=write.condition)
            elif write.kind == "put":
                batch.save(write.row, condition=write.condition)
            else:
                batch.update(write.row, actions=list(write.actions), condition=write.condition)


def _is_busy(failure: PynamoDBException) -> bool:
    return _code(failure) in ("TransactionInProgressException", "TransactionConflictException")


def _code(failure: Exception) -> str:
    """The store's own code; a connection that broke has none (and PynamoDB's own property fails on it)."""
    response = getattr(getattr(failure, "cause", None), "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def unavailable(failure: Exception) -> Unavailable:
    """Our word for a store that does not answer, throttles for too long, or refuses for a reason of its own."""
    code = _code(failure) or type(getattr(failure, "cause", None) or failure).__name__
    return Unavailable("store_unavailable", cause=code)


def read(ask: Callable[[], Row]) -> Row | None:
    """Run one get: the row, or None when there is none; a store that does not answer is Unavailable."""
    try:
        return ask()
    except Model.DoesNotExist:
        return None
    except PynamoDBException as failure:
        if failure.__class__.__name__ == "DoesNotExist":
            return None
        raise unavailable(failure) from failure


def rows(ask: Callable[[], Iterable[Row]]) -> list[Row]:
    """Run one query to its end, page after page (F38)."""
    try:
        return list(ask())
    except PynamoDBException as failure:
        raise unavailable(failure) from failure


def tally(kind: type[Row], key: str, under: Any, most: int) -> int:
    """How many rows lie under a key, as of this moment; beyond `most`, one more than that.

    The store counts and sends none of them. (PynamoDB's own count, given a limit, goes on to the end of the key.)"""
    found, after = 0, None
    while found <= most:
        try:
            answer = kind._get_connection().query(
                key,
                range_key_condition=under,
                consistent_read=True,
                exclusive_start_key=after,
                limit=most + 1 - found,
                select="COUNT",
            )
        except PynamoDBException as failure:
            raise unavailable(failure) from failure
        found, after = found + int(answer["Count"]), answer.get("LastEvaluatedKey")
        if not after:
            break
    return found


def many(kind: type[Row], keys: Sequence[Key], consistent: bool = False) -> list[Row]:
    """Run one get for many keys: the rows that are there, in no order.

    A store does as much of a batch as it can and names the rest (F37). PynamoDB asks for the rest at once and for ever;
    here it is asked with growing pauses, some times, and then the store is Unavailable."""
    found: list[Row] = []
    names = [name for name in (kind._hash_keyname, kind._range_keyname) if name]
    for place in range(0, len(keys), BATCH_MOST):
        ahead: Any = [dict(zip(names, key, strict=True)) for key in keys[place : place + BATCH_MOST]]
        for attempt in range(BATCH_TRIES):
            try:
                get: Any = kind._batch_get_page
                page, ahead = get(ahead, consistent_read=consistent, attributes_to_get=None)
            except PynamoDBException as failure:
                raise unavailable(failure) from failure
            found += [kind.from_raw_data(item) for item in page or []]
            if not ahead:
                break
            pause(attempt)
        else:
            raise Unavailable("store_unavailable", cause="UnprocessedKeys")
    return found


def pause(attempt: int) -> None:
    """Wait a little, by chance and longer each time, before trying again what somebody else was faster at."""
    time.sleep(random.uniform(0.002, min(0.2, 0.01 * 2**attempt)))  # noqa: S311 - jitter is no secret


def counted(row: Table, attribute: Any, by: int, more: Sequence[Any] = ()) -> None:
    """Add to a counter that need not be exact (a lost reply may count twice): limits, never money or votes."""
    try:
        row.update(actions=[attribute.add(by), *more])
    except PynamoDBException as failure:
        raise unavailable(failure) from failure
