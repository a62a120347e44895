"""Who stood above an agency on a day: the tree as it was then, across mergers."""

from dataclasses import replace

import pytest

from miniapp.agencies.lineage import above
from miniapp.agencies.model import Agency, Kind

LAST, FIRST = "2025-06-30", "2025-07-01"


def agency(id: str, parent: str = "", successors: tuple[str, ...] = (), kind: Kind = Kind.PROVINCE) -> Agency:
    made = Agency(id, id, kind, id, id, parent=parent)
    return made.merged_into(successors, LAST) if successors else made


TREE = {
    one.id: one
    for one in (
        agency("ubnd-tinh-dak-lak"),
        agency("ubnd-tinh-phu-yen", successors=("ubnd-tinh-dak-lak",)),
        agency("so-gddt-dak-lak", "ubnd-tinh-dak-lak"),
        agency("so-gddt-phu-yen", "ubnd-tinh-phu-yen", ("so-gddt-dak-lak",)),
        agency("thpt-a", "so-gddt-phu-yen"),
        agency("xa-b", "ubnd-tinh-phu-yen"),
        agency("quan-c", "ubnd-tinh-phu-yen", ("phuong-d", "phuong-e")),
        agency("th-f", "quan-c"),
        agency("phuong-d", "ubnd-tinh-dak-lak"),
        agency("phuong-e", "ubnd-tinh-dak-lak"),
    )
}


@pytest.mark.parametrize(
    ("id", "day", "expected"),
    [
        ("thpt-a", LAST, ("ubnd-tinh-phu-yen", "so-gddt-phu-yen")),
        ("thpt-a", FIRST, ("ubnd-tinh-dak-lak", "so-gddt-dak-lak")),
        ("xa-b", LAST, ("ubnd-tinh-phu-yen",)),
        ("xa-b", FIRST, ("ubnd-tinh-dak-lak",)),
        ("th-f", LAST, ("ubnd-tinh-phu-yen", "quan-c")),
        ("th-f", FIRST, ("ubnd-tinh-dak-lak",)),  # two took over: of them nobody can say which
        ("ubnd-tinh-dak-lak", FIRST, ()),
        ("ubnd-tinh-phu-yen", LAST, ()),
        ("nobody", FIRST, ()),
    ],
)
def test_a_day_belongs_to_whoever_stood_above_on_it(id: str, day: str, expected: tuple[str, ...]):
    assert above(TREE.get, id, day) == expected


def test_a_successor_that_was_merged_itself_leads_on():
    tree = dict(TREE)
    tree["ubnd-tinh-dak-lak"] = tree["ubnd-tinh-dak-lak"].merged_into(("ubnd-tinh-moi",), "2027-12-31")
    tree["ubnd-tinh-moi"] = agency("ubnd-tinh-moi")
    assert above(tree.get, "xa-b", "2027-12-31") == ("ubnd-tinh-dak-lak",)
    assert above(tree.get, "xa-b", "2028-01-01") == ("ubnd-tinh-moi",)


def test_rings_end():
    tree = {"a": agency("a", "b"), "b": agency("b", "a")}
    assert above(tree.get, "a", FIRST) == ("b",)
    ring = {"x": agency("x", "y"), "y": agency("y", successors=("z",)), "z": agency("z", successors=("y",))}
    ring["z"] = replace(ring["z"], parent="x")
    assert len(above(ring.get, "x", FIRST)) <= 1
