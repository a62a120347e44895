"""Loads the tree of agencies into a store, the demo province first, and says how far it is.

For `flask … agencies seed` and `make run`. It may be stopped and run again at any time: what exists stays as it is,
even if an officer changed it since, and what is missing is added. A finished load is remembered by the data's
fingerprint."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from infra.seed.directory_file import directory_file
from infra.seed.tree import HERE, tree
from miniapp.agencies.directory import BUCKET, KEY
from miniapp.agencies.listing import Listing
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.files import Files

HUNDRED = 100
SOURCES = ("units.json.gz", "names.json", "words.json", "tree.py", "directory_file.py")
Report = Callable[[int, int], None]


def fingerprint() -> str:
    """Changes with anything the tree or the directory is made from."""
    sum_so_far = 0
    for name in SOURCES:
        sum_so_far = zlib.crc32((HERE / name).read_bytes(), sum_so_far)
    return f"{sum_so_far:08x}"


def is_loaded(store: AgencyStore) -> bool:
    """Whether this very data has been loaded to its end."""
    return store.seeded() == fingerprint()


def load(store: AgencyStore, files: Files, report: Report, some: Sequence[Agency] | None = None) -> int:
    """Add what is missing, then write the directory; tells (done, in all) as it goes, gives how many were new."""
    agencies = tree() if some is None else some
    if some is None and is_loaded(store):
        report(len(agencies), len(agencies))
        return 0
    added = 0
    done = 0
    below = _by_parent(agencies)
    first = True
    for part in _parts(agencies):
        for start in range(0, len(part), HUNDRED):
            hundred = part[start : start + HUNDRED]
            known = store.existing([agency.id for agency in hundred])
            missing = [agency for agency in hundred if agency.id not in known]
            store.add(missing)
            added += len(missing)
            done += len(hundred)
            report(done, len(agencies))
        store.placed({parent: below.pop(parent) for parent in _parents(part) if parent in below})
        if first and done > HUNDRED:  # the demo province is whole: it can be found while the rest comes
            files.put(BUCKET, KEY, directory_file(agencies[:done]))
            first = False
    files.put(BUCKET, KEY, directory_file(agencies))
    Listing(files, store.find).rewrite()  # what officers changed since stays changed
    if some is None:
        store.mark_seeded(fingerprint())
    return added


def _by_parent(agencies: Sequence[Agency]) -> dict[str, list[Agency]]:
    found: dict[str, list[Agency]] = defaultdict(list)
    for agency in agencies:
        if not agency.successors:  # merged ones are reached by their old names and links, not through the tree
            found[agency.parent].append(agency)
    return found


def _parts(agencies: Sequence[Agency]) -> Iterator[Sequence[Agency]]:
    """The top, then one province at a time, so that whatever the tree shows is there."""
    start = 0
    for place, agency in enumerate(agencies):
        opens = agency.kind is Kind.DEPARTMENT and not agency.successors and agency.id.startswith("so-gddt-")
        if opens and place > start:
            yield agencies[start:place]
            start = place
    yield agencies[start:]


def _parents(part: Sequence[Agency]) -> Iterator[str]:
    """Nodes whose children are all there once this part is: the top and everything the part holds or hangs on."""
    yield from dict.fromkeys([*(agency.parent for agency in part), *(agency.id for agency in part)])
