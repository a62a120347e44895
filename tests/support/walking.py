"""Every address of the app, from its own url_map, with sample values that exist: for tests that must miss no page.

A route that is added later is walked at once; a new kind of variable gets a value that does not exist until SAMPLES names
one that does. It asks nothing itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter

from tests.support.site import AGENCY, EXAMS, OPEN, PROCEDURE, Site, number

UNKNOWN = "khong-co"
NEEDED = {"api_procedures.search": "?q=khai%20sinh"}  # what an address asks for in its query
WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Stop:
    """One address and one method."""

    endpoint: str
    method: str
    address: str

    @property
    def asked(self) -> str:
        """The address with what it needs to be asked."""
        return self.address + NEEDED.get(self.endpoint, "")


def rules(app: Flask, *methods: str) -> Iterator[tuple[Rule, str]]:
    """Every route with each of its methods (HEAD goes with GET)."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD"}):
            if not methods or method in methods:
                yield rule, method


def stops(site: Site, *methods: str, most: int = 6) -> Iterator[Stop]:
    """Every route × method × some of its sample values."""
    samples = sample_values(site)
    for rule, method in rules(site.app, *methods):
        variables = sorted(rule.arguments)
        choices = [_choices(rule, variable, samples) for variable in variables]
        for values in list(product(*choices))[:most]:
            address = _address(rule, dict(zip(variables, values, strict=True)))
            if address is not None:
                yield Stop(rule.endpoint, method, address)


def sample_values(site: Site) -> dict[str, list[str]]:
    """What variables of routes may be, the most telling first."""
    pointer = site.held.exams[OPEN].pointer(site.clock.now())
    edition = pointer.edition if pointer else UNKNOWN
    return {
        "agency": [AGENCY],
        "address": [AGENCY],
        "slug": list(EXAMS),
        "exam": list(EXAMS),
        "number": [number(1), "99999999"],
        "edition": [edition, UNKNOWN],
        "edition_id": [edition, UNKNOWN],
        "officer": [site.held.officer, UNKNOWN],
        "officer_id": [site.held.officer, UNKNOWN],
        "code": [PROCEDURE, UNKNOWN],
        "section": ["giay-to", "cach-nop", "can-cu", UNKNOWN],
        "day": ["2026-07-16", UNKNOWN],
        "name": [next(iter(site.app.extensions["motcua"].assets.files), UNKNOWN), UNKNOWN],
    }


def _choices(rule: Rule, variable: str, samples: dict[str, list[str]]) -> list[Any]:
    """The sample values of a variable, as its converter takes them."""
    converter = rule._converters[variable]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    if isinstance(converter, NumberConverter):
        return [1, 0]
    return list(samples.get(variable, [UNKNOWN]))


def _address(rule: Rule, values: dict[str, Any]) -> str | None:
    built = rule.build(values)
    return built[1] if built else None
