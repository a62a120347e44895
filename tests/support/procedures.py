"""The national portal's records as published by others, where they lie beside the checkout; and made-up ones."""

import json
import lzma
from collections.abc import Iterator
from functools import cache
from typing import Any

from miniapp.procedures.findings import Found
from miniapp.procedures.model import Procedure
from miniapp.procedures.national import by_name, procedure, read_all
from miniapp.procedures.national_tables import by_2021, by_2025
from miniapp.procedures.personal import Checklist, checklist
from tests.support.real_data import real

DAY = "2026-07-16"
Read = tuple[tuple[Procedure | None, Found], ...]


@cache
def records_2026() -> tuple[dict[str, Any], ...]:
    """2,642 records of 2026, their tables glued."""
    with lzma.open(real("procedures/tthc_2026_chatbot_tthc.jsonl.xz"), "rt", encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


@cache
def records_2025() -> tuple[dict[str, Any], ...]:
    """207 records of the Ministry of Defence."""
    with lzma.open(real("procedures/tthc_bqp_2025_nhdandz.jsonl.xz"), "rt", encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


@cache
def records_2021() -> tuple[dict[str, Any], ...]:
    """87 records of 2021, without codes."""
    with lzma.open(real("procedures/dichvucong_2021_trannguyenhan.json.xz"), "rt", encoding="utf-8") as file:
        return tuple(json.load(file))


@cache
def read_2026() -> Read:
    return tuple(read_all(records_2026(), procedure))


@cache
def read_2025() -> Read:
    return tuple(read_all(records_2025(), by_2025))


@cache
def read_2021() -> Read:
    known = by_name(made for made, _ in (*read_2026(), *read_2025()) if made)
    return tuple(read_all(records_2021(), by_2021(known)))


def paths(procedure: Procedure, given: dict[str, str] | None = None) -> Iterator[tuple[dict[str, str], Checklist]]:
    """Every way of answering a procedure's questions, one by one, to its end; more questions than answers are a fault."""
    answers = given or {}
    found = checklist(procedure, answers, DAY)
    if found.next is None:
        yield answers, found
        return
    assert len(answers) < len(procedure.questions)
    for choice in found.next.choices:
        yield from paths(procedure, {**answers, found.next.id: choice.id})
