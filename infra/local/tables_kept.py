"""What changed in the engine's DynamoDB since the last look, and how it is put back. For the local engine's keeper.

Every item that ministack stores or removes passes two functions of its dynamodb module; both are wrapped to note the
item as it now is. Items are never changed in place there (an update copies), so noting costs a dictionary entry and the
JSON is made later, on another thread. Handlers run whole on the event loop: a `cut` made there never splits a
transaction. Stream records and idempotency tokens are not kept, as they are not by ministack itself."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from infra.local.journal import Change, Groups

DERIVED = frozenset({"items", "_index_members", "ItemCount", "TableSizeBytes"})
SETTINGS = (
    "tags",
    "ttl_settings",
    "pitr_settings",
    "kinesis_destinations",
    "contributor_insights",
    "backups",
    "resource_policies",
    "exports",
    "imports",
)
Items = dict[tuple[str, str], dict[str, Any] | None]
Scope = tuple[str, str, str]  # account, region, table


def dumps(value: Any) -> str:
    """Compact JSON, ASCII only: safe in a line of the journal."""
    return json.dumps(value, separators=(",", ":"))


class Tables:
    """The tables of the engine in this process."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._lock = threading.Lock()  # ministack's TTL reaper removes items from a thread of its own
        self._pending: dict[str, Items] = {}
        self._replaced: dict[str, Items] = {}
        self._known: dict[Scope, tuple[str, str]] = {}
        self.noted = 0
        self._watch()

    def _watch(self) -> None:
        set_item, remove_item, replaced = (
            self._dynamodb._set_item,
            self._dynamodb._remove_item,
            self._dynamodb._items_replaced,
        )

        def set_and_note(table: dict[str, Any], pk: str, sk: str, item: dict[str, Any]) -> Any:
            old = set_item(table, pk, sk, item)
            self._note(table, pk, sk, item)
            return old

        def remove_and_note(table: dict[str, Any], pk: str, sk: str) -> Any:
            old = remove_item(table, pk, sk)
            self._note(table, pk, sk, None)
            return old

        def replace_and_note(table: dict[str, Any]) -> None:
            replaced(table)
            with self._lock:
                self._pending.pop(table["TableId"], None)
                self._replaced[table["TableId"]] = dict(_items_of(table))

        self._dynamodb._set_item = set_and_note
        self._dynamodb._remove_item = remove_and_note
        self._dynamodb._items_replaced = replace_and_note

    def _note(self, table: dict[str, Any], pk: str, sk: str, item: dict[str, Any] | None) -> None:
        with self._lock:
            self._pending.setdefault(table["TableId"], {})[pk, sk] = item
            self.noted += 1

    def cut(self, look_at_tables: bool) -> Callable[[], list[Change]]:
        """Take what changed, now, on the event loop; the answer makes the changes and may run on any thread."""
        with self._lock:
            pending, self._pending = self._pending, {}
            replaced, self._replaced = self._replaced, {}
        around: list[Change] = []
        if look_at_tables or not self._ids().issuperset(pending.keys() | replaced.keys()):
            around = self._table_changes(replaced)
        alive = self._ids()  # what was written to a table that is gone by now goes with it

        def changes() -> list[Change]:
            made = list(around)
            for table_id in alive & replaced.keys():
                made.append(Change(f"item:{table_id}"))
                made.extend(_item_changes(table_id, replaced[table_id]))
            for table_id in alive & pending.keys():
                made.extend(_item_changes(table_id, pending[table_id]))
            return made

        return changes

    def _ids(self) -> set[str]:
        return {table_id for table_id, _ in self._known.values()}

    def _table_changes(self, replaced: dict[str, Items]) -> list[Change]:
        now: dict[Scope, tuple[str, str]] = {}
        changes: list[Change] = []
        for scope, table in list(self._dynamodb._tables._data.items()):
            rest = dumps({name: value for name, value in table.items() if name not in DERIVED})
            now[scope] = (table["TableId"], rest)
            before = self._known.get(scope, ("", ""))
            if before[0] != table["TableId"] and table["items"]:
                replaced.setdefault(table["TableId"], dict(_items_of(table)))
            if before[1] != rest:
                changes.append(Change("table", dumps(scope), rest))
        kept = {table_id for table_id, _ in now.values()}
        changes.extend(Change("table", dumps(scope)) for scope in self._known if scope not in now)
        changes.extend(Change(f"item:{table_id}") for table_id, _ in self._known.values() if table_id not in kept)
        self._known = now
        return changes

    def settings(self) -> dict[str, Any]:
        """What ministack keeps beside the tables: time to live, tags and the like; small."""
        return {name: getattr(self._dynamodb, f"_{name}") for name in SETTINGS}

    def put_back(self, groups: Groups, settings: Any) -> None:
        """Fill the empty engine with what was kept."""
        for name, value in groups.get(b"table", {}).items():
            scope: Scope = tuple(json.loads(name))
            table = json.loads(value)
            table["items"] = defaultdict(dict)
            held = groups.get(f"item:{table['TableId']}".encode(), {})
            for key, item in held.items():
                pk, sk = json.loads(key)
                table["items"][pk][sk] = json.loads(item)
            table["ItemCount"] = len(held)
            table["TableSizeBytes"] = len(held) * 200
            self._dynamodb._tables.set_scoped(*scope, table)
            self._known[scope] = (table["TableId"], value.decode())
        if settings:
            self._dynamodb.load_persisted_state(settings)

    def empty(self) -> None:
        """Remove every item of every table. For tests."""
        for table in self._dynamodb._tables._data.values():
            if table["items"]:
                table["items"].clear()
                self._dynamodb._items_replaced(table)
        self._dynamodb._stream_records.clear()
        self._dynamodb._txn_idempotency.clear()


def _items_of(table: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for pk, held in table["items"].items():
        for sk, item in held.items():
            yield (pk, sk), item


def _item_changes(table_id: str, items: Items) -> Iterator[Change]:
    group = f"item:{table_id}"
    for key, item in items.items():
        yield Change(group, dumps(key), "" if item is None else dumps(item))
