"""Every queue has a note, a worker and a dead-letter queue, and every worker and note has its queue."""

import ast
import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass
from typing import Any

import miniapp
from infra.local.template import TEMPLATE, Template
from tests.support.code import files, parsed

DEAD = "_dead"
ASYNC = {"uploads_dead", "schedules_dead"}  # what Lambda itself gave up: a bucket's notices, the clock's starts
TWO_WEEKS = 14 * 86_400
LEAST_TRIES = 5


def stack_queues() -> dict[str, dict[str, Any]]:
    queues = Template(TEMPLATE, {"Stage": "house"}).of_type("AWS::SQS::Queue").values()
    return {queue["QueueName"].removeprefix("house-"): queue for queue in queues}


def living() -> dict[str, dict[str, Any]]:
    return {name: queue for name, queue in stack_queues().items() if not name.endswith(DEAD)}


def notes() -> dict[str, str]:
    """Queue by the name of its note's class."""
    found = {}
    for module in pkgutil.walk_packages(miniapp.__path__, "miniapp."):
        for name, held in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if is_dataclass(held) and held.__module__ == module.name and isinstance(getattr(held, "queue", None), str):
                found[name] = held.queue
    return found


def worked() -> set[str]:
    """The note classes that some Lambda entry reads record by record."""
    return {
        call.args[0].id
        for path in files("handlers/lambdas")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "per_record"
        and isinstance(call.args[0], ast.Name)
    }


def test_every_queue_carries_one_kind_of_note_and_every_note_has_its_queue():
    assert sorted(notes().values()) == sorted(living())


def test_every_queue_has_a_worker_and_every_worker_its_queue():
    assert worked() == set(notes())


def test_every_queue_has_dead_letters_kept_for_two_weeks_after_enough_tries():
    wrong = []
    for name, queue in living().items():
        dead = stack_queues().get(name + DEAD, {})
        redrive = queue.get("RedrivePolicy", {})
        if redrive.get("maxReceiveCount", 0) < LEAST_TRIES or dead.get("MessageRetentionPeriod") != TWO_WEEKS:
            wrong.append(name)
    assert wrong == []
    assert {stack_queues()[name]["MessageRetentionPeriod"] for name in ASYNC} == {TWO_WEEKS}
    assert {name for name in stack_queues() if name.endswith(DEAD)} == {name + DEAD for name in living()} | ASYNC


def test_a_note_is_small_versioned_and_frozen():
    for module in pkgutil.walk_packages(miniapp.__path__, "miniapp."):
        for _, held in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if is_dataclass(held) and isinstance(getattr(held, "queue", None), str):
                assert held.__dataclass_params__.frozen, held  # type: ignore[attr-defined]
                assert "v" in held.__dataclass_fields__, held
