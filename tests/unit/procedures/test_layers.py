"""Layers over one another: each says what differs, each field knows where it is from, a change above is shown below."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.time_limits import TimeLimit
from miniapp.procedures.layers import (
    Overlay,
    current,
    drift,
    in_force,
    kept_anyway,
    merged,
    overlay_of,
    slimmed,
    telling,
    values,
)
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way

NATIONAL = Procedure(
    "2.000815",
    "Chứng thực bản sao",
    channels=(Channel(Way.DESK, TimeLimit(), (FeeLine(2_000, unit="trang"),)),),
    papers=(Paper("Bản chính", 1),),
    owner="Sở Tư pháp",
)
NATION = overlay_of(NATIONAL, "2026-01-01")


def above(*layers):
    return values(layers)[0]


def test_a_layer_says_only_what_differs_and_every_field_knows_its_layer():
    own = replace(NATIONAL, owner="Công chức tư pháp", address="12 Lê Lợi")
    commune = overlay_of(own, "2026-02-01", above(("nation", NATION)))
    assert commune.changes == {"owner": "Công chức tư pháp", "address": "12 Lê Lợi"}
    shown = merged("2.000815", [("nation", NATION), ("province", None), ("commune", commune)])
    assert shown.procedure == own
    assert shown.sources["owner"] == shown.sources["address"] == "commune"
    assert shown.sources["papers"] == "nation"


def test_the_nearest_layer_wins():
    province = Overlay("2.000815", "", {"owner": "Trung tâm tỉnh", "address": "1 Trần Phú"})
    commune = Overlay("2.000815", "", {"owner": "Xã"})
    shown = merged("2.000815", [("nation", NATION), ("province", province), ("commune", commune)])
    assert (shown.procedure.owner, shown.procedure.address) == ("Xã", "1 Trần Phú")
    assert (shown.sources["owner"], shown.sources["address"]) == ("commune", "province")


def test_an_overlay_that_equals_what_is_inherited_disappears():
    inherited = above(("nation", NATION))
    assert overlay_of(NATIONAL, "2026-02-01", inherited) is None
    assert slimmed(Overlay("2.000815", "", {"owner": "Sở Tư pháp"}), inherited) is None
    left = slimmed(
        Overlay("2.000815", "", {"owner": "Sở Tư pháp", "address": "1"}, {"owner": "x", "address": "y"}), inherited
    )
    assert (left.changes, left.seen) == ({"address": "1"}, {"address": "y"})


def test_what_was_emptied_on_purpose_stays_empty():
    commune = overlay_of(replace(NATIONAL, papers=()), "", above(("nation", NATION)))
    assert merged("2.000815", [("nation", NATION), ("commune", commune)]).procedure.papers == ()


def test_a_change_above_is_shown_below_only_where_the_layer_has_its_own():
    commune = overlay_of(replace(NATIONAL, owner="Xã"), "", above(("nation", NATION)))
    assert drift(commune, above(("nation", NATION))) == ()
    changed = overlay_of(replace(NATIONAL, owner="Sở mới", name="Tên mới"), "2026-03-01")
    (one,) = drift(commune, above(("nation", changed)))
    assert (one.field, one.ours, one.above) == ("owner", "Xã", "Sở mới")
    assert drift(kept_anyway(commune, above(("nation", changed))), above(("nation", changed))) == ()


def test_a_version_holds_from_its_day_until_the_next_one():
    old, new = Overlay("1", "2026-01-01"), Overlay("1", "2026-07-01")
    assert in_force([new, old], "2025-12-31") is None
    assert in_force([new, old], "2026-06-30") is old
    assert in_force([new, old], "2026-07-01") is new


def test_what_is_over_is_let_go_and_what_is_to_come_is_kept():
    days = [Overlay("1", day) for day in ("", "2026-01-01", "2026-07-01", "2027-01-01")]
    assert current(days, "2026-08-01") == tuple(days[2:])
    assert current(days[3:], "2026-08-01") == tuple(days[3:])


def test_of_what_is_to_come_goes_what_changes_nothing_any_more():
    def said(day: str, **changes: str) -> Overlay:
        return Overlay("1", day, changes)

    held, same, other, back = said("", a="1"), said("2026-09-01", a="1"), said("2026-10-01", a="2"), said("2026-11-01")
    assert telling([held, same, other, back], "2026-08-01") == (held, other, back)
    assert telling([said("2026-09-01"), other], "2026-08-01") == (other,)
    assert telling([said(""), other], "2026-08-01") == (said(""), other)


def test_a_procedure_that_no_layer_names_is_none():
    assert merged("2.000815", [("nation", None), ("commune", Overlay("2.000815", "", {"owner": "Xã"}))]) is None


TEXTS = st.text(alphabet="aáb", max_size=2)
PROCEDURES = st.builds(
    Procedure, st.just("1.000001"), st.sampled_from(["A", "B"]), field=TEXTS, owner=TEXTS, steps=st.tuples(TEXTS)
)


@given(PROCEDURES, PROCEDURES, PROCEDURES)
def test_whatever_a_layer_wants_to_show_is_what_is_shown(nation, province, commune):
    layers = [("nation", overlay_of(nation, ""))]
    for name, wanted in (("province", province), ("commune", commune)):
        layers.append((name, overlay_of(wanted, "", above(*layers))))
        assert merged("1.000001", layers).procedure == wanted
        overlay = layers[-1][1]
        assert overlay is None or slimmed(overlay, above(*layers[:-1])) == overlay
