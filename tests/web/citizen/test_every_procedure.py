"""Every record of the national portal makes a page, light enough for a first view, and its long texts are all readable."""

import gzip
import random
import re
from collections.abc import Sequence
from html import unescape

import pytest

from miniapp.procedures.model import Procedure
from tests.support.cloud import Cloud
from tests.support.procedure_town import WARD, ProcedureTown
from tests.support.procedures import read_2021, read_2025, read_2026

FIRST_VIEW_MOST = 14_000  # bytes of body and headers as an edge sends them (quality D2)
SAMPLE, LONGEST = 30, 30
REST = re.compile(r'href="(/[^"#?]*/toan-van/[^"]*)"')


def records() -> list[Procedure]:
    """All that can be read, each code once."""
    found = (made for made, _ in (*read_2026(), *read_2025(), *read_2021()) if made)
    return list({made.code: made for made in reversed([*found])}.values())


def length(one: Procedure) -> int:
    return len(repr(one))


def walked(cloud: Cloud, procedures: Sequence[Procedure]) -> tuple[int, int]:
    """Every page of these procedures looked at: how many there are, and the heaviest one's bytes."""
    town = ProcedureTown(cloud)
    town.take(*procedures)
    client = town.app.test_client()
    pages, heaviest = 0, 0
    for one in procedures:
        waiting = [f"/{WARD}/thu-tuc/{one.code}", f"/{WARD}/thu-tuc/{one.code}?lang=en"]
        seen: set[str] = set()
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            html = answer.get_data(as_text=True)
            heaviest = max(heaviest, len(gzip.compress(html.encode(), 6)) + sum(map(len, map(str, answer.headers))))
            waiting += [unescape(address) for address in REST.findall(html)]
        pages += len(seen)
    return pages, heaviest


def test_the_longest_records_and_some_others_make_pages(cloud: Cloud) -> None:
    every = sorted(records(), key=length, reverse=True)
    some = random.Random(4).sample(every[LONGEST:], SAMPLE)
    pages, heaviest = walked(cloud, [*every[:LONGEST], *some])
    assert pages > 2 * (LONGEST + SAMPLE)
    assert heaviest <= FIRST_VIEW_MOST


@pytest.mark.sweep
def test_every_record_makes_pages(cloud: Cloud) -> None:
    every = records()
    assert len(every) >= 2_849
    pages, heaviest = walked(cloud, every)
    assert pages > 2 * len(every)
    assert heaviest <= FIRST_VIEW_MOST
