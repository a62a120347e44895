"""How well and how fast procedures are found: ours beside FTS5, rapidfuzz, bm25s and Whoosh, in one run, on real data.

Sets: `templates` (a name in a pattern), `natural` (questions that a model wrote about 19 procedures of a commune), `own`
(what we wrote the way people type; only the half that nobody looks at while developing), `unaided` (of those, the ones
about procedures that no synonym speaks of), `military` (patterns over another catalogue). Nothing is asserted here."""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from miniapp.procedures.entry import Entry
from miniapp.procedures.indexing import build
from miniapp.procedures.rules import compiled
from miniapp.procedures.searching import Search
from miniapp.procedures.typed import keys
from tests.load import search_data
from tests.load.peers.search_bm25s import Bm25s
from tests.load.peers.search_fts5 import Fts5
from tests.load.peers.search_rapidfuzz import Rapidfuzz
from tests.load.peers.search_whoosh import Whoosh
from tests.load.results import FIGURES, Figure
from tests.load.search_data import Query

MOST = 10
DEPTHS = (1, 3, 10)
PEERS = {"fts5": Fts5, "rapidfuzz": Rapidfuzz, "bm25s": Bm25s, "whoosh": Whoosh}
AS_GOOD = 0.05  # a peer so near to our top three is the one to be as fast as
AGAINST_FTS5 = 3
FEW = 0.02  # a word or a pair in so few of the names tells which one is meant
STARTS = 5
LOAD = """
import json, sys, time
from pathlib import Path
packed = Path(sys.argv[1]).read_bytes()
began = time.process_time()
import flask
flask_cpu = time.process_time() - began
from miniapp.procedures.searching import Search
began = time.process_time()
Search(packed).search("khai sinh")
print(json.dumps([time.process_time() - began, flask_cpu]))
"""

Find = Callable[[str, int], Sequence[str]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One engine on one set."""

    recall: tuple[float, ...]
    cpu: float  # milliseconds a query


def measure(say: Say) -> list[Figure]:
    """All figures of the search."""
    catalogue = search_data.catalogue()
    packed = build(catalogue, compiled())
    search = Search(packed)
    engines: dict[str, Find] = {"ours": _codes(search)}
    engines |= {name: make(catalogue).search for name, make in PEERS.items()}
    own = search_data.own("report")
    sets = {
        "templates": search_data.templates(),
        "natural": search_data.natural(),
        "own": own,
        "unaided": [query for query in own if not query.codes & aided(catalogue)],
    }
    found = {
        name: {engine: _measured(find, queries) for engine, find in engines.items()} for name, queries in sets.items()
    }
    military = search_data.military()
    find = _codes(Search(build(military, compiled())))
    sets["military"] = search_data.military_templates()
    found["military"] = {"ours": _measured(find, sets["military"])}
    found["military"] |= {name: _measured(make(military).search, sets["military"]) for name, make in PEERS.items()}
    for name, engine in found.items():
        for who, one in engine.items():
            told = "  ".join(f"R@{depth} {share:.3f}" for depth, share in zip(DEPTHS, one.recall, strict=True))
            say(f"{name:10} {len(sets[name]):4} {who:10} {told}  {one.cpu:7.2f} ms")
    _analysis(catalogue, sets["natural"], say)
    return [*_recall(found), _margin(found), _speed(found, len(sets["natural"]), len(own)), _load(packed)]


def _codes(search: Search) -> Find:
    return lambda text, most: [match.code for match in search.search(text, most).matches]


def _measured(find: Find, queries: Sequence[Query]) -> Measured:
    find("khai sinh", MOST)  # what is made on first use is not this query's
    began = time.process_time()
    answers = [find(query.text, MOST) for query in queries]
    spent = time.process_time() - began
    places = [
        next((at for at, code in enumerate(codes) if code in query.codes), MOST)
        for query, codes in zip(queries, answers, strict=True)
    ]
    recall = tuple(sum(place < depth for place in places) / len(places) for depth in DEPTHS)
    return Measured(recall, 1000 * spent / len(queries))


def aided(catalogue: Sequence[Entry]) -> frozenset[str]:
    """Procedures that a synonym speaks of: by code, or by words that are all in the name."""
    said = [rule for rules in json.loads(compiled())["said"].values() for rule in rules]
    codes = {code for _, _, named, _ in said for code in named}
    means = {frozenset(plain.split()) for _, meanings, _, _ in said for plain, _ in meanings}
    for entry in catalogue:
        name = set(keys(entry.name))
        if any(words <= name for words in means if len(words) > 1):
            codes.add(entry.code)
    return frozenset(codes)


def _analysis(catalogue: Sequence[Entry], queries: Sequence[Query], say: Say) -> None:
    """Why questions stay unanswered: how many have no word or pair that few names have, of the name they ask for."""
    has: dict[str, set[str]] = defaultdict(set)
    for entry in catalogue:
        for term in _terms(entry.name):
            has[term].add(entry.code)
    telling = {term for term, codes in has.items() if len(codes) <= FEW * len(catalogue)}
    bare = [query for query in queries if not any(has[term] & query.codes for term in telling & _terms(query.text))]
    asked = defaultdict(set)
    for query in queries:
        asked[query.text] |= {query.codes}
    shared = sum(len(asked[query.text]) > 1 for query in queries)
    say(f"natural: {len(bare)} of {len(queries)} questions have no telling word or pair of their procedure's name;")
    say(f"natural: {shared} are asked in the same words of several procedures")


def _terms(text: str) -> set[str]:
    words = keys(text)
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))}


def _recall(found: dict[str, dict[str, Measured]]) -> list[Figure]:
    wanted = {
        "search.templates.r1": ("templates", 0),
        "search.natural.r1": ("natural", 0),
        "search.natural.r3": ("natural", 1),
        "search.natural.r10": ("natural", 2),
        "search.own.r1": ("own", 0),
        "search.own.r3": ("own", 1),
        "search.own.r10": ("own", 2),
        "search.unaided.r1": ("unaided", 0),
        "search.unaided.r3": ("unaided", 1),
        "search.unaided.r10": ("unaided", 2),
    }
    return [_one(name, found[which], depth) for name, (which, depth) in wanted.items()]


def _one(name: str, engines: dict[str, Measured], depth: int) -> Figure:
    peers = {who: round(one.recall[depth], 3) for who, one in engines.items() if who != "ours"}
    ours = engines["ours"].recall[depth]
    return Figure(name, f"share found in the first {DEPTHS[depth]}", ours, peers, ours, FIGURES[name])


def _margin(found: dict[str, dict[str, Measured]]) -> Figure:
    """By how much ours is above the best peer where it is least so, in every set and at every depth."""
    name = "search.above_peers"
    margins = {
        f"{which} R@{depth}": engines["ours"].recall[at] - max(engines[peer].recall[at] for peer in PEERS)
        for which, engines in found.items()
        for at, depth in enumerate(DEPTHS)
    }
    least = min(margins.values())
    return Figure(name, f"least margin ({min(margins, key=margins.__getitem__)})", least, {}, least, FIGURES[name])


def _speed(found: dict[str, dict[str, Measured]], natural: int, own: int) -> Figure:
    """CPU a query against what is allowed: the fastest peer whose top three are as good, else so many times FTS5."""
    name, all_of_them = "search.cpu", natural + own

    def over(engine: str, get: Callable[[Measured], float]) -> float:
        return (get(found["natural"][engine]) * natural + get(found["own"][engine]) * own) / all_of_them

    cpu = {engine: over(engine, lambda one: one.cpu) for engine in ("ours", *PEERS)}
    top = {engine: over(engine, lambda one: one.recall[1]) for engine in cpu}
    as_good = [cpu[peer] for peer in PEERS if top[peer] >= top["ours"] - AS_GOOD]
    allowed = min(as_good, default=AGAINST_FTS5 * cpu["fts5"])
    peers = {who: round(spent, 2) for who, spent in cpu.items() if who != "ours"}
    return Figure(name, "CPU ms a query, of what is allowed", cpu["ours"], peers, cpu["ours"] / allowed, FIGURES[name])


def _load(packed: bytes) -> Figure:
    """Opening the object and the first search, of what importing Flask costs in the same process; the median of some."""
    name = "search.load"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index"
        file.write_bytes(packed)
        command = [sys.executable, "-c", LOAD, str(file)]
        runs = [
            json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            for _ in range(STARTS)
        ]
    ours, flask = (1000 * median(run[at] for run in runs) for at in (0, 1))
    return Figure(name, "CPU ms of opening, of import flask", ours, {"flask": flask}, ours / flask, FIGURES[name])
