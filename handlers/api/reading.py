"""What programs send us, read strictly: a JSON object of known fields, text only, and known parameters in the address.

For the API's views. Everything is refused that is not declared in `openapi.json`: unknown and repeated names, other
types, deep or huge bodies. It keeps nothing and corrects nothing: a program should hear of its mistake."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from miniapp.core.errors import Invalid
from miniapp.exam_scores.model import FACTORS

BODY_MOST = 4_096
NUMBER_MOST = 32
VALUE_MOST = 200
SHOWN_MOST = 60
FIGURES_MOST = 15


@dataclass(frozen=True, slots=True)
class LookUp:
    """The body of a look-up: a number as typed and what else the person knows."""

    number: str
    factors: Mapping[str, str]

    @classmethod
    def read(cls) -> "LookUp":
        """From this request; Invalid with a code and the field it is about."""
        held = json_object()
        known(held, ("number", "factors"), "")
        if "number" not in held:
            raise Invalid("field_missing", field="number")
        factors = held.get("factors", {})
        if not isinstance(factors, dict):
            raise Invalid("field_kind", field="factors")
        known(factors, FACTORS, "factors/")
        return cls(
            text(held["number"], "number", NUMBER_MOST),
            {name: text(value, f"factors/{name}", VALUE_MOST) for name, value in factors.items()},
        )


def json_object(most: int = BODY_MOST, numbers: bool = False) -> dict[str, Any]:
    """The request's body as an object with every name once; `body_kind_unknown`, `json_malformed`, `body_too_large`.

    Whole numbers are read only where somebody says that there are some."""
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise Invalid("body_kind_unknown")
    request.max_content_length = most
    raw = request.get_data(cache=False)
    try:
        held = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_figure if numbers else _unread,
            parse_constant=_unread,
        )
    except (ValueError, RecursionError):
        raise Invalid("json_malformed") from None
    if not isinstance(held, dict):
        raise Invalid("field_kind", field="")
    return held


def known(held: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    """Refuse a field that nobody declared."""
    for name in held:
        if name not in names:
            raise Invalid("field_unknown", field=where + printable(name))


def text(value: object, field: str, most: int) -> str:
    """A text of 1 to `most` characters without controls and halves of characters."""
    if not isinstance(value, str):
        raise Invalid("field_kind", field=field)
    if len(value) > most:
        raise Invalid("field_too_long", field=field, most=most)
    if not value:
        raise Invalid("field_missing", field=field)
    if any(character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff" for character in value):
        raise Invalid("field_kind", field=field)
    return value


def parameters() -> None:
    """Refuse parameters of the address that are not declared: only `lang`, once, `vi` or `en`."""
    query()


def query(**patterns: str) -> dict[str, str]:
    """The declared parameters of the address, each once and whole as its pattern wants it; absent ones are empty."""
    known_ones = {"lang": "vi|en", **patterns}
    for name, values in request.args.lists():
        if name not in known_ones or len(values) != 1 or not re.fullmatch(known_ones[name], values[0]):
            raise Invalid("parameter_unknown", parameter=printable(name))
    return {name: request.args.get(name, "") for name in patterns}


def printable(name: str) -> str:
    """What somebody else called something, short and harmless enough to say it back."""
    kept = "".join(character if character.isprintable() else "?" for character in name[:SHOWN_MOST])
    return kept.encode("utf-8", "replace").decode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise Invalid("json_name_repeated")
    return held


def _figure(digits: str) -> int | None:
    """A whole number that something of ours may be; longer ones are none."""
    return int(digits) if len(digits) <= FIGURES_MOST else None


def _unread(digits: str) -> None:
    """Where no number is declared, none is read: 5,000 figures cost nothing and are no text either (F30)."""
