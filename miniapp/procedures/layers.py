"""One procedure as several layers tell it: the nation, then a province, then a commune; each says only what differs.

Pure. A layer's overlay holds changed fields alone, and of each what stood above when its officer wrote it, so that a
change above is shown below instead of being lost. A day is a day in Vietnam: what holds from a day holds from 00:00."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from miniapp.core.plain import from_plain, to_plain
from miniapp.procedures.model import Procedure

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Overlay:
    """What one layer says of one procedure from a day on: field → plain value."""

    code: str
    effective: str  # 2026-07-01; empty: since ever
    changes: Values = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)  # field → mark of what stood above


@dataclass(frozen=True)
class Merged:
    """The procedure as it is shown somewhere, and which layer each field that anybody set is from."""

    procedure: Procedure
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Drift:
    """A field that changed above after this layer had set its own."""

    field: str
    ours: Any
    above: Any


def in_force(overlays: Iterable[Overlay], day: str) -> Overlay | None:
    """The one that holds on a day: the latest that has begun."""
    begun = [one for one in overlays if one.effective <= day]
    return max(begun, key=lambda one: one.effective, default=None)


def current(overlays: Iterable[Overlay], day: str) -> tuple[Overlay, ...]:
    """The one that holds and those to come; what is over is history."""
    held = in_force(overlays, day)
    first = held.effective if held else ""
    return tuple(sorted((one for one in overlays if one.effective >= first), key=lambda one: one.effective))


def telling(overlays: Iterable[Overlay], day: str) -> tuple[Overlay, ...]:
    """Of what `current` tells, without those to come that change nothing any more."""
    kept: list[Overlay] = []
    for one in overlays:
        before = kept[-1] if kept else Overlay(one.code, "")
        if one.effective <= day or (one.changes, one.seen) != (before.changes, before.seen):
            kept.append(one)
    return tuple(kept)


def values(layers: Sequence[tuple[str, Overlay | None]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every field's plain value from the topmost layer down, and the layer it is from."""
    held: dict[str, Any] = dict(_defaults())
    sources: dict[str, str] = {}
    for layer, overlay in layers:
        for name, value in (overlay.changes if overlay else {}).items():
            held[name] = value
            sources[name] = layer
    return held, sources


def merged(code: str, layers: Sequence[tuple[str, Overlay | None]]) -> Merged | None:
    """The procedure that these layers tell, topmost first; None if none of them knows it."""
    held, sources = values(layers)
    if "name" not in sources:
        return None
    return Merged(from_plain(Procedure, {**held, "code": code}), sources)


def overlay_of(procedure: Procedure, effective: str, above: Values | None = None) -> Overlay | None:
    """What a layer must say so that this procedure is shown under `above`; None if it has nothing to say."""
    inherited = above or _defaults()
    told = plain_of(procedure)
    changes = {name: value for name, value in told.items() if value != inherited[name]}
    if not changes:
        return None
    seen = {name: mark(inherited[name]) for name in changes} if above is not None else {}
    return Overlay(procedure.code, effective, changes, seen)


def slimmed(overlay: Overlay, above: Values) -> Overlay | None:
    """The overlay without what is inherited all the same; None if nothing is left."""
    changes = {name: value for name, value in overlay.changes.items() if value != above[name]}
    seen = {name: text for name, text in overlay.seen.items() if name in changes}
    return replace(overlay, changes=changes, seen=seen) if changes else None


def drift(overlay: Overlay, above: Values) -> tuple[Drift, ...]:
    """What changed above since this layer set its own, in the order of the fields."""
    return tuple(
        Drift(name, overlay.changes[name], above[name])
        for name in _defaults()
        if name in overlay.seen and overlay.seen[name] != mark(above[name]) and overlay.changes[name] != above[name]
    )


def drift_mark(moved: Iterable[Drift]) -> str:
    """A short mark of what changed above."""
    return mark([[one.field, one.above] for one in moved])


def kept_anyway(overlay: Overlay, above: Values) -> Overlay:
    """The overlay of an officer who has seen what is above now and stays with the layer's own."""
    return replace(overlay, seen={name: mark(above[name]) for name in overlay.changes})


def laid_over(held: Overlay, fields: Values, above: Values) -> Overlay:
    """What a layer says once an officer has typed some fields: None drops one, and what is above anyhow is not its own."""
    kept = {name: value for name, value in held.changes.items() if name not in fields}
    new = {name: value for name, value in fields.items() if value is not None and value != above[name]}
    seen = {name: text for name, text in held.seen.items() if name in kept}
    return replace(held, changes=kept | new, seen=seen | {name: mark(above[name]) for name in new})


def carried(later: Overlay, before: Overlay, after: Overlay) -> Overlay:
    """What is to come, with what changed before it: a field that it did not change itself goes on."""
    touched = {
        name for name in before.changes.keys() | after.changes.keys() if _said(before, name) != _said(after, name)
    }
    going = {name for name in touched if _said(later, name) == _said(before, name)}

    def laid(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in old.items() if name not in going}
        return kept | {name: value for name, value in new.items() if name in going}

    return replace(later, changes=laid(later.changes, after.changes), seen=laid(later.seen, after.seen))


def _said(overlay: Overlay, name: str) -> tuple[Any, ...]:
    return (overlay.changes[name],) if name in overlay.changes else ()


def said_mark(overlays: Iterable[Overlay]) -> str:
    """A short mark of all that a layer says of one procedure."""
    return mark([[one.effective, one.changes, one.seen] for one in overlays])


def all_said_mark(entries: Mapping[str, tuple[Overlay, ...]], codes: Iterable[str]) -> str:
    """The same for several procedures of a layer."""
    return mark([said_mark(entries.get(code, ())) for code in codes])


def mark(value: Any) -> str:
    """A short mark that equal values share."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain_of(procedure: Procedure) -> dict[str, Any]:
    """Every field but the code as a plain value."""
    held: dict[str, Any] = spare(to_plain(procedure))
    del held["code"]
    return held


def spare(plain: Any) -> Any:
    """Without conditions that nobody set: a book from before there were any says the same, byte by byte, and marks hold."""
    if isinstance(plain, dict):
        return {name: spare(value) for name, value in plain.items() if name != "when" or value}
    return [spare(value) for value in plain] if isinstance(plain, list) else plain


@cache
def _defaults() -> Values:
    return plain_of(Procedure("", ""))
